"""What people do to a registration on its page: propose and approve, take back, suspend, resume."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.deeds import ingest as deeds
from infra.looking import Refused
from infra.work import UnitOfWork
from services.ingest import registering
from services.ingest.deciders import Decider
from services.ingest.domain.register import (
    BASES,
    NATURES,
    SENTENCES,
    TO_RESUME,
    TO_SUSPEND,
    NotAllowed,
    Proposal,
    Standing,
    Why,
    renewed_until,
    wrong_with,
)
from services.ingest.domain.rights import MAY, Doing
from services.ingest.registering import Registration
from services.ingest.seeing import Act, Asking, Done, Form, Mistake, Result

CONFLICT = 409


class ProposeForm(Form):
    """What the registration is to say, and the version of it that was seen."""

    version: str = ""
    basis: str = ""
    nature: str = ""
    reason: str = ""
    approver: str = ""
    owner_unit: str = ""
    review_on: str = ""


class SeenForm(Form):
    """The version of the registration on which the person decided."""

    version: str = ""


class WhyForm(Form):
    """A reason out of the list."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page offers to this person, with what its fields hold: what is registered, or what was filled in."""

    version: int
    may: Mapping[str, bool]
    filled: Mapping[str, str]
    errors: Mapping[str, Mapping[str, str]]
    bases: tuple[tuple[str, str], ...] = tuple((basis, basis) for basis in BASES)
    natures: tuple[tuple[str, str], ...] = tuple(NATURES.items())
    to_suspend: tuple[tuple[str, str], ...] = tuple((why.value, words) for why, words in TO_SUSPEND.items())
    to_resume: tuple[tuple[str, str], ...] = tuple((why.value, words) for why, words in TO_RESUME.items())

    def wrong(self, act: str, field: str = "") -> str:
        """Return what is wrong with a field of a form, or with the form as a whole."""
        return self.errors.get(act, {}).get(field, "")


def offer(stands: Registration, asking: Asking[Any]) -> Offer:
    """Return what the person may do now."""
    roles, mistake = asking.staff.roles, asking.mistake
    own = stands.proposer == asking.staff.id
    waits, suspended = stands.proposal is not None, stands.standing(asking.today, asking.notice_days) is Standing.SUSPENDED
    possible = {
        Doing.PROPOSE: not waits,
        Doing.APPROVE: waits and not own,
        Doing.DECLINE: waits,
        Doing.SUSPEND: not suspended,
        Doing.RESUME: suspended,
    }
    registered = {
        "basis": stands.basis,
        "nature": stands.nature,
        "reason": stands.reason,
        "approver": stands.approver,
        "owner_unit": stands.owner_unit or "",
        "review_on": renewed_until(stands.review_on, asking.today).isoformat(),
    }
    return Offer(
        version=stands.version,
        may={doing.value: here and bool(roles & MAY[doing]) for doing, here in possible.items()} | {"own": waits and own},
        filled={**registered, **(mistake.filled if mistake is not None else {})},
        errors={mistake.act: mistake.errors} if mistake is not None else {},
    )


async def _propose(work: UnitOfWork, asking: Asking[Any], form: ProposeForm) -> Result:
    assert asking.source is not None  # noqa: S101 -- of no source nothing is permitted
    stands = next(iter(await registering.registrations(work.db, [asking.source])), None)
    if stands is None:
        return Mistake({"": SENTENCES[NotAllowed.NOT_REGISTERED][0]}, CONFLICT)
    day = _day(form.review_on)
    if day is None:
        return Mistake({"review_on": "日付を入力してください。"})
    proposal = Proposal(stands.purpose, form.basis, form.nature, form.reason, form.approver, form.owner_unit, day)
    errors = wrong_with(proposal, asking.today)
    if errors:
        return Mistake(errors)
    return _result(await registering.propose(work, Decider.at_a_page(asking.staff), asking.source, proposal, _version(form.version)))


def _decided(decide: Callable[..., Awaitable[NotAllowed | None]]) -> Callable[[UnitOfWork, Asking[Any], SeenForm], Awaitable[Result]]:
    async def do(work: UnitOfWork, asking: Asking[Any], form: SeenForm) -> Result:
        return _result(await decide(work, Decider.at_a_page(asking.staff), asking.source, _version(form.version)))

    return do


def _for_a_reason(
    decide: Callable[..., Awaitable[NotAllowed | None]], reasons: Mapping[Why, str]
) -> Callable[[UnitOfWork, Asking[Any], WhyForm], Awaitable[Result]]:
    async def do(work: UnitOfWork, asking: Asking[Any], form: WhyForm) -> Result:
        if form.why not in set(reasons):
            return Mistake({"why": "理由を選んでください。"})
        return _result(await decide(work, Decider.at_a_page(asking.staff), asking.source, Why(form.why)))

    return do


def _result(why_not: NotAllowed | None) -> Done | Mistake | Refused:
    return Done() if why_not is None else Mistake({"": SENTENCES[why_not][0]}, CONFLICT)


def _version(text: str) -> int:
    """What was typed is no version: then the registration is another one than was seen."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else -1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ACTS = (
    Act(
        "propose",
        deeds.REGISTRATION_PROPOSED,
        ProposeForm,
        _propose,
        "更新を申請しました。ほかの職員の承認を待っています。",
        MAY[Doing.PROPOSE],
    ),
    Act(
        "approve",
        deeds.REGISTRATION_APPROVED,
        SeenForm,
        _decided(registering.approve),
        "更新を承認しました。きょうから、この登録が有効です。",
        MAY[Doing.APPROVE],
    ),
    Act("decline", deeds.REGISTRATION_DECLINED, SeenForm, _decided(registering.decline), "申請を取り下げました。", MAY[Doing.DECLINE]),
    Act(
        "suspend",
        deeds.FEED_SUSPENDED,
        WhyForm,
        _for_a_reason(registering.suspend, TO_SUSPEND),
        "一時停止しました。この連携元からは、いまから何も受け取りません。",
        MAY[Doing.SUSPEND],
    ),
    Act(
        "resume",
        deeds.FEED_RESUMED,
        WhyForm,
        _for_a_reason(registering.resume, TO_RESUME),
        "再開しました。止まっていた間の分は、送り元が送り直します。",
        MAY[Doing.RESUME],
    ),
)
