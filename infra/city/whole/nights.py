"""
The nights after the first load: corrections, moves, and families who come new, with everything that is known of them.

What is corrected or moves is drawn again from its block. A night is a function of the city's plan and its own number.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from math import ceil
from random import Random
from uuid import UUID

from contracts.kinds import EventKind
from infra.city import families
from infra.city.dates import days_after
from infra.city.events import stamp
from infra.city.sources.pen import Event
from infra.city.whole.blocks import BLOCKS, FEWEST_CHILDREN, Plan, draw, drawn, marks
from infra.clock import JST

EVENTS_PER_CHILD = 0.3
"""60,000 a night in a city of 200,000 children."""

FEWEST_EVENTS = 300

NEWCOMERS_EVENTS_PER_CHILD = 10
"""A family's events for each of its children, roughly."""

BLOCKS_TOUCHED = 16
"""From so many blocks at most come a night's corrections and moves: a whole city would be drawn again for nothing."""

REVISIONS_BEFORE = 10
"""What is corrected later outranks every revision of the first load, and a later night an earlier one."""


@dataclass(frozen=True, slots=True)
class LaterNight:
    """What the sources deliver on the eve of `day`; the watermarks come after everything else."""

    number: int
    day: date
    events: tuple[Event, ...]
    marks: tuple[Event, ...]


def events_a_night(plan: Plan) -> int:
    """About how many events a night has."""
    return max(FEWEST_EVENTS, round(plan.children * EVENTS_PER_CHILD))


def night(plan: Plan, number: int) -> LaterNight:
    """The night `number` (from 1) after the first load: a third each newcomers, corrections and moves."""
    rng = Random(f"{plan.seed} night {number}")
    day = days_after(plan.today, number)
    wanted = events_a_night(plan)
    children = max(FEWEST_CHILDREN, round(wanted / 3 / NEWCOMERS_EVENTS_PER_CHILD))
    newcomers = drawn(plan, BLOCKS + number, day, children, children).events

    touched = rng.sample(range(len(plan)), min(len(plan), BLOCKS_TOUCHED))
    each = ceil(max(wanted / 3, wanted - len(newcomers)) / 2 / len(touched))
    changes: list[Event] = []
    for block in touched:
        changes += _changes(rng, plan, block, each, number, day)

    events = _shuffled_in(rng, newcomers, changes)
    stamp(events, day)
    return LaterNight(number, day, tuple(events), tuple(marks(plan, day)))


def _changes(rng: Random, plan: Plan, block: int, wanted: int, number: int, day: date) -> list[Event]:
    """What is corrected of a block and who of it moves. The block itself is forgotten before the next one is drawn."""
    known = draw(plan, block)
    gone = {spoiled.record_id for spoiled in known.spoiled} | {event["subject"] for event in known.events if event["op"] == "void"}
    standing = [event for event in known.events if event["subject"] not in gone]
    return [*_corrections(rng, standing, wanted, number, day), *_moves(rng, standing, wanted, number, day)]


def _corrections(rng: Random, events: Sequence[Event], wanted: int, number: int, day: date) -> Iterator[Event]:
    """Somebody mistyped a weight, or a part of the town."""
    correctable = {
        event["subject"]: event
        for event in events
        if event["type"] in {EventKind.INFANT_CHECKUP_RECORDED, EventKind.RESIDENT_CHANGED} and event["revision"] <= 2  # noqa: PLR2004 (the first load's own corrections)
    }
    for subject in rng.sample(list(correctable), min(wanted, len(correctable))):
        event = correctable[subject]
        data = event["data"]
        if event["type"] == EventKind.INFANT_CHECKUP_RECORDED:
            mended = {"weight_kg": round(data["weight_kg"] + rng.choice((-1, 1)) * rng.uniform(0.1, 0.4), 1)}
        else:
            code = data["address_code"]
            mended = {"address_code": f"{code[:5]}{rng.randint(1, families.TOWNS_IN_A_WARD):03d}"}
        yield _told(rng, event, day, revision=REVISIONS_BEFORE + number, data=data | mended)


def _moves(rng: Random, events: Sequence[Event], wanted: int, number: int, day: date) -> Iterator[Event]:
    """Whole households that move within the city: a new entry of the register for each member."""
    latest: dict[str, Event] = {}
    for event in events:
        if event["type"] == EventKind.RESIDENT_CHANGED:
            before = latest.get(event["data"]["person_no"])
            if before is None or (before["effectiveon"], before["subject"]) < (event["effectiveon"], event["subject"]):
                latest[event["data"]["person_no"]] = event
    members: dict[str, list[Event]] = defaultdict(list)
    for event in latest.values():
        if "resident_to" not in event["data"]:
            members[event["data"]["household_no"]].append(event)

    moved = 0
    for household in rng.sample(list(members), len(members)):
        if moved >= wanted:
            return
        to = families.addresses(rng, 1)[0]
        for event in members[household]:
            place = {"address_code": to.town, "ward_code": families.WARD_CODES[to.ward], "change_reason": "転居"}
            record = f"J-{event['data']['person_no']}-N{number}"
            yield _told(
                rng, event, day, subject=record, effectiveon=days_after(day, -1).isoformat(), revision=1, data=event["data"] | place
            )
            moved += 1


def _told(rng: Random, event: Event, day: date, **changed: object) -> Event:
    written = datetime.combine(days_after(day, -1), time(), JST).isoformat()
    event_id = str(UUID(int=rng.getrandbits(128), version=4))
    return {**event, "id": event_id, "recordedat": written, **changed}


def _shuffled_in(rng: Random, ordered: Sequence[Event], loose: Sequence[Event]) -> list[Event]:
    """Both in one stream: `ordered` stay in their order, `loose` keep theirs too, since a household moves together."""
    places = [*((place, 0, event) for place, event in zip(_places(rng, ordered), ordered, strict=True))]
    places += [(place, 1, event) for place, event in zip(_places(rng, loose), loose, strict=True)]
    return [event for _, _, event in sorted(places, key=lambda each: each[:2])]


def _places(rng: Random, events: Sequence[Event]) -> list[float]:
    return sorted(rng.random() for _ in events)
