"""What is known of a child when its indicators are computed. Everything here passed the edge and is trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.values import Sex, Source
from services.scorer.domain.residence import Stay

Watermarks = Mapping[Source, date]
"""Up to which day (included) each source has delivered everything. A source without an entry has promised nothing."""


@dataclass(frozen=True, slots=True)
class Child:
    """The person: who is born when, and lives here when. `stays` are merged."""

    birth_date: date
    sex: Sex
    stays: tuple[Stay, ...]
    exists: bool = True
    """False once every record of the person was voided."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """An infant checkup that was received."""

    checkup_type: str
    exam_date: date
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Notification:
    """A pregnancy's notification (妊娠届). `weeks` are completed weeks at the issue, `first_weeks` those told to another city."""

    issued_on: date | None
    issue_kind: str
    weeks: int | None
    first_weeks: int | None
    edd: date | None
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Exam:
    """A prenatal exam (妊婦健診)."""

    exam_date: date
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Postpartum:
    """A postpartum checkup (産婦健診) with its EPDS total, 0 to 30; the answers are never held."""

    exam_date: date
    total: int | None
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """The pregnancy that the child was born of. Each group of facts is in the order of its dates."""

    mother_stays: tuple[Stay, ...]
    notifications: tuple[Notification, ...] = ()
    exams: tuple[Exam, ...] = ()
    postpartum: tuple[Postpartum, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """The child's place in a public-assistance case, with the case's course. All intervals are half-open."""

    member_from: date | None
    member_to: date | None
    started_on: date
    suspended_from: date | None
    suspended_to: date | None
    abolished_on: date | None
    event_id: UUID


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """All facts that reach a child (`domain.md` §2.3). `pregnancies` has one entry once the linker knows the delivery."""

    checkups: tuple[Checkup, ...] = ()
    pregnancies: tuple[Pregnancy, ...] = ()
    memberships: tuple[Membership, ...] = ()
