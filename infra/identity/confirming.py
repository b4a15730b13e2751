"""Who decides on a command line: a registered person, by login and by the one-time code of this moment."""

import asyncpg

from contracts.values import Role
from infra.clock import SystemClock
from infra.identity import credentials
from infra.identity.keys import Keys
from infra.identity.sessions import SQL
from infra.identity.staff import Confirmed, Registered, confirmed_of, registered_of
from infra.local.root import CannotDo
from infra.settings import Settings

__all__ = ["Confirmed", "confirmed", "registered_login"]


async def confirmed(settings: Settings, login: str, code: str) -> Confirmed:
    """
    Return whose `login` and `code` these are. A code counts once, in whatever window it was shown first.

    Raises CannotDo, in one sentence for whatever is wrong.
    """
    if settings.identity_database_url is None:
        raise CannotDo("it cannot be asked who you are: TSUNAGU_IDENTITY_DATABASE_URL is missing")
    now, keys = SystemClock().now(), Keys.of(settings.parking_key.get_secret_value())
    db = await asyncpg.connect(settings.identity_database_url.get_secret_value())
    try:
        row = await db.fetchrow(SQL.staff_by_login, login)
        usable = row is not None and row["active"] and row["training_valid_until"] >= SystemClock().today()
        step = credentials.matching_step(keys.open_secret(row["id"], row["totp_sealed"]), code, now) if row is not None and usable else None
        if row is None or step is None or await db.fetchval(SQL.use_code, row["id"], step) is None:
            raise CannotDo(f"{login} is not registered, may not log in, or the one-time code is wrong or was used: take the next one")
    finally:
        await db.close()
    return confirmed_of(row)


async def registered_login(settings: Settings, login: str) -> tuple[Registered, frozenset[Role]]:
    """Return who has a login, and what they may be. Raises CannotDo where nobody has it."""
    if settings.identity_database_url is None:
        raise CannotDo("it cannot be asked who that is: TSUNAGU_IDENTITY_DATABASE_URL is missing")
    db = await asyncpg.connect(settings.identity_database_url.get_secret_value())
    try:
        row = await db.fetchrow(SQL.staff_by_login, login)
    finally:
        await db.close()
    if row is None:
        raise CannotDo(f"nobody is registered as {login}")
    return registered_of(row), frozenset(map(Role, row["roles"]))
