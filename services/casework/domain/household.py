"""Who of a household a screen shows together (`domain.md` §2.7, S12; §4.4)."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from contracts.ids import PersonId
from contracts.values import Relationship
from services.casework.domain.calendar import in_scope, is_adult


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody else in the child's household today."""

    person_id: PersonId
    birth_date: date
    protected: bool
    relationship: Relationship
    """To the head of the household (続柄)."""


M = TypeVar("M", bound=Member)


def shown_siblings(members: Sequence[M], *, protected: bool, today: date) -> tuple[M, ...]:
    """Return the other children of the household whom the page of a child may name, oldest first."""
    children = (m for m in members if in_scope(m.birth_date, today) and m.protected is protected)
    return tuple(sorted(children, key=lambda member: (member.birth_date, member.person_id)))


def shown_adults(members: Sequence[M], *, protected: bool, covered_with: AbstractSet[PersonId], today: date) -> tuple[M, ...]:
    """
    Return the adults of the household whom the page of a child may name, the head first.

    On a protected child's page only those whom its measures cover with it: an opponent who is still registered there may be protected,
    too, by a measure of their own.
    """
    adults = (m for m in members if is_adult(m.birth_date, today))
    shown = (m for m in adults if (m.person_id in covered_with if protected else not m.protected))
    order = list(Relationship)
    return tuple(sorted(shown, key=lambda member: (order.index(member.relationship), member.birth_date, member.person_id)))
