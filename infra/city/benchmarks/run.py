"""What is known of one run when it is over, and the arithmetic on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from infra.city.latency import Latency

SOURCES = "sources (this process)"
MICROSECONDS = 1_000_000
TENTH = 0.1


@dataclass(frozen=True, slots=True)
class Seen:
    """How many events had passed a place at an instant (seconds since the run began)."""

    at: float
    events: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Events per second in the first and in the last tenth of what passed a place."""

    first_tenth: float
    last_tenth: float

    @property
    def ratio(self) -> float:
        """How fast the last tenth was beside the first."""
        return self.last_tenth / self.first_tenth if self.first_tenth else float("nan")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one part: before the run, two minutes into it (None where it was over by then), the most that was seen, and at the end."""

    start: int
    settled: int | None
    peak: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """
    One run: source events, seconds from the first publication until rest, CPU seconds by process, bytes of WAL, memory by process.

    `messages` counts what the services said to each other, `tail_seconds` what was left to do when ingest had answered the last event,
    and `pace` holds how evenly events passed ingest and the scorer; of the yardstick none of the three is known.
    """

    events: int
    seconds: float
    cpu: Mapping[str, float]
    wal_bytes: int
    memory: Mapping[str, Memory]
    messages: int | None = None
    tail_seconds: float | None = None
    pace: Mapping[str, Pace] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Source events per second."""
        return self.events / self.seconds

    @property
    def cpu_us(self) -> dict[str, float]:
        """Microseconds of CPU per source event, by process."""
        return {name: round(seconds * MICROSECONDS / self.events, 1) for name, seconds in self.cpu.items()}

    @property
    def cpu_us_of_all(self) -> float:
        """Microseconds of CPU per source event, of everything: sources, servers and services."""
        return round(sum(self.cpu.values()) * MICROSECONDS / self.events, 1)

    @property
    def wal_per_event(self) -> float:
        """Bytes of WAL per source event."""
        return round(self.wal_bytes / self.events, 1)


@dataclass(frozen=True, slots=True)
class Filled:
    """A table, and how many rows it held before anything was measured."""

    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class HalfLoad:
    """Single events while a flood came at half of the measured speed: what was wished, what was reached, and how long it took."""

    events: int
    wanted_per_second: float
    per_second: float
    latency: Latency
    tail_seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """A real run and what was measured beside it on the same servers, in turn. What was not asked for is None."""

    real: Run
    latency: Latency
    half: HalfLoad | None = None
    limit: Run | None = None
    yardstick: Run | None = None
    preloaded: Sequence[Filled] = ()

    @property
    def runs(self) -> dict[str, Run]:
        """The runs there are, by name."""
        found = {"real": self.real, "limit": self.limit, "yardstick": self.yardstick}
        return {name: run for name, run in found.items() if run is not None}

    def ratio_to(self, name: str) -> float | None:
        """How much of another run's events per second the real one reaches."""
        other = self.runs.get(name)
        return self.real.per_second / other.per_second if other is not None else None


def middle(values: Sequence[float | None]) -> float | None:
    """The median of what is known."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def pace_of(seen: Sequence[Seen]) -> Pace | None:
    """
    The pace at a place that was looked at from before the first event until after the last.

    Between two looks events are taken to pass evenly. None where nothing, or everything at one look, passed.
    """
    base, total = seen[0].events, seen[-1].events - seen[0].events
    if total <= 0:
        return None
    # From the last look at which nothing had passed: what came before was waiting for the first event.
    first = max(look.at for look in seen if look.events == base)
    tenth, most, end = (_reached(seen, base + total * share) for share in (TENTH, 1 - TENTH, 1.0))
    if tenth <= first or end <= most:
        return None
    return Pace(total * TENTH / (tenth - first), total * TENTH / (end - most))


def last_change(seen: Sequence[Seen]) -> float:
    """The instant of the look at which the last event had passed."""
    return next(look.at for look in seen if look.events == seen[-1].events)


def _reached(seen: Sequence[Seen], events: float) -> float:
    for before, after in pairwise(seen):
        if before.events < events <= after.events:
            return before.at + (after.at - before.at) * (events - before.events) / (after.events - before.events)
    return seen[-1].at
