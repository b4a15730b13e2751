"""
What the demonstration's schools bring: their network is another one, so their sources come on removable media (ACQ-03).

A school packs what its system says at the end of a night: of each record the newest revision, and of one that was taken back that it was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from contracts.catalogue import WATERMARK_TYPE
from contracts.values import Operation, Source
from infra.city.events import Night
from infra.city.sources import on_network
from infra.city.sources.pen import Event
from infra.city.story_inlets import media
from infra.clock import JST
from infra.local.access import Access


class NotBrought(Exception):
    """A batch of the demonstration was refused, or a row of it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source has to bring after a night: its rows, and its word up to which day it is complete."""

    source: Source
    made_at: datetime
    events: tuple[Event, ...]

    @property
    def entered(self) -> int:
        """How many events the ledger has of it: one for each row, and the watermark."""
        return len(self.events)


def parted(nights: Iterable[Night]) -> tuple[tuple[Night, ...], tuple[tuple[Batch, ...], ...]]:
    """Return the nights as the network brings them, and what is carried after each of them."""
    by_network, carried = [], []
    known: dict[tuple[str, str], Event] = {}
    for night in nights:
        there = on_network(dict.fromkeys(Source(event["source"]) for event in night.events))
        by_network.append(replace(night, events=tuple(event for event in night.events if event["source"] in there)))
        carried.append(tuple(_batches(night, set(there), known)))
    return tuple(by_network), tuple(carried)


def _batches(night: Night, there: set[Source], known: dict[tuple[str, str], Event]) -> Iterator[Batch]:
    by_source: dict[Source, list[Event]] = {}
    for event in night.events:
        if Source(event["source"]) not in there:
            by_source.setdefault(Source(event["source"]), []).append(event)
    made_at = datetime.combine(night.day, time(), JST).astimezone(UTC)
    for source, events in by_source.items():
        rows = tuple(_newest(events, known))
        marks = tuple(event for event in events if event["type"] == WATERMARK_TYPE)
        yield Batch(source, made_at, (*rows, *marks))


def _newest(events: Iterable[Event], known: dict[tuple[str, str], Event]) -> Iterator[Event]:
    """The newest revision of each record of which there is news. One that is taken back says which it was by its last row."""
    changed: dict[tuple[str, str], Event] = {}
    for event in events:
        record = event["type"], event["subject"]
        before = changed.get(record) or known.get(record)
        if event["type"] == WATERMARK_TYPE or (before is not None and before["revision"] >= event["revision"]):
            continue
        changed[record] = event if event["op"] == Operation.UPSERT else {**event, "data": before["data"]} if before else event
    known.update(changed)
    yield from (event for event in changed.values() if event["data"])


async def bring(access: Access, batches: Iterable[Batch]) -> Counter[Source]:
    """Pack the batches, carry them over, import them. Returns how many events of each source the ledger has now. Raises NotBrought."""
    brought: Counter[Source] = Counter()
    for batch in batches:
        came: Mapping[str, int] = await media().batch_brought_to(access, batch.source, batch.events, batch.made_at)
        if set(came) - {"accepted"}:
            raise NotBrought(f"{batch.source}: {came}")
        brought[batch.source] += batch.entered
    return brought
