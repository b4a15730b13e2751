"""One source's registration, with everything that was ever done to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from infra.pages.dates import era_date, moment
from infra.work import UnitOfWork
from services.ingest import owning, registering
from services.ingest.domain.register import NATURES, STANDINGS, TO_RESUME, TO_SUSPEND
from services.ingest.registering import Registration, Step
from services.ingest.screens.register.screen import TAGS
from services.ingest.screens.registration.acts import ACTS, offer
from services.ingest.seeing import Asking, Question, Said, Screen

STEPS = {
    "entered": "登録",
    "proposed": "更新の申請",
    "approved": "更新の承認",
    "declined": "申請の取り下げ",
    "suspended": "一時停止",
    "resumed": "再開",
}
BY_RELEASE = "システムの初期登録"
PURPOSES = {"EARLY_SUPPORT": "困難を抱えるこどもや家庭の早期の把握と支援"}


@dataclass(frozen=True, slots=True)
class Content:
    """The registration as it stands, and its steps, newest first."""

    stands: Registration | None
    steps: Sequence[Step]
    owners: Sequence[str]
    """Who of the owner's unit sees what becomes of the source."""


async def read(work: UnitOfWork, asking: Asking[Question]) -> Content | None:
    """Read the registration of the source that the address names."""
    if asking.source is None:
        return None
    stands = await registering.registrations(work.db, [asking.source])
    steps = await registering.history(work.db, asking.source)
    return Content(next(iter(stands), None), steps, await owning.owners_of(work.db, asking.source))


def show(content: Content, asking: Asking[Question]) -> Said:
    """Say it on a page."""
    assert asking.source is not None  # noqa: S101 -- of no source nothing was read
    entry, stands = entry_of(asking.source), content.stands
    standing = stands.standing(asking.today, asking.notice_days) if stands is not None else None
    return Said(
        {
            "source": asking.source.value,
            "system": entry.system,
            "feed": entry.feed,
            "unit": entry.data_owner,
            "standing": STANDINGS[standing][0] if standing is not None else "登録なし（受け入れ停止）",
            "tag": TAGS.get(standing, "late") if standing is not None else "late",
            "row": _row(stands) if stands is not None else (),
            "steps": [_step(step) for step in content.steps],
            "owners": content.owners,
            "offer": offer(stands, asking) if stands is not None else None,
            "waiting": _waiting(content),
        },
        count=len(content.steps),
    )


def _waiting(content: Content) -> dict[str, object] | None:
    """The proposal that waits, as a person must see it before approving: what it says, and who made it."""
    number = content.stands.proposal if content.stands is not None else None
    step = next((each for each in content.steps if each.number == number), None)
    if step is None:
        return None
    says = [(label, step.says[name] or "") for name, label in deeds.REGISTERED.items() if name in step.says]
    told = [(label, {**PURPOSES, **NATURES}.get(text, text)) for label, text in says]
    until = era_date(step.review_on) if step.review_on is not None else "定めなし"
    return {"by": step.by_label, "at": moment(step.at), "rows": [*told, (deeds.REGISTERED["review_on"], until)]}


def _row(stands: Registration) -> tuple[tuple[str, str], ...]:
    return (
        ("保有・管理主体", stands.owner_unit or "未登録"),
        ("利用目的", PURPOSES.get(stands.purpose, stands.purpose)),
        ("根拠", stands.basis),
        ("性質", NATURES[stands.nature]),
        ("相当の理由", stands.reason),
        ("承認した所属", stands.approver),
        ("この登録の始まり", era_date(stands.since)),
        ("見直し期限", era_date(stands.review_on) if stands.review_on is not None else "定めなし"),
        ("申請した人", stands.proposed_by or BY_RELEASE),
        ("承認した人", stands.approved_by or BY_RELEASE),
    )


def _step(step: Step) -> dict[str, str]:
    return {
        "at": moment(step.at),
        "what": STEPS[step.step],
        "by": step.by_label or BY_RELEASE,
        "why": {**TO_SUSPEND, **TO_RESUME}[step.why] if step.why is not None else "",
        "until": era_date(step.review_on) if step.review_on is not None else "",
        "unit": step.says["owner_unit"] or "",
        "basis": step.says["basis"] or "",
    }


SCREENS = (
    Screen(
        name="registration",
        address="/register/{source}",
        deed=deeds.REGISTRATION_OPENED,
        read=read,
        show=show,
        under="register",
        acts=ACTS,
    ),
)
