"""Looking for one child: a form, and whom it finds. What was typed is about somebody, and stands neither in an address nor in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import ValidationError
from starlette.datastructures import FormData

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from contracts.values import CaseState
from infra.identity.staff import Staff
from infra.looking import Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import phrases, searches
from services.casework.domain import flow
from services.casework.domain.calendar import born_from
from services.casework.domain.policy import Action, Reason
from services.casework.moved import Errors
from services.casework.screens.search.rows import MOST_FOUND, Findings, FoundChild, SearchQuestion, SearchReason, criteria, found
from services.casework.seeing import Asking, Face, Menu, Mistake, Opening, Question, Screen
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

REASONS = {
    SearchReason.TOLD_OF: "相談や連絡を受けた",
    SearchReason.ASKED_BY_OFFICE: "ほかの課や機関から照会があった",
    SearchReason.OWN_CASE: "受け持っているケースを進める",
    SearchReason.CONFERENCE: "会議の準備",
}
WRONG = {
    "reason": "さがす理由を選んでください。",
    "name": "なまえは100文字までで入れてください。",
    "birth_date": "生年月日を読み取れませんでした。入れ直してください。",
    "household_no": "世帯番号は30文字までで入れてください。",
}
NOBODY_ASKED = "なまえ、生年月日、世帯番号のどれか一つは入れてください。"
FIELDS = ("name", "birth_date", "household_no", "reason")


@dataclass(frozen=True, slots=True)
class Line(OfPerson):
    """A child that was found."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    kana: Annotated[str, Says("kana")]
    born: Annotated[str, Says("birth_date")]
    age: Annotated[str, Says("age")]
    state: Annotated[str, Says("state")]
    since: Annotated[str, Says("opened_on")]


@dataclass(frozen=True, slots=True)
class SearchSheet(Sheet):
    """The form as it was filled in, what is wrong with it, and, once it was sent, whom it found."""

    reasons: Annotated[tuple[tuple[str, str], ...], PLAIN]
    typed: Annotated[dict[str, str], PLAIN]
    errors: Annotated[dict[str, str], PLAIN]
    searched: Annotated[bool, PLAIN]
    too_many: Annotated[bool, PLAIN]
    most: Annotated[int, PLAIN]
    children: Annotated[tuple[Line, ...], LINES]

    def count(self) -> int | None:
        """Return how many were found."""
        return len(self.children) if self.searched else None


@dataclass(frozen=True, slots=True)
class AnswerLine(OfPerson):
    """A child that was found, as a program is told of it."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected", even=True)]
    name: Annotated[str | None, Says("name", even=True)]
    kana: Annotated[str | None, Says("kana", even=True)]
    birth_date: Annotated[date | None, Says("birth_date", even=True)]
    state: Annotated[CaseState, Says("state", even=True)]
    opened_on: Annotated[date, Says("opened_on", even=True)]


@dataclass(frozen=True, slots=True)
class SearchAnswer(Sheet):
    """Whom a search found; nobody where they are more than are shown."""

    too_many: Annotated[bool, PLAIN]
    children: Annotated[tuple[AnswerLine, ...], LINES]

    def count(self) -> int:
        """Return how many were found."""
        return len(self.children)


async def read_nothing(_work: UnitOfWork, _asking: Asking[Question]) -> Findings:
    """Read nothing: the form says what is looked for."""
    return Findings(())


async def read(work: UnitOfWork, asking: Asking[SearchQuestion]) -> Findings:
    """Find whom the form asks for; nobody, where the same person searched too often in the last hour."""
    if await searches.count_one(work, asking.staff) is not None:
        return Findings((), too_often=True)
    return await found(work.db, born_from(work.today), asking.question)


def show_form(_: Findings, asking: Asking[Question]) -> SearchSheet:
    """Show the form, empty or with what is wrong with it."""
    mistake = asking.mistake
    return _sheet(Findings(()), mistake.typed if mistake else {}, mistake.errors if mistake else ())


def show(findings: Findings, asking: Asking[SearchQuestion]) -> SearchSheet:
    """Show whom the form found, below it."""
    asked = asking.question
    typed = {name: str(value) for name in FIELDS if (value := getattr(asked, name))}
    return _sheet(findings, typed, (), tuple(_line(child, asking.today) for child in findings.children), searched=True)


def answer(findings: Findings, _asking: Asking[SearchQuestion]) -> SearchAnswer:
    """Children under review, now or before, whom the question finds; at most twenty. A name or its reading, in kana or kanji."""
    return SearchAnswer(
        findings.too_many,
        tuple(
            AnswerLine(
                child.person_id,
                child.protected,
                child.name,
                child.kana,
                child.birth_date,
                CaseState.CLOSED if child.closed_at else child.state or CaseState.NOTICED,
                child.opened_on,
            )
            for child in findings.children
        ),
    )


def sent(form: FormData) -> SearchQuestion | Mistake:
    """Read what was typed."""
    typed = {name: value for name in FIELDS if isinstance(value := form.get(name), str) and value.strip()}
    try:
        return SearchQuestion.model_validate(typed)
    except ValidationError as error:
        # What is wrong with the whole has no field: nothing says who is looked for.
        named = [str(each["loc"][0]) if each["loc"] else "name" for each in error.errors()]
        wrong = {name: WRONG[name] for name in named} if all(each["loc"] for each in error.errors()) else {"name": NOBODY_ASKED}
        return Mistake(tuple(wrong.items()), typed=typed)


def stated(asked: SearchQuestion) -> str:
    """Return the reason, and by what was searched."""
    return ".".join((asked.reason, *criteria(asked)))


def _sheet(
    findings: Findings, typed: Mapping[str, str], errors: Errors, children: tuple[Line, ...] = (), *, searched: bool = False
) -> SearchSheet:
    return SearchSheet(
        reasons=tuple((reason.value, title) for reason, title in REASONS.items()),
        typed={name: typed.get(name, "") for name in FIELDS},
        errors=dict.fromkeys(FIELDS, "") | dict(errors),
        searched=searched,
        too_many=findings.too_many,
        most=MOST_FOUND,
        children=children,
    )


def _line(child: FoundChild, today: date) -> Line:
    born = child.birth_date
    return Line(
        person_id=child.person_id,
        protected=child.protected,
        name=child.name or phrases.NAME_UNKNOWN,
        kana=child.kana or "",
        born=dates.era_date(born) if born else phrases.BIRTH_UNKNOWN,
        age=dates.age(born, today) if born else "",
        state="終結" if child.closed_at else phrases.state(child.state, gone=flow.is_gone(child.state, needed=child.needed)),
        since=dates.era_date(child.opened_on),
    )


def _thing(staff: Staff) -> Thing:
    return Thing(kind=ThingKind.CHILD_SEARCH, id=None, ward=staff.ward)


SEARCH = Screen(
    name="search",
    address="/search",
    right=Action.SEARCH,
    deed=deeds.SEARCH_OPENED,
    read=read_nothing,
    page=Face(Question, show_form),
    thing=_thing,
    menu=Menu("さがす", 2),
)
FOUND = Screen(
    name="found",
    folder="search",
    address="/search/found",
    right=Action.SEARCH,
    deed=deeds.SEARCHED,
    refuses=lambda findings: Refused(Reason.TOO_OFTEN) if findings.too_often else None,
    beside=deeds.CHILD_FOUND,
    read=read,
    page=Face(SearchQuestion, show),
    json=Face(SearchQuestion, answer),
    thing=_thing,
    opening=Opening(sent, stated, instead="search"),
    under="search",
)
SCREENS = (SEARCH, FOUND)
