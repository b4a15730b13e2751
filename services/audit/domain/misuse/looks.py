"""What rules see: entries, narrowed to what a rule asks about, and how a day of somebody's was."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.audit.domain.findings.hits import Hit, of_entry
from services.audit.domain.misuse.thresholds import Thresholds

JST = ZoneInfo("Asia/Tokyo")
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Look:
    """
    Something that somebody did to a person or thing, by an entry.

    `related_at`: when a relation was made after it, soon enough. `refused`: the entry of the refusal before it. `idle_since`: when its
    actor did something before, where that is long ago.
    """

    index: int
    at: datetime
    actor: UUID
    role: str
    action: str
    thing_kind: str
    thing_id: str | None
    actor_ward: str | None = None
    thing_ward: str | None = None
    relation: str = "none"
    reason_code: str | None = None
    is_beside: bool = False
    shows_address: bool = False
    related_at: datetime | None = None
    refused: int | None = None
    idle_since: datetime | None = None

    @property
    def day(self) -> date:
        """The day in Japan."""
        return self.at.astimezone(JST).date()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason's codes, of which there may be several."""
        return tuple((self.reason_code or "").split("."))


@dataclass(frozen=True, slots=True)
class DayOf:
    """A day of somebody's: at how many children they looked, by which entries (the first 200), and the longest list that they saw."""

    actor: UUID
    role: str
    day: date
    children: int
    rows: int
    seen: Sequence[int]
    longest: int
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Of which time findings are asked for, half-open; what was before is there to compare with. `now` is when it is asked."""

    since: datetime
    until: datetime
    now: datetime

    def has(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.since <= at < self.until


Judge: TypeAlias = Callable[[Sequence[Look], Period, Thresholds], Iterable[Hit]]


def grouped(rows: Iterable[T], by: Callable[[T], K]) -> Mapping[K, list[T]]:
    """Rows by a key, in the order in which they came."""
    found: dict[K, list[T]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    return found


def hit(kind: str, about: str, looks: Sequence[Look], *, of_child: bool = False, **figures: int) -> Hit:
    """A finding about whoever did this; with `of_child`, about whom it was done to, too."""
    first = min(looks, key=lambda look: look.at)
    return Hit(
        kind,
        about,
        [of_entry(look.index) for look in looks],
        actor=first.actor,
        actor_role=first.role,
        thing_kind=first.thing_kind if of_child else None,
        thing_id=first.thing_id if of_child else None,
        first_at=first.at,
        last_at=max(look.at for look in looks),
        figures={"looks": len(looks), **figures},
    )


def children(looks: Iterable[Look]) -> int:
    """Of how many persons these are."""
    return len({look.thing_id for look in looks})


def days(looks: Iterable[Look]) -> int:
    """On how many days these were."""
    return len({look.day for look in looks})


DAY = timedelta(days=1)
