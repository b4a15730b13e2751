"""Staff on the command line: for a demonstration, whose passwords and secrets lie in a file of the person who runs it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from infra.identity import credentials
from infra.identity.demonstration import Credential, read_credentials

app = typer.Typer(help="The people of a demonstration.", no_args_is_help=True)
REPOSITORY = Path(__file__).resolve().parent.parent.parent
STAFF_FILE = Path(os.environ.get("TSUNAGU_STAFF_FILE", REPOSITORY / ".tsunagu/demo/secrets/staff.json"))
"""Where a demonstration keeps passwords and secrets of its invented staff."""


@app.command()
def code(login: Annotated[str, typer.Argument(help="e.g. hakata.clerk")], file: Path = STAFF_FILE) -> None:
    """Print the one-time code of this moment, as the person's telephone would show it."""
    known = {each.login: each for each in _read(file)}
    if login not in known:
        raise typer.BadParameter(f"nobody is called {login}; there are {', '.join(known)}")
    print(credentials.code_at(known[login].totp_secret, datetime.now(UTC)))


@app.command()
def staff(file: Path = STAFF_FILE) -> None:
    """List everybody with password. One-time codes come from `tsunagu code LOGIN`."""
    table = Table("login", "password", "name", "place", title="Invented staff")
    for each in _read(file):
        table.add_row(each.login, each.password, each.name, each.place)
    Console().print(table)


def _read(file: Path) -> list[Credential]:
    try:
        return read_credentials(file)
    except FileNotFoundError:
        raise typer.BadParameter(f"{file} is not there; start the demonstration first") from None
