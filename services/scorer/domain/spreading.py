"""How a change of ruleset, and the turn of the school year, come to the wards: on several days, nobody's reviewers in a storm."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from contracts.ids import PersonId
from contracts.values import Group, IndicatorValue, Item
from services.scorer.domain.answer import Answer


def days_of_the_new(
    new: Mapping[PersonId, tuple[Group, ...]],
    ward_of: Mapping[PersonId, str],
    known_since: Mapping[PersonId, datetime],
    a_day: int,
    first: date,
) -> dict[PersonId, date]:
    """On which day each is asked about: so many a day and ward, in the order of a list (most groups, then longest known, §2.7)."""
    asked = Counter[str]()
    found: dict[PersonId, date] = {}
    for person_id in in_order(new, known_since):
        ward = ward_of.get(person_id, "")
        found[person_id] = first + timedelta(days=asked[ward] // a_day)
        asked[ward] += 1
    return found


def evenly(children: Iterable[PersonId], first: date, days: int) -> dict[PersonId, date]:
    """Everybody on one of so many days, as their number falls: the same for every run."""
    return {person_id: first + timedelta(days=person_id.int % days) for person_id in children}


TURN_DAYS = 14
"""Over so many days the wards are asked about those for whom the turn of the school year alone is the reason [PROP]."""

OF_THE_YEAR = frozenset({Item.NO_MUNICIPAL_CONTACT})
"""Items that begin for a whole class of children on one 1 April: of 3歳児クラス and above it is asked whether they are enrolled (§2.6)."""


def begun_with_the_year(answers: Iterable[Answer]) -> list[Answer]:
    """Those of `answers` that are TRUE, and count, since a 1 April, by nothing else than that it came."""
    return [
        a for a in answers if a.item in OF_THE_YEAR and a.counted and a.value is IndicatorValue.TRUE and _is_first_of_year(a.valid_from)
    ]


def asked_on(person_id: PersonId, known_on: date) -> date:
    """On which day the ward is asked about a child for a reason of the new year that is known since `known_on`: the same for every run."""
    return known_on + timedelta(days=person_id.int % TURN_DAYS)


def _is_first_of_year(day: date | None) -> bool:
    return day is not None and (day.month, day.day) == (4, 1)


def in_order(listed: Mapping[PersonId, Sequence[Group]], known_since: Mapping[PersonId, datetime]) -> list[PersonId]:
    """By number of groups, then by since when the oldest reason is known, then by id."""
    return sorted(listed, key=lambda who: (-len(listed[who]), known_since[who].timestamp() if who in known_since else 0.0, who))
