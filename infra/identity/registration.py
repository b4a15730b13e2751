"""Registers members of staff: one row, one person."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.ids import StaffId
from contracts.values import Role, Section, Ward
from infra.identifiers import Identifiers
from infra.identity import credentials
from infra.identity.keys import Keys
from infra.identity.lasting import Why
from infra.identity.sessions import SQL
from infra.postgres import Database


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be registered, and until when the yearly training is valid (TRN-02)."""

    login: str
    name: str
    section: Section
    ward: Ward | None
    roles: frozenset[Role]
    training_valid_until: date


async def register_staff(
    db: Database, keys: Keys, person: Person, *, password: str, totp_secret: str, staff_id: StaffId | None = None
) -> None:
    """
    Register a person, or change the registration of the same login; sessions under the old one end.

    `staff_id` is the pseudonym in the audit log, drawn if none is given; a login that is registered keeps its own. `db` is the login
    role `identity`. Raises asyncpg.CheckViolationError where roles do not go together (`casework.md` §2.3).
    """
    password_hash = await credentials.hash_password(password)
    kept: StaffId = await db.fetchval(SQL.id_of_login, person.login) or staff_id or StaffId(Identifiers(b"").random())
    await db.execute(SQL.forget_subject, kept)
    await db.execute(
        SQL.register,
        kept,
        person.login,
        person.name,
        person.section,
        person.ward,
        sorted(person.roles),
        person.training_valid_until,
        password_hash,
        keys.seal_secret(kept, totp_secret),
    )


async def sign_out_everywhere(db: Database, login: str, now: datetime) -> list[str]:
    """End the sessions of a login, and return in which services there was one. The person is told that an administrator did."""
    return sorted(row["service"] for row in await db.fetch(SQL.sign_out, login, Why.ADMINISTRATOR, now))


async def seal_readable_secrets(db: Database, keys: Keys) -> None:
    """Seal the authenticators' secrets that an older release wrote readable. Nobody's session ends."""
    async with db.transaction():
        for row in await db.fetch(SQL.readable_secrets):
            await db.execute(SQL.seal_secret, row["id"], keys.seal_secret(row["id"], row["totp_secret"]))
