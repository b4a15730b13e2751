"""Lists of children that leave the system: one lead asks, another approves, whoever asked takes the file, and says when it is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from pydantic import Field, StringConstraints
from starlette.datastructures import FormData

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from contracts.values import CaseState
from contracts.words import SECTIONS
from infra.identity.staff import Staff
from infra.looking import About, Beside, Granted, Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import exporting, phrases
from services.casework.domain import wording
from services.casework.domain.exporting import FORMATS, MOST, PURPOSES, Export, Format, Purpose, Stands
from services.casework.domain.flow import STATE_TITLES
from services.casework.domain.policy import Action
from services.casework.exporting import ListedOut, Wanted
from services.casework.screens.exports.writing import MEDIA_TYPES, Marked, written
from services.casework.seeing import Act, ActForm, Again, Asking, Done, Face, Handed, Menu, Mistake, Opening, Question, Screen
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet
from services.casework.steps import Text

STAGES: Mapping[str, str] = {
    state.value: phrases.NOT_STARTED if state is CaseState.NOTICED else STATE_TITLES[state]
    for state in CaseState
    if state is not CaseState.CLOSED
}
ALL = "all"
CODE = "code"
NO_CODE = "確認コードを入れてください。"
NOT_THERE = "この申請は、いまはありません。画面を見直してください。"
NOT_NOW = "ほかの職員が先に操作したか、この申請はもうその段階にありません。画面を見直してください。"
HEADINGS = ("氏名", "フリガナ", "生年月日", "要確認の日", "段階", "期限", "担当する課", "理由（福祉・保護者の健康・障がいを除く）")
SAYS: Mapping[Stands, str] = {
    Stands.WAITING: "決裁を待っています",
    Stands.DECLINED: "認められませんでした",
    Stands.READY: "受け取れます",
    Stands.EXPIRED: "受け取らないまま、期限を過ぎました",
    Stands.OUT: "受け取りました。廃棄したら記録してください",
    Stands.OVERDUE: "廃棄の期限を過ぎています",
    Stands.DELETED: "廃棄しました",
}
FIELDS = ("purpose", "words", "stage", "format", "most")


class AskForm(ActForm):
    """What for, of whom, as what, and how many at most."""

    wrong: ClassVar = {
        "purpose": "目的を選んでください。",
        "words": "使いみちを、2文字以上500文字までで書いてください。",
        "stage": "段階を選んでください。",
        "format": "形式を選んでください。",
        "most": f"上限は、1から{MOST}までの数にしてください。",
    }
    key: UUID
    purpose: Purpose
    words: Annotated[Text, StringConstraints(min_length=2, max_length=500)]
    stage: Annotated[str, StringConstraints(pattern=f"^({'|'.join((ALL, *STAGES))})$")]
    format: Format
    most: Annotated[int, Field(ge=1, le=MOST)]


class OneForm(ActForm):
    """Which list."""

    wrong: ClassVar = {"export": NOT_THERE}
    export: UUID


class DeletedForm(ActForm):
    """Which list, and how it was deleted."""

    wrong: ClassVar = {"export": NOT_THERE, "how": "どう廃棄したかを、2文字以上200文字までで書いてください。"}
    export: UUID
    how: Annotated[Text, StringConstraints(min_length=2, max_length=200)]


class TakeQuestion(Question):
    """Which list, and that who asks has just shown a one-time code (`code` is what was typed)."""

    export: UUID
    code: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """The lists of the ward, and how many children there are by stage."""

    exports: tuple[Export, ...]
    counts: Mapping[CaseState, int]


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A list somebody asked for, and what whoever looks can do with it."""

    id: UUID
    number: str
    what: str
    purpose: str
    words: str
    asked: str
    stands: str
    late: bool
    detail: str
    may_decide: bool
    may_take: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class ExportsSheet(Sheet):
    """The page: it names no child."""

    lines: Annotated[tuple[ExportLine, ...], PLAIN]
    purposes: Annotated[tuple[tuple[str, str], ...], PLAIN]
    stages: Annotated[tuple[tuple[str, str], ...], PLAIN]
    formats: Annotated[tuple[tuple[str, str], ...], PLAIN]
    typed: Annotated[Mapping[str, str], PLAIN]
    errors: Annotated[Mapping[str, str], PLAIN]
    wrong_at: Annotated[str, PLAIN]
    act: Annotated[str, PLAIN]
    key: Annotated[UUID, PLAIN]
    done: Annotated[str, PLAIN]
    most: Annotated[int, PLAIN] = MOST

    def count(self) -> int:
        """Return how many lists it has."""
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class ExportedLine(OfPerson):
    """A child in the file."""

    kept_as = deeds.CHILD_EXPORTED
    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, PLAIN]
    name: Annotated[str, Says("name")]
    kana: Annotated[str, Says("kana")]
    born: Annotated[str, Says("birth_date")]
    since: Annotated[str, Says("opened_on")]
    state: Annotated[str, Says("state")]
    due: Annotated[str, Says("due_on")]
    section: Annotated[str, Says("case")]
    reasons: Annotated[str, Says("reasons")]

    def cells(self) -> tuple[str, ...]:
        """Return its cells, in the order of the headings."""
        return (self.name, self.kana, self.born, self.since, self.state, self.due, self.section, self.reasons)


@dataclass(frozen=True, slots=True)
class FileSheet(Sheet):
    """The file, with everybody in it."""

    lines: Annotated[tuple[ExportedLine, ...], LINES]
    body: Annotated[bytes, PLAIN]
    media_type: Annotated[str, PLAIN]
    number: Annotated[str, PLAIN]
    ending: Annotated[str, PLAIN]
    purpose: Annotated[str, PLAIN]

    def count(self) -> int:
        """Return how many children are in it."""
        return len(self.lines)

    def file_name(self) -> str:
        """Return its number: of whom it is stands in no name of a file."""
        return f"{self.number}.{self.ending}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A list with its children; `refused` is why it is not given out."""

    export: Export | None
    children: tuple[ListedOut, ...]
    refused: Refused | None


async def read(work: UnitOfWork, asking: Asking[Question]) -> Content:
    """Read the lists of the ward."""
    ward = asking.staff.ward
    assert ward is not None  # noqa: S101 -- whoever may is of a ward
    return Content(await exporting.exports(work.db, ward), await exporting.counts(work.db, ward, asking.today))


def show(content: Content, asking: Asking[Question]) -> ExportsSheet:
    """Say it on a page."""
    mistake = asking.mistake
    together = sum(content.counts.values())
    stages = ((state, f"{title}（いま{content.counts.get(CaseState(state), 0)}人）") for state, title in STAGES.items())
    typed = mistake.typed if mistake else {}
    return ExportsSheet(
        lines=tuple(_line(each, asking) for each in content.exports),
        purposes=tuple((each.value, words) for each, words in PURPOSES.items()),
        stages=((ALL, f"すべて（いま{together}人）"), *stages),
        formats=tuple((each.value, words) for each, words in FORMATS.items()),
        typed={name: typed.get(name, "") for name in (*FIELDS, "how")},
        errors=dict(mistake.errors) if mistake else {},
        wrong_at=typed.get("export", ""),
        act=mistake.act if mistake else "",
        key=uuid4(),
        done=EXPORTS.said(asking.done),
    )


def _line(export: Export, asking: Asking[Any]) -> ExportLine:
    stands, own = export.stands(asking.today), export.asked_by == asking.staff.id
    stage = STAGES[export.stage] if export.stage else "すべて"
    return ExportLine(
        id=export.id,
        number=export.number,
        what=f"{stage}、{FORMATS[export.format]}、{export.most}人まで",
        purpose=PURPOSES[export.purpose],
        words=export.words,
        asked=f"{dates.short_moment(export.asked_at)}　{export.asked_by_name}",
        stands=SAYS[stands],
        late=stands is Stands.OVERDUE,
        detail=_detail(export),
        may_decide=export.may_decide(asking.staff.id),
        may_take=own and export.may_be_taken(asking.today),
        may_delete=own and stands in {Stands.OUT, Stands.OVERDUE},
    )


def _detail(export: Export) -> str:
    said = []
    if export.decided_by_name:
        said.append(f"決裁：{export.decided_by_name}")
    if export.take_until and export.taken_at is None:
        said.append(f"受け取りの期限：{dates.era_date(export.take_until)}")
    if export.taken_at and export.delete_by:
        said.append(f"受け取り：{dates.short_moment(export.taken_at)}、{export.children}人　廃棄の期限：{dates.era_date(export.delete_by)}")
    if export.deleted_at:
        said.append(f"廃棄：{dates.short_moment(export.deleted_at)}、{export.deleted_how}")
    return "　".join(said)


# --- Acts


async def ask(work: UnitOfWork, asking: Asking[Any], form: AskForm) -> Done:
    """Ask for a list."""
    ward = asking.staff.ward
    assert ward is not None  # noqa: S101 -- whoever may is of a ward
    stage = None if form.stage == ALL else CaseState(form.stage)
    await exporting.ask(work, asking.staff, ward, Wanted(form.key, form.purpose, form.words, stage, form.format, form.most))
    return Done()


async def approve(work: UnitOfWork, asking: Asking[Any], form: OneForm) -> Done | Mistake:
    """Approve somebody else's list."""
    return await _decide(work, asking, form, approved=True)


async def decline(work: UnitOfWork, asking: Asking[Any], form: OneForm) -> Done | Mistake:
    """Decline somebody else's list."""
    return await _decide(work, asking, form, approved=False)


async def _decide(work: UnitOfWork, asking: Asking[Any], form: OneForm, *, approved: bool) -> Done | Mistake:
    export = await exporting.locked(work.db, form.export)
    if export is None or not export.may_decide(asking.staff.id):
        return _not_now("approve" if approved else "decline", form.export)
    await exporting.decide(work, asking.staff, export, approved=approved)
    return Done()


async def delete(work: UnitOfWork, asking: Asking[Any], form: DeletedForm) -> Done | Mistake:
    """Keep that the own list was deleted wherever it went."""
    export = await exporting.locked(work.db, form.export)
    if export is None or export.asked_by != asking.staff.id or export.stands(asking.today) not in {Stands.OUT, Stands.OVERDUE}:
        return _not_now("deleted", form.export)
    await exporting.delete(work, asking.staff, export, form.how)
    return Done()


def _not_now(act: str, export: UUID) -> Mistake:
    return Mistake((("", NOT_NOW),), typed={"export": str(export)}, act=act, status=409)


# --- The file


async def take(work: UnitOfWork, asking: Asking[TakeQuestion]) -> Taken:
    """Read who is in a list now, and keep that it was taken; whoever may not is told so, and it is in the log."""
    ward = asking.staff.ward
    assert ward is not None  # noqa: S101 -- whoever may is of a ward
    export = await exporting.locked(work.db, asking.question.export)
    if export is None or not asking.question.confirmed or not export.may_be_taken(asking.today):
        return Taken(None, (), Refused("not_ready"))
    if export.asked_by != asking.staff.id:
        return Taken(None, (), Refused("of_another"))
    children = await exporting.children_of(work.db, ward, export, asking.today)
    if len(children) > export.most:
        return Taken(None, (), Refused("too_many"))
    await exporting.take(work, export, len(children))
    again = await exporting.locked(work.db, export.id)
    return Taken(again, children, None)


def give(taken: Taken, asking: Asking[TakeQuestion]) -> FileSheet:
    """Write the file."""
    export = taken.export
    assert export is not None and export.taken_at is not None and export.delete_by is not None  # noqa: PT018, S101 -- else it is refused
    lines = tuple(map(_child, taken.children))
    who = f"{asking.staff.place}　{asking.staff.name}（{asking.staff.login}）"
    marked = Marked(
        export.number,
        (
            f"目的：{PURPOSES[export.purpose]}（{export.words}）",
            f"受け取った人：{who}　決裁した人：{export.decided_by_name}",
            f"作成：{dates.era_date(asking.today)}　{len(lines)}人（支援措置のあるこどもは載せていない）",
            f"廃棄の期限：{dates.era_date(export.delete_by)}　複写したものも廃棄し、画面で記録する",
        ),
    )
    body = written(export.format, marked, HEADINGS, [line.cells() for line in lines])
    return FileSheet(lines, body, MEDIA_TYPES[export.format], export.number, export.format.value, export.purpose.value)


def _child(child: ListedOut) -> ExportedLine:
    return ExportedLine(
        person_id=child.person_id,
        protected=False,
        name=child.name or phrases.NAME_UNKNOWN,
        kana=child.kana or "",
        born=_day(child.birth_date),
        since=dates.era_date(child.opened_on),
        state=STAGES[child.state],
        due=_day(child.due_on),
        section=SECTIONS[child.lead_section] if child.lead_section else "",
        reasons="、".join(wording.named_lines(child.word.reasons, dates.era_date)),
    )


def _day(day: date | None) -> str:
    return dates.era_date(day) if day else ""


def sent(form: FormData) -> TakeQuestion | Mistake:
    """Read which list is wanted. Without a one-time code none is."""
    code, export = str(form.get(CODE, "")).strip(), str(form.get("export", ""))
    try:
        asked = TakeQuestion(export=UUID(export), code=code)
    except ValueError:
        return Mistake((("export", NOT_THERE),), act="file")
    return asked if code else Mistake(((CODE, NO_CODE),), typed={"export": export}, act="file")


def _under_its_number(staff: Staff, sheet: Sheet, _question: Question) -> tuple[Beside, ...]:
    """Return the entry under the list's number: whoever finds a copy is told who took it."""
    assert isinstance(sheet, FileSheet)  # noqa: S101 -- the sheet of this screen
    about = About(staff.actor, Thing(kind=ThingKind.LIST_EXPORT, id=sheet.number, ward=staff.ward))
    return (Beside(deeds.LIST_EXPORT_GIVEN_OUT, about, (), Granted("team", sheet.purpose)),)


def _thing(staff: Staff) -> Thing:
    return Thing(kind=ThingKind.LIST_EXPORT, id=None, ward=staff.ward)


def _act(name: str, form: type[ActForm], do: Any, done: str) -> Act[Any]:
    return Act(name, Action.EXPORT_LIST, deeds.LIST_EXPORTS_OPENED, form, do, done)


EXPORTS = Screen(
    name="exports",
    address="/exports",
    right=Action.EXPORT_LIST,
    deed=deeds.LIST_EXPORTS_OPENED,
    read=read,
    page=Face(Question, show),
    thing=_thing,
    menu=Menu("対象者リスト", 7),
    acts=(
        _act("ask", AskForm, ask, "申請しました。ほかのとりまとめ職員の決裁を待っています。"),
        _act("approve", OneForm, approve, "決裁しました。申請した職員が受け取れます。"),
        _act("decline", OneForm, decline, "認めないことにしました。"),
        _act("deleted", DeletedForm, delete, "廃棄したことを記録しました。"),
    ),
)
FILE = Screen(
    name="export_file",
    folder="exports",
    address="/exports/file",
    right=Action.EXPORT_LIST,
    deed=deeds.LIST_EXPORT_TAKEN,
    read=take,
    page=Face(TakeQuestion, give),
    thing=_thing,
    opening=Opening(
        sent,
        lambda _: None,
        instead="exports",
        again=Again(CODE, lambda question: question.code, lambda question: question.model_copy(update={"confirmed": True})),
    ),
    under="exports",
    also=_under_its_number,
    handed=Handed.FILE,
    refuses=lambda taken: taken.refused,
)
SCREENS = (EXPORTS, FILE)
