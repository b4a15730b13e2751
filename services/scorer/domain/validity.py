"""From when to when a record holds that names its days and its state (`active`, `ended`, `cancelled`). Half-open."""

from datetime import date
from typing import Protocol

from services.scorer.domain.residence import Stay


class Dated(Protocol):
    """What such a record says."""

    @property
    def valid_from(self) -> date:
        """Its first day."""

    @property
    def valid_to(self) -> date | None:
        """The first day after its last, where it says one."""

    @property
    def status(self) -> str:
        """Its state."""


def validity(fact: Dated, said_on: date | None) -> Stay:
    """The days on which it holds. Over without a day: when its owner said so; cancelled: at the latest then."""
    end = fact.valid_to or (None if fact.status == "active" else said_on or fact.valid_from)
    if fact.status == "cancelled" and said_on is not None and end is not None:
        end = min(end, said_on)
    return Stay(fact.valid_from, max(end, fact.valid_from) if end is not None else None)
