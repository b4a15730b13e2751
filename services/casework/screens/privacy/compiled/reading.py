"""
What is held here of the child of a request, put together on paper for whoever examines it: never handed on as it is.

Third parties stand in what people wrote; they are taken out by hand (78条1項2号). Of a protected child nothing stands there that tells
where it is, whoever asks: neither wards nor who looked, nor what people wrote (`domain.md` §4.4).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from starlette.datastructures import FormData

from contracts.ids import PersonId
from infra.looking import Refused
from infra.pages import dates
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, phrases
from services.casework import store as service_store
from services.casework.cases import case_from, past_from
from services.casework.domain import wording
from services.casework.domain.casefile import CaseFile
from services.casework.domain.flow import STATE_TITLES
from services.casework.domain.privacy_request import Request, State
from services.casework.domain.review import Word
from services.casework.screens.child.history import PastLine, done_so_far
from services.casework.screens.privacy.requests import store
from services.casework.screens.privacy.requests.words import KINDS
from services.casework.seeing import Asking, Mistake, Question
from services.casework.sheets import PLAIN, OfPerson, Says, Sheet
from services.casework.store import Acting, word_from

SQL = queries(__file__)
LOOKS = 1000
CODE = "code"
NO_CODE = "確認コードを入れてください。"
NOT_COMPILED = Refused("not_compiled")
EXAMINING = frozenset({State.EXAMINED, State.PROPOSED, State.DECIDED})
"""Where somebody has shown who they are, and it is not over."""


class CompileQuestion(Question):
    """Of which request, and that who asks has just shown a one-time code (`code` is what was typed)."""

    request: UUID
    code: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Compiled:
    """What is held of whom a request is about, or why it is not given out."""

    request: Request | None
    rows: tuple[asyncpg.Record, ...]
    at: datetime
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class WordLine:
    """What led to a review on a day."""

    on: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseLines:
    """A case and all that was done with it."""

    title: str
    past: tuple[PastLine, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked."""

    at: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class CompiledChild(OfPerson):
    """What is held of a child under one of its ids."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, PLAIN]
    words: Annotated[tuple[WordLine, ...], Says("review_words")]
    cases: Annotated[tuple[CaseLines, ...], Says("case")]
    looks: Annotated[tuple[Look, ...], Says("accesses")]


@dataclass(frozen=True, slots=True)
class CompiledSheet(Sheet):
    """The paper."""

    title: Annotated[str, PLAIN]
    number: Annotated[str, PLAIN]
    by: Annotated[str, PLAIN]
    at: Annotated[str, PLAIN]
    protected: Annotated[bool, PLAIN]
    children: Annotated[tuple[CompiledChild, ...], Says("compiled")]

    def file_name(self) -> str:
        """Return its number: of whom it is stands in no name of a file."""
        return f"{self.number}.pdf"


def sent(form: FormData) -> CompileQuestion | Mistake:
    """Read of which request. Without a one-time code of none."""
    code, request = str(form.get(CODE, "")).strip(), str(form.get("request", ""))
    try:
        asked = CompileQuestion(request=UUID(request), code=code)
    except ValueError:
        return Mistake((("request", "どの請求かを読み取れませんでした。画面を開き直してください。"),), act="compile")
    return asked if code else Mistake(((CODE, NO_CODE),), typed={"request": request}, act="compile")


async def read(work: UnitOfWork, asking: Asking[CompileQuestion]) -> Compiled:
    """Read as the system what is held; whoever may not is told so, and it is in the log."""
    request = await store.request(work.db, asking.question.request)
    if request is None or request.state not in EXAMINING or not asking.question.confirmed:
        return Compiled(None, (), work.now, NOT_COMPILED)
    tied = await store.tied(work, asking.staff, request.id)
    if not tied.shield.held:
        return Compiled(None, (), work.now, NOT_COMPILED)
    await service_store.act_as(work.db, Acting.SYSTEM)
    rows = await work.db.fetch(SQL.compiled, list(tied.persons), LOOKS)
    await accesses.act_as(work, asking.staff)
    return Compiled(request, tuple(rows), work.now)


def show(compiled: Compiled, asking: Asking[Any]) -> CompiledSheet:
    """Put it on paper."""
    request = compiled.request
    assert request is not None  # noqa: S101 -- else it is refused
    return CompiledSheet(
        title=f"{KINDS[request.kind]}の審査のための記録",
        number=request.number,
        by=f"{asking.staff.place}　{asking.staff.name}（{asking.staff.login}）",
        at=dates.moment(compiled.at),
        protected=any(row["protected"] for row in compiled.rows),
        children=tuple(map(_child, compiled.rows)),
    )


def _child(row: asyncpg.Record) -> CompiledChild:
    protected = bool(row["protected"])
    words = (word_from(raw) for raw in json.loads(row["words"] or "[]"))
    return CompiledChild(
        person_id=PersonId(row["person_id"]),
        protected=protected,
        words=tuple(map(_word, words)),
        cases=tuple(_case(raw, protected=protected) for raw in json.loads(row["cases"] or "[]")),
        # Who looked tells wards.
        looks=() if protected else tuple(map(_look, json.loads(row["looks"] or "[]"))),
    )


def _word(word: Word) -> WordLine:
    known = (reason for reason in word.reasons if reason.stands)
    said = tuple(f"{wording.title_of(each)}：{wording.explain(each, dates.era_date)}" for each in known)
    return WordLine(f"{dates.era_date(word.as_of)}時点（把握基準 {word.ruleset}）", said)


def _case(raw: Mapping[str, Any], *, protected: bool) -> CaseLines:
    case = case_from(raw["row"])
    ward = "" if protected else f"{phrases.ward(case.ward)}　"
    past = done_so_far(CaseFile(case, tuple(map(past_from, raw["past"] or []))), shows_texts=not protected)
    lines = tuple(PastLine(each.at, "" if protected else each.who, each.what, each.written) for each in past)
    return CaseLines(f"{ward}{dates.moment(case.opened_at)}に始めたケース（{STATE_TITLES[case.state]}）", lines)


def _look(raw: Mapping[str, Any]) -> Look:
    at = dates.moment(datetime.fromisoformat(raw["at"]))
    return Look(at, f"{raw['staff_place'] or ''}　{raw['staff_name'] or ''}", phrases.deed(raw["action"], refused=False))
