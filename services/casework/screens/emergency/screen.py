"""The form by which somebody reads a child of another ward in an emergency: whom, why, in a code and in words (S24)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from infra.looking import Refused
from infra.work import UnitOfWork
from services.casework import emergencies, searches
from services.casework.domain.emergency import LASTS, REASONS, EmergencyReason
from services.casework.domain.policy import Action, Reason
from services.casework.emergencies import Whom
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Sheet

FIELDS = ("child", "name", "birth_date", "reason", "words")
NOBODY = "見つからないか、緊急の閲覧では開けません。なまえと生年月日を確かめてください。試みたことは記録されました。"
NOBODY_ASKED = "なまえと生年月日の両方を入れてください。"


class EmergencyQuestion(Question):
    """Whose page did not open, where that is why somebody comes here."""

    child: UUID | None = None


class StartForm(ActForm):
    """Whom somebody must see, and why."""

    wrong: ClassVar = {
        "": NOBODY_ASKED,
        "child": "こどもを読み取れませんでした。はじめから操作してください。",
        "name": "なまえは100文字までで入れてください。",
        "birth_date": "生年月日を読み取れませんでした。入れ直してください。",
        "reason": "理由を選んでください。",
        "words": "事情を2文字以上500文字までで書いてください。",
    }
    child: UUID | None = None
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    birth_date: date | None = None
    reason: EmergencyReason
    words: Annotated[str, StringConstraints(min_length=2, max_length=500)]

    @model_validator(mode="after")
    def _is_about_somebody(self) -> Self:
        if self.child is None and not (self.name and self.birth_date):
            raise ValueError("a child's id, or name and birth date, say who it is")
        return self


class EndForm(ActForm):
    """Which one ends."""

    emergency: UUID


@dataclass(frozen=True, slots=True)
class EmergencySheet(Sheet):
    """The form, as it was filled in."""

    child: Annotated[str, PLAIN]
    reasons: Annotated[tuple[tuple[str, str], ...], PLAIN]
    typed: Annotated[dict[str, str], PLAIN]
    errors: Annotated[dict[str, str], PLAIN]
    trouble: Annotated[str, PLAIN]
    hours: Annotated[int, PLAIN]
    done: Annotated[str, PLAIN]


async def read(_work: UnitOfWork, asking: Asking[EmergencyQuestion]) -> str:
    """Read nothing: what the address names says nothing of whether there is such a child."""
    return str(asking.question.child or "")


def show(child: str, asking: Asking[EmergencyQuestion]) -> EmergencySheet:
    """Show the form."""
    mistake = asking.mistake
    typed = mistake.typed if mistake else {}
    errors = dict(mistake.errors) if mistake else {}
    return EmergencySheet(
        child=typed.get("child", child),
        reasons=tuple((reason.value, title) for reason, title in REASONS.items()),
        typed={name: typed.get(name, "") for name in FIELDS},
        errors={name: errors.get(name, "") for name in FIELDS},
        trouble=errors.get("", ""),
        hours=int(LASTS.total_seconds() // 3600),
        done=EMERGENCY.said(asking.done),
    )


async def start(work: UnitOfWork, asking: Asking[Question], form: StartForm) -> Done | Mistake | Refused:
    """Start it, and go to the child's page. Who gives a name searches, and may not do so too often."""
    if form.child is None and await searches.count_one(work, asking.staff) is not None:
        return Refused(Reason.TOO_OFTEN)
    whom = Whom(PersonId(form.child) if form.child else None, form.name, form.birth_date)
    person_id = await emergencies.start(work, asking.staff, whom, form.reason, form.words)
    if person_id is not None:
        return Done(f"/children/{person_id}")
    typed = {name: str(value) for name in FIELDS if (value := getattr(form, name))}
    return Mistake((("", NOBODY),), typed=typed, act="start", status=404)


async def end(work: UnitOfWork, asking: Asking[Question], form: EndForm) -> Done:
    """End one's own."""
    await emergencies.end(work, asking.staff, form.emergency)
    return Done()


EMERGENCY = Screen(
    name="emergency",
    address="/emergency",
    right=Action.BREAK_GLASS,
    deed=deeds.EMERGENCY_FORM_OPENED,
    read=read,
    page=Face(EmergencyQuestion, show),
    thing=lambda staff: Thing(kind=ThingKind.CHILD_SEARCH, id=None, ward=staff.ward),
    under="search",
    acts=(
        Act("start", Action.BREAK_GLASS, deeds.EMERGENCY_FORM_OPENED, StartForm, start, "緊急の閲覧を始めました。"),
        Act("end", Action.BREAK_GLASS, deeds.EMERGENCY_FORM_OPENED, EndForm, end, "緊急の閲覧を終えました。"),
    ),
)
SCREENS = (EMERGENCY,)
