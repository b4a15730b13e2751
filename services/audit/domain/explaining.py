"""
What operators said about the log in the log itself: why numbers are missing for good, and that a restored history goes on.

An explanation speaks of numbers that no entry has, never of entries: it cannot make anything that contradicts the log agree.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from services.audit.domain.leaf import Columns
from services.audit.domain.sequences import Numbers

GAP_EXPLAINED, HISTORY_ACCEPTED, CONTRADICTION_KEPT = "audit.gap_explained", "audit.history_accepted", "audit.contradiction_kept"
UNATTESTED_KEPT, PRODUCER_KEY_TAKEN = "audit.unattested_kept", "audit.producer_key_taken"
"""The deeds of `contracts/deeds/audit.py` that are about the log itself: a verifier that runs alone has no catalogue of deeds."""

_NUMBERS = re.compile(r"([a-z]+)/([0-9]{1,9})/([0-9]{1,16})-([0-9]{1,16})")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why `numbers` of a producer's lane are missing: said by entry `index`, at `at`, by an operator."""

    index: int
    producer: str
    lane: int
    numbers: Numbers
    reason_code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That the log goes on from a restored history: said by entry `index`. `given_up` is the size and root that were signed before."""

    index: int
    given_up: str
    reason_code: str
    at: datetime


def numbers_id(producer: str, lane: int, numbers: Numbers) -> str:
    """The numbers as the id of a thing in the log."""
    return f"{producer}/{lane}/{numbers.first}-{numbers.last}"


def explanation_of(index: int, columns: Columns) -> Explanation | None:
    """What entry `index` explains; None where it explains nothing."""
    found = _NUMBERS.fullmatch(columns.thing_id or "")
    if not _is_operators(columns, GAP_EXPLAINED) or found is None:
        return None
    producer, lane, first, last = found.groups()
    numbers = Numbers(int(first), int(last))
    if not 1 <= numbers.first <= numbers.last:
        return None
    return Explanation(index, producer, int(lane), numbers, columns.reason_code or "", columns.ts)


def acceptance_of(index: int, columns: Columns) -> Acceptance | None:
    """What entry `index` accepts; None where it accepts nothing."""
    if not _is_operators(columns, HISTORY_ACCEPTED):
        return None
    return Acceptance(index, columns.thing_id or "", columns.reason_code or "", columns.ts)


def contradiction_of(columns: Columns) -> tuple[str, str | None] | None:
    """The id of an event that an entry says was put into quarantine, and the hash of its leaf; None where it says nothing of the kind."""
    if columns.producer != "audit" or columns.action not in {CONTRADICTION_KEPT, UNATTESTED_KEPT} or columns.thing_id is None:
        return None
    return columns.thing_id, columns.correlation


def key_taken_of(columns: Columns) -> str | None:
    """The line of a producer's key that an entry says the log took; None where it says nothing of the kind."""
    return columns.thing_id if (columns.producer, columns.action, columns.decision) == ("audit", PRODUCER_KEY_TAKEN, "done") else None


def _is_operators(columns: Columns, deed: str) -> bool:
    return (columns.producer, columns.role, columns.action, columns.decision) == ("audit", "operator", deed, "done")
