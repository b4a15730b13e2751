"""What the sources write with: one generator for the first three, because every draw moves the next one, and one for each other source."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, timedelta
from random import Random
from typing import Any

from contracts.kinds import EventKind, Source
from contracts.quick import quick
from infra.city.dates import days_after, happens, whole

Event = dict[str, Any]
"""A CloudEvent in structured JSON."""

MIDNIGHT = "T00:00:00+09:00"
"""Midnight in Japan: records of sources tell the day."""

_DAYS = tuple(map(timedelta, range(21)))

CORRECTED, OVERTAKES, REPEATED, LATE = 0.010, 0.2, 0.003, 0.01
"""Of the records of a source: corrected later (of these, overtaking what they correct), sent twice, written down months late. Assumed."""


@quick(frozen=True, slots=True)
class Placed:
    """An event with its place in the stream: families follow each other, what is known of them scatters behind."""

    place: float
    event: Event


@quick(frozen=True, slots=True)
class Timed:
    """An event of the afternoon that opens a review of the child `person_no`."""

    event: Event
    person_no: str


@quick(frozen=True, slots=True)
class Pen:
    """Writes events of one day's city."""

    rng: Random
    today: date
    spread: float
    """Over how many families' places the records of one scatter."""
    name: str = ""
    """Of the city, or of the part of it: what the generators of the other sources are made of."""
    afternoon: list[Timed] = field(default_factory=list)
    """What is kept back to be published after everything else."""
    others: dict[str, "Pen"] = field(default_factory=dict)

    def of(self, who: str) -> "Pen":
        """The pen of somebody who draws alone: what others write leaves theirs as it is, and theirs that of others."""
        if who not in self.others:
            self.others[who] = Pen(Random(f"{self.name} {who}"), self.today, self.spread, self.name)
        return self.others[who]

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
        after = whole(self.rng, 0, 20)
        recorded_on = min(told_on or effective_on + _DAYS[after], self.today)
        return {
            "specversion": "1.0",
            "id": random_id(self.rng),
            "source": str(source),
            "type": str(kind),
            "time": "",
            "subject": record,
            "schemaversion": "1",
            "revision": revision,
            "op": op,
            "effectiveon": effective_on.isoformat(),
            "recordedat": f"{recorded_on.isoformat()}{MIDNIGHT}",
            "datacontenttype": "application/json",
            "data": dict(data),
        }

    def told(
        self,
        about: tuple[Source, EventKind, str],
        place: float,
        effective_on: date,
        data: Mapping[str, Any],
        mended: Mapping[str, Any] | None = None,
        *,
        told_on: date | None = None,
        revision: int = 1,
    ) -> Iterator[Placed]:
        """
        An event of a source that draws alone, with what goes wrong in writing it down: late, corrected, out of order, sent twice.

        `about` is source, event type and record; `mended` what a correction says otherwise, where one can be thought of.
        """
        u = self.rng.random()
        written_on = days_after(effective_on, 60 + u * 12_000) if told_on is None and u < LATE else told_on
        first = self.event(*about, effective_on, data, revision=revision, told_on=written_on)
        yield Placed(place, first)
        if u > 1 - REPEATED:
            yield Placed(place + self.rng.uniform(0.1, 2), dict(first))
        elif mended is not None and u > 1 - REPEATED - CORRECTED:
            second = self.event(*about, effective_on, {**data, **mended}, revision=revision + 1, told_on=told_on)
            yield Placed(place + (-1 if happens(self.rng, OVERTAKES) else self.rng.uniform(0.5, 9)), second)


def random_id(rng: Random) -> str:
    """A UUID of version 4, as `uuid.UUID(int=…, version=4)` writes it, in a third of the time."""
    bits = rng.getrandbits(128) & ~(0xF000 << 64 | 0xC000 << 48) | (4 << 76 | 0x8000 << 48)
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
