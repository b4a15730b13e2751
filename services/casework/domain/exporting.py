"""Lists of children that leave the system as a file: what for, how many, until when, and how they stand (`casework.md` §2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from unicodedata import category
from uuid import UUID

from contracts.deeds.casework import WHY_EXPORTED
from contracts.ids import StaffId
from contracts.values import CaseState

MOST = 200
"""No list has more children [PROP]: the whole of a ward is no list to work with."""
TAKE_OPENING_DAYS = 3
"""So many opening days after the approval it can be taken [PROP]: what was needed then need not be needed later."""
DELETE_DAYS = 30
"""So many days after it was first taken it is to be deleted, wherever it went [PROP]."""


class Purpose(StrEnum):
    """What a list is for; kept with it."""

    CONFERENCE = "list_for_conference"
    VISITS = "list_for_visits"
    REPORT = "list_for_report"
    AUDIT = "list_for_audit"


class Format(StrEnum):
    """As what it is given out."""

    XLSX = "xlsx"
    CSV = "csv"


PURPOSES: Mapping[Purpose, str] = MappingProxyType({purpose: WHY_EXPORTED[purpose.value] for purpose in Purpose})
"""In the words of the log."""
FORMATS: Mapping[Format, str] = MappingProxyType({Format.XLSX: "Excel（XLSX）", Format.CSV: "CSV"})


class Stands(StrEnum):
    """How a list stands."""

    WAITING = "waiting"
    DECLINED = "declined"
    READY = "ready"
    EXPIRED = "expired"
    OUT = "out"
    """It was taken, and is somewhere outside."""
    OVERDUE = "overdue"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Export:
    """A list that somebody asked for. Without a `stage` it is of all children under review."""

    id: UUID
    number: str
    purpose: Purpose
    words: str
    stage: CaseState | None
    format: Format
    most: int
    asked_at: datetime
    asked_by: StaffId
    asked_by_name: str
    decided_by_name: str | None = None
    approved: bool | None = None
    take_until: date | None = None
    taken_at: datetime | None = None
    children: int | None = None
    delete_by: date | None = None
    deleted_at: datetime | None = None
    deleted_how: str | None = None

    def stands(self, today: date) -> Stands:
        """Return how it stands on a day."""
        if self.deleted_at is not None:
            return Stands.DELETED
        if self.delete_by is not None:
            return Stands.OVERDUE if today > self.delete_by else Stands.OUT
        if self.approved is None:
            return Stands.WAITING
        if not self.approved:
            return Stands.DECLINED
        return Stands.READY if self.may_be_taken(today) else Stands.EXPIRED

    def may_be_taken(self, today: date) -> bool:
        """Whether it is approved, not deleted again, and its days are not over."""
        return self.take_until is not None and today <= self.take_until and self.deleted_at is None

    def may_decide(self, staff_id: StaffId) -> bool:
        """Whether somebody may approve or decline it: another person than who asked."""
        return self.approved is None and staff_id != self.asked_by


def delete_by(taken_on: date) -> date:
    """Return the day by which a list is to be deleted that is taken on a day."""
    return taken_on + timedelta(days=DELETE_DAYS)


_STARTS_A_FORMULA = frozenset("=+-@|%＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula or a command (OWASP "CSV injection"), also in the wide forms."""


def plain(text: str) -> str:
    """Return a text without characters that nobody sees, or that turn others around; line breaks become spaces. Variants of kanji stay."""
    kept = (" " if each in "\t\r\n" or category(each) in {"Zl", "Zp"} else each for each in text)
    return "".join(each for each in kept if category(each) not in {"Cc", "Cf", "Cs", "Cn"})


def cell(text: str) -> str:
    """Return a text as no spreadsheet takes it for a formula: names of people and words of sources are whatever somebody wrote."""
    seen = plain(text)
    return f"'{seen}" if seen.lstrip(" \u3000'\"")[:1] in _STARTS_A_FORMULA else seen
