"""What a rule is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Period
from services.audit.domain.misuse.thresholds import Thresholds


class Reading(StrEnum):
    """What a rule is given: by which statement entries are narrowed (`misuse.sql`)."""

    UNRELATED = "unrelated"
    BROWSING = "browsing"
    ODD_HOURS = "odd_hours"
    MARKED = "marked"
    DENIED_THEN = "denied_then"
    RETURNS = "returns"
    TAKEN_AWAY = "taken_away"


def _no_time(_thresholds: Thresholds) -> timedelta:
    return timedelta()


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One way of misusing a right, found by entries.

    `code` is a kind of finding (`contracts.deeds.audit.MISUSE`). `before` is how far back it compares, `settles` after which time a look
    can be judged at all. `judge` is pure.
    """

    code: str
    reading: Reading
    judge: Callable[[Sequence[Any], Period, Thresholds], Iterable[Hit]]
    before: Callable[[Thresholds], timedelta] = _no_time
    settles: Callable[[Thresholds], timedelta] = _no_time
