"""People of tests, who log in hundreds of times: their passwords are checked in no time."""

from unittest.mock import patch

from argon2 import PasswordHasher

from infra.identity import credentials
from infra.identity.keys import Keys
from infra.identity.registration import Person, register_staff
from infra.postgres import Database

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""argon2id as everywhere, with the least of work: a hash says by itself how much that is. What the city's costs is tested with identity."""


async def register(db: Database, keys: Keys, person: Person, *, password: str, totp_secret: str) -> None:
    """Register a person as `register_staff` does, with a hash that is quick to check."""
    with patch.object(credentials, "PASSWORD_HASHER", QUICK):
        await register_staff(db, keys, person, password=password, totp_secret=totp_secret)
