"""
The ways by which a record reaches a child (`domain.md` §2.3), and what an indicator reads by each.

A record about the child itself always does. One of a pregnancy does through the delivery that the child was born by, and one that
names only the mother through her, where its date belongs to this birth. Each way has its SQL once (`records` in `loading.sql`).
"""

from dataclasses import dataclass
from enum import StrEnum

from contracts.kinds import EventKind


class Reach(StrEnum):
    """How a record reaches a child."""

    CHILD = "child"
    """It is about the child."""
    DELIVERY = "delivery"
    """It is of the pregnancy that the child was born of: older siblings never inherit it."""
    MOTHER = "mother"
    """It names the certain mother alone, and its day belongs to this birth and to no other of hers."""


@dataclass(frozen=True, slots=True)
class Input:
    """What an indicator reads: records of one event type, by one way. What is stored, asked for and waited for follows from it."""

    kind: EventKind
    reach: Reach
