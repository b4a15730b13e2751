"""Stays in the city: what was continuous, and what can be proven."""

from collections.abc import Iterable
from datetime import date

from contracts.quick import quick


@quick(frozen=True, slots=True)
class Stay:
    """A continuous stay in the city, half-open. `start` is empty where the register does not say since when."""

    start: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether the person lives in the city on `day`, as far as the register says."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def covers(self, start: date, end: date) -> bool:
        """Whether it is proven that the person lived here through all of [start, end). An unknown start proves nothing."""
        return self.start is not None and self.start <= start and (self.end is None or end <= self.end)


def merged(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """Join stays that touch or overlap, so that a move within the city is no gap. Empty stays vanish."""
    joined: list[Stay] = []
    held = [stay for stay in stays if not _is_empty(stay)]
    if len(held) <= 1:
        return tuple(held)
    for stay in sorted(held, key=_order):
        if joined and _touches(joined[-1], stay):
            joined[-1] = Stay(joined[-1].start, _later(joined[-1].end, stay.end))
        else:
            joined.append(stay)
    return tuple(joined)


def stay_on(stays: Iterable[Stay], day: date) -> Stay | None:
    """The stay that holds on `day`."""
    for stay in stays:
        if stay.holds(day):
            return stay
    return None


def covered(stays: Iterable[Stay], start: date, end: date) -> bool:
    """Whether one of the (merged) stays proves residence through all of [start, end)."""
    return any(stay.covers(start, end) for stay in stays)


def _order(stay: Stay) -> tuple[date, date]:
    return stay.start or date.min, stay.end or date.max


def _is_empty(stay: Stay) -> bool:
    return stay.start is not None and stay.end is not None and stay.end <= stay.start


def _touches(before: Stay, after: Stay) -> bool:
    return before.end is None or after.start is None or after.start <= before.end


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
