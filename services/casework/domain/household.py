"""Which children a screen shows together (`domain.md` §2.7, S12; §4.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from contracts.ids import HouseholdId, PersonId
from contracts.values import CaseState
from services.casework.domain.calendar import in_scope


@dataclass(frozen=True, slots=True)
class Listed:
    """A child in the list, as far as its place depends on it."""

    person_id: PersonId
    household_id: HouseholdId | None
    protected: bool
    group_count: int
    oldest_known_at: datetime | None
    state: CaseState | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody else in the child's household today."""

    person_id: PersonId
    birth_date: date
    protected: bool


L = TypeVar("L", bound=Listed)
M = TypeVar("M", bound=Member)


def by_household(listed: Iterable[L]) -> tuple[tuple[L, ...], ...]:
    """
    Group children by household; households in the order of their first child.

    Children come by number of groups, then by the oldest fact that became known, then by id so that the order never wavers
    (`domain.md` §2.7). A protected child stands apart from household members who are not: being listed together would tell.
    """
    households: dict[object, list[L]] = {}
    for child in sorted(listed, key=_order):
        households.setdefault(_key(child), []).append(child)
    return tuple(tuple(children) for children in households.values())


def shown_siblings(members: Sequence[M], *, protected: bool, today: date) -> tuple[M, ...]:
    """Return the other children of the household whom the page of a child may name, oldest first."""
    children = (m for m in members if in_scope(m.birth_date, today) and m.protected is protected)
    return tuple(sorted(children, key=lambda member: (member.birth_date, member.person_id)))


def _order(child: Listed) -> tuple[int, bool, float, UUID]:
    known = child.oldest_known_at
    return -child.group_count, known is None, known.timestamp() if known else 0.0, child.person_id


def _key(child: Listed) -> object:
    return (child.household_id, child.protected) if child.household_id is not None else child.person_id
