"""Which children a screen shows together (`domain.md` §2.7, S12; §4.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from contracts.ids import PersonId
from services.casework.domain.calendar import in_scope


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody else in the child's household today."""

    person_id: PersonId
    birth_date: date
    protected: bool


M = TypeVar("M", bound=Member)


def shown_siblings(members: Sequence[M], *, protected: bool, today: date) -> tuple[M, ...]:
    """Return the other children of the household whom the page of a child may name, oldest first."""
    children = (m for m in members if in_scope(m.birth_date, today) and m.protected is protected)
    return tuple(sorted(children, key=lambda member: (member.birth_date, member.person_id)))
