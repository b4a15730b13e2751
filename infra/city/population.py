"""
The families of the synthetic city: who lives where with whom, what the health section and the welfare office know of them.

Facts only, each with the day on which it holds; `events.py` says what the source systems publish about them.
Everything random comes from one `random.Random`, so that a seed and a day give the same city for ever.
"""

from datetime import date
from enum import Enum, auto

from contracts.quick import quick
from contracts.values import Sex, Ward


class Expected(Enum):
    """What will happen to a child "this afternoon": one event that opens a review, so that its way can be timed."""

    WELFARE_STARTS = auto()
    """The household begins to receive public assistance (ECON beside CHK)."""
    NOTIFICATION_CORRECTED = auto()
    """The pregnancy turns out to have been notified at 12 weeks or later (PERI beside CHK)."""


@quick(frozen=True, slots=True)
class Circumstances:
    """What shapes a family's records."""

    hard_to_reach: bool = False
    single_parent: bool = False
    on_welfare: bool = False
    protected: bool = False
    arrived_on: date | None = None
    left_on: date | None = None
    moves: tuple[date, ...] = ()
    expected: Expected | None = None


@quick(frozen=True, slots=True)
class Statement:
    """One entry of the resident register about one person, true from `effective_on` on."""

    effective_on: date
    reason: str
    name: str
    kana: str
    household_no: str
    relationship: str
    ward: Ward
    town: str
    resident_from: date
    resident_to: date | None = None


@quick(frozen=True, slots=True)
class Resident:
    """A person of the city and the register's statements about them, oldest first."""

    person_no: str
    sex: Sex
    birth_date: date
    statements: tuple[Statement, ...]


@quick(frozen=True, slots=True)
class PostpartumExam:
    """A checkup of the mother after birth; `epds_total` is of 30."""

    exam_on: date
    weeks: str
    epds_total: int | None


@quick(frozen=True, slots=True)
class Pregnancy:
    """A pregnancy as the health section knows it. `notified_at_days` is the gestational age in days at the notification."""

    pregnancy_no: str
    mother_no: str
    notified_on: date
    notified_at_days: int
    due_on: date
    issue_kind: str
    fetuses: int
    exams: tuple[date, ...] = ()
    outcome: str | None = None
    ended_on: date | None = None
    child_nos: tuple[str, ...] = ()
    postpartum: tuple[PostpartumExam, ...] = ()
    corrected_at_days: int | None = None


@quick(frozen=True, slots=True)
class Checkup:
    """An infant checkup that a child received."""

    child_no: str
    kind: str
    exam_on: date
    weight_kg: float
    height_cm: float
    told_on: date | None = None
    """When the health section wrote it down, where that was much later."""


@quick(frozen=True, slots=True)
class WelfareCase:
    """A household's public assistance (生活保護)."""

    case_no: str
    member_nos: tuple[str, ...]
    started_on: date
    suspended: tuple[date, date] | None = None
    abolished_on: date | None = None


@quick(frozen=True, slots=True)
class Protection:
    """A protection measure (支援措置) of a mother and her children against the father."""

    applicant_no: str
    covered_nos: tuple[str, ...]
    opponent_nos: tuple[str, ...]
    valid_from: date
    valid_to: date


@quick(frozen=True, slots=True)
class Family:
    """Everything that the sources know of one family."""

    circumstances: Circumstances
    adults: tuple[Resident, ...]
    children: tuple[Resident, ...]
    pregnancies: tuple[Pregnancy, ...] = ()
    checkups: tuple[Checkup, ...] = ()
    welfare: WelfareCase | None = None
    protection: Protection | None = None
    expected_child_no: str | None = None

    @property
    def residents(self) -> tuple[Resident, ...]:
        """Adults first, as the register lists them."""
        return (*self.adults, *self.children)
