"""
What is new in an extract, told to the desk: rows become events, a page at a time, and what the desk took is kept as said.

A crash between the two is no harm: what is held of a record by then says the same as its row, so it is not told again.
Several pages are on their way at once, each at a desk of its own (`abreast`): no record is on two of them.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BufferedReader
from typing import Any

from contracts.catalogue import WATERMARK_TYPE
from contracts.values import Operation
from infra.identifiers import Identifiers
from infra.postgres import Database
from services.ingest.desk import Desk
from services.ingest.domain.admission import Admitted, Door, Inlet
from services.ingest.domain.answers import Answer
from services.ingest.domain.compiled import Glance
from services.ingest.domain.envelope import SCHEMA_VERSION, SPEC_VERSION
from services.ingest.domain.extracts.faults import FileRefused, RowFault
from services.ingest.domain.extracts.mapping import Mapper, event_of, raw_event
from services.ingest.domain.extracts.rows import decoded, split
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.newness import is_hash_of
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal
from services.ingest.inlets.extract import store
from services.ingest.inlets.extract.abreast import abreast
from services.ingest.inlets.extract.reading import Reading, rows_at
from services.ingest.inlets.extract.store import Note, Planned
from services.ingest.inlets.extract.waiving import Left, person_in, waived
from services.ingest.submissions import Submission

PAGE = 1_000
"""Rows of one submission, which the desk admits in one transaction: its dozen statements cost the same for any number of events."""
_KEPT = {Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.SUPERSEDED}
"""What the desk took, or knows already."""


@dataclass(slots=True)
class Told:
    """What came of telling, so far."""

    kinds: Counter[str] = field(default_factory=Counter)
    same: int = 0
    refused: set[int] = field(default_factory=set)
    """Rows."""
    refused_gone: int = 0
    """Records taken back that were refused; they have no row."""
    parked: int = 0
    faults: list[RowFault] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    """Refused rows whose record is known, waived ones too."""
    waived: int = 0
    """Rows that are refused, and that their owner leaves as they are."""


@dataclass(slots=True)
class _Page:
    """A page of the plan as events, and what of it need not be told."""

    events: list[tuple[Planned, RawEvent]] = field(default_factory=list)
    same: list[Planned] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    waived: int = 0
    octets: int = 0


class Teller:
    """Tells one extract. `at` is when it was taken up, by RFC 3339; `key` makes ids that nobody else makes."""

    def __init__(
        self, desk: Desk, identifiers: Identifiers, reading: Reading, file: BufferedReader, extract: Note, door: Door, at: str
    ) -> None:
        self._desk = desk
        self._identifiers = identifiers
        self._reading = reading
        self._file = file
        self._extract = extract
        self._adapter = reading.adapter
        self._mapper = Mapper(reading.adapter, reading.heading)
        self._glance = Glance(door)
        self._at = at
        self._place = 0
        """Up to where of the plan pages were taken."""
        self._making = asyncio.Lock()
        self._asking = asyncio.Lock()
        """For the connection: it answers one question at a time."""
        self._waived: Mapping[str, bytes] = {}
        self.told = Told()

    async def tell_all(self, db: Database) -> Told:
        """Tell what is planned. Raises FileRefused where the file is not what was read."""
        self._waived = await waived(db, self._adapter)

        async def work_off(desk: Desk) -> None:
            while (made := await self._next(db)) is not None:
                answers = await self._answered(desk, made)
                async with self._asking:
                    await self._settle(db, made, answers)

        await abreast(self._desk, work_off)
        return self.told

    async def _next(self, db: Database) -> _Page | None:
        """The next page as events. Clerks take turns: the file has one place at which it is read, and the plan one connection."""
        async with self._making:
            async with self._asking:
                page = await store.next_of_plan(db, self._place, PAGE)
            if not page:
                return None
            self._place = page[-1].place
            return await asyncio.to_thread(self._made, page)

    def _made(self, page: Sequence[Planned]) -> _Page:
        made = _Page()
        raws = rows_at(self._file, [(each.row, each.octet) for each in page if each.row is not None and each.octet is not None])
        texts = [decoded(raw, self._adapter.encoding) for raw in raws]
        text_at = {raw.row: text for raw, text in zip(raws, texts, strict=True)}
        cells_at = {raw.row: cells for raw, cells in split(texts, raws, self._adapter.delimiter, made.faults)}
        made.octets = sum(len(raw.content) for raw in raws)
        for each in page:
            if each.kind == "voided":
                made.events.append((each, raw_event(self._event(each, Operation.VOID))))
                continue
            cells = cells_at.get(each.row or 0)
            if cells is None or self._reading.stager.hash_of(cells) != (each.row_hash or b"").hex():
                raise FileRefused("changed_while_read", row=each.row)
            self._make(each, cells, text_at[each.row or 0], made)
        return made

    def _make(self, each: Planned, cells: Sequence[str], text: str, made: _Page) -> None:
        faults: list[RowFault] = []
        waived = each.row_hash is not None and self._waived.get(each.record_id) == each.row_hash
        data, times = self._mapper.data(each.row or 0, cells, faults), self._mapper.times(each.row or 0, cells, faults)
        if faults:
            made.left.append(self._left(each, data, ()))
            made.waived += waived
            made.faults += [] if waived else faults
            return
        raw = raw_event(self._event(each, Operation.UPSERT, data=data, times=times), text)
        if waived and isinstance(refusal := self._glance.judged(raw), Refusal):
            made.left.append(self._left(each, data, refusal.paths))
            made.waived += 1
            return
        (made.same.append(each) if self._is_held(each, raw) else made.events.append((each, raw)))

    def _left(self, each: Planned, data: Mapping[str, Any], wrong: Collection[str]) -> Left:
        return Left(each.record_id, each.row_hash or b"", each.row or 0, person_in(self._adapter, data, wrong))

    def _event(self, each: Planned, operation: Operation, **told: Any) -> dict[str, Any]:
        row = each.row_hash.hex() if each.row_hash else ""
        event_id = self._identifiers.derive(
            "extract", self._adapter.source, self._adapter.event_type, each.record_id, str(each.revision), operation, row
        )
        return event_of(self._adapter, each.record_id, each.revision, event_id=str(event_id), at=self._at, operation=operation, **told)

    def _is_held(self, each: Planned, raw: RawEvent) -> bool:
        """Whether ingest holds the very same already: it came by another way, or before a crash, or only the row's looks changed."""
        if each.held_hash is None:
            return False
        verdict = self._glance.judged(raw)
        return isinstance(verdict, Admitted) and is_hash_of(each.held_hash, verdict, composed=each.hashed_composed)

    async def _answered(self, desk: Desk, made: _Page) -> Sequence[Answer]:
        if not made.events:
            return ()
        submission = self._submission(tuple(raw for _, raw in made.events), made.octets, str(made.events[0][0].place))
        return await desk.submit_in_turn(lambda: submission)

    def _submission(self, events: tuple[RawEvent, ...], octets: int, name: str) -> Submission:
        extract = self._extract
        return Submission(
            extract.source,
            Inlet.EXTRACT,
            events,
            f"{extract.extract_id} {name}",
            octets=octets,
            message_id=extract.file_name,
            together=True,
        )

    async def _settle(self, db: Database, made: _Page, answers: Sequence[Answer]) -> None:
        told, kinds = self.told, Counter[str]()
        kept, gone = [(each.record_id, each.row_hash or b"") for each in made.same], []
        for (each, raw), answer in zip(made.events, answers, strict=True):
            if answer.outcome in _KEPT:
                kinds[each.kind] += 1
                if each.kind == "voided":
                    gone.append(each.record_id)
                else:
                    kept.append((each.record_id, each.row_hash or b""))
            elif answer.outcome is Outcome.PARKED:
                told.parked += 1
            else:
                self._refuse(each, raw, answer)
        told.kinds += kinds
        told.same += len(made.same)
        told.faults += made.faults
        told.left += made.left
        told.waived += made.waived
        told.refused |= {fault.row for fault in made.faults}
        async with db.transaction():
            await store.settle(db, self._adapter, kept, gone)
            await store.count_told(db, self._extract.extract_id, kinds)

    def _refuse(self, each: Planned, raw: RawEvent, answer: Answer) -> None:
        if each.row is None:
            self.told.refused_gone += 1
            return
        self.told.refused.add(each.row)
        self.told.left.append(self._left(each, raw.content["data"], [wrong.path for wrong in answer.errors]))
        self.told.faults += [RowFault(each.row, self._adapter.columns_of(wrong.path), wrong.code) for wrong in answer.errors]

    async def tell_watermark(self, through: str) -> None:
        """Say up to which day the source is complete."""
        source = self._adapter.source
        event = {
            "specversion": SPEC_VERSION,
            "id": str(self._identifiers.derive("extract-watermark", source, through)),
            "source": source.value,
            "type": WATERMARK_TYPE,
            "time": self._at,
            "schemaversion": SCHEMA_VERSION,
            "data": {"complete_through": through},
        }
        submission = replace(self._submission((raw_event(event),), 0, "watermark"), message_id=None)
        await self._desk.submit_in_turn(lambda: submission)
