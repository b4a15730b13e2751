"""Who of the ward has how many children, and the operations that made it so."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from contracts.words import SECTIONS
from infra.identity.staff import Staff
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import assigning, phrases
from services.casework.assigning import Given, Load, Run
from services.casework.domain.policy import Action
from services.casework.screens.assignment.screen import WHY_LEFT, AssignForm, carry_out
from services.casework.screens.reviews.asked import SavedText
from services.casework.seeing import Act, Asking, Face, Menu, Question, Screen
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

RUNS_SHOWN = 20


class RunQuestion(Question):
    """Which operation, if one."""

    run: SavedText = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Who has how many, the newest operations, and the one that was asked for."""

    loads: tuple[Load, ...]
    runs: tuple[Run, ...]
    run: tuple[Run, tuple[Given, ...]] | None


@dataclass(frozen=True, slots=True)
class LoadLine:
    """How many somebody has, and where their list is."""

    owner: str
    name: str
    reviews: int
    late: int
    share: int
    """Of a hundred of whoever has most, for the bar."""


@dataclass(frozen=True, slots=True)
class GivenLine(OfPerson):
    """A child that an operation gave to somebody."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    before: Annotated[str, Says("owner")]


@dataclass(frozen=True, slots=True)
class RunLine:
    """An operation in words."""

    id: UUID
    made: str
    to: str
    given: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignmentsSheet(Sheet):
    """The page."""

    loads: Annotated[tuple[LoadLine, ...], PLAIN]
    runs: Annotated[tuple[RunLine, ...], PLAIN]
    run: Annotated[RunLine | None, PLAIN]
    given: Annotated[tuple[GivenLine, ...], LINES]
    unknown: Annotated[bool, PLAIN]
    errors: Annotated[tuple[str, ...], PLAIN]

    def count(self) -> int:
        """Return of how many children it tells."""
        return len(self.given)


async def read(work: UnitOfWork, asking: Asking[RunQuestion]) -> Content:
    """Read it."""
    staff, ward, asked = asking.staff, asking.staff.ward, asking.question.run
    assert ward is not None  # noqa: S101 -- whoever may is of a ward
    run = await assigning.run(work.db, UUID(asked), staff.id) if asked else None
    return Content(await assigning.loads(work.db, ward, work.today), await assigning.runs(work.db, ward, RUNS_SHOWN, staff.id), run)


def show(found: Content, asking: Asking[RunQuestion]) -> AssignmentsSheet:
    """Say it on a page."""
    most = max((each.reviews for each in found.loads), default=1)
    run, given = found.run or (None, ())
    return AssignmentsSheet(
        loads=tuple(_load(each, most) for each in found.loads),
        runs=tuple(map(_run, found.runs)),
        run=_run(run) if run is not None else None,
        given=tuple(GivenLine(each.person_id, each.protected, each.name or phrases.NAME_UNKNOWN, each.before or "") for each in given),
        unknown=bool(asking.question.run) and run is None,
        errors=tuple(dict.fromkeys(text for _, text in asking.mistake.errors)) if asking.mistake else (),
    )


def _load(load: Load, most: int) -> LoadLine:
    owner = str(load.owner) if load.owner else "nobody"
    return LoadLine(owner, load.name or "受け持ちなし", load.reviews, load.late, round(100 * load.reviews / most))


def _run(run: Run) -> RunLine:
    return RunLine(
        run.id,
        f"{dates.short_moment(run.at)}　{run.by_name}",
        f"{run.to.name}（{SECTIONS[run.to.section]}）" if run.to else "受け持ちなし",
        run.given,
        tuple(f"{WHY_LEFT[why]}：{number}人" for why, number in run.left.items()),
    )


def _thing(staff: Staff) -> Thing:
    return Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward)


ASSIGNMENTS = Screen(
    name="assignments",
    address="/assignments",
    right=Action.ASSIGN,
    deed=deeds.ASSIGNMENTS_OPENED,
    beside=deeds.CHILD_OF_ASSIGNMENT,
    read=read,
    page=Face(RunQuestion, show),
    thing=_thing,
    menu=Menu("受け持ち", 3),
    acts=(Act("carry_out", Action.ASSIGN, deeds.ASSIGNMENTS_OPENED, AssignForm, carry_out, "", json=True),),
)
SCREENS = (ASSIGNMENTS,)
