"""The third population, part by part."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from contracts.values import Source
from infra.city.linkage.tables import Part, Record, Truth
from infra.city.linkage.third.forms import Form, filled_in, registered, row, school_year
from infra.city.linkage.third.hazards import HAZARDS
from infra.city.linkage.third.homes import TODAY, Numbers, One, address, again, child, home, parents
from infra.city.linkage.third.mistakes import mistaken
from infra.city.linkage.third.names import family

NUMBERS_OF_A_PART = 50_000
NOT_REGISTERED = 0.05
"""Of all records."""
TWICE = 1 / 2_500
"""Of the children: those whom the register holds twice."""


class Third:
    """See `tables.Population`."""

    @property
    def hazards(self) -> tuple[str, ...]:
        """The kinds of hazard that there are."""
        return tuple(HAZARDS)

    def part(self, seed: int, number: int, persons: int, corruption: float) -> Part:
        """Draw homes until there are `persons` people."""
        rng, numbers, part = Random(f"third {seed} {number}"), Numbers(number * NUMBERS_OF_A_PART), Part()
        while len(part.register) < persons:
            people = home(rng, numbers)
            if len(part.register) + len(people) > persons:
                continue
            for one in people:
                part.register.append(registered(rng, one))
                if one.guardians:
                    _tell(rng, numbers, part, one, corruption)
        return _shuffled(rng, part)

    def hazard(self, seed: int, kind: str, number: int, count: int) -> Part:
        """Draw that many cases."""
        rng, numbers, part = Random(f"third {kind} {seed} {number}"), Numbers(number * NUMBERS_OF_A_PART), Part()
        for _ in range(count):
            case = HAZARDS[kind](rng, numbers)
            part.register += [registered(rng, one) for one in case.people]
            part.records.append(_written(rng, numbers, case.form, case.child, (case.answer, kind)))
        return _shuffled(rng, part)


def _shuffled(rng: Random, part: Part) -> Part:
    rng.shuffle(part.register)
    rng.shuffle(part.records)
    return part


def _tell(rng: Random, numbers: Numbers, part: Part, one: One, corruption: float) -> None:
    """All records about a child, and now and then one about a child who is in no register."""
    sources = _sources(rng, one)
    twice = again(rng, numbers, one) if sources and rng.random() < TWICE else None
    if twice is not None:
        part.register.append(registered(rng, twice))
    for source in sources:
        record, truth = _told(rng, numbers, one, source, corruption)
        # Both rows are the child, and on which the child's life goes on nobody can tell.
        part.records.append((record, Truth(truth.record_id, twice.number, "registered_twice") if twice else truth))
        if rng.random() < NOT_REGISTERED / (1 - NOT_REGISTERED):
            kind, stranger = _stranger(rng, one)
            record, truth = _told(rng, numbers, stranger, Source.PUPIL_REGISTRY, corruption)
            part.records.append((record, truth._replace(kind=kind)))


def _sources(rng: Random, one: One) -> list[Source]:
    year = school_year(one)
    if year < 1:
        return [Source.CHILDCARE] if one.born < TODAY - timedelta(days=200) and rng.random() < 0.45 else []
    if year > 9:
        return []
    also = ((Source.SCHOOL_AFFAIRS, 0.15), (Source.SCHOOL_AID, 0.2), (Source.MEDICAL_SUBSIDY, 0.1))
    return [Source.PUPIL_REGISTRY, *(source for source, chance in also if rng.random() < chance)]


def _told(rng: Random, numbers: Numbers, one: One, source: Source, corruption: float) -> tuple[Record, Truth]:
    form, kind = filled_in(rng, one, source), ""
    if rng.random() < corruption:
        form, kind = mistaken(rng, form, one)
    return _written(rng, numbers, form, one, (one.number, kind))


def _written(rng: Random, numbers: Numbers, form: Form, one: One, answer: tuple[str, str]) -> tuple[Record, Truth]:
    record_id = numbers.record()
    return row(rng, form, record_id, school_year(one)), Truth(record_id, *answer)


def _stranger(rng: Random, beside: One) -> tuple[str, One]:
    """Somebody who is in no register: mostly a child who lives with a registered family."""
    chance = rng.random()
    age = timedelta(days=rng.randint(6 * 365 + 200, 14 * 365))
    if chance < 0.15:
        stranger, kind = child(rng, "", beside.family, beside.born, beside.guardians, [beside]), "twin_in_no_register"
    elif chance < 0.45:
        stranger, kind = child(rng, "", beside.family, TODAY - age, beside.guardians, [beside]), "sibling_in_no_register"
    elif chance < 0.7:
        stranger, kind = child(rng, "", family(rng), TODAY - age, beside.guardians, [beside]), "lives_along"
    else:
        name, born = family(rng), TODAY - age
        stranger, kind = child(rng, "", name, born, [], [beside]), "of_elsewhere"
        stranger.guardians = [replace(each, number="") for each in parents(rng, Numbers(0), name, born)]
    stranger.where = address(rng) if kind == "of_elsewhere" else beside.where
    return kind, stranger
