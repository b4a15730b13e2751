"""What is locked, and in which order: the same for every transaction, so that two partitions never wait for each other in a circle."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from hashlib import blake2b
from uuid import UUID

from infra.postgres import Database
from infra.sql import queries
from services.linker.domain.records import RecordKey
from services.linker.domain.subjects import bare

SQL = queries(__file__, "locks.sql")


_WHOLE = int.from_bytes(b"linker")


class Round(IntEnum):
    """The rounds of locks, in the order in which every transaction takes them: each has numbers of its own."""

    RECORDS = 0
    PERSONS = 1
    BIRTH_DATES = 2
    HOUSEHOLDS = 3


_LOCKS_OF_ALL = 6_000
"""The server keeps about 12,800 holders of locks with its default settings, for everybody."""


_STRIPES_MOST = 1_024


def stripes(partitions: int) -> int:
    """Return into how many numbers what is locked is folded, so that all partitions at once never use the server's locks up."""
    return max(1, min(_STRIPES_MOST, _LOCKS_OF_ALL // (len(Round) * partitions)))


async def lock(db: Database, turn: Round, keys: Iterable[int], partitions: int) -> None:
    """
    Keep other partitions from what the keys name until the end of this transaction.

    Two things that share a number only wait for each other.
    """
    folds = stripes(partitions)
    await db.execute(SQL.lock, _WHOLE, sorted({turn * folds + key % folds for key in keys}))


async def enter(db: Database, partitions: int) -> UUID | None:
    """
    Keep people's decisions out until the end of this transaction, and everybody where this is the only partition.

    Returns which state of all that was judged holds (`judged.py`).
    """
    version: UUID | None = await db.fetchval(SQL.enter, _WHOLE, partitions == 1)
    return version


async def lock_all(db: Database) -> None:
    """Keep everybody else from the linker's tables until the end of this transaction."""
    await db.execute(SQL.lock_all, _WHOLE)


def record_lock(key: RecordKey) -> int:
    """Return the number under which a record is locked. Two records that share one only wait for each other."""
    return text_lock("\x1f".join(key))


def text_lock(text: str) -> int:
    """Return the number under which whatever a text names is locked."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def thing_lock(thing: UUID) -> int:
    """Return the number under which a person, household or pregnancy is locked."""
    return int.from_bytes(thing.bytes[:8], "big", signed=True)


def number_lock(number: str) -> int:
    """Return the number under which all numbers of persons, or pregnancies, are locked that are equal but for leading zeros."""
    return text_lock(bare(number))


def pupil_lock(pupil: str) -> int:
    """Return the number under which all that is told of a pupil is locked."""
    return text_lock(pupil)


def birth_date_lock(born: date) -> int:
    """Return the number under which everybody is locked who was born on a day."""
    return text_lock(born.isoformat())
