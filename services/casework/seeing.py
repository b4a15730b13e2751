"""
How people see a screen: permitted on what it reads, and kept in the log with exactly what its page, or its answer, is given.

A `Screen` says what is read and what is said of it. What is the same for all of them stands here; routes, walls and the log follow.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict
from starlette.datastructures import FormData

from contracts.deeds.deed import Deed
from contracts.ids import PersonId
from contracts.messages import Thing as AuditThing
from infra import looking
from infra.identity.staff import Staff
from infra.looking import About, Beside, Look, Refused, Shown
from infra.work import UnitOfWork
from services.casework import accesses
from services.casework.domain.policy import Action, Facts
from services.casework.moving import Errors
from services.casework.sheets import OfPerson, Sheet, people, told
from services.casework.steps import Form


class Question(BaseModel):
    """What is asked of a screen in its address. Whatever else stands there is left alone."""

    model_config = ConfigDict(frozen=True)


Q = TypeVar("Q", bound=Question)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A form that was not accepted: why, and what was filled in, so that nothing of it is lost: of a move, or as it was `typed`."""

    errors: Errors
    form: Form | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking(Generic[Q]):
    """
    Who asks, what, of which child, and on which day.

    After a form that was not accepted, what was wrong with it; after a move, which one was `done`, told once.
    """

    staff: Staff
    today: date
    question: Q
    person_id: PersonId | None = None
    mistake: Mistake | None = None
    done: str = ""


@dataclass(frozen=True, slots=True)
class Face(Generic[R]):
    """A screen as a page or as an answer to a program: what is asked, and what is said of what was read."""

    question: type[Question]
    show: Callable[[R, Asking[Any]], Sheet]


@dataclass(frozen=True, slots=True)
class Again:
    """
    A one-time code that a form may bring along, so that who is logged in shows once more who they are (`casework.md` §4.1).

    `typed` is the code in the question, "" where none was; `confirmed` the question of whoever's it is; a wrong one is told at `field`.
    """

    field: str
    typed: Callable[[Any], str]
    confirmed: Callable[[Any], Question]


@dataclass(frozen=True, slots=True)
class Opening:
    """
    A screen that opens by a form, for what the form says.

    `read` returns the question in a form, or what is wrong with it: then the screen called `instead` shows that, of the same child, or of
    nobody as well. `stated` is the reason in the question, for the log.
    """

    read: Callable[[FormData], Question | Mistake]
    stated: Callable[[Any], str]
    instead: str
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """A line of the menu, and its place there. One of them `says_waiting`: how many reviews nobody has taken up."""

    label: str
    place: int
    says_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Screen(Generic[R]):
    """
    A screen, in a folder of its own with its statements and its page.

    `address` names a child or nobody. Of a child, `facts` returns what permission depends on from what was read; where `read` finds none,
    the attempt is kept as one at a child that there is not. Of nobody, `thing` is what the log says was looked at. `beside` is what the
    look is called at whom it shows beside, if anybody; `also` are entries about what else it makes. `waiting` counts after the look what
    the menu says is waiting, if it says so. `printed` ones come as a PDF.
    """

    name: str
    address: str
    right: Action
    deed: Deed
    read: Callable[[UnitOfWork, Asking[Any]], Awaitable[R | None]]
    page: Face[R]
    json: Face[R] | None = None
    beside: Deed | None = None
    facts: Callable[[R], Facts] | None = None
    thing: Callable[[Staff], AuditThing] | None = None
    folder: str = ""
    opening: Opening | None = None
    menu: Menu | None = None
    under: str = ""
    waiting: Callable[[UnitOfWork, Asking[Any], Sheet], Awaitable[int | None]] | None = None
    also: Callable[[Staff, Sheet, Any], tuple[Beside, ...]] | None = None
    printed: bool = False

    @property
    def template(self) -> str:
        """Return the page, as it is called among the pages."""
        return f"{self.folder or self.name}/page.html"


AnyScreen: TypeAlias = Screen[Any]


async def see(work: UnitOfWork, screen: Screen[R], face: Face[R], asking: Asking[Any]) -> Sheet | Refused:
    """Return what a screen says, or the refusal; both are kept with the commit of `work`, before which neither may be told."""
    return await looking.show(work, _look(screen, face, asking))


def attempt(screen: AnyScreen, staff: Staff, person_id: PersonId | None) -> Look[Facts | None, None]:
    """Return an attempt at a screen, for the wall before it."""
    return accesses.attempt(staff, screen.right, screen.deed, person_id, about=partial(_about, screen, staff, person_id))


@dataclass(frozen=True, slots=True)
class _Found(Generic[R]):
    """What was read, and what permission depends on in it."""

    content: R | None
    facts: Facts | None


def _look(screen: Screen[R], face: Face[R], asking: Asking[Any]) -> Look[_Found[R], Sheet]:
    staff, person_id = asking.staff, asking.person_id
    stated = screen.opening.stated(asking.question) if screen.opening else None
    return Look(
        screen.deed,
        about=lambda found: _about(screen, staff, person_id, found.facts if found else None),
        right=lambda found: accesses.right(staff, screen.right, found.facts if found else None, stated),
        read=partial(_read, screen, asking),
        shown=lambda found: _shown(screen, face, asking, found),
        noted=partial(accesses.note_look, staff, person_id),
    )


async def _read(screen: Screen[R], asking: Asking[Any], work: UnitOfWork) -> _Found[R]:
    await accesses.act_as(work, asking.staff)
    content = await screen.read(work, asking)
    if screen.facts is None or asking.person_id is None:
        return _Found(content, None)
    return _Found(content, screen.facts(content) if content is not None else await accesses.unseen(work, asking.staff, asking.person_id))


def _about(screen: AnyScreen, staff: Staff, person_id: PersonId | None, facts: Facts | None) -> About:
    return About(staff.actor, screen.thing(staff)) if screen.thing else accesses.about_child(staff, person_id, facts)


def _shown(screen: Screen[R], face: Face[R], asking: Asking[Any], found: _Found[R]) -> Shown[Sheet]:
    assert found.content is not None  # noqa: S101 -- of what was not found nothing is permitted
    sheet = face.show(found.content, asking)
    also = screen.also(asking.staff, sheet, asking.question) if screen.also else ()
    beside = tuple(_beside(screen, asking.staff, line) for line in _lines_of_others(sheet))
    return Shown(sheet, told(sheet), sheet.count(), (*beside, *also))


def _beside(screen: AnyScreen, staff: Staff, line: OfPerson) -> Beside:
    deed = line.kept_as or screen.beside
    if deed is None:
        raise ValueError(f"the screen '{screen.name}' shows somebody beside: what is that called in the log (`beside`)?")
    return accesses.beside(staff, deed, line)


def _lines_of_others(sheet: Sheet) -> tuple[OfPerson, ...]:
    """Return one line for everybody who stands in a page beside."""
    lines: Mapping[PersonId, OfPerson] = {line.person_id: line for line in people(sheet) if line.person_id is not None and told(line)}
    return tuple(lines.values())
