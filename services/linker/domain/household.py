"""Who belonged to which household and when. A person is in one household at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from contracts.ids import HouseholdId
from contracts.quick import quick
from contracts.values import Relationship
from services.linker.domain.residence import Sojourn
from services.linker.domain.statements import ChangeReason, Statement

_FROM_THAT_DAY = (ChangeReason.MOVE_WITHIN, ChangeReason.HOUSEHOLD_CHANGE, ChangeReason.NAME_CHANGE)
"""Whoever marries changes the name and the household by one entry: nobody was in it before for certain."""


@quick(frozen=True, slots=True)
class Membership:
    """A time in one household in one place, half-open."""

    household_id: HouseholdId
    household_no: str
    relationship: Relationship
    start: date | None
    end: date | None

    def covers(self, on: date) -> bool:
        """Whether it holds on a day."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


def memberships(stays: Sequence[Sojourn]) -> tuple[Membership, ...]:
    """
    Return the memberships of one person in order; they never overlap.

    A membership ends on the day on which another begins, and with the stay in the city. A new household therefore ends the old
    one at once, also across a protection boundary (S07).
    """
    found: list[Membership] = []
    for stay in stays:
        carried = found[-1] if found and found[-1].end == stay.start else None
        for each in _within(stay, carried):
            if found and found[-1].end == each.start and each.start is not None and _same_place(found[-1], each):
                found[-1] = replace(found[-1], end=each.end)
            else:
                found.append(each)
    return tuple(found)


def last_household(of: Sequence[Membership]) -> HouseholdId | None:
    """Return the household that a person is in, or was in last: it depends on no clock."""
    return of[-1].household_id if of else None


def _within(stay: Sojourn, carried: Membership | None) -> Iterator[Membership]:
    current = replace(carried, start=stay.start, end=stay.end) if carried is not None else None
    for statement in stay.statements:
        told = _told(statement, current)
        if told is None or (current is not None and _same_place(current, told)):
            continue
        start = _since(statement, stay, first=current is None)
        if start is not None and stay.end is not None and start >= stay.end:
            break
        if current is not None and start is not None and (current.start is None or current.start < start):
            yield replace(current, end=start)
        current = replace(told, start=start, end=stay.end)
    if current is not None:
        yield current


def _told(statement: Statement, current: Membership | None) -> Membership | None:
    same = current is not None and statement.household_id in (None, current.household_id)
    if current is not None and same:
        return replace(current, relationship=statement.relationship or current.relationship)
    if statement.household_id is None or statement.household_no is None:
        return None
    return Membership(statement.household_id, statement.household_no, statement.relationship or Relationship.OTHER, None, None)


def _since(statement: Statement, stay: Sojourn, *, first: bool) -> date | None:
    # The first household told of a stay is taken for the household since its beginning, unless the statement itself says that
    # something changed that day.
    if first and statement.reason not in _FROM_THAT_DAY:
        return stay.start
    return max(statement.effective_on, stay.start) if stay.start is not None else statement.effective_on


def _same_place(one: Membership, other: Membership) -> bool:
    return one.household_id == other.household_id and one.relationship == other.relationship
