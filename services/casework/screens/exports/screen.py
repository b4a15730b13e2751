"""Lists of children that leave the system: one lead asks, another approves, whoever asked takes the file, and says when it is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from pydantic import Field, StringConstraints

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import CaseState
from infra.identity.staff import Staff
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import exporting
from services.casework.domain.exporting import FORMATS, MOST, PURPOSES, Export, Format, Purpose, Stands
from services.casework.domain.policy import Action
from services.casework.exporting import Counts, Wanted
from services.casework.screens.exports.taking import CODE, NOT_THERE, STAGES, TakeQuestion, give, sent, take, under_its_number
from services.casework.seeing import Act, ActForm, Again, Asking, Done, Face, Handed, Menu, Mistake, Opening, Question, Screen
from services.casework.sheets import PLAIN, Sheet
from services.casework.steps import Text

ALL = "all"
NOT_NOW = "ほかの職員が先に操作したか、この申請はもうその段階にありません。画面を見直してください。"
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


@dataclass(frozen=True, slots=True)
class Content:
    """The lists of the ward, and how many children there are by stage."""

    exports: tuple[Export, ...]
    counts: Counts
    here: frozenset[UUID]
    """Who is of the ward."""


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


async def read(work: UnitOfWork, asking: Asking[Question]) -> Content:
    """Read the lists of the ward."""
    ward = asking.staff.ward
    assert ward is not None  # noqa: S101 -- whoever may is of a ward
    lists = await exporting.exports(work.db, ward, asking.today)
    return Content(lists, await exporting.counts(work.db, ward, asking.today), await _here(asking))


def show(content: Content, asking: Asking[Question]) -> ExportsSheet:
    """Say it on a page."""
    mistake = asking.mistake
    counts = content.counts
    stages = ((state, f"{title}（いま{counts.by_stage.get(CaseState(state), 0)}人）") for state, title in STAGES.items())
    typed = mistake.typed if mistake else {}
    return ExportsSheet(
        lines=tuple(_line(each, asking, content.here) for each in content.exports),
        purposes=tuple((each.value, words) for each, words in PURPOSES.items()),
        stages=((ALL, f"すべて（いま{counts.of_all}人）"), *stages),
        formats=tuple((each.value, words) for each, words in FORMATS.items()),
        typed={name: typed.get(name, "") for name in (*FIELDS, "how")},
        errors=dict(mistake.errors) if mistake else {},
        wrong_at=typed.get("export", ""),
        act=mistake.act if mistake else "",
        key=uuid4(),
        done=EXPORTS.said(asking.done),
    )


def _line(export: Export, asking: Asking[Any], here: frozenset[UUID]) -> ExportLine:
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
        may_delete=(own or export.asked_by not in here) and stands in {Stands.OUT, Stands.OVERDUE},
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
    if export is None or export.stands(asking.today) not in {Stands.OUT, Stands.OVERDUE} or not await _may_say_deleted(export, asking):
        return _not_now("deleted", form.export)
    await exporting.delete(work, asking.staff, export, form.how)
    return Done()


async def _may_say_deleted(export: Export, asking: Asking[Any]) -> bool:
    """Whoever took a list says that it is deleted; where they are not of the ward any more, another lead: it would stay open for ever."""
    return export.asked_by == asking.staff.id or export.asked_by not in await _here(asking)


async def _here(asking: Asking[Any]) -> frozenset[UUID]:
    ward = asking.staff.ward
    return frozenset(each.id for each in await asking.register.of_ward(ward)) if ward else frozenset()


def _not_now(act: str, export: UUID) -> Mistake:
    return Mistake((("", NOT_NOW),), typed={"export": str(export)}, act=act, status=409)


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
    beside=deeds.CHILD_EXPORTED,
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
    also=under_its_number,
    handed=Handed.FILE,
    refuses=lambda taken: taken.refused,
)
SCREENS = (EXPORTS, FILE)
