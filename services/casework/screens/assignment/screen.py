"""Children that are given to a colleague, many at once: what that would do, shown before it is done; and doing it, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from starlette.datastructures import FormData

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId, StaffId
from contracts.messages import Thing
from contracts.values import Ward
from contracts.words import SECTIONS
from infra.identity.staff import Registered
from infra.work import UnitOfWork
from services.casework import assigning, phrases
from services.casework.assigning import KeyReused, Load
from services.casework.domain.assigning import MOST, Chosen, Colleague, Left, Planned
from services.casework.domain.policy import WARD_SECTIONS, Action
from services.casework.seeing import ActForm, Asking, Done, Face, Mistake, Opening, Question, Screen
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

NOBODY = "nobody"
NO_COLLEAGUE = "受け持ちにする職員を選んでください。この区の三課の職員で、いまログインできる人に限ります。"
UNREAD = "選んだこどもを読み取れません。一覧で選び直してください。"
TOO_MANY = f"一度に決められるのは、{MOST}人までです。"
REUSED = "同じ画面から別の内容が送られました。一覧で選び直してください。"
WHY_LEFT: Mapping[Left, str] = {
    Left.NOT_THERE: "終わったか、ほかの区に移った",
    Left.NOT_OURS_YET: "ほかの区から申し出られていて、まだ受領していない",
    Left.PROTECTED: "支援措置があり、居どころを知る職員が自分の受け持ちにするときだけ決められる",
    Left.CHANGED: "一覧を開いたあとに、ほかの操作があったか、新しい情報が届いた",
    Left.OTHER_SECTION: "ケースを担当する課が、その職員の課ではない",
    Left.ALREADY: "もうそうなっている",
}


class ChosenOne(BaseModel):
    """A child, and the version of what the list showed of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    person_id: UUID
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$")]


def _of_a_page(given: Any) -> Any:
    """Return what a box of the list's page says: a child and a version."""
    if not isinstance(given, str):
        return given
    person_id, _, version = given.partition(":")
    return {"person_id": person_id, "version": version}


Ones = Annotated[tuple[Annotated[ChosenOne, BeforeValidator(_of_a_page)], ...], Field(max_length=MOST)]
Whom = UUID | Literal["nobody"]


class PreviewQuestion(Question):
    """Who was chosen, and to whom they would be given: `nobody` takes them from whoever has them; without it nothing is planned."""

    children: Ones = ()
    to: Whom | None = None


class AssignForm(ActForm):
    """The same, to be done. `key` makes pressing twice one operation."""

    wrong: ClassVar = {"children": UNREAD, "to": NO_COLLEAGUE, "key": UNREAD}
    key: UUID
    children: Annotated[Ones, Field(min_length=1)]
    to: Whom


@dataclass(frozen=True, slots=True)
class Preview:
    """Who was chosen, what would become of each, and the colleagues there are with what they have. `to` is who was asked for, if found."""

    asked: PreviewQuestion
    plan: tuple[Planned, ...]
    colleagues: tuple[Registered, ...]
    loads: tuple[Load, ...]
    to: Colleague | None
    known: bool


@dataclass(frozen=True, slots=True)
class PlannedLine(OfPerson):
    """A child that was chosen, who has it now, and why it would be left out, if so."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    before: Annotated[str, Says("owner")]
    left: Annotated[str, PLAIN]


@dataclass(frozen=True, slots=True)
class PreviewSheet(Sheet):
    """What would be done: who is given to whom, and who is left out, and why."""

    given: Annotated[tuple[PlannedLine, ...], LINES]
    left: Annotated[tuple[PlannedLine, ...], LINES]
    not_there: Annotated[int, PLAIN]
    colleagues: Annotated[tuple[tuple[str, str], ...], PLAIN]
    to: Annotated[str, PLAIN]
    to_name: Annotated[str, PLAIN]
    chosen: Annotated[tuple[str, ...], PLAIN]
    trouble: Annotated[str, PLAIN]
    key: Annotated[UUID, PLAIN]

    def count(self) -> int:
        """Return of how many children it tells."""
        return len(self.given) + len(self.left)


@dataclass(frozen=True, slots=True)
class PlannedAnswer(OfPerson):
    """A child that was chosen: given, or left out and why. Of one that is not there, or none of one's business, its id alone."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected", even=True)]
    left_out: Annotated[Left | None, PLAIN]
    version: Annotated[str, PLAIN]


@dataclass(frozen=True, slots=True)
class NotThere:
    """Of a child that one does not see, nothing is said but that it is left out."""

    person_id: UUID
    left_out: Left


@dataclass(frozen=True, slots=True)
class ColleagueAnswer:
    """To whom of the ward something can be given, and how many they have."""

    id: UUID
    name: str
    section: str
    reviews: int


@dataclass(frozen=True, slots=True)
class PreviewAnswer(Sheet):
    """The same, as a program is told of it."""

    children: Annotated[tuple[PlannedAnswer, ...], LINES]
    not_there: Annotated[tuple[NotThere, ...], PLAIN]
    given: Annotated[int, PLAIN]
    left_out: Annotated[Mapping[str, int], PLAIN]
    colleagues: Annotated[tuple[ColleagueAnswer, ...], PLAIN]

    def count(self) -> int:
        """Return of how many children it tells."""
        return len(self.children)


def sent(form: FormData) -> PreviewQuestion | Mistake:
    """Read what was chosen on the list's page: those with a mark, or, with the other button, all that the page showed."""
    ones = [each for each in form.getlist("listed" if form.get("all") else "children") if isinstance(each, str)]
    if len(set(ones)) > MOST:
        return Mistake((("children", TOO_MANY),))
    to = form.get("to")
    try:
        return PreviewQuestion.model_validate({"children": tuple(dict.fromkeys(ones)), "to": to or None})
    except ValidationError:
        return Mistake((("children", UNREAD),))


async def preview(work: UnitOfWork, asking: Asking[PreviewQuestion]) -> Preview:
    """Look at what stands now."""
    asked, ward = asking.question, _ward(asking)
    colleagues = await _colleagues(asking)
    to = _found(colleagues, asked.to)
    plan = await assigning.planned(work.db, asking.staff, _chosen(asked.children), to)
    return Preview(
        asked, plan, colleagues, await assigning.loads(work.db, ward, work.today), to, asked.to in {None, NOBODY} or to is not None
    )


def show_preview(found: Preview, _asking: Asking[PreviewQuestion]) -> PreviewSheet:
    """Say it on a page."""
    asked = found.asked
    decided = asked.to is not None and found.known
    lines = [
        (_line(each), each.left if decided else None)
        for each in found.plan
        if each.standing is not None and each.left is not Left.NOT_THERE
    ]
    trouble = "" if asked.children else "こどもが選ばれていません。一覧に戻って、選んでください。"
    return PreviewSheet(
        given=tuple(line for line, left in lines if left is None),
        left=tuple(line for line, left in lines if left is not None),
        not_there=len(found.plan) - len(lines),
        colleagues=(*((str(each.id), _offered(each, found.loads)) for each in found.colleagues), (NOBODY, "受け持ちなしに戻す")),
        to=str(asked.to or ""),
        to_name=f"{found.to.name}（{SECTIONS[found.to.section]}）" if found.to else "受け持ちなし" if decided else "",
        chosen=tuple(f"{each.person_id}:{each.version}" for each in asked.children),
        trouble=trouble if found.known else NO_COLLEAGUE,
        key=uuid4(),
    )


def answer_preview(found: Preview, _asking: Asking[Any]) -> PreviewAnswer:
    """What it would do to give the chosen ones to a colleague, and whom it would leave out, and why. Nothing is changed."""
    seen = [each for each in found.plan if each.standing is not None and each.left is not Left.NOT_THERE]
    return PreviewAnswer(
        children=tuple(
            PlannedAnswer(each.chosen.person_id, each.standing.thing.protected, each.left, each.standing.version)
            for each in seen
            if each.standing is not None
        ),
        not_there=tuple(NotThere(each.chosen.person_id, Left.NOT_THERE) for each in found.plan if each not in seen),
        given=sum(each.left is None for each in found.plan),
        left_out=counted(found.plan),
        colleagues=tuple(ColleagueAnswer(each.id, each.name, each.section, _has(each.id, found.loads)) for each in found.colleagues),
    )


async def carry_out(work: UnitOfWork, asking: Asking[Any], form: AssignForm) -> Done | Mistake:
    """
    Give the chosen ones to a colleague, in one operation: each in the version that was seen, or it is left out and said so.

    The same `Idempotency-Key` again is answered the same operation.
    """
    to = _found(await _colleagues(asking), form.to)
    if to is None and form.to != NOBODY:
        return Mistake((("to", NO_COLLEAGUE),), act="carry_out")
    try:
        done = await assigning.assign(work, asking.staff, _ward(asking), form.key, _chosen(form.children), to)
    except KeyReused:
        return Mistake((("key", REUSED),), act="carry_out", status=409)
    made = await assigning.run(work.db, done.run_id, asking.staff.id)
    given, left = (made[0].given, made[0].left) if made else (0, {})
    told = {"run": str(done.run_id), "given": given, "left_out": {why.value: number for why, number in left.items()}, "again": done.again}
    return Done(f"/assignments?run={done.run_id}", told)


def counted(plan: Sequence[Planned]) -> dict[str, int]:
    """Return how many are left out, by why."""
    return {why.value: number for why in Left if (number := sum(each.left is why for each in plan))}


async def _colleagues(asking: Asking[Any]) -> tuple[Registered, ...]:
    return tuple(each for each in await asking.register.of_ward(_ward(asking)) if each.section in WARD_SECTIONS)


def _found(colleagues: Sequence[Registered], to: UUID | str | None) -> Colleague | None:
    return next((Colleague(each.id, each.name, each.section) for each in colleagues if each.id == to), None)


def _chosen(children: Sequence[ChosenOne]) -> tuple[Chosen, ...]:
    return tuple(Chosen(PersonId(each.person_id), each.version) for each in children)


def _ward(asking: Asking[Any]) -> Ward:
    assert asking.staff.ward is not None  # noqa: S101 -- whoever may is of a ward
    return asking.staff.ward


def _line(planned: Planned) -> PlannedLine:
    standing = planned.standing
    assert standing is not None  # noqa: S101 -- of what is not there, no line is made
    return PlannedLine(
        person_id=standing.person_id,
        protected=standing.thing.protected,
        name=standing.name or phrases.NAME_UNKNOWN,
        before=standing.owner_name or "",
        left=WHY_LEFT[planned.left] if planned.left is not None else "",
    )


def _offered(colleague: Registered, loads: Sequence[Load]) -> str:
    return f"{colleague.name}（{SECTIONS[colleague.section]}、いま{_has(colleague.id, loads)}件）"


def _has(staff_id: StaffId, loads: Sequence[Load]) -> int:
    return next((each.reviews for each in loads if each.owner == staff_id), 0)


PREVIEW = Screen(
    name="assignment",
    address="/assignments/preview",
    right=Action.ASSIGN,
    deed=deeds.ASSIGNMENT_PREVIEWED,
    beside=deeds.CHILD_OF_ASSIGNMENT,
    read=preview,
    page=Face(PreviewQuestion, show_preview),
    json=Face(PreviewQuestion, answer_preview),
    thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
    opening=Opening(sent, lambda _: None, instead="assignments"),
    under="assignments",
)
SCREENS = (PREVIEW,)
