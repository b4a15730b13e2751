"""A list as it is taken: read at that moment, marked, and in the log for everybody in it before it leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

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
from services.casework.domain.exporting import PURPOSES, Export
from services.casework.domain.flow import STATE_TITLES
from services.casework.exporting import ListedOut
from services.casework.screens.child.doubts import in_doubt
from services.casework.screens.exports.writing import MEDIA_TYPES, Marked, written
from services.casework.seeing import Asking, Mistake, Question
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

STAGES: Mapping[str, str] = {
    state.value: phrases.NOT_STARTED if state is CaseState.NOTICED else STATE_TITLES[state]
    for state in CaseState
    if state is not CaseState.CLOSED
}
CODE = "code"
NO_CODE = "確認コードを入れてください。"
NOT_THERE = "この申請は、いまはありません。画面を見直してください。"
HEADINGS = (
    "氏名",
    "フリガナ",
    "生年月日",
    "要確認の日",
    "段階",
    "期限",
    "担当する課",
    "理由（福祉・保護者の健康・障がいを除く）",
    "もとの課への確認",
)


class TakeQuestion(Question):
    """Which list, and that who asks has just shown a one-time code (`code` is what was typed)."""

    export: UUID
    code: str
    confirmed: bool = False


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
    doubts: Annotated[str, Says("disputes")]

    def cells(self) -> tuple[str, ...]:
        """Return its cells, in the order of the headings."""
        return (self.name, self.kana, self.born, self.since, self.state, self.due, self.section, self.reasons, self.doubts)


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
        state=phrases.GONE if child.gone else STAGES[child.state],
        due=_day(child.due_on),
        section=SECTIONS[child.lead_section] if child.lead_section else "",
        reasons="、".join(wording.named_lines(child.word.reasons, dates.era_date)),
        doubts="、".join(_doubts(child)),
    )


def _doubts(child: ListedOut) -> Iterator[str]:
    """Say which of the reasons in the line somebody called wrong, and how that stands: what is known wrong leaves with that word."""
    doubts = in_doubt(child.disputes, child.word)
    named = (each for each in child.word.reasons if each.holds and wording.sensitive_kind(each.item) is None)
    return (f"{wording.title_of(each)} {doubts[each.item]}" for each in named if each.item in doubts)


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


def under_its_number(staff: Staff, sheet: Sheet, _question: Question) -> tuple[Beside, ...]:
    """Return the entry under the list's number: whoever finds a copy is told who took it."""
    assert isinstance(sheet, FileSheet)  # noqa: S101 -- the sheet of this screen
    about = About(staff.actor, Thing(kind=ThingKind.LIST_EXPORT, id=sheet.number, ward=staff.ward))
    return (Beside(deeds.LIST_EXPORT_GIVEN_OUT, about, (), Granted("team", sheet.purpose)),)
