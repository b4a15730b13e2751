"""Staff at work on ordinary days: what entries that makes. Pure: a seed makes the same months."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid5

from contracts.values import Ward
from services.audit.domain.misuse.looks import JST

SPACE = UUID("3a52c7a0-6f0b-4c3e-8f5a-0d1f2b3c4d5e")
WARDS = tuple(Ward)
CHILDREN_OF_A_WARD = 400
LOOKS_A_DAY = (4, 18)
"""So many children somebody looks at in a day, from and to."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who works in a ward."""

    id: UUID
    ward: Ward
    role: str = "ward_clerk"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does, as an entry will tell it."""

    at: datetime
    officer: Officer
    thing_id: str
    thing_ward: Ward | None
    action: str = "casework.child_opened"
    thing_kind: str = "child"
    decision: str = "permit"
    relation: str = "team"
    reason_code: str | None = None
    fields: tuple[str, ...] = ("name", "age")
    count: int | None = None
    misuse: int | None = None
    """Of which planted scenario it is; None for ordinary work."""


@dataclass(slots=True)
class City:
    """Officers, the children of their wards, and the days on which offices are open."""

    random: Random
    officers: Sequence[Officer]
    first: date
    days: int
    off: frozenset[date]
    deeds: list[Act] = field(default_factory=list)

    def child(self, ward: Ward, number: int | None = None) -> str:
        """A child of a ward; nobody in particular by default. Those above CHILDREN_OF_A_WARD nobody works with."""
        return str(uuid5(SPACE, f"{ward} {self.random.randrange(CHILDREN_OF_A_WARD) if number is None else number}"))

    def open_days(self, *, after: int = 0) -> list[date]:
        """Days on which offices are open, from the so-many-eth day on."""
        every = (self.first + timedelta(days=n) for n in range(after, self.days))
        return [day for day in every if day not in self.off]


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of a day in Japan."""
    return datetime.combine(day, time(hour, minute, second), JST)


def officers(count: int) -> list[Officer]:
    """So many, ward by ward."""
    return [Officer(uuid5(SPACE, f"officer {n}"), WARDS[n % len(WARDS)], "ward_clerk" if n % 10 else "ward_lead") for n in range(count)]


def ordinary(city: City) -> Iterator[Act]:
    """Every day of everybody's: lists, their ward's children, a paper now and then, and what looks like misuse and is none."""
    for day in city.open_days():
        for officer in city.officers:
            yield from _day(city, officer, day)


def _day(city: City, officer: Officer, day: date) -> Iterator[Act]:
    draw = city.random
    if draw.random() < 0.08:  # noqa: PLR2004 -- a day off
        return
    moments = sorted(at(day, 8, 30) + timedelta(seconds=draw.randrange(9 * 3600)) for _ in range(draw.randint(*LOOKS_A_DAY)))
    yield Act(
        moments[0] - timedelta(minutes=1), officer, "", officer.ward, "casework.list_opened", "review_list", count=draw.randint(20, 110)
    )
    for moment in moments:
        look = Act(moment, officer, city.child(officer.ward), officer.ward, relation=draw.choice(("team", "team", "assigned")))
        yield look
        yield from _around(city, look)


def _around(city: City, look: Act) -> Iterator[Act]:
    """What goes with some of the looks."""
    draw, dice = city.random, city.random.random()
    later = look.at + timedelta(minutes=2)
    if dice < 0.03:  # noqa: PLR2004
        yield replace(look, at=later, action="casework.child_printed", reason_code="visit_form.for_visit")
    elif dice < 0.033:  # noqa: PLR2004 -- a child of another ward, by a mistaken address
        other = draw.choice([ward for ward in WARDS if ward is not look.officer.ward])
        yield replace(
            look, at=later, thing_id=city.child(other), thing_ward=other, decision="deny", relation="none", reason_code="other_ward"
        )
    elif dice < 0.0345:  # noqa: PLR2004 -- a protected child, whose address is not shown
        yield replace(look, at=later, reason_code="protected_person", thing_ward=None)
    elif dice < 0.0347:  # noqa: PLR2004 -- its address, to whom the coordinator named
        yield replace(look, at=later, reason_code="protected_person", thing_ward=None, fields=("name", "address_code"))
    elif dice < 0.0355:  # noqa: PLR2004 -- before the case was theirs: it is on the same day
        yield replace(look, at=later, thing_id=(child := city.child(look.officer.ward)), relation="none")
        yield replace(look, at=later + timedelta(minutes=40), thing_id=child, relation="assigned")
    elif dice < 0.0356:  # noqa: PLR2004 -- an evening that grew long
        yield replace(look, at=at(look.at.date(), 20, draw.randrange(50)))
    elif dice < 0.0359:  # noqa: PLR2004 -- an emergency
        other = draw.choice([ward for ward in WARDS if ward is not look.officer.ward])
        yield replace(look, at=later, thing_id=city.child(other), thing_ward=other, relation="none", reason_code="emergency")
    elif dice < 0.037:  # noqa: PLR2004 -- a namesake among the children one works with
        yield replace(look, at=later, reason_code="same_surname")
