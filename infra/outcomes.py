"""What became of one event, as a value: the handler says it, the runtime carries it out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Done:
    """Its effects are saved."""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """It cannot be handled yet; it is parked and tried again by itself `after` a while."""

    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Park:
    """It cannot be handled; it is kept where a person can see, fix and replay it. `reason` holds no personal data."""

    reason: str
    path: str | None = None


Outcome: TypeAlias = Done | RetryLater | Park
