"""Misuse among the days: scenarios of each rule's kind, and the three real cases of audit.md §5. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.audit.benchmark.acting import CHILDREN_OF_A_WARD, WARDS, Act, City, Officer, at
from services.audit.domain.misuse.thresholds import Thresholds

LEARNED = 32
"""Days before which nothing is planted: rules compare with what was usual."""
UNKNOWN = CHILDREN_OF_A_WARD
"""The first child of a ward with whom nobody works."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A scenario: which rule must find it, and how it is called."""

    number: int
    rule: str
    name: str


Plant = Callable[[City, Officer, date, int], Iterator[Act]]


def plant(city: City, each: int, thresholds: Thresholds) -> Iterator[tuple[Planted, list[Act]]]:
    """Plant so many scenarios of each rule, and the real cases."""
    days = city.open_days(after=LEARNED)
    number = 0
    for rule, scenario in SCENARIOS.items():
        for n in range(each):
            officer = city.officers[city.random.randrange(len(city.officers))]
            deeds = list(scenario(city, officer, city.random.choice(days), UNKNOWN + 1_000 * (1 + n) + 30 * len(rule)))
            yield _numbered(number, rule, f"{rule} {n + 1}", deeds)
            number += 1
    for (rule, name), case in REAL.items():
        for n, deeds in enumerate(case(city)):
            yield _numbered(number, rule, f"{name} {n + 1}", list(deeds))
            number += 1
    assert thresholds.curiosity_days == 2, "scenarios are made for the start values"  # noqa: S101, PLR2004


def _numbered(number: int, rule: str, name: str, deeds: list[Act]) -> tuple[Planted, list[Act]]:
    return Planted(number, rule, name), [replace(deed, misuse=number) for deed in deeds]


def _other(city: City, officer: Officer) -> Officer:
    """Somebody of another ward."""
    return city.random.choice([each for each in city.officers if each.ward is not officer.ward])


def _look(city: City, officer: Officer, day: date, number: int, **more: object) -> Act:
    moment = at(day, city.random.randint(9, 16), city.random.randrange(60), city.random.randrange(60))
    return replace(Act(moment, officer, city.child(officer.ward, number), officer.ward, relation="none"), **more)  # type: ignore[arg-type]


def _out_of_ward(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    other = _other(city, officer).ward
    yield _look(city, officer, day, number, thing_id=city.child(other, number), thing_ward=other)


def _bulk(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    if number % 3 == 0:
        yield _look(
            city, officer, day, number, thing_id="", thing_kind="review_list", action="casework.list_opened", relation="team", count=450
        )
        return
    for n in range(city.random.randint(55, 140)):
        yield replace(_look(city, officer, day, n), at=at(day, 10) + timedelta(seconds=40 * n), relation="team")


def _odd_hours(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    night = at(day, 23) + timedelta(minutes=city.random.randrange(300))
    for n in range(city.random.randint(1, 4)):
        yield _look(city, officer, day, number + n, at=night + timedelta(minutes=3 * n), relation="team")


def _no_relation(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    yield _look(city, officer, day, number)


def _namesake(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    hint = ("same_surname", "own_family", "same_address", "colleague")[number // 1_000 % 4]
    relation = "none" if hint == "same_surname" else "team"
    yield _look(city, officer, day, number, reason_code=hint, relation=relation)


def _curiosity(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    for apart in (0, city.random.randint(3, 60)):
        yield _look(city, officer, min(day + timedelta(days=apart), city.first + timedelta(days=city.days - 1)), number)


def _protected(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    yield _look(
        city, officer, day, number, thing_ward=None, relation="team", reason_code="protected_person", fields=("name", "address_code")
    )


def _spike(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    crowd = city.random.sample(list(city.officers), 7)
    for n, each in enumerate(crowd):
        yield _look(
            city,
            each,
            day,
            number,
            thing_id=city.child(officer.ward, number),
            at=at(day, 9) + timedelta(hours=19 * n),
            thing_ward=officer.ward,
        )


def _break_glass(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    other = _other(city, officer).ward
    yield _look(city, officer, day, number, thing_id=city.child(other, number), thing_ward=other, reason_code="emergency")


def _denied(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    refused = _look(city, officer, day, number, decision="deny", reason_code="no_review")
    yield refused
    yield replace(refused, at=refused.at + timedelta(hours=2), decision="permit", relation="team", reason_code=None)


def _dormant(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    left = Officer(type(officer.id)(int=officer.id.int ^ (number + 1)), officer.ward)
    yield replace(_look(city, left, city.first, number % UNKNOWN, relation="team"), misuse=None)
    yield _look(city, left, max(day, city.first + timedelta(days=92)), number % UNKNOWN, relation="team")


def _taken(city: City, officer: Officer, day: date, number: int) -> Iterator[Act]:
    for n in range(30):
        paper = {"action": "casework.child_printed", "reason_code": "visit_form.for_visit", "relation": "team"}
        yield _look(city, officer, day, number % UNKNOWN + n, at=at(day, 13) + timedelta(minutes=n), **paper)


def _yotsukaichi(city: City) -> Iterator[list[Act]]:
    """Seventeen people of four households over fourteen months by one temporary clerk, never more than one or two a day."""
    clerk, spread = city.officers[0], city.days - LEARNED - 1
    for person in range(17):
        first = LEARNED + city.random.randrange(max(1, spread - 40))
        visits = sorted({first, *(min(first + city.random.randint(2, 40), city.days - 1) for _ in range(2))})
        yield [_look(city, clerk, city.first + timedelta(days=n), 900_000 + person) for n in visits]


def _yokote(city: City) -> Iterator[list[Act]]:
    """Seven officials looked up one infected resident within days."""
    day = city.open_days(after=LEARNED)[5]
    who = city.random.sample(list(city.officers), 7)
    yield [
        _look(city, each, day + timedelta(days=n % 4), 0, thing_id=city.child(WARDS[0], 910_000), thing_ward=WARDS[0])
        for n, each in enumerate(who)
    ]


def _hamada(city: City) -> Iterator[list[Act]]:
    """The address of somebody who had fled was looked up, once, and read out by telephone."""
    day = city.open_days(after=LEARNED)[7]
    shown = ("name", "address_code")
    yield [_look(city, city.officers[1], day, 920_000, thing_ward=None, relation="team", reason_code="protected_person", fields=shown)]


SCENARIOS: Mapping[str, Plant] = {
    "out_of_ward": _out_of_ward,
    "bulk_browsing": _bulk,
    "odd_hours": _odd_hours,
    "no_relation": _no_relation,
    "namesake": _namesake,
    "curiosity": _curiosity,
    "protected_seen": _protected,
    "attention_spike": _spike,
    "break_glass": _break_glass,
    "denied_then_seen": _denied,
    "dormant": _dormant,
    "taken_away": _taken,
}
"""A scenario of each rule's kind."""

REAL: Mapping[tuple[str, str], Callable[[City], Iterator[list[Act]]]] = {
    ("curiosity", "Yotsukaichi 2019, person"): _yotsukaichi,
    ("attention_spike", "Yokote 2020-21"): _yokote,
    ("protected_seen", "Hamada 2018"): _hamada,
}
"""Cases that became known, and the rule that must find each."""
