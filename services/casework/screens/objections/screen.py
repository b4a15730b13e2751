"""Requests to suspend the use of a child's data: the privacy officer decides, within the time that the law gives (S17)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import asyncpg
from pydantic import Field, StringConstraints

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.pages import dates
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import phrases, store
from services.casework.domain.objection import FINAL, VERDICT_TITLES, Objection, Verdict
from services.casework.domain.policy import Action
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Menu, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet
from services.casework.store import AccessNote

SQL = queries(__file__)
SHOWN = 200
DECIDED_ALREADY = "すでに決められています。画面の内容を見直してください。"


class VerdictForm(ActForm):
    """What is decided on which request, and why."""

    wrong: ClassVar = {
        "case": "どの求めかを読み取れませんでした。画面を開き直してください。",
        "version": "どの求めかを読み取れませんでした。画面を開き直してください。",
        "verdict": "決定を選んでください。",
        "words": "理由を2文字以上1000文字までで書いてください。",
    }
    case: UUID
    version: Annotated[int, Field(ge=1, le=2_000_000_000)]
    verdict: Verdict
    words: Annotated[str, StringConstraints(min_length=2, max_length=1000)]


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """A request, until when it is decided, and what was."""

    id: str
    case: UUID
    version: int
    received: str
    by: str
    text: str
    due: str
    late: bool
    verdicts: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ObjectionsSheet(Sheet):
    """The page."""

    waiting: Annotated[tuple[ObjectionLine, ...], Says("objections")]
    decided: Annotated[tuple[ObjectionLine, ...], Says("objections")]
    wrong: Annotated[dict[str, str], PLAIN]
    wrong_at: Annotated[str, PLAIN]
    typed: Annotated[dict[str, str], PLAIN]
    trouble: Annotated[str, PLAIN]
    done: Annotated[str, PLAIN]

    def count(self) -> int:
        """Return how many it shows."""
        return len(self.waiting) + len(self.decided)


async def read(work: UnitOfWork, _asking: Asking[Question]) -> Sequence[asyncpg.Record]:
    """Read the requests."""
    return await work.db.fetch(SQL.objections, SHOWN)


def show(found: Sequence[asyncpg.Record], asking: Asking[Question]) -> ObjectionsSheet:
    """Say it on a page."""
    mistake = asking.mistake
    errors, typed = (dict(mistake.errors), mistake.typed) if mistake else ({}, {})
    lines = [(_line(row, asking.today), _objection(row)) for row in found]
    return ObjectionsSheet(
        waiting=tuple(line for line, each in lines if each.is_open),
        decided=tuple(line for line, each in lines if not each.is_open),
        wrong={name: errors.get(name, "") for name in ("verdict", "words")},
        wrong_at=f"{typed.get('case', '')}-{typed.get('version', '')}",
        typed={name: typed.get(name, "") for name in ("verdict", "words")},
        trouble=" ".join(errors.values()),
        done=OBJECTIONS.said(asking.done),
    )


def _verdicts(row: asyncpg.Record) -> list[dict[str, Any]]:
    return list(json.loads(row["verdicts"] or "[]"))


def _objection(row: asyncpg.Record) -> Objection:
    day = date.fromisoformat(json.loads(row["details"])["objected_on"])
    return Objection(row["version"], day, frozenset(Verdict(each["verdict"]) for each in _verdicts(row)))


def _line(row: asyncpg.Record, today: date) -> ObjectionLine:
    objection, told = _objection(row), json.loads(row["details"])
    return ObjectionLine(
        id=f"{row['case_id']}-{row['version']}",
        case=row["case_id"],
        version=row["version"],
        received=f"{dates.era_date(objection.objected_on)}（受け付けた職員：{row['by_name']}）",
        by=told["objected_by"],
        text=told["text"],
        due=phrases.due(objection.due_on, today),
        late=objection.due_on < today,
        verdicts=tuple(map(_said, _verdicts(row))),
        choices=tuple((each.value, title) for each, title in VERDICT_TITLES.items() if each in FINAL or each not in objection.verdicts),
    )


def _said(raw: dict[str, Any]) -> str:
    at = dates.short_moment(datetime.fromisoformat(raw["decided_at"]))
    return f"{VERDICT_TITLES[Verdict(raw['verdict'])]}：{raw['words']}（{raw['decided_by_name']}、{at}）"


async def decide(work: UnitOfWork, asking: Asking[Any], form: VerdictForm) -> Done | Mistake:
    """Keep what is decided, once."""
    staff = asking.staff
    kept = await work.db.fetchval(SQL.decide, form.case, form.version, form.verdict, form.words, work.now, staff.id, staff.name)
    if kept is None:
        return Mistake((("", DECIDED_ALREADY),), act="decide", status=409)
    thing = Thing(kind=ThingKind.OBJECTIONS, id=str(form.case))
    entry = work.keep(deeds.OBJECTION_DECIDED, actor=staff.actor, thing=thing, reason_code=form.verdict, correlation=str(form.case))
    note = AccessNote(entry, staff.id, staff.name, staff.place, deeds.OBJECTION_DECIDED.code, "done", None, is_decision=True)
    await store.note_access(work.db, note, work.now)
    return Done()


OBJECTIONS = Screen(
    name="objections",
    address="/objections",
    right=Action.DECIDE_OBJECTION,
    deed=deeds.OBJECTIONS_OPENED,
    read=read,
    page=Face(Question, show),
    thing=lambda _staff: Thing(kind=ThingKind.OBJECTIONS, id=None),
    menu=Menu("利用停止の求め", 6),
    acts=(Act("decide", Action.DECIDE_OBJECTION, deeds.OBJECTIONS_OPENED, VerdictForm, decide, "決定を記録しました。"),),
)
SCREENS = (OBJECTIONS,)
