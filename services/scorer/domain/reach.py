"""
The ways by which a record reaches a child (`domain.md` §2.3), and what an indicator reads by each.

A record about the child itself always does. One of a pregnancy does through the delivery that the child was born by, and one that
names only the mother through her, where its date belongs to this birth. A guardian's do while a care list names the child, and a
housemate's while both lived in one household: never across a protection measure. Each way has its SQL once (`loading.sql`, `others.sql`).
"""

from dataclasses import dataclass
from enum import StrEnum

from contracts.kinds import EventKind, Source


class Reach(StrEnum):
    """How a record reaches a child."""

    CHILD = "child"
    """It is about the child."""
    DELIVERY = "delivery"
    """It is of the pregnancy that the child was born of: older siblings never inherit it."""
    MOTHER = "mother"
    """It names the certain mother alone, and its day belongs to this birth and to no other of hers."""
    GUARDIAN = "guardian"
    """It is of somebody who has the child in care by a record's own list, wherever either lives, on the days of that list."""
    HOUSEHOLD = "household"
    """It is of a member of the child's household, the child included, on the days on which both were members."""
    REGISTER = "register"
    """It is the register's entry of the child: no record reaches anybody by it, the linker tells what it says with the person."""


@dataclass(frozen=True, slots=True)
class Input:
    """What an indicator reads: records of one event type, by one way. What is stored, asked for and waited for follows from it."""

    kind: EventKind
    reach: Reach
    source: Source | None = None
    """Whose, where several sources say the type and not all of them are read."""
