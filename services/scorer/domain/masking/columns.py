"""
What a masked dataset says of a child, and how coarse each cell can be made.

No column holds a name, a date, an address, a number of anybody's or a text that a person typed: a cell is one of a few words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType

from contracts.ids import PersonId
from contracts.quick import quick
from contracts.values import IndicatorValue, Item
from services.scorer.domain.ages import class_age, fy
from services.scorer.domain.simulating import AGES, age_bounds

WITHHELD = "*"
"""What stands in a cell that would tell somebody apart."""

NOT_TRUE = "not_true"
"""FALSE, UNKNOWN or NOT_APPLICABLE, where telling them apart would tell somebody apart."""

NONE = "-"
"""There is no class, or no figure."""

NOT_EVALUATED = "NOT_EVALUATED"
"""No answer to the item was kept of the child on the day."""

WITH_CLASS = (Item.INFANT_LOW_WEIGHT, Item.SCHOOL_LOW_WEIGHT, Item.SCHOOL_ABSENCE_HIGH, Item.LATE_PREGNANCY_NOTIFICATION)
"""Items whose class is the point of the answer (ITEM-20), or which have one beside it."""

FIGURES: Mapping[Item, tuple[str, tuple[int, ...]]] = MappingProxyType(
    {
        Item.SCHOOL_ABSENCE_HIGH: ("absent_days", (1, 5, 10, 15, 20, 25, 30, 35, 40, 60, 90)),
        Item.SCHOOL_TARDINESS_HIGH: ("tardy_count", (1, 5, 10, 15, 20, 25, 30, 35, 40, 60, 90)),
        Item.EPDS_HIGH: ("highest", (5, 7, 9, 11, 13, 15)),
    }
)
"""Items with a threshold that an analysis may move: where the figure stands in the answer's detail, and where its bands begin."""

_SCHOOL_BEGINS_AT = 6


class Detail(IntEnum):
    """How much is told of an answer, the most first."""

    FIGURES = 0
    CLASSES = 1
    VALUES = 2
    TRUE_OR_NOT = 3


@quick(frozen=True, slots=True)
class Given:
    """The answer to one item: its value, its class, and the figure that is compared with the threshold."""

    value: str
    klass: str | None = None
    figure: int | None = None


@quick(frozen=True, slots=True)
class Subject:
    """A child of whom a dataset speaks. `ward` is None where it is not to be told: it is protected, or not known."""

    person_id: PersonId
    birth_date: date
    sex: str
    ward: str | None
    answers: Mapping[Item, Given]


@dataclass(frozen=True, slots=True)
class Level:
    """How coarse a row is."""

    by_school_year: bool
    sex: bool
    area: bool
    detail: Detail
    age: bool = True


LEVELS: tuple[Level, ...] = (
    Level(by_school_year=True, sex=True, area=True, detail=Detail.FIGURES),
    Level(by_school_year=False, sex=True, area=True, detail=Detail.FIGURES),
    Level(by_school_year=False, sex=True, area=True, detail=Detail.CLASSES),
    Level(by_school_year=False, sex=True, area=True, detail=Detail.VALUES),
    Level(by_school_year=False, sex=True, area=False, detail=Detail.FIGURES),
    Level(by_school_year=False, sex=True, area=False, detail=Detail.CLASSES),
    Level(by_school_year=False, sex=True, area=False, detail=Detail.VALUES),
    Level(by_school_year=False, sex=False, area=False, detail=Detail.VALUES),
    Level(by_school_year=False, sex=False, area=False, detail=Detail.TRUE_OR_NOT),
    Level(by_school_year=False, sex=False, area=False, detail=Detail.TRUE_OR_NOT, age=False),
)
"""From fine to coarse. A row is published by the first at which nine others, or more, read the same; else it is left out."""

WITHOUT_AREA = next(place for place, level in enumerate(LEVELS) if not level.area)
"""Where somebody begins whose ward is not to be told: an empty cell among full ones would tell that there is something to hide."""

WHO = ("age", "sex", "area")
"""The columns by which somebody can be known from outside."""


def columns() -> tuple[str, ...]:
    """The columns of a dataset behind the pseudonym, in their order."""
    return (*WHO, *(name for item in Item for name in _columns_of(item)))


def cells(subject: Subject, level: Level, as_of: date) -> tuple[str, ...]:
    """What a dataset says of a child at a level."""
    return (*who_cells(subject, level, as_of), *answer_cells(subject.answers, level.detail))


def answer_cells(answers: Mapping[Item, Given], detail: Detail) -> tuple[str, ...]:
    """The part of it that says what was answered: the same for all of whom the same was."""
    return tuple(cell for item in Item for cell in _answer_cells(item, answers.get(item), detail))


def who_cells(subject: Subject, level: Level, as_of: date) -> tuple[str, str, str]:
    """Age, sex and area at a level."""
    told = school_year(subject.birth_date, fy(as_of)) if level.by_school_year else age_band(subject.birth_date, as_of)
    age = told if level.age else WITHHELD
    return age, subject.sex if level.sex else WITHHELD, (subject.ward if level.area else None) or WITHHELD


@quick(frozen=True, slots=True)
class Known:
    """Who somebody is known to be from outside. A ward that is not told is known to some all the same: then every ward fits."""

    school_year: str
    age_band: str
    sex: str
    ward: str | None

    @classmethod
    def of(cls, subject: Subject, as_of: date) -> "Known":
        """What is known of a child."""
        return cls(school_year(subject.birth_date, fy(as_of)), age_band(subject.birth_date, as_of), subject.sex, subject.ward)

    def fits(self, row: Sequence[str]) -> bool:
        """Whether a row may be about somebody of whom this is known."""
        age, sex, area = row[: len(WHO)]
        return (
            age in {self.school_year, self.age_band, WITHHELD}
            and sex in {self.sex, WITHHELD}
            and (self.ward is None or area in {self.ward, WITHHELD})
        )


def school_year(birth: date, year: int) -> str:
    """The class of the nursery (by completed years before the fiscal year), or the grade at school, of whoever was born on `birth`."""
    years = max(0, class_age(birth, year))
    return f"class_{years}" if years < _SCHOOL_BEGINS_AT else f"grade_{years - _SCHOOL_BEGINS_AT + 1}"


def age_band(birth: date, as_of: date) -> str:
    """The band of age, of those by which a simulation counts too."""
    older = sum(birth >= bound for bound in _bounds(as_of))
    return AGES[len(AGES) - 1 - older]


def figure_band(item: Item, figure: int) -> str:
    """The band of a figure, both ends included: `10-14`; below the first bound what is less, `0`, and beyond the last `90+`."""
    bounds = (0, *FIGURES[item][1])
    place = sum(figure >= bound for bound in bounds) - 1
    if place == len(bounds) - 1:
        return f"{bounds[-1]}+"
    low, high = bounds[place], bounds[place + 1] - 1
    return str(low) if low == high else f"{low}-{high}"


def words_of_who(subject: Subject, as_of: date) -> Sequence[tuple[str, frozenset[str]]]:
    """Of age, sex and area, all words by which a dataset could speak of a child: what somebody compares who knows everything of it."""
    ages = {age_band(subject.birth_date, as_of), school_year(subject.birth_date, fy(as_of)), subject.birth_date.isoformat()}
    return ("age", frozenset(ages)), ("sex", frozenset({subject.sex})), ("area", frozenset({subject.ward or WITHHELD}))


def words_of_answers(answers: Mapping[Item, Given]) -> Sequence[tuple[str, frozenset[str]]]:
    """The same of the columns that say what was answered."""
    return tuple(pair for item in Item for pair in _words_of(item, answers.get(item)))


def _columns_of(item: Item) -> tuple[str, ...]:
    return (
        item.value,
        *((f"{item.value}_class",) if item in WITH_CLASS else ()),
        *((f"{item.value}_figure",) if item in FIGURES else ()),
    )


@lru_cache(maxsize=65_536)
def _answer_cells(item: Item, given: Given | None, detail: Detail) -> tuple[str, ...]:
    value = given.value if given is not None else NOT_EVALUATED
    if detail is Detail.TRUE_OR_NOT and value != IndicatorValue.TRUE:
        value = NOT_TRUE
    klass = (given.klass if given is not None else None) or NONE
    found = [value]
    if item in WITH_CLASS:
        found.append(klass if detail <= Detail.CLASSES else WITHHELD)
    if item in FIGURES:
        found.append(_figure(item, given) if detail is Detail.FIGURES else WITHHELD)
    return tuple(found)


def _figure(item: Item, given: Given | None) -> str:
    return NONE if given is None or given.figure is None else figure_band(item, given.figure)


@lru_cache(maxsize=65_536)
def _words_of(item: Item, given: Given | None) -> tuple[tuple[str, frozenset[str]], ...]:
    finest, coarsest = _answer_cells(item, given, Detail.FIGURES), _answer_cells(item, given, Detail.TRUE_OR_NOT)
    exact = {str(given.figure)} if given is not None and given.figure is not None else set()
    return tuple(
        (name, frozenset({fine, coarse} - {WITHHELD} | (exact if name.endswith("_figure") else set())))
        for name, fine, coarse in zip(_columns_of(item), finest, coarsest, strict=True)
    )


@lru_cache(maxsize=64)
def _bounds(as_of: date) -> tuple[date, ...]:
    return age_bounds(as_of)
