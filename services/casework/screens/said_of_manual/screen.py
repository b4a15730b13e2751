"""What readers say of the manual: the list that the coordinator answers, and how many understood which section (EVAL-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID

import asyncpg
from pydantic import StringConstraints

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.pages import dates
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import manual
from services.casework.domain.manual import BECAME_TITLES, UNDERSTOOD_TITLES, Became, Understood
from services.casework.domain.policy import Action
from services.casework.screens.manual.screen import note
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Menu, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

SQL = queries(__file__)
SHOWN = 200
ANSWERED_ALREADY = "すでに返事がされています。画面の内容を見直してください。"


class AnswerForm(ActForm):
    """What became of what a reader said, and what they are answered."""

    wrong: ClassVar = {
        "feedback": "どの声かを読み取れませんでした。画面を開き直してください。",
        "became": "どうしたかを選んでください。",
        "answer": "返事を2文字以上500文字までで書いてください。",
    }
    feedback: UUID
    became: Became
    answer: Annotated[str, StringConstraints(min_length=2, max_length=500)]


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """What a reader said, and what came of it."""

    id: UUID
    address: str
    title: str
    version: int
    said: str
    words: str
    who: str
    at: str
    became: str
    answer: str
    answered: str


@dataclass(frozen=True, slots=True)
class UnderstoodLine:
    """How many of those who said something understood a section."""

    title: str
    version: int
    yes: int
    said: int


@dataclass(frozen=True, slots=True)
class FeedbackSheet(Sheet):
    """The page."""

    waiting: Annotated[tuple[FeedbackLine, ...], Says("feedback")]
    answered: Annotated[tuple[FeedbackLine, ...], Says("feedback")]
    understood: Annotated[tuple[UnderstoodLine, ...], PLAIN]
    choices: Annotated[tuple[tuple[str, str], ...], PLAIN]
    wrong: Annotated[dict[str, str], PLAIN]
    wrong_at: Annotated[str, PLAIN]
    typed: Annotated[dict[str, str], PLAIN]
    trouble: Annotated[str, PLAIN]
    done: Annotated[str, PLAIN]

    def count(self) -> int:
        """Return how many it shows."""
        return len(self.waiting) + len(self.answered)


@dataclass(frozen=True, slots=True)
class Read:
    """What is read."""

    feedback: Sequence[asyncpg.Record]
    understood: Sequence[asyncpg.Record]


async def read(work: UnitOfWork, _asking: Asking[Question]) -> Read:
    """Read what was said, and count what was understood."""
    return Read(await work.db.fetch(SQL.feedback, SHOWN), await work.db.fetch(SQL.understood))


def show(found: Read, asking: Asking[Question]) -> FeedbackSheet:
    """Say it on a page."""
    mistake = asking.mistake
    errors, typed = (dict(mistake.errors), mistake.typed) if mistake else ({}, {})
    return FeedbackSheet(
        waiting=tuple(_line(row) for row in found.feedback if row["answered_at"] is None),
        answered=tuple(_line(row) for row in found.feedback if row["answered_at"] is not None),
        understood=tuple(UnderstoodLine(row["section_title"], row["version"], row["yes"], row["said"]) for row in found.understood),
        choices=tuple((each.value, title) for each, title in BECAME_TITLES.items()),
        wrong={name: errors.get(name, "") for name in ("became", "answer")},
        wrong_at=typed.get("feedback", ""),
        typed={name: typed.get(name, "") for name in ("became", "answer")},
        trouble=" ".join(errors.values()),
        done=MANUAL_FEEDBACK.said(asking.done),
    )


def _line(row: asyncpg.Record) -> FeedbackLine:
    return FeedbackLine(
        id=row["feedback_id"],
        address=manual.address_of(row["section"]),
        title=row["section_title"],
        version=row["version"],
        said=UNDERSTOOD_TITLES[Understood(row["understood"])],
        words=row["words"],
        who=f"{row['staff_place']}　{row['staff_name']}",
        at=dates.short_moment(row["said_at"]),
        became=BECAME_TITLES[Became(row["became"])] if row["became"] else "",
        answer=row["answer"] or "",
        answered=f"{row['answered_by_name']}、{dates.short_moment(row['answered_at'])}" if row["answered_at"] else "",
    )


async def answer(work: UnitOfWork, asking: Asking[Any], form: AnswerForm) -> Done | Mistake:
    """Keep the answer; whoever comes second is told so."""
    staff = asking.staff
    kept = await work.db.fetchval(SQL.answer, form.feedback, form.became, form.answer, work.now, staff.id, staff.name)
    if kept is None:
        return Mistake((("", ANSWERED_ALREADY),), act="answer", status=409)
    await note(work, staff, deeds.MANUAL_FEEDBACK_ANSWERED)
    return Done()


MANUAL_FEEDBACK = Screen(
    name="said_of_manual",
    address="/manual-feedback",
    right=Action.ANSWER_MANUAL,
    deed=deeds.MANUAL_FEEDBACK_OPENED,
    read=read,
    page=Face(Question, show),
    thing=lambda staff: Thing(kind=ThingKind.MANUAL, id=None, ward=staff.ward),
    menu=Menu("使い方への声", 11),
    acts=(Act("answer", Action.ANSWER_MANUAL, deeds.MANUAL_FEEDBACK_OPENED, AnswerForm, answer, "返事を記録しました。"),),
)
SCREENS = (MANUAL_FEEDBACK,)
