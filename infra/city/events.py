"""
What the source systems publish about the city: CloudEvents as plain dicts, in the order of their publication.

The register comes first for each family, but the sources are interleaved, and some health records arrive before the register's, as
they do in life. Among them are corrections, records taken back, revisions in the wrong order, events sent twice, and a few that
must be refused.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from contracts.kinds import EventKind, Source
from infra.city.dates import days_after
from infra.city.populating import populate
from infra.city.population import Family
from infra.city.sources import TELLERS
from infra.city.sources.pen import Event, Pen, Placed, Timed
from infra.clock import JST

SPOILED_EVERY = 400
"""One event of so many has a sibling that must be refused."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """An event that ingest must refuse, and the path that it must name."""

    source: Source
    record_id: str
    path: str


@dataclass(frozen=True, slots=True)
class City:
    """Everything that is published, and what is known beforehand about it."""

    seed: int
    today: date
    children: int
    events: tuple[Event, ...]
    """The night's events in order, with one watermark per source at the end."""
    afternoon: tuple[Timed, ...]
    """Published afterwards, one by one."""
    spoiled: tuple[Spoiled, ...]

    @property
    def all_events(self) -> tuple[Event, ...]:
        """The night's and the afternoon's events."""
        return (*self.events, *(timed.event for timed in self.afternoon))


def distinct(events: Iterable[Event]) -> Counter[Source]:
    """How many different events each source publishes; one that is sent again is the same event."""
    return Counter(Source(source) for source, _ in {(event["source"], event["id"]) for event in events})


def build(seed: int, today: date, children: int = 2000, *, expected: int | None = None) -> City:
    """The city of a seed and a day. The same arguments give the same events, ids included."""
    rng = Random(seed)
    families = tuple(populate(rng, today, children, expected))
    pen = Pen(rng, today, spread=max(3.0, len(families) / 12))
    placed = [entry for number, family in enumerate(families) for entry in _told(pen, number, family)]
    ordered = [entry.event for entry in sorted(placed, key=lambda entry: entry.place)]
    stream, spoiled = _disturbed(pen, ordered)
    events = (*stream, *_watermarks(pen))
    city = City(seed, today, sum(len(family.children) for family in families), events, tuple(pen.afternoon), tuple(spoiled))
    _stamp(city.all_events, today)
    return city


def _told(pen: Pen, number: int, family: Family) -> Iterator[Placed]:
    """Every event about one family that was known by today."""
    for tell in TELLERS.values():
        yield from tell(pen, number, family)


def _disturbed(pen: Pen, events: list[Event]) -> tuple[list[Event], list[Spoiled]]:
    """The stream with events that must be refused put between the good ones."""
    stream: list[Event] = []
    spoiled: list[Spoiled] = []
    for position, event in enumerate(events):
        stream.append(event)
        if position % SPOILED_EVERY == SPOILED_EVERY // 2:
            bad, path = _spoil(pen, len(spoiled))
            stream.append(bad)
            spoiled.append(Spoiled(Source(bad["source"]), bad["subject"], path))
    return stream, spoiled


def _spoil(pen: Pen, number: int) -> tuple[Event, str]:
    """An event that must be refused as a whole, and the path that the refusal must name."""
    broken: tuple[tuple[str, dict[str, Any]], ...] = (
        ("questionnaire", {"questionnaire": {"hit_emotionally": True}}),
        ("favourite_colour", {"favourite_colour": "blue"}),
        ("exam_date", {"exam_date": "2026-02-30"}),
        ("weight_kg", {"weight_kg": "heavy"}),
    )
    path, change = broken[number % len(broken)]
    on = days_after(pen.today, -30)
    data = {"person_no": f"{900_000 + number:010d}", "checkup_type": "18m", "exam_date": on.isoformat(), **change}
    return pen.event(Source.MATERNAL_CHILD_HEALTH, EventKind.INFANT_CHECKUP_RECORDED, f"X-{number + 1}", on, data), path


def _watermarks(pen: Pen) -> Iterator[Event]:
    """Each source's word that it is complete up to today. Only now absence can be concluded."""
    for source in TELLERS:
        data = {"complete_through": pen.today.isoformat()}
        yield pen.event(source, EventKind.FEED_WATERMARK, f"W-{pen.today:%Y%m%d}", pen.today, data)


def _stamp(events: tuple[Event, ...], today: date) -> None:
    """Publication times, a millisecond apart up to the start of the day: a clock here would make two builds differ, and none lies ahead."""
    end = datetime.combine(today, time(), JST).astimezone(UTC)
    for position, event in enumerate(events):
        event["time"] = (end - timedelta(milliseconds=len(events) - position)).isoformat(timespec="milliseconds")
