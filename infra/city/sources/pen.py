"""What the sources write with: one generator for all of them, because every draw moves the next one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from typing import Any
from uuid import UUID

from contracts.kinds import EventKind, Source
from infra.city.dates import days_after, happens
from infra.clock import JST

Event = dict[str, Any]
"""A CloudEvent in structured JSON."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An event with its place in the stream: families follow each other, what is known of them scatters behind."""

    place: float
    event: Event


@dataclass(frozen=True, slots=True)
class Timed:
    """An event of the afternoon that opens a review of the child `person_no`."""

    event: Event
    person_no: str


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes events of one day's city."""

    rng: Random
    today: date
    spread: float
    """Over how many families' places the records of one scatter."""
    afternoon: list[Timed] = field(default_factory=list)
    """What is kept back to be published after everything else."""

    def later(self, number: int) -> float:
        """A place mostly behind the register's entries of family `number`; of one in twenty-five before them."""
        if happens(self.rng, 0.04):
            return number - self.rng.uniform(0, 3)
        return number + 1 + self.rng.random() * self.spread

    def event(
        self,
        source: Source,
        kind: EventKind,
        record: str,
        effective_on: date,
        data: Mapping[str, Any],
        *,
        revision: int = 1,
        op: str = "upsert",
        told_on: date | None = None,
    ) -> Event:
        """An event without the time of its publication, which only the whole stream gives."""
        usually = days_after(effective_on, self.rng.randint(0, 20))
        recorded_on = min(told_on or usually, self.today)
        return {
            "specversion": "1.0",
            "id": str(UUID(int=self.rng.getrandbits(128), version=4)),
            "source": source.value,
            "type": kind.value,
            "time": "",
            "subject": record,
            "schemaversion": "1",
            "revision": revision,
            "op": op,
            "effectiveon": effective_on.isoformat(),
            "recordedat": datetime.combine(recorded_on, time(), JST).isoformat(),
            "datacontenttype": "application/json",
            "data": dict(data),
        }
