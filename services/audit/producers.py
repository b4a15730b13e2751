"""What is known of producers besides their entries: keys, last numbers, and what is set aside. Nothing here decides anything."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from contracts.deeds import audit as deeds
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from services.audit import store
from services.audit.domain.admission import SetAside
from services.audit.domain.explaining import key_taken_of
from services.audit.domain.leaf import event_in, readable
from services.audit.domain.sequences import Numbers
from services.audit.domain.soundness.rolls import Roll
from services.audit.domain.soundness.stored import Quarantined

SQL = queries(__file__, "producers.sql")

Place: TypeAlias = tuple[UUID, bytes]
"""Where something lies in quarantine: the event's id, and the hash of what was told."""
FIRST: Place = (UUID(int=0), b"")
"""Before everything."""


async def quarantine(db: Database, aside: Sequence[SetAside], at: datetime) -> set[bytes]:
    """Keep events that became no entries. Returns the leaves of those that were not kept yet."""
    if not aside:
        return set()
    kept = await db.fetch(SQL.quarantine, *columns([_quarantined(each) for each in aside], 7), at)
    return {row["leaf"] for row in kept}


async def set_aside(db: Database) -> list[Quarantined]:
    """Everything in quarantine, in the order in which it came."""
    return [Quarantined(**dict(row)) for row in await db.fetch(SQL.quarantined)]


async def unattested_after(db: Database, place: Place, limit: int) -> list[tuple[Place, bytes]]:
    """Leaves of quarantine that were not known to be their producers' word, after a place in an order of their own, with their places."""
    rows = await db.fetch(SQL.unattested_after, *place, limit)
    return [((row["event_id"], row["said"]), row["leaf"]) for row in rows]


async def keys_taken(db: Database) -> list[str]:
    """The producers' keys that the log says it took, in its order: whatever they are worth."""
    rows = await db.fetch(store.SQL.leaves_of_action, deeds.PRODUCER_KEY_TAKEN.code)
    found = (key_taken_of(said) for row in rows if (said := readable(row["leaf"])) is not None)
    return [each for each in found if each is not None]


async def numbers_used(db: Database) -> dict[tuple[str, int], list[Numbers]]:
    """The ranges of numbers that entries have, by producer and lane, in order."""
    found: dict[tuple[str, int], list[Numbers]] = {}
    for row in await db.fetch(SQL.numbers_used):
        found.setdefault((row["producer"], row["lane"]), []).append(Numbers(row["first"], row["last"]))
    return found


async def numbers_between(db: Database, start: int, end: int) -> list[tuple[str, int, int]]:
    """Producer, lane and number of the entries from `start` to `end` (exclusive)."""
    return [(row["producer"], row["lane"], row["sequence"]) for row in await db.fetch(SQL.numbers_between, start, end)]


async def keep_rolls(db: Database, rolls: Sequence[Roll], before: datetime) -> None:
    """Keep what producers told of their last numbers, and let go of what was heard `before`."""
    rows = [(each.producer, each.heard, each.leaf, event_in(each.leaf)["event_id"].encode()) for each in rolls]
    await db.execute(SQL.keep_rolls, *columns(rows, 4))
    await db.execute(SQL.forget_rolls, before)


async def rolls(db: Database) -> list[Roll]:
    """What producers told of their last numbers, oldest first."""
    return [Roll(row["producer"], row["heard"], row["leaf"]) for row in await db.fetch(SQL.rolls)]


def _quarantined(aside: SetAside) -> tuple[object, ...]:
    said = aside.columns
    return said.event_id, said.producer, said.lane, said.sequence, aside.reason, aside.leaf, aside.said
