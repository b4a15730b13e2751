"""Looks through the register from time to time for what people look at: entries alike, and joined ones that contradict each other."""

import time
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations
from uuid import UUID

from contracts.catalogue.readers import Unreadable
from contracts.ids import PersonId
from infra.postgres import Database
from infra.rows import columns
from infra.service import Service
from infra.sql import queries
from infra.work import UnitOfWork
from services.linker.domain.person import is_somebody_else
from services.linker.domain.records import Record
from services.linker.domain.reviewing.questions import Kind
from services.linker.naming import Names, names_in
from services.linker.review.pairs import seen_of
from services.linker.stored import record_in

SQL = queries(__file__, "pairing.sql")
Found = tuple[str, UUID, UUID]


RESTS = 30.0
"""So many times as long as a look took there is none: the whole register is read, which takes 3 s of PostgreSQL with 400,000 in it."""


class Pairing:
    """The look, as a task by the clock."""

    def __init__(self, service: Service, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._monotonic = monotonic
        self._not_before = float("-inf")

    async def look(self) -> None:
        """Find all pairs anew, and keep since when each is there; not yet, where the last look took long for the time that it is ago."""
        began = self._monotonic()
        if began < self._not_before:
            return
        async with self._service.work() as work:
            await find(work)
        ended = self._monotonic()
        self._not_before = ended + RESTS * (ended - began)


async def find(work: UnitOfWork) -> None:
    """Find all pairs anew."""
    alike: list[Found] = [(Kind.ENTRIES, row["one"], row["other"]) for row in await work.db.fetch(SQL.alike)]
    found = alike + await _contradicting(work)
    await work.db.execute(SQL.replace, *columns(sorted(found), 3), work.now)


async def _contradicting(work: UnitOfWork) -> list[Found]:
    of: defaultdict[PersonId | None, list[Record]] = defaultdict(list)
    for row in await work.db.fetch(SQL.joined):
        record = record_in(row)
        of[record.subject_id].append(record)
    if not of:
        return []
    naming, settled = await names_in(work), await _settled(work.db)
    pairs = ((one, other) for entries in of.values() for one, other in combinations(entries, 2))
    found = [(one, other) for one, other in pairs if _contradict(one, other, naming)]
    return [(Kind.JOINED, one.key.id, other.key.id) for one, other in found if not _is_settled(one, other, settled)]


def _contradict(one: Record, other: Record, naming: Names) -> bool:
    """Whether two entries under two numbers say so different things that one of them is about somebody else."""
    try:
        first, then = naming.statement(one), naming.statement(other)
    except Unreadable:
        return False
    return first.person_no != then.person_no and is_somebody_else(then, [first])


async def _settled(db: Database) -> set[tuple[UUID, str, str]]:
    return {(row["one"], row["other"], row["seen"]) for row in await db.fetch(SQL.settled)}


def _is_settled(one: Record, other: Record, settled: set[tuple[UUID, str, str]]) -> bool:
    return any((one.key.id, str(other.key.id), seen_of(one, other, protected=each)) in settled for each in (False, True))
