"""
The programme's cycle of a year: identify, confirm, train, approach from about September, compile in stages (PUSH-09, SCH-01, TRN-01).

Every word of a step is kept: who moved a date, and why, can be read next year.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.casework.domain.calendar import fiscal_year

NEAR = timedelta(days=14)
"""What is due within so many days is told beforehand [PROP]."""


class Owner(StrEnum):
    """Who sees to a step, where the city proposes it; people write what they call it."""

    COORDINATOR = "coordinator"
    WARDS = "wards"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A step as it is proposed for a new cycle: due on a day of a month of the year."""

    title: str
    owner: Owner
    month: int
    day: int


TEMPLATE: tuple[Proposed, ...] = (
    Proposed("データ連携で対象者を把握する", Owner.COORDINATOR, 6, 30),
    Proposed("人の目で確かめる（調査と協議）", Owner.WARDS, 8, 31),
    Proposed("個別アプローチの前の研修をする", Owner.COORDINATOR, 8, 31),
    Proposed("個別アプローチを始める", Owner.WARDS, 9, 1),
    Proposed("結果の中間まとめをする", Owner.COORDINATOR, 12, 25),
    Proposed("利用者アンケートをする", Owner.COORDINATOR, 1, 31),
    Proposed("個人情報の取扱いを点検する", Owner.COORDINATOR, 2, 28),
    Proposed("把握の基準と手順を検討会で見直す", Owner.COORDINATOR, 2, 28),
    Proposed("結果をまとめて報告する", Owner.COORDINATOR, 3, 31),
)
"""In the order of the year [PROP: the dates; the seed says September for the approach]."""


def day_in(year: int, month: int, day: int) -> date:
    """Return a day of a year (年度), whose January is in the next calendar year."""
    first, _ = fiscal_year(year)
    return date(first.year + (month < first.month), month, day)


def lies_in(day: date, year: int) -> bool:
    """Whether a day lies in a year (年度), or in the two months after it, in which its results are still compiled."""
    first, end = fiscal_year(year)
    return first <= day < end + timedelta(days=61)


@dataclass(frozen=True, slots=True)
class Word:
    """A step as somebody left it: `done_on` once it was done, `words` why it was changed or what came of it."""

    version: int
    title: str
    owner: str
    due_on: date
    done_on: date | None
    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a cycle, with all that was said of it, the first word first."""

    id: UUID
    words: tuple[Word, ...]

    @property
    def now(self) -> Word:
        """Return how it stands."""
        return self.words[-1]

    def is_late(self, today: date) -> bool:
        """Whether it should have been done."""
        return self.now.done_on is None and self.now.due_on < today


@dataclass(frozen=True, slots=True)
class Told:
    """What the first page says of the cycle: steps that are late, and those that are due soon."""

    late: tuple[tuple[str, date], ...] = ()
    near: tuple[tuple[str, date], ...] = ()


def told(steps: Iterable[tuple[str, date]], today: date) -> Told:
    """Part open steps, with the days on which they are due, into late ones and near ones; of what lies further ahead nothing is told."""
    ordered = sorted(steps, key=lambda step: step[1])
    return Told(
        late=tuple(step for step in ordered if step[1] < today),
        near=tuple(step for step in ordered if today <= step[1] <= today + NEAR),
    )
