"""What was read in emergencies, for whoever is told of it; the coordinator and the privacy officer look into each (S24)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.looking import Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import emergencies, phrases
from services.casework.accesses import viewer_of
from services.casework.domain.emergency import ENDINGS, REASONS, VERDICTS, EmergencyReason, EndedWhy, Verdict
from services.casework.domain.policy import Action, Permit, may
from services.casework.emergencies import Emergency
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Menu, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

SHOWN = 200
REVIEWED_ALREADY = "すでに確かめられています。画面の内容を見直してください。"


class ReviewForm(ActForm):
    """What somebody found who looked into one."""

    wrong: ClassVar = {
        "emergency": "どの閲覧かを読み取れませんでした。画面を開き直してください。",
        "verdict": "必要だったかどうかを選んでください。",
        "words": "確かめたことを2文字以上500文字までで書いてください。",
    }
    emergency: UUID
    verdict: Verdict
    words: Annotated[str, StringConstraints(min_length=2, max_length=500)]


@dataclass(frozen=True, slots=True)
class EmergencyLine:
    """One that was read: who, when, why, of which child (by its id alone), and what came of looking into it."""

    id: UUID
    person_id: UUID
    who: str
    began: str
    ended: str
    reason: str
    words: str
    due: str
    late: bool
    reviewed: str
    review_words: str
    own: bool


@dataclass(frozen=True, slots=True)
class EmergenciesSheet(Sheet):
    """The page."""

    waiting: Annotated[tuple[EmergencyLine, ...], Says("emergencies")]
    looked_into: Annotated[tuple[EmergencyLine, ...], Says("emergencies")]
    verdicts: Annotated[tuple[tuple[str, str], ...], PLAIN]
    may_review: Annotated[bool, PLAIN]
    wrong: Annotated[dict[str, str], PLAIN]
    wrong_at: Annotated[str, PLAIN]
    typed: Annotated[dict[str, str], PLAIN]
    trouble: Annotated[str, PLAIN]
    done: Annotated[str, PLAIN]

    def count(self) -> int:
        """Return how many it shows."""
        return len(self.waiting) + len(self.looked_into)


async def read(work: UnitOfWork, _asking: Asking[Question]) -> tuple[Emergency, ...]:
    """Read those that whoever asks is told of."""
    return await emergencies.those_told_of(work.db, SHOWN)


def show(found: tuple[Emergency, ...], asking: Asking[Question]) -> EmergenciesSheet:
    """Say it on a page."""
    lines = tuple((each, _line(each, asking)) for each in found)
    mistake = asking.mistake
    errors = dict(mistake.errors) if mistake else {}
    return EmergenciesSheet(
        waiting=tuple(line for each, line in lines if each.reviewed_at is None),
        looked_into=tuple(line for each, line in lines if each.reviewed_at is not None),
        verdicts=tuple((verdict.value, title) for verdict, title in VERDICTS.items()),
        may_review=isinstance(may(viewer_of(asking.staff), Action.REVIEW_EMERGENCY), Permit),
        wrong={name: errors.get(name, "") for name in ("verdict", "words")},
        wrong_at=mistake.typed.get("emergency", "") if mistake else "",
        typed={name: mistake.typed.get(name, "") if mistake else "" for name in ("verdict", "words")},
        trouble=errors.get("", errors.get("emergency", "")),
        done=EMERGENCIES.said(asking.done),
    )


def _line(each: Emergency, asking: Asking[Question]) -> EmergencyLine:
    today: date = asking.today
    reviewed = ""
    if each.reviewed_at is not None and each.verdict is not None:
        reviewed = f"{VERDICTS[Verdict(each.verdict)]}（{each.reviewed_by_name}、{dates.short_moment(each.reviewed_at)}）"
    return EmergencyLine(
        id=each.id,
        person_id=each.person_id,
        who=f"{each.staff_place}　{each.staff_name}",
        began=dates.short_moment(each.started_at),
        ended=_ended(each, asking),
        reason=REASONS[EmergencyReason(each.reason)],
        words=each.words,
        due=phrases.due(each.review_due_on, today),
        late=each.review_due_on < today,
        reviewed=reviewed,
        review_words=each.review_words or "",
        own=each.staff_id == asking.staff.id,
    )


def _ended(each: Emergency, asking: Asking[Question]) -> str:
    if each.ended_at is None or each.ended_why is None:
        return "いま閲覧中"
    why = EndedWhy(each.ended_why)
    if why is EndedWhy.NOW_PROTECTED and asking.staff.ward is not None:
        # A chief who is told may be of the opponent's ward: that there is a measure is not theirs to know (`domain.md` §4.4).
        return dates.short_moment(each.ended_at)
    return f"{dates.short_moment(each.ended_at)}（{ENDINGS[why]}）"


async def review(work: UnitOfWork, asking: Asking[Question], form: ReviewForm) -> Done | Mistake | Refused:
    """Keep what somebody found."""
    outcome = await emergencies.look_into(work, asking.staff, form.emergency, form.verdict, form.words)
    if isinstance(outcome, Refused):
        return outcome
    return Done() if outcome else Mistake((("", REVIEWED_ALREADY),), act="review", status=409)


EMERGENCIES = Screen(
    name="emergencies",
    address="/emergencies",
    right=Action.LIST_EMERGENCIES,
    deed=deeds.EMERGENCIES_OPENED,
    read=read,
    page=Face(Question, show),
    thing=lambda staff: Thing(kind=ThingKind.EMERGENCIES, id=None, ward=staff.ward),
    menu=Menu("緊急の閲覧", 5),
    acts=(Act("review", Action.REVIEW_EMERGENCY, deeds.EMERGENCIES_OPENED, ReviewForm, review, "確かめたことを記録しました。"),),
)
SCREENS = (EMERGENCIES,)
