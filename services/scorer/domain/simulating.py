"""
What a ruleset would change: the city's list before and after, by ward, age, sex and group, with small numbers left out.

No score and no decision: how many children people would be asked to look at, and whether a part of the city would be looked at more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from contracts.ids import PersonId
from contracts.values import Group, Item
from services.scorer.domain.ages import add_months, fy
from services.scorer.domain.rulesets import Ruleset, asks, groups_of

SMALLEST = 10
"""A number of children from one to below this is not shown beside a ward, an age or a sex: it might be somebody (MASK-01)."""

NOWHERE_KNOWN = "unknown"
"""The ward of a child of whom the register says none."""

AGES = ("0-2", "3-5", "6-11", "12-15")
"""Bands of age: before and in the years of kindergarten, primary school, middle school; by school years (`age_bounds`)."""

_SCHOOL_YEARS = (6, 12)
_KINDERGARTEN = 3


@dataclass(frozen=True, slots=True)
class Listing:
    """Whom a ruleset lists, and by which groups."""

    groups: Mapping[PersonId, tuple[Group, ...]]

    @property
    def children(self) -> frozenset[PersonId]:
        """The children on the list."""
        return frozenset(self.groups)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """To which parts of the city a child counts."""

    ward: str
    age: str
    sex: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the city: its children, and how many of them are listed before and after. None is a small number that is not shown."""

    name: str
    children: int
    before: int | None
    after: int | None
    new: int | None
    gone: int | None

    @property
    def rates(self) -> tuple[float | None, float | None]:
        """Of a thousand children, so many are listed before and after."""
        return _rate(self.before, self.children), _rate(self.after, self.children)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What changes on `day` if `ruleset` takes the place of `instead_of`."""

    ruleset: str
    instead_of: str
    day: date
    total: Part
    by_ward: tuple[Part, ...]
    by_age: tuple[Part, ...]
    by_sex: tuple[Part, ...]
    by_group: tuple[Part, ...]
    """How many of those on the list are on it with this group: a child counts with each of its groups."""

    def as_numbers(self) -> dict[str, Any]:
        """The numbers as JSON, without anybody's id: what is kept with the ruleset."""
        told = asdict(self)
        for name in ("by_ward", "by_age", "by_sex"):
            for row, part in zip(told[name], getattr(self, name), strict=True):
                row["rate_before"], row["rate_after"] = part.rates
        return told | {"day": self.day.isoformat(), "smallest_number_shown": SMALLEST}


def listing(ruleset: Ruleset, counted: Mapping[PersonId, frozenset[Item]]) -> Listing:
    """Whom `ruleset`, as it is on a day, lists, of whom these items are TRUE and count. Only who is in scope has any."""
    found: dict[PersonId, tuple[Group, ...]] = {}
    known: dict[frozenset[Item], tuple[Group, ...]] = {}
    for person_id, items in counted.items():
        if items not in known:
            is_listed = asks(ruleset, items) and ruleset.suppressors.isdisjoint(items)
            known[items] = groups_of(ruleset, items) if is_listed else ()
        if known[items]:
            found[person_id] = known[items]
    return Listing(found)


def simulated(
    rulesets: tuple[Ruleset, Ruleset],
    lists: tuple[Listing, Listing],
    where: Mapping[PersonId, Whereabouts],
    children: Mapping[Whereabouts, int],
    day: date,
) -> Simulation:
    """Compare the lists of two rulesets. `where` has everybody who is on one of them, `children` how many live in each part of the city."""
    before, after = (each.children for each in lists)
    everybody = sum(children.values())
    total = Part("city", everybody, len(before), len(after), len(after - before), len(before - after))

    def parts(kind: str, names: Iterable[str]) -> tuple[Part, ...]:
        of = Counter[str]()
        for place, number in children.items():
            of[getattr(place, kind)] += number
        counts = [Counter(getattr(where[each], kind) for each in some) for some in (before, after, after - before, before - after)]
        of_kind = sorted({*names, *of, *(name for count in counts for name in count)}, key=_order(names))
        shown = [without_small([count[name] for name in of_kind]) for count in counts]
        return tuple(Part(name, of[name], *cells) for name, *cells in zip(of_kind, *shown, strict=True))

    wards = sorted({place.ward for place in children})
    return Simulation(
        rulesets[1].name,
        rulesets[0].name,
        day,
        total,
        by_ward=parts("ward", wards),
        by_age=parts("age", AGES),
        by_sex=parts("sex", ("female", "male")),
        by_group=tuple(_group(group, lists, everybody) for group in Group if _names_it(group, rulesets)),
    )


def age_bounds(day: date) -> tuple[date, ...]:
    """The first birth dates of the bands of `AGES` on `day`, youngest band last: between two of them a child is of one band."""
    year = fy(day)
    toddlers = add_months(day, -12 * _KINDERGARTEN)
    primary, middle = (date(year - years, 4, 2) for years in _SCHOOL_YEARS)
    return middle, primary, toddlers


def scoped_born_from(day: date) -> date:
    """The first birth date of whoever is in scope on `day`: school ends with the school year in which one is 15 (REF-06)."""
    return date(fy(day) - 15, 4, 2)


def _group(group: Group, lists: tuple[Listing, Listing], everybody: int) -> Part:
    before, after = (frozenset(who for who, groups in each.groups.items() if group in groups) for each in lists)
    cells = [len(before), len(after), len(after - before), len(before - after)]
    return Part(group.value, everybody, *(_small(cell) for cell in cells))


def _names_it(group: Group, rulesets: Iterable[Ruleset]) -> bool:
    return any(group in ruleset.group_of.values() for ruleset in rulesets)


def is_few(number: int) -> bool:
    """Whether a number is small, and not shown; none is none."""
    return 0 < number < SMALLEST


def without_small(cells: Sequence[int], untold: int = 0) -> list[int | None]:
    """
    Leave out what is small, and the next smallest, too, where that is one cell alone or small together: the total would tell it.

    `untold` is a part of the total for which there is no cell.
    """
    hidden = {place for place, cell in enumerate(cells) if is_few(cell)}
    others = sorted((cell, place) for place, cell in enumerate(cells) if cell > 0 and place not in hidden)
    together = sum(cells[place] for place in hidden) or untold
    if others and (len(hidden) == 1 or is_few(together)):
        hidden.add(others[0][1])
    return [None if place in hidden else cell for place, cell in enumerate(cells)]


def _small(cell: int) -> int | None:
    return None if is_few(cell) else cell


def _rate(cell: int | None, of: int) -> float | None:
    return None if cell is None or of < SMALLEST else round(1_000 * cell / of, 1)


def _order(names: Iterable[str]) -> Any:
    known = list(names)
    return lambda name: (known.index(name) if name in known else len(known), name)
