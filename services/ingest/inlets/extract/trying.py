"""What would come of a file, tried without any server: every row mapped and judged, nothing written, nothing kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.values import Operation
from services.ingest.domain.admission import Admitted, Door
from services.ingest.domain.compiled import Glance
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.cells import BLANKS
from services.ingest.domain.extracts.faults import FileRefused, RowFault
from services.ingest.domain.extracts.mapping import Mapper, event_of, raw_event
from services.ingest.domain.extracts.rows import Raw, decoded, split
from services.ingest.domain.reading import RawEvent
from services.ingest.inlets.extract.reading import Reading

_NO_KEY = bytes(16)


@dataclass(slots=True)
class Trial:
    """What came of it. `first` are events as they would be sent."""

    rows: int = 0
    records: int = 0
    deleted: int = 0
    refused: int = 0
    faults: list[RowFault] = field(default_factory=list)
    first: list[dict[str, Any]] = field(default_factory=list)
    whole: FileRefused | None = None
    """Why nothing of it would be taken."""


@dataclass(slots=True)
class _Trying:
    reading: Reading
    glance: Glance
    at: str
    show: int
    trial: Trial
    # Hashes: of a million records their numbers would take ten times the room.
    seen: set[int] = field(default_factory=set)

    def rows(self, raws: list[Raw]) -> None:
        adapter = self.reading.adapter
        mapper = Mapper(adapter, self.reading.heading)
        texts = [decoded(raw, adapter.encoding) for raw in raws]
        faults: list[RowFault] = []
        text_at = {raw.row: text for raw, text in zip(raws, texts, strict=True)}
        for raw, cells in split(texts, raws, adapter.delimiter, faults):
            faults += self._row(mapper, raw, cells, text_at[raw.row])
        self.trial.rows += len(raws)
        self.trial.refused += len({fault.row for fault in faults})
        self.trial.faults += sorted(faults)

    def _row(self, mapper: Mapper, raw: Raw, cells: list[str], text: str) -> Iterator[RowFault]:
        adapter, faults = self.reading.adapter, list[RowFault]()
        if len(cells) != self.reading.heading.width:
            yield RowFault(raw.row, "", "wrong_width")
            return
        record_id = self.reading.stager.record_id(cells, raw.row, faults)
        if record_id is not None and hash(record_id) in self.seen:
            faults.append(RowFault(raw.row, adapter.record.id[0], "twice"))
        self.seen.add(hash(record_id))
        if record_id is not None and self._is_deleted(cells):
            self.trial.deleted += not faults
            yield from faults
            return
        data, times = mapper.data(raw.row, cells, faults), mapper.times(raw.row, cells, faults)
        event = event_of(adapter, record_id or "-", 1, event_id="-", at=self.at, operation=Operation.UPSERT, data=data, times=times)
        # What is missing because its cell could not be read is told once, by that cell.
        found = faults or [*self._judged(raw_event(event, text), raw.row)]
        if not found:
            self.trial.records += 1
            if len(self.trial.first) < self.show:
                self.trial.first.append(event)
        yield from found

    def _judged(self, event: RawEvent, row: int) -> Iterator[RowFault]:
        verdict = self.glance.judged(event)
        if not isinstance(verdict, Admitted):
            yield from (RowFault(row, self.reading.adapter.columns_of(fault.path), fault.code) for fault in verdict.faults)

    def _is_deleted(self, cells: list[str]) -> bool:
        rule = self.reading.adapter.record.deleted
        return rule is not None and cells[self.reading.heading.place[rule.column]].strip(BLANKS) in rule.values


def tried(path: Path, adapter: Adapter, door: Door, *, show: int) -> Trial:
    """Try a file. `door` is whose day it is and how far clocks may run ahead; `show` how many events are kept to be looked at."""
    trial = Trial()
    try:
        with path.open("rb") as file:
            reading = Reading(file, adapter, _NO_KEY)
            trying = _Trying(reading, Glance(door), door.latest.isoformat(), show, trial)
            for raws in reading.pieces():
                trying.rows(raws)
    except FileRefused as error:
        trial.whole = error
    return trial
