"""
One extract from its file to its watermark: read, compared with the last one, told to the desk, put away.

Nothing of it rests on memory. Broken off at any point, it is read again from the beginning, and what was told before is known by then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import structlog

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Source
from infra.local.deciding import COMMAND_LINE, OPERATOR
from infra.postgres import Database
from infra.service import Service
from services.ingest import store as ingest
from services.ingest.desk import Desk
from services.ingest.domain.admission import Door, Inlet, Purpose, why_shut
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.faults import FileRefused, RowFault
from services.ingest.feeds import FEED_STOPPED
from services.ingest.inlets.extract import store, waiving
from services.ingest.inlets.extract.files import CHANGED, NotYet, Whole, whole
from services.ingest.inlets.extract.reading import Reading
from services.ingest.inlets.extract.store import Note
from services.ingest.inlets.extract.telling import Teller

log = structlog.get_logger()


class AnotherReads(Exception):
    """Another process reads extracts at this moment."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator settled: from which share, and how many records, gone a person is asked."""

    shrink_share: float = 0.1
    shrink_least: int = 10
    ahead: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Came:
    """What became of a file."""

    state: str
    code: str | None = None
    row: int | None = None
    octet: int | None = None
    column: str | None = None
    rows: int = 0
    created: int = 0
    changed: int = 0
    voided: int = 0
    refused: int = 0
    waived: int = 0
    parked: int = 0
    watermark: date | None = None
    faults: tuple[RowFault, ...] = ()

    @property
    def same(self) -> int:
        """Rows that say what was said before."""
        return max(self.rows - self.created - self.changed - self.refused - self.waived - self.parked, 0)


class Taker:
    """Takes extracts. Raises AnotherReads where another process does."""

    def __init__(self, service: Service, desk: Desk, rules: Rules) -> None:
        self._service = service
        self._desk = desk
        self._rules = rules
        self._key = service.identifiers.derive("extract-row").bytes

    async def take(self, path: Path, adapter: Adapter, *, accept_shrink: str | None = None) -> Came:
        """
        Take one file. Returns what became of it; one that is refused, or waits, changed nothing.

        `accept_shrink` is the reason for which a person takes it although much is gone; the audit keeps it.
        """
        async with store.reading(self._service.pool) as db:
            if db is None:
                raise AnotherReads
            return await self._take(db, path, adapter, accept_shrink)

    async def _take(self, db: Database, path: Path, adapter: Adapter, accept: str | None) -> Came:
        note = self._unread(path, adapter)
        try:
            await self._check_door(db, adapter)
            found = whole(path, adapter)
            await store.forget_waiting(db, adapter.source, path.name)
            note = self._note(found, adapter)
            await store.note(db, note, "reading", at=self._service.clock.now(), again=True)
            came = await self._read(db, found, note, adapter, accept)
        except NotYet as error:
            return await self._waits(db, note, error.code)
        except FileRefused as error:
            if error.code == CHANGED:
                return await self._waits(db, note, "half_written")
            await store.note(db, note, "refused", at=self._service.clock.now(), refused=error)
            log.error("ingest.extract_refused", source=adapter.source.value, extract=str(note.extract_id), code=error.code, row=error.row)
            return Came("refused", error.code, error.row, error.octet, error.column)
        return came

    def _unread(self, path: Path, adapter: Adapter) -> Note:
        extract_id = self._service.identifiers.derive("extract-unread", adapter.source, path.name)
        return Note(extract_id, adapter.source, adapter.event_type, path.name)

    def _note(self, found: Whole, adapter: Adapter) -> Note:
        extract_id = self._service.identifiers.derive("extract", adapter.source, adapter.event_type, found.sha256.hex())
        behind = timedelta(days=1 if adapter.complete_through == "day_before" else 0)
        return Note(extract_id, adapter.source, adapter.event_type, found.path.name, found.sha256, found.made_on, found.made_on - behind)

    async def _waits(self, db: Database, note: Note, code: str) -> Came:
        await store.note(db, note, "waiting", at=self._service.clock.now(), code=code)
        log.warning("ingest.extract_waits", source=note.source.value, extract=str(note.extract_id), code=code)
        return Came("waiting", code)

    async def _read(self, db: Database, found: Whole, note: Note, adapter: Adapter, accept: str | None) -> Came:
        await self._check_date(db, found, adapter)
        with found.path.open("rb") as file:
            reading = Reading(file, adapter, self._key)
            await store.stage(db, reading.lines())
            found.check()
            if found.rows_told is not None and found.rows_told != reading.rows:
                raise FileRefused("rows_differ")
            await self._plan(db, reading, accept)
            door = self._door(adapter, {adapter.source: Purpose(adapter.source, None)})
            teller = Teller(self._desk, self._service.identifiers, reading, file, note, door, self._service.clock.now().isoformat())
            await teller.tell_all(db)
        return await self._end(db, note, reading, teller)

    async def _plan(self, db: Database, reading: Reading, accept: str | None) -> None:
        adapter, rules = reading.adapter, self._rules
        unreadable = bool(reading.faults)
        doubled = await store.twice(db)
        reading.faults += [RowFault(row, adapter.record.id[0], "twice") for row in doubled]
        # Of a row whose number cannot be read nobody knows which record it is: it may be the very one that seems to be gone.
        kinds = await store.plan(db, adapter, doubled, vanished=adapter.record.vanished == "void" and not unreadable)
        gone, known = kinds.get("voided", 0), await store.known(db, adapter)
        if gone < rules.shrink_least or gone <= known * (adapter.shrink_share or rules.shrink_share):
            return
        if accept is None:
            raise NotYet("shrunk")
        async with self._service.work() as work:
            thing = Thing(kind=ThingKind.SOURCE, id=adapter.source.value)
            work.keep(deeds.EXTRACT_SHRINK_ACCEPTED, actor=OPERATOR, thing=thing, reason_code=accept, count=gone, origin=COMMAND_LINE)

    async def _end(self, db: Database, note: Note, reading: Reading, teller: Teller) -> Came:
        told = teller.told
        faults = (*reading.faults, *told.faults)
        refused = len({fault.row for fault in reading.faults} | told.refused) + told.refused_gone
        kinds = told.kinds
        came = Came(
            "taken",
            rows=reading.rows,
            created=kinds["created"],
            changed=kinds["changed"],
            voided=kinds["voided"],
            refused=refused,
            waived=told.waived,
            parked=told.parked,
            faults=tuple(sorted(faults)),
        )
        async with self._service.work() as work:
            # Said before the watermark, which then holds for all but these.
            await waiving.settle(work, reading.adapter, note.extract_id, told.left)
        async with db.transaction():
            await store.keep_faults(db, note.extract_id, faults)
            counts = {"rows": came.rows, "same": came.same, "refused": refused, "parked": came.parked, "waived": came.waived}
            await store.end_taking(db, note.extract_id, at=self._service.clock.now(), **counts)
        through = await store.complete_through(db, reading.adapter)
        if through is not None:
            await teller.tell_watermark(through.isoformat())
        log.info("ingest.extract_taken", source=note.source.value, extract=str(note.extract_id), rows=came.rows, refused=refused)
        return replace(came, watermark=through)

    def _door(self, adapter: Adapter, purposes: Mapping[Source, Purpose]) -> Door:
        clock = self._service.clock
        return Door(adapter.source, Inlet.EXTRACT, clock.today(), clock.now() + self._rules.ahead, purposes)

    async def _check_door(self, db: Database, adapter: Adapter) -> None:
        """A source that may send nothing now is told so once, not for each row. Of one that is stopped the file is kept, unread."""
        purposes, stopped = await ingest.purposes(db)
        shut = why_shut(self._door(adapter, purposes))
        if shut is not None:
            raise FileRefused(shut.code)
        if adapter.source in stopped:
            raise NotYet(FEED_STOPPED)

    async def _check_date(self, db: Database, found: Whole, adapter: Adapter) -> None:
        if found.made_on > self._service.clock.today():
            raise FileRefused("date_ahead")
        newest = await store.newest_taken(db, adapter)
        if newest is not None and found.made_on < newest:
            raise FileRefused("older")
