"""The fourth population, part by part."""

from random import Random

from contracts.values import Source
from infra.city.linkage.fourth.cases import CASES
from infra.city.linkage.fourth.names import family
from infra.city.linkage.fourth.paper import copied, filled, in_register, school_year
from infra.city.linkage.fourth.people import DAY_OF_THE_REGISTER, Counter, Soul, child, double, house, nest, years
from infra.city.linkage.fourth.wrongs import gone_wrong
from infra.city.linkage.tables import Part, Record, Truth

_NUMBERS = 60_000
"""Of a part."""
_NOBODY = 0.05
_TWICE = 1 / 3_000
_AT_SCHOOL = (
    (Source.PUPIL_REGISTRY, 1.0),
    (Source.SCHOOL_LUNCH_FEE, 0.3),
    (Source.LIFESTYLE_LEARNING_SURVEY, 0.15),
    (Source.SCHOOL_AID, 0.15),
)


class Fourth:
    """See `tables.Population`."""

    @property
    def hazards(self) -> tuple[str, ...]:
        """The kinds of hazard that there are."""
        return tuple(CASES)

    def part(self, seed: int, number: int, persons: int, corruption: float) -> Part:
        """Draw houses until there are `persons` people."""
        rng, counter, part = Random(f"fourth {seed} part {number}"), Counter(number * _NUMBERS), Part()
        while len(part.register) < persons:
            souls = house(rng, counter)
            if len(part.register) + len(souls) > persons:
                continue
            part.register += map(in_register, souls)
            for one in souls:
                if one.guardians:
                    _heard_of(rng, counter, part, one, corruption)
        return _mixed(rng, part)

    def hazard(self, seed: int, kind: str, number: int, count: int) -> Part:
        """Draw that many cases."""
        rng, counter, part = Random(f"fourth {seed} {kind} {number}"), Counter(number * _NUMBERS), Part()
        for _ in range(count):
            case = CASES[kind](rng, counter)
            part.register += map(in_register, case.people)
            record_id = counter.record()
            record = copied(rng, case.paper, record_id, school_year(case.speaks_of))
            part.records.append((record, Truth(record_id, case.answer, kind)))
        return _mixed(rng, part)


def _mixed(rng: Random, part: Part) -> Part:
    rng.shuffle(part.register)
    rng.shuffle(part.records)
    return part


def _heard_of(rng: Random, counter: Counter, part: Part, one: Soul, corruption: float) -> None:
    """What all sources say of a child, and of children beside it who are in no register."""
    sources = _sources(rng, one)
    other = double(rng, counter, one) if sources and rng.random() < _TWICE else None
    if other is not None:
        part.register.append(in_register(other))
    for source in sources:
        record, truth = _said(rng, counter, one, source, corruption)
        # Both rows are the child, and which of them goes on nobody can tell.
        part.records.append((record, Truth(truth.record_id, other.number, "registered_twice") if other else truth))
        if rng.random() < _NOBODY / (1 - _NOBODY):
            kind, nobody = _in_no_register(rng, one)
            record, truth = _said(rng, counter, nobody, Source.PUPIL_REGISTRY, corruption)
            part.records.append((record, Truth(truth.record_id, "", kind)))


def _sources(rng: Random, one: Soul) -> list[Source]:
    year = school_year(one)
    if year < 1:
        return [Source.CHILDCARE] if rng.random() < 0.4 else []
    return [source for source, chance in _AT_SCHOOL if rng.random() < chance] if year <= 9 else []


def _said(rng: Random, counter: Counter, one: Soul, source: Source, corruption: float) -> tuple[Record, Truth]:
    paper = filled(rng, one, source)
    wrong = gone_wrong(rng, paper, one) if rng.random() < corruption else ""
    record_id = counter.record()
    return copied(rng, paper, record_id, school_year(one)), Truth(record_id, one.number, wrong)


def _in_no_register(rng: Random, beside: Soul) -> tuple[str, Soul]:
    chance, born = rng.random(), DAY_OF_THE_REGISTER - years(rng, 6.5, 14.5)
    if chance < 0.2:
        found, kind = child(rng, "", beside.family, beside.born, beside.guardians, [beside]), "twin_unregistered"
    elif chance < 0.5:
        found, kind = child(rng, "", beside.family, born, beside.guardians, [beside]), "lives_there"
    elif chance < 0.75:
        found, kind = child(rng, "", family(rng), born, beside.guardians, [beside]), "lives_there_by_another_name"
    else:
        _, (found, *_) = nest(rng, Counter(0), [born])
        found.number, kind = "", "of_another_city"
    found.place = found.place or beside.place
    for each in found.guardians if kind == "of_another_city" else []:
        each.number = ""
    return kind, found
