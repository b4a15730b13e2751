"""Which parameters a ruleset may set, and within which bounds."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, get_type_hints

from contracts.days import is_countable
from contracts.values import Source
from services.scorer.domain.parameters import FUKUOKA, FUKUOKA_WINDOWS, GUIDELINE_WINDOWS, CheckupWindow, Parameters
from services.scorer.domain.rulesets.mistakes import Mistake, Wrong
from services.scorer.domain.rulesets.rule import Setting

FIXED = frozenset(
    {
        *("version", "scored_born_from", "weight_references", "low_weight_checkups"),
        *("plausible_of_percentiles", "plausible_weight_kg", "plausible_of_standard", "plausible_school_weight_kg"),
        *("plausible_school_height_cm", "approved"),
    }
)
"""
What no ruleset sets: the version follows from what it sets; who is scored at all, by which table weights are read, and what is a slip of
whoever measured are the installation's. Whether an item of its own is used the city approves: a ruleset names it, and has a switch for it.
"""

WINDOWS: Mapping[str, tuple[CheckupWindow, ...]] = {"fukuoka": FUKUOKA_WINDOWS, "guideline": GUIDELINE_WINDOWS}
"""The checkup windows that a ruleset chooses from, by name."""

BOUNDS: Mapping[str, tuple[int, int]] = {
    "epds_high_from": (1, 30),
    "late_from_weeks": (1, 40),
    "mother_resident_from_weeks": (0, 40),
    "not_enrolled_from_class_age": (1, 5),
    "contact_months": (1, 60),
    "learning_low_to": (20, 50),
    "care_level_from": (1, 5),
    "care_able_adults_most": (0, 4),
    "care_adult_years": (18, 30),
}
"""Least and most of what is not bounded by its unit (`_BY_UNIT`)."""

SHARES: Mapping[str, tuple[float, float]] = {"rohrer_low_below": (80.0, 120.0), "plausible_fall": (0.05, 0.8)}
"""The same of numbers that need not be whole."""

_BY_UNIT: Mapping[str, tuple[int, int]] = {"_days": (0, 1_000), "_months": (0, 216)}
_DAY_OF_YEAR = re.compile("[0-9]{2}-[0-9]{2}")
_FACTOR = 4
"""Any other number may be so many times smaller or larger than the city's: a threshold of nothing would list everybody."""


def tuned(ruleset: str, settings: Mapping[str, Setting], city: Parameters = FUKUOKA) -> Parameters:
    """The city's parameters with what a ruleset sets. The version says by which ruleset they differ."""
    if not settings:
        return city
    changed: dict[str, Any] = {name: _value(city, name, setting) for name, setting in settings.items()}
    return replace(city, version=f"{city.version}+{ruleset}", **changed)


def read_settings(told: Mapping[str, object]) -> tuple[Mapping[str, Setting], list[Mistake]]:
    """What the table `parameters` of a document sets, and what is wrong with it, by field."""
    found: dict[str, Setting] = {}
    mistakes: list[Mistake] = []
    for name, value in told.items():
        field = f"parameters.{name}"
        reader = _READERS.get(name)
        if reader is None:
            mistakes.append(Mistake(field, Wrong.NO_SUCH_PARAMETER, name))
            continue
        read = list(reader(field, value))
        mistakes.extend(each for each in read if isinstance(each, Mistake))
        if not any(isinstance(each, Mistake) for each in read):
            found[name] = value  # type: ignore[assignment]  # the reader let it pass
    return MappingProxyType(found), mistakes


def bounds(name: str) -> tuple[int, int]:
    """Least and most of a number."""
    if name in BOUNDS:
        return BOUNDS[name]
    for unit, limits in _BY_UNIT.items():
        if name.endswith(unit):
            return limits
    return _around(getattr(FUKUOKA, name))


def whole(field: str, value: object, least: int, most: int) -> Iterator[Mistake]:
    """What is wrong with a number of a document; TOML's true is no 1."""
    if not isinstance(value, int) or isinstance(value, bool):
        yield Mistake(field, Wrong.NOT_A_NUMBER, "")
    elif not least <= value <= most:
        yield Mistake(field, Wrong.OUT_OF_RANGE, f"{least}–{most}")


def _number_of(field: str, value: object, least: float, most: float) -> Iterator[Mistake]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield Mistake(field, Wrong.NOT_A_NUMBER, "")
    elif not least <= value <= most:
        yield Mistake(field, Wrong.OUT_OF_RANGE, f"{least}–{most}")


def _value(city: Parameters, name: str, setting: Setting) -> object:
    held = getattr(city, name)
    if name == "windows":
        return WINDOWS[str(setting)]
    if isinstance(setting, Mapping) and is_dataclass(held) and not isinstance(held, type):
        return replace(held, **setting)
    if isinstance(setting, Mapping):
        return {**held, **{_KEYS[name](key): value for key, value in setting.items()}}
    return tuple(map(int, setting.split("-"))) if isinstance(setting, str) else setting


_Reader = Callable[[str, object], Iterator[Mistake]]


def _number(name: str) -> _Reader:
    return lambda field, value: whole(field, value, *bounds(name))


def _window(field: str, value: object) -> Iterator[Mistake]:
    if not isinstance(value, str) or value not in WINDOWS:
        yield Mistake(field, Wrong.NO_SUCH_WINDOWS, ", ".join(WINDOWS))


def is_day(value: object) -> bool:
    """Whether a value of a document is a day; a TOML date-time is a date to Python."""
    return type(value) is date and is_countable(value)


def _day(field: str, value: object) -> Iterator[Mistake]:
    if not is_day(value):
        yield Mistake(field, Wrong.NOT_A_DAY, "")


def _by_source(read: _Reader) -> _Reader:
    def read_all(field: str, value: object) -> Iterator[Mistake]:
        if not isinstance(value, Mapping):
            yield Mistake(field, Wrong.NOT_A_TABLE, "")
            return
        for source, each in value.items():
            if source not in {known.value for known in Source}:
                yield Mistake(f"{field}.{source}", Wrong.NO_SUCH_SOURCE, str(source))
            else:
                yield from read(f"{field}.{source}", each)

    return read_all


def _by_year(field: str, value: object) -> Iterator[Mistake]:
    if not isinstance(value, Mapping):
        yield Mistake(field, Wrong.NOT_A_TABLE, "")
        return
    for year, each in value.items():
        if not (isinstance(year, str) and year.isascii() and year.isdigit() and len(year) == len("2026")):
            yield Mistake(f"{field}.{year}", Wrong.NOT_A_YEAR, str(year))
        else:
            yield from whole(f"{field}.{year}", each, 1, 366)


def _day_of_year(field: str, value: object) -> Iterator[Mistake]:
    if not _is_day_of_year(value):
        yield Mistake(field, Wrong.NOT_A_DAY_OF_YEAR, "")


def _is_day_of_year(value: object) -> bool:
    # Of a date Python reads every form of ISO 8601, such as by weeks; of a day of the year this one is meant.
    if not isinstance(value, str) or _DAY_OF_YEAR.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(f"2023-{value}")
    except ValueError:
        return False
    return True


def _several_numbers(held: object) -> _Reader:
    """A reader of numbers that belong together: each within a factor of the city's."""

    def read_all(field: str, value: object) -> Iterator[Mistake]:
        if not isinstance(value, Mapping):
            yield Mistake(field, Wrong.NOT_A_TABLE, "")
            return
        for name, each in value.items():
            if not isinstance(getattr(held, str(name), None), int):
                yield Mistake(f"{field}.{name}", Wrong.NO_SUCH_PARAMETER, str(name))
            else:
                yield from whole(f"{field}.{name}", each, *_around(getattr(held, name)))

    return read_all


def _around(held: int) -> tuple[int, int]:
    return max(1, held // _FACTOR), max(1, held * _FACTOR)


_BY_KIND: Mapping[object, Callable[[str], _Reader]] = {
    int: _number,
    float: lambda name: lambda field, value: _number_of(field, value, *SHARES[name]),
    date: lambda _: _day,
    tuple[int, int]: lambda _: _day_of_year,
    Mapping[int, int]: lambda _: _by_year,
    Mapping[Source, int]: lambda _: _by_source(lambda field, value: whole(field, value, 1, 1_000)),
    Mapping[Source, date]: lambda _: _by_source(_day),
}
"""How a document sets a parameter of each kind. A pair of numbers is a month and a day: "05-31"."""


def _readers() -> Iterator[tuple[str, _Reader]]:
    hints = get_type_hints(Parameters)
    for each in fields(Parameters):
        kind = hints[each.name]
        if each.name in FIXED:
            continue
        if each.name == "windows":
            yield each.name, _window
        elif is_dataclass(kind):
            yield each.name, _several_numbers(getattr(FUKUOKA, each.name))
        elif kind in _BY_KIND:
            yield each.name, _BY_KIND[kind](each.name)


_READERS = dict(_readers())
_KEYS: Mapping[str, Callable[[str], object]] = {
    name: int if hint == Mapping[int, int] else Source for name, hint in get_type_hints(Parameters).items()
}

TUNABLE = frozenset(_READERS)
"""The parameters that a ruleset may set."""
