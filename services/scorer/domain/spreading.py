"""How a change of ruleset comes to the wards: whoever is listed newly on several days, nobody's reviewers in a storm."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from contracts.ids import PersonId
from contracts.values import Group


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


def in_order(listed: Mapping[PersonId, Sequence[Group]], known_since: Mapping[PersonId, datetime]) -> list[PersonId]:
    """By number of groups, then by since when the oldest reason is known, then by id."""
    return sorted(listed, key=lambda who: (-len(listed[who]), known_since[who].timestamp() if who in known_since else 0.0, who))
