"""
What the source systems publish about the city: CloudEvents as plain dicts, in the order of their publication.

The register comes first for each family, but the sources are interleaved, and some health records arrive before the register's, as
they do in life. Among them are corrections, records taken back, revisions in the wrong order, events sent twice, and a few that
must be refused.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from operator import attrgetter
from random import Random
from typing import Any
from uuid import UUID

from contracts.kinds import EventKind, Source
from infra.city.dates import days_after
from infra.city.doubts import doubts
from infra.city.lives import live
from infra.city.populating import populate
from infra.city.population import Family
from infra.city.sources import FIRST, FIRST_THREE, SCHOOL_REGISTER, TELLERS
from infra.city.sources.pen import Event, Pen, Placed, Timed
from infra.clock import JST

_place = attrgetter("place")

SPOILED_EVERY = 400
"""One event of so many has a sibling that must be refused."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """An event that ingest must refuse, and the path that it must name."""

    source: Source
    record_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Night:
    """What the sources deliver on the eve of a day, with one watermark of that day per source at the end."""

    day: date
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class City:
    """Everything that is published, and what is known beforehand about it."""

    seed: int
    today: date
    children: int
    nights: tuple[Night, ...]
    """In order; the last one is today's, and there may be no other."""
    afternoon: tuple[Timed, ...]
    """Published afterwards, one by one."""
    spoiled: tuple[Spoiled, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of all nights."""
        return tuple(event for night in self.nights for event in night.events)

    @property
    def all_events(self) -> tuple[Event, ...]:
        """The events of the nights and of the afternoon."""
        return (*self.events, *(timed.event for timed in self.afternoon))


def distinct(events: Iterable[Event]) -> Counter[Source]:
    """How many different events each source publishes; one that is sent again is the same event."""
    return Counter(Source(source) for source, _ in {(event["source"], event["id"]) for event in events})


def build(
    seed: int,
    today: date,
    children: int = 2000,
    *,
    expected: int | None = None,
    days_before: Sequence[int] = (),
    scenes: bool = False,
    in_doubt: bool = False,
    sources: Collection[Source] = FIRST_THREE,
) -> City:
    """
    The city of a seed and a day. The same arguments give the same events, ids included.

    `days_before` today there were nights, too, at which the sources delivered what they had written down by then. `sources` are those that
    play; what each of them says does not depend on which others do. With `in_doubt` they say what no machine decides, too.
    """
    rng = Random(seed)
    families = tuple(populate(rng, today, children, expected, scenes=scenes))
    pen = pen_of(rng, today, len(families), f"{seed}")
    stream, spoiled = told(pen, families, sources=sources)
    if in_doubt:
        stream += doubts(pen.of("doubts"), families, sources)
    days = [days_after(today, -days) for days in sorted({*days_before, 0}, reverse=True)]
    nights = tuple(_nights(pen, stream, days, sources))
    afternoon = tuple(timed for timed in pen.afternoon if timed.event["source"] in sources)
    city = City(seed, today, sum(len(family.children) for family in families), nights, afternoon, tuple(spoiled))
    for night in nights:
        stamp(night.events, night.day)
    stamp([timed.event for timed in city.afternoon], today)
    return city


def pen_of(rng: Random, today: date, families: int, name: str) -> Pen:
    """What the sources write with about so many families of the city, or the part of it, that `name` names."""
    return Pen(rng, today, spread=max(3.0, families / 12), name=name)


def told(
    pen: Pen, families: Sequence[Family], *, spoiled_before: int = 0, sources: Collection[Source] = FIRST_THREE
) -> tuple[list[Event], list[Spoiled]]:
    """
    Everything that was known of `families` by today, in the order of its publication, and the events in it that must be refused.

    `spoiled_before` is the number up to which events to be refused have theirs from elsewhere. The times of publication come with `stamp`.
    """
    # All of the first three are drawn, whoever of them plays: they share one generator.
    placed = [entry for number, family in enumerate(families) for tell in FIRST.values() for entry in tell(pen, number, family)]
    stream, spoiled = _disturbed(pen, sorted(placed, key=_place), spoiled_before)
    if not set(FIRST) <= set(sources):
        stream = [entry for entry in stream if entry.event["source"] in sources]
        spoiled = [each for each in spoiled if each.source in sources]
    others = sorted(_of_others(pen, families, sources), key=_place)
    return [entry.event for entry in sorted([*stream, *others], key=_place)], spoiled


def _of_others(pen: Pen, families: Sequence[Family], sources: Collection[Source]) -> Iterator[Placed]:
    """What the sources beside the first three say, each with a pen of its own."""
    tellers = [(pen.of(source), tell) for source, tell in TELLERS.items() if source in sources]
    if {Source.RESIDENT_REGISTRY, Source.PUPIL_REGISTRY} <= set(sources):
        tellers.append((pen.of("school register"), SCHOOL_REGISTER))
    if not tellers:
        return
    rng = pen.of("lives").rng
    for number, family in enumerate(families):
        life = live(rng, family, pen.today)
        for own, tell in tellers:
            yield from tell(own, number, life)


def _nights(pen: Pen, stream: Iterable[Event], days: Sequence[date], sources: Collection[Source]) -> Iterator[Night]:
    """Deal the stream out: each event to the first night whose day is not before the one on which it was written down."""
    by_day: dict[date, list[Event]] = {day: [] for day in days}
    for event in stream:
        written_on = date.fromisoformat(event["recordedat"][:10])
        by_day[next(day for day in days if written_on <= day)].append(event)
    for day, events in by_day.items():
        yield Night(day, (*events, *watermarks(pen, day, sources)))


def still_to_come(city: City, afternoon: Iterable[Timed]) -> Iterator[Event]:
    """
    An afternoon that does not end: what was kept back for it, then corrections of checkups for ever, without the time of publication.

    A correction is a higher revision, as when somebody mistyped a weight. The same city gives the same events.
    """
    yield from (timed.event for timed in afternoon)
    rng = Random(f"{city.seed} afternoon")
    checkups = [event for event in city.events if event["type"] == EventKind.INFANT_CHECKUP_RECORDED]
    gone = {each.record_id for each in city.spoiled} | {event["subject"] for event in checkups if event["op"] == "void"}
    mended = list({event["subject"]: event for event in checkups if event["subject"] not in gone}.values())
    for revision in count(3):
        for event in rng.sample(mended, len(mended)):
            weight = round(event["data"]["weight_kg"] + rng.uniform(-0.4, 0.4), 1)
            event_id = str(UUID(int=rng.getrandbits(128), version=4))
            yield {**event, "id": event_id, "revision": revision, "data": {**event["data"], "weight_kg": weight}}


def _disturbed(pen: Pen, entries: list[Placed], spoiled_before: int) -> tuple[list[Placed], list[Spoiled]]:
    """The stream with events that must be refused put between the good ones."""
    stream: list[Placed] = []
    spoiled: list[Spoiled] = []
    for position, entry in enumerate(entries):
        stream.append(entry)
        if position % SPOILED_EVERY == SPOILED_EVERY // 2:
            bad, path = _spoil(pen, spoiled_before + len(spoiled))
            stream.append(Placed(entry.place, bad))
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


def watermarks(pen: Pen, day: date, sources: Collection[Source]) -> Iterator[Event]:
    """The word of each of `sources` that it is complete up to a day. Only now absence can be concluded."""
    data = {"complete_through": day.isoformat()}
    for source in (*FIRST, *TELLERS):
        if source in FIRST or source in sources:
            own = pen if source in FIRST else pen.of(source)
            mark = own.event(source, EventKind.FEED_WATERMARK, f"W-{day:%Y%m%d}", day, data, told_on=day)
            if source in sources:
                yield mark


def stamp(events: Sequence[Event], day: date) -> None:
    """
    Publication times, a millisecond apart up to the start of the day: a clock here would make two builds differ, and none lies ahead.

    The first three sources and the others each have their own times, so that those of the first do not depend on who else plays.
    """
    end = datetime.combine(day, time(), JST).astimezone(UTC)
    first = [event for event in events if event["source"] in FIRST and event["type"] != EventKind.SCHOOL_REGISTER_CHANGED]
    others = [event for event in events if event["source"] not in FIRST or event["type"] == EventKind.SCHOOL_REGISTER_CHANGED]
    for group in (first, others):
        for event, instant in zip(group, _instants(end, len(group)), strict=True):
            event["time"] = instant


def _instants(end: datetime, count: int) -> Iterator[str]:
    """The last `count` milliseconds before `end`, a whole second of UTC, as text: a second is written once, not a thousand times."""
    for seconds in range(-(-count // 1000), 0, -1):
        second = (end - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
        yield from (f"{second}.{millisecond:03d}+00:00" for millisecond in range(max(0, seconds * 1000 - count), 1000))
