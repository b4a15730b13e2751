"""How a change of ruleset, and the turn of the school year, come to the wards: on several days, nobody's reviewers in a storm."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from contracts.ids import PersonId
from contracts.values import Group, Item
from services.scorer.domain.answer import Answer

_YEAR_BEGINS = (4, 1)


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


def turned_alone(reasons: Iterable[Answer], told_on: date | None) -> list[tuple[Answer, date]]:
    """
    Return the `reasons` of a child with the 1 April on which each began, where nothing else is one; none where anything else is.

    Nor is it news by the turn of the year where the ward was told of the child since: on the day `told_on`, None if never.
    """
    found: list[tuple[Answer, date]] = []
    for each in reasons:
        begun = each.valid_from
        if each.item not in OF_THE_YEAR or begun is None or (begun.month, begun.day) != _YEAR_BEGINS:
            return []
        if told_on is not None and told_on >= begun:
            return []
        found.append((each, begun))
    return found


def asked_on(person_id: PersonId, begun: date, known_on: date) -> date:
    """
    Return the day on which the ward is asked about a child for a reason of the year that has `begun`, known since `known_on`.

    It is each child's own of `TURN_DAYS`, which come again and again from `begun` on: who is not known to have the reason for some days
    does not begin to wait anew, and after an outage not all are asked about at once.
    """
    return known_on + timedelta(days=(person_id.int - (known_on - begun).days) % TURN_DAYS)


def in_order(listed: Mapping[PersonId, Sequence[Group]], known_since: Mapping[PersonId, datetime]) -> list[PersonId]:
    """By number of groups, then by since when the oldest reason is known, then by id."""
    return sorted(listed, key=lambda who: (-len(listed[who]), known_since[who].timestamp() if who in known_since else 0.0, who))
