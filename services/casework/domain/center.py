"""
What the child guidance centre (児童相談所) may read of a child, and until when (`casework.md` §2.3: 共有分・期限つき; §2.5).

It follows from what was done with the case: what was reported or sent to the centre, what it answered, and whether it has the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts.values import CaseState, Role, Ward
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.handover import Destination, HandoverStatus
from services.casework.domain.policy import Facts

_JST = ZoneInfo("Asia/Tokyo")
SHARED_DAYS = 90
"""So long the centre reads a child after it answered, or gave the case back [PROP] (`casework.md` §2.5 names it for wards)."""

NO_END = date(9999, 12, 31)
"""Something is still the centre's to do, or the case is its own."""

ANSWER_WITHIN = timedelta(hours=48)
"""
Within which the centre is to answer a report [PROP]: the time for confirming that a child is safe is its own rules' (`casework.md` §2.2,
児童相談所運営指針); both sides see it pass.
"""

WITH_SENSITIVE = "with_sensitive"
"""What a ward says where it shares what is especially sensitive, too."""


class Owner(StrEnum):
    """Who has a case. There is exactly one, always."""

    WARD = "ward"
    GUIDANCE_CENTER = "guidance_center"


class CenterAnswer(StrEnum):
    """What the centre says of what was reported or sent to it. What else it does is told by nobody here (`domain.md` §2.4)."""

    RECEIVED = "received"
    SAFE = "safe"
    WARD_SUPPORTS = "ward_supports"
    OPINION = "opinion"


ANSWERS: Mapping[CenterAnswer, str] = {
    CenterAnswer.RECEIVED: "通告を受け付け、確かめている",
    CenterAnswer.SAFE: "こどもの安全を確かめた",
    CenterAnswer.WARD_SUPPORTS: "区での支援をお願いしたい",
    CenterAnswer.OPINION: "意見・連絡",
}


@dataclass(frozen=True, slots=True)
class Share:
    """
    What is shared with the centre: until which day, and whether what is especially sensitive is, too.

    `report_due` is until when the oldest report is to be answered that is not yet; `owner` who has the case.
    """

    until: date | None = None
    sensitive: bool = False
    report_due: datetime | None = None
    owner: Owner = Owner.WARD


TAKEN_OVER = frozenset({flow.RECEIVE_SENT, flow.RECEIVED_ON_PAPER})
"""With which the centre has a case: it accepted it here, or on paper, and the ward recorded that."""


def is_to_accept(roles: frozenset[Role], ward: Ward | None, facts: Facts, file: CaseFile) -> bool:
    """Whether somebody is to accept the case, or send it back: of the ward or of the centre that it is offered to."""
    return file.is_offered_to_center if Role.GUIDANCE_WORKER in roles else facts.receives(ward)


def share_of(file: CaseFile) -> Share:
    """Return what is shared with the centre of a case that stands as `file` has it."""
    report = oldest_unanswered(file)
    has_it = _has_it(file)
    waits = report is not None or file.is_offered_to_center
    until = NO_END if waits or has_it else _after_the_last(file)
    return Share(
        until=until,
        sensitive=until is not None and _sensitive(file),
        report_due=report.at + ANSWER_WITHIN if report is not None else None,
        owner=Owner.GUIDANCE_CENTER if has_it else Owner.WARD,
    )


def oldest_unanswered(file: CaseFile) -> Past | None:
    """Return the oldest report since which the centre has said nothing."""
    found: Past | None = None
    for each in file.past:
        if each.move == flow.REPORT:
            found = found or each
        elif each.move == flow.ANSWER_CENTER or each.move in TAKEN_OVER:
            found = None
    return found


def _has_it(file: CaseFile) -> bool:
    """Whether the centre accepted the case, and the ward did not open it again since."""
    accepted = max((number for number, each in enumerate(file.past) if each.move in TAKEN_OVER), default=None)
    return accepted is not None and file.standing.state is CaseState.CLOSED and not any(map(_opens_again, file.past[accepted + 1 :]))


def _after_the_last(file: CaseFile) -> date | None:
    """Return the last day after the centre's last word, or after the ward took back a case that the centre had."""
    was_the_centers = False
    last: Past | None = None
    for each in file.past:
        if each.move in TAKEN_OVER:
            was_the_centers = True
        if each.move == flow.ANSWER_CENTER or (was_the_centers and _opens_again(each)):
            last = each
            was_the_centers = was_the_centers and not _opens_again(each)
    return last.at.astimezone(_JST).date() + timedelta(days=SHARED_DAYS) if last is not None else None


def _opens_again(each: Past) -> bool:
    return each.start is CaseState.CLOSED and each.end is not CaseState.CLOSED


def _sensitive(file: CaseFile) -> bool:
    """Whether the offer that is open, or was accepted, shares what is especially sensitive; one that was given back shares it no more."""
    handover = file.handover
    if handover is None or handover.destination is not Destination.GUIDANCE_CENTER:
        return False
    if handover.status not in {HandoverStatus.OFFERED, HandoverStatus.ACCEPTED}:
        return False
    sent = next((each for each in reversed(file.past) if each.move == flow.SEND_TO_CENTER), None)
    return sent is not None and WITH_SENSITIVE in (sent.details.get("shares") or ())
