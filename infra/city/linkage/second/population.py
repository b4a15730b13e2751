"""The second population, part by part."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from contracts.values import Source
from infra.city.linkage.second.files import Sheet, row, school_year, sheet
from infra.city.linkage.second.names import FAMILIES, called
from infra.city.linkage.second.people import DAY, Counter, Someone, branch, kin, minor, place
from infra.city.linkage.second.registering import entry
from infra.city.linkage.second.traps import TRAPS
from infra.city.linkage.second.wrong import go_wrong
from infra.city.linkage.tables import Part, Record, Truth

IN_NO_REGISTER = 0.05
"""Of all records: about children who are in no register, most of them living with a registered family."""

NUMBERS = 40_000
"""Numbers that a part may use."""

YOUNGEST, LAST_YEAR_AT_SCHOOL = -2, 9
STILL_CALLED_SO = 0.3
"""Of children whose family name the register does not tell any more: what the school still says."""


class Second:
    """See `tables.Population`."""

    @property
    def hazards(self) -> tuple[str, ...]:
        """The kinds of hazard that there are."""
        return tuple(TRAPS)

    def part(self, seed: int, number: int, persons: int, corruption: float) -> Part:
        """Draw kin after kin until there are `persons` people."""
        rng, counter, part = Random(f"{seed} second {number}"), Counter(number * NUMBERS), Part()
        while len(part.register) < persons:
            people = kin(rng, counter)
            if len(people) > persons - len(part.register):
                continue
            part.register += [entry(rng, one) for one in people]
            for one in people:
                if one.parents:
                    part.records += _records(rng, counter, one, corruption)
        return _mixed(rng, part)

    def hazard(self, seed: int, kind: str, number: int, count: int) -> Part:
        """Draw that many traps, each with people of its own."""
        rng, counter, part = Random(f"{seed} second {kind} {number}"), Counter(number * NUMBERS), Part()
        for _ in range(count):
            case = TRAPS[kind](rng, counter)
            part.register += [entry(rng, one) for one in case.people]
            part.records.append(_written(rng, counter, case.known, case.born, (case.answer, kind)))
        return _mixed(rng, part)


def _mixed(rng: Random, part: Part) -> Part:
    rng.shuffle(part.register)
    rng.shuffle(part.records)
    return part


def _records(rng: Random, counter: Counter, child: Someone, corruption: float) -> Iterator[tuple[Record, Truth]]:
    for source in _sources(rng, child.born):
        yield _told(rng, counter, child, source, corruption)
        if rng.random() < IN_NO_REGISTER / (1 - IN_NO_REGISTER):
            kind, stranger = _not_registered(rng, child)
            record, truth = _told(rng, counter, stranger, Source.PUPIL_REGISTRY, corruption)
            yield record, truth._replace(kind=kind)


def _sources(rng: Random, born: date) -> list[Source]:
    """Who has heard of a child of that age."""
    year = school_year(born)
    if year > LAST_YEAR_AT_SCHOOL or year < YOUNGEST:
        return []
    if year < 1:
        return [Source.CHILDCARE] if rng.random() < 0.25 else []
    known = [Source.PUPIL_REGISTRY]
    chances = ((Source.SCHOOL_AFFAIRS, 0.12), (Source.SCHOOL_AID, 0.15), (Source.MEDICAL_SUBSIDY, 0.08))
    return known + [source for source, chance in chances if rng.random() < chance]


def _told(rng: Random, counter: Counter, child: Someone, source: Source, corruption: float) -> tuple[Record, Truth]:
    known, kind = sheet(rng, child, source), ""
    if child.unsaid is not None and rng.random() < STILL_CALLED_SO:
        known.family, known.family_kana, kind = child.unsaid.signs, child.unsaid.reading, "name_of_before"
    if rng.random() < corruption:
        known, kind = go_wrong(rng, known, child)
    return _written(rng, counter, known, child.born, (child.number, kind))


def _written(rng: Random, counter: Counter, known: Sheet, born: date, answer: tuple[str, str]) -> tuple[Record, Truth]:
    record_id = counter.record()
    return row(rng, known, record_id, born), Truth(record_id, *answer)


def _not_registered(rng: Random, child: Someone) -> tuple[str, Someone]:
    """
    Somebody without a number: most live with a registered family.

    A brother or sister who was never entered, a twin, a half-sibling with another family name, a child who stays with relatives; or
    somebody of whom the register knows nothing at all.
    """
    parents = tuple(child.parents)
    chance = rng.random()
    kind, name, born = "lives_with_registered_family", child.family, DAY - timedelta(days=rng.randint(7 * 365, 14 * 365))
    if chance < 0.2:
        kind, born = "unregistered_twin", child.born
    elif chance < 0.45:
        name = called(rng, FAMILIES)
    stranger = minor(rng, "", name, born, parents, [child])
    stranger.place, stranger.from_elsewhere = child.place, None
    if chance > 0.75:
        kind, stranger.place, stranger.family = "unknown_here", place(rng), called(rng, FAMILIES)
        stranger.parents = branch(rng, Counter(0), stranger.family, stranger.place)[:2]
    return kind, stranger
