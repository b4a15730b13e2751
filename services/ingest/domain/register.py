"""
The purpose register (LAW-02): how a source's registration stands, and what may be done to it.

A registration is renewed by two people, one who proposes and one who approves; it is suspended at once by one, with a reason.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.deeds.ingest import RESUMED_FOR, SUSPENDED_FOR


class Standing(StrEnum):
    """How a registration stands on a day."""

    VALID = "valid"
    REVIEW_NEAR = "review_near"
    PAST = "past"
    SUSPENDED = "suspended"
    NO_OWNER = "no_owner"


STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.VALID: ("有効", "valid"),
    Standing.REVIEW_NEAR: ("見直し期限が近い", "review is near"),
    Standing.PAST: ("見直し期限切れ（受け入れ停止）", "past its review: refused"),
    Standing.SUSPENDED: ("一時停止中（受け入れ停止）", "suspended: refused"),
    Standing.NO_OWNER: ("所管課が未登録（受け入れ停止）", "no owner unit: refused"),
}
"""Each in Japanese and in English."""


class Why(StrEnum):
    """Why a source is suspended, or goes on again."""

    OWNER_ASKED = "owner_asked"
    DATA_DOUBTFUL = "data_doubtful"
    USE_DOUBTFUL = "use_doubtful"
    SYSTEM_WORK = "system_work"
    CAUSE_GONE = "cause_gone"
    BY_MISTAKE = "by_mistake"


TO_SUSPEND: dict[Why, str] = {why: SUSPENDED_FOR[why] for why in Why if why in SUSPENDED_FOR}
"""Reasons to suspend, in Japanese."""

TO_RESUME: dict[Why, str] = {why: RESUMED_FOR[why] for why in Why if why in RESUMED_FOR}
"""Reasons to go on."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a registration is to say. The first day is that on which it is approved."""

    purpose: str
    basis: str
    nature: str
    reason: str
    approver: str
    owner_unit: str
    review_on: date


BASES = ("個人情報保護法第69条第2項第2号", "個人情報保護法第69条第2項第3号")
"""The bases that there are for a use beyond the purpose of the collection (LAW-02)."""

NATURES: dict[str, str] = {"standing": "継続的", "temporary": "一時的"}
LONGEST_YEARS = 10
APRIL = 4
TEXT_MOST = 1_000


class NotAllowed(StrEnum):
    """Why a step cannot be taken. Each has a sentence."""

    SAME_PERSON = "same_person"
    NOTHING_PROPOSED = "nothing_proposed"
    PROPOSED_ALREADY = "proposed_already"
    SUSPENDED_ALREADY = "suspended_already"
    NOT_SUSPENDED = "not_suspended"
    NOT_REGISTERED = "not_registered"
    CHANGED_MEANWHILE = "changed_meanwhile"
    PROPOSAL_PAST = "proposal_past"


SENTENCES: dict[NotAllowed, tuple[str, str]] = {
    NotAllowed.SAME_PERSON: (
        "申請した本人は承認できません。別の職員が承認してください。",
        "whoever proposed it may not approve it: another person has to",
    ),
    NotAllowed.NOTHING_PROPOSED: ("承認を待つ申請はありません。", "no proposal waits for approval"),
    NotAllowed.PROPOSED_ALREADY: (
        "承認を待つ申請がすでにあります。先に承認するか、取り下げてください。",
        "a proposal waits already: approve or decline it first",
    ),
    NotAllowed.SUSPENDED_ALREADY: ("すでに一時停止しています。", "it is suspended already"),
    NotAllowed.NOT_SUSPENDED: ("一時停止していません。", "it is not suspended"),
    NotAllowed.NOT_REGISTERED: ("この連携元は登録されていません。", "this source is not registered"),
    NotAllowed.PROPOSAL_PAST: (
        "申請された見直し期限を、すでに過ぎています。申請を取り下げて、申請し直してください。",
        "the review date that was proposed is past: decline it and propose anew",
    ),
    NotAllowed.CHANGED_MEANWHILE: (
        "画面を開いたあとに登録が変わりました。最新の内容を確かめてください。",
        "the registration changed meanwhile: look at it again",
    ),
}
"""Japanese, and English for the command line."""


def standing_of(*, owned: bool, suspended: bool, review_on: date | None, today: date, notice_days: int) -> Standing:
    """Return how a registration stands. The review date itself is the last day on which it holds; `notice_days` before it is near."""
    if not owned:
        return Standing.NO_OWNER
    if suspended:
        return Standing.SUSPENDED
    if review_on is None:
        return Standing.VALID
    left = (review_on - today).days
    if left < 0:
        return Standing.PAST
    return Standing.REVIEW_NEAR if left <= notice_days else Standing.VALID


def renewed_until(review_on: date | None, today: date) -> date:
    """Return the review date that a renewal begins with: the end of the fiscal year after that in which today, or the last date, lies."""
    last = max(review_on or today, today)
    april = last.year if last.month >= APRIL else last.year - 1
    return date(april + 2, 3, 31)


def wrong_with(proposal: Proposal, today: date) -> dict[str, str]:
    """Return what is wrong with a proposal, by field, in Japanese."""
    found = {name: "入力してください。" for name in ("purpose", "reason", "approver", "owner_unit") if not getattr(proposal, name)}
    found |= {
        name: f"{TEXT_MOST}文字以内で入力してください。"
        for name in ("reason", "approver", "owner_unit")
        if len(getattr(proposal, name)) > TEXT_MOST
    }
    if proposal.basis not in BASES:
        found["basis"] = "根拠を選んでください。"
    if proposal.nature not in NATURES:
        found["nature"] = "性質を選んでください。"
    if proposal.review_on <= today:
        found["review_on"] = "見直し期限は、あす以降の日にしてください。"
    elif proposal.review_on.year > today.year + LONGEST_YEARS:
        found["review_on"] = f"見直し期限は、{LONGEST_YEARS}年以内の日にしてください。"
    return found


def may_approve(proposed_by: object, review_on: date | None, who: object, today: date) -> NotAllowed | None:
    """
    Say why `who` may not approve a proposal to hold until `review_on`, if they may not.

    Nobody approves what they proposed themselves, or what would not hold today any more. `proposed_by` None: nothing was proposed.
    """
    if proposed_by is None:
        return NotAllowed.NOTHING_PROPOSED
    if who == proposed_by:
        return NotAllowed.SAME_PERSON
    return NotAllowed.PROPOSAL_PAST if review_on is not None and review_on < today else None
