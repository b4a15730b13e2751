"""What the page and the paper say of the privacy check of a year."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.words import LEADING
from infra.pages import dates
from services.casework import phrases
from services.casework.domain.calendar import fiscal_year
from services.casework.domain.privacy_check import BY_HAND, BY_ITEM, Check, Finding, FindingState, Seat, Signature, without_finding
from services.casework.screens.privacy.check.store import Year

SEATS = {Seat.COORDINATOR: LEADING, Seat.PRIVACY_OFFICER: "プライバシー保護責任者"}
STATES = {FindingState.OPEN: "対応中", FindingState.MENDED: "直した", FindingState.ACCEPTED: "このままとする"}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line of the check."""

    item: str
    title: str
    basis: str
    counted: str
    looked_at: str
    amiss: str
    bad: bool
    missing: bool
    by_hand: bool
    where: str
    words: str
    lacks_finding: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Something to be mended."""

    id: UUID
    version: int
    about: str
    title: str
    owner: str
    due: str
    state: str
    late: bool
    open: bool
    words: str
    said: str


def label(year: int) -> str:
    """Name a year."""
    return f"{dates.era_year(fiscal_year(year)[0])}度"


def overdue(kept: Year, today: date) -> str:
    """Say until when the check of a year ends with two signatures, or that this day is over."""
    if len(kept.signatures) == len(Seat):
        return ""
    end = fiscal_year(kept.year)[1]
    late = today >= end
    last = dates.era_date(date(end.year, 3, 31))
    return f"点検の期限（{last}）を過ぎています。" if late else f"{last}までに、2人の署名で終えます。"


def line(check: Check, kept: Year) -> CheckLine:
    """Say a line of the check."""
    found = kept.run.found.get(check.item) if kept.run else None
    by_hand = check.item in BY_HAND
    return CheckLine(
        item=check.item.value,
        title=check.title,
        basis=check.basis,
        counted=check.counted,
        looked_at=f"{check.counted} {found.looked_at:,}" if found else "",
        amiss=f"{check.amiss} {found.amiss:,}" if found else "",
        bad=bool(found and found.amiss),
        missing=found is None,
        by_hand=by_hand,
        where=check.where,
        words=found.words if found else "",
        lacks_finding=kept.run is not None and check.item in without_finding(kept.run, kept.findings),
    )


def finding_line(finding: Finding, today: date) -> FindingLine:
    """Say something that is to be mended."""
    is_open = finding.state is FindingState.OPEN
    return FindingLine(
        id=finding.id,
        version=finding.version,
        about=BY_ITEM[finding.item].title,
        title=finding.title,
        owner=finding.owner,
        due=phrases.due(finding.due_on, today) if is_open else dates.era_date(finding.due_on),
        state=STATES[finding.state],
        late=finding.is_late(today),
        open=is_open,
        words=finding.words,
        said=f"{finding.by_name}、{dates.short_moment(finding.at)}",
    )


def signed(signatures: tuple[Signature, ...], seat: Seat) -> tuple[str, str, str]:
    """Say who signed for a seat, when, and what they wrote."""
    found = next((each for each in signatures if each.seat is seat), None)
    return SEATS[seat], f"{found.by_name}、{dates.moment(found.at)}" if found else "", found.words if found else ""
