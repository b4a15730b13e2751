"""What may be said of the log on its first page: the worst that is known, and never more than was looked at."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

VERIFIED_WITHIN = timedelta(minutes=5)
"""What came since a verification this young is on its way to the next; older, and something is not being verified."""

FULL_WITHIN = timedelta(days=1)
"""Everything is derived again several times a day; longer ago, and nobody knows."""


CLOCKS_DIFFER_BY = timedelta(minutes=2)
"""A verification that lies further in the future was made before the clock went back: how old it is, nobody knows."""


class Standing(StrEnum):
    """What the first page says, worst first."""

    HISTORY_CHANGED = "history_changed"
    TAMPERED = "tampered"
    SEALING_LATE = "sealing_late"
    INCOMPLETE = "incomplete"
    UNVERIFIED = "unverified"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Verified:
    """A verification: how many entries it saw, what it found (sound, tampered or incomplete), how long ago."""

    size: int
    outcome: str
    age: timedelta


def covers(size: int, newest: Verified | None, full: Verified | None) -> bool:
    """Whether these verifications say something about a log of `size` entries, but for what has just come."""
    if newest is None or full is None or not _is_within(FULL_WITHIN, full.age):
        return False
    if not 0 < newest.size <= size:
        return False
    new = size - newest.size
    return new == 0 or (_is_within(VERIFIED_WITHIN, newest.age) and new < newest.size)


def _is_within(limit: timedelta, age: timedelta) -> bool:
    return -CLOCKS_DIFFER_BY <= age <= limit


def standing(
    *, size: int, newest: Verified | None, full: Verified | None, history_continues: bool, sealing_is_late: bool, open_points: int
) -> Standing:
    """
    The worst that is known of a log of `size` entries.

    `full` is the newest verification of everything, `newest` that of whatever kind; `open_points` are numbers missing without an
    explanation and events in quarantine.
    """
    outcomes = {each.outcome for each in (newest, full) if each is not None}
    if not history_continues:
        return Standing.HISTORY_CHANGED
    if "tampered" in outcomes:
        return Standing.TAMPERED
    if sealing_is_late:
        return Standing.SEALING_LATE
    if open_points or "incomplete" in outcomes:
        return Standing.INCOMPLETE
    return Standing.SOUND if covers(size, newest, full) else Standing.UNVERIFIED
