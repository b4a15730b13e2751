"""
Registers who may log in, where no demonstration does: `python -m infra.deploy.staff`, the service `staff` of docker-compose.yml.

The same works beside a stack of `tsunagu up`, with TSUNAGU_SECRETS_DIR=.tsunagu/secrets/casework.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeVar

import asyncpg
import pyotp
import typer
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.values import Role, Section, Ward
from infra.clock import JST
from infra.identity import credentials
from infra.identity.demonstration import OtherWards, register_demonstration_staff
from infra.identity.keys import Keys
from infra.identity.registration import Person, register_staff, sign_out_everywhere
from infra.postgres import Database

ISSUER = "Tsunagu"
TRAINING_VALID = timedelta(days=365)

T = TypeVar("T")

app = typer.Typer(help="Registers who may log in.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


class StaffSettings(BaseSettings):
    """Where staff are registered."""

    model_config = SettingsConfigDict(env_prefix="TSUNAGU_", extra="ignore", frozen=True)

    identity_database_url: SecretStr = Field(description="The login `identity`.")
    parking_key: SecretStr = Field(description="Hex, 32 bytes; what seals authenticators' secrets is derived from it.")


@app.command()
def register(
    login: Annotated[str, typer.Argument(help="e.g. hakata.suzuki")],
    name: Annotated[str, typer.Argument(help="e.g. 鈴木 一郎")],
    section: Annotated[Section, typer.Option()],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    ward: Annotated[Ward | None, typer.Option(help="For the roles of a ward.")] = None,
    trained_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Until when the training is valid. Default: a year from today.")
    ] = None,
) -> None:
    """
    Register a person, or register the same login anew: a new password and a new secret, and sessions under the old ones end.

    Prints both once. They are kept nowhere else.
    """
    until = trained_until.date() if trained_until else datetime.now(JST).date() + TRAINING_VALID
    password, secret = credentials.new_password(), credentials.new_totp_secret()
    person = Person(login, name, section, ward, frozenset(role), until)
    _with_database(lambda db, keys: register_staff(db, keys, person, password=password, totp_secret=secret))
    _show(login, password, secret)


@app.command()
def sign_out(login: Annotated[str, typer.Argument(help="e.g. hakata.suzuki")]) -> None:
    """End a person's sessions in every service; the person is told that an administrator did. Logging in stays possible."""
    ended = _with_database(lambda db, _keys: sign_out_everywhere(db, login, datetime.now(UTC)))
    typer.echo(f"signed out of {', '.join(ended)}" if ended else "that login has no session")


@app.command()
def demonstration() -> None:
    """Register the invented people of a demonstration, and print everybody's password and secret once. Never where real data are."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "staff.json"
        today: date = datetime.now(JST).date()
        for each in _with_database(lambda db, keys: register_demonstration_staff(db, keys, file, today=today)):
            _show(each.login, each.password, each.totp_secret)


def _with_database(work: Callable[[Database, Keys], Awaitable[T]]) -> T:
    async def connected() -> T:
        settings = StaffSettings(_secrets_dir=os.environ.get("TSUNAGU_SECRETS_DIR"))
        db = await asyncpg.connect(settings.identity_database_url.get_secret_value())
        try:
            return await work(db, Keys.of(settings.parking_key.get_secret_value()))
        finally:
            await db.close()

    try:
        return asyncio.run(connected())
    except asyncpg.CheckViolationError:
        typer.echo("tsunagu: these roles do not go together, or not with that ward, or the login is none (a-z, 0-9, . _ -)", err=True)
        raise typer.Exit(1) from None
    except OtherWards as error:
        typer.echo(f"tsunagu: {error}", err=True)
        raise typer.Exit(1) from None


def _show(login: str, password: str, secret: str) -> None:
    address = pyotp.TOTP(secret, interval=credentials.CODE_SECONDS).provisioning_uri(name=login, issuer_name=ISSUER)
    typer.echo(f"login {login}  password {password}  authenticator {address}")


if __name__ == "__main__":
    app()
