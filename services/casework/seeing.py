"""
How people see a screen: permitted on what it reads, and kept in the log with exactly what its page, or its answer, is given.

A `Screen` says what is read and what is said of it, an `Act` what a form on it does that moves no case. What is the same for all of them
stands here; routes, walls and the log follow.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, field_validator
from starlette.datastructures import FormData

from contracts.deeds.deed import Deed
from contracts.ids import PersonId
from contracts.messages import Thing as AuditThing
from infra import looking
from infra.identity.staff import NobodyRegistered, Register, Staff
from infra.looking import About, Beside, Decision, Look, Refused, Shown
from infra.work import UnitOfWork
from services.casework import accesses
from services.casework.domain.policy import Action, Facts
from services.casework.moved import Errors, InTheLog
from services.casework.sheets import OfPerson, Sheet, lines_of_others, told
from services.casework.steps import Form, writable


class Question(BaseModel):
    """What is asked of a screen in its address. Whatever else stands there is left alone."""

    model_config = ConfigDict(frozen=True)


class ActForm(BaseModel):
    """What is filled in for an act. What cannot be read is told beside its field, in the words that `wrong` has for it."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)
    wrong: ClassVar[Mapping[str, str]] = {}

    @field_validator("*")
    @classmethod
    def _can_be_kept(cls, value: Any) -> Any:
        # An enumeration's values are strings, too, and stay what they are.
        return writable(value) if type(value) is str else value


Q = TypeVar("Q", bound=Question)
F = TypeVar("F", bound=ActForm)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Mistake:
    """
    A form that was not accepted: why, and what was filled in, so that nothing of it is lost: of a move, or as it was `typed`.

    Of an act, `act` says of which; `status` is that of the answer.
    """

    errors: Errors
    form: Form | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    act: str = ""
    status: int = 422


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
    register: Register = field(default_factory=NobodyRegistered)
    """Whom an act may name, and a page offer, of the staff."""


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
    stated: Callable[[Any], str | None]
    instead: str
    again: Again | None = None


class Handed(Enum):
    """As what a screen comes: a page, its page on paper (a PDF), or a file that was kept (its sheet has `body` and `media_type`)."""

    PAGE = "page"
    PAPER = "paper"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Done:
    """The act is done; the page at `address` is shown next, or the act's own. `told` is what a program is told."""

    address: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act(Generic[F]):
    """
    What a form on a screen does. It is sent to `<address of the screen>/<name>`.

    `do` decides on what it locks, writes, and keeps in the log what it did; of a `Mistake` or a `Refused` it must have written nothing. The
    log calls an attempt that was refused `deed`. `done` is what the page says afterwards, once. With a `json` face a program does it at the
    same address under /v1: with the same form, whose `key` comes as the header `Idempotency-Key`.
    """

    name: str
    right: Action
    deed: Deed
    form: type[F]
    do: Callable[[UnitOfWork, Asking[Any], F], Awaitable[Done | Mistake | Refused | InTheLog]]
    done: str
    json: bool = False


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
    the attempt is kept as one at a child that there is not; `called` is what the child is called, where that is read. Of nobody, `thing` is
    what the log says was looked at. `beside` is what the look is called at whom it shows beside, if anybody; `also` are entries about what
    else it makes. `waiting` counts after the look what the menu says is waiting, if it says so. `handed` is as what it comes. `refuses`
    what was read for another reason than who asks.
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
    called: Callable[[R], str | None] | None = None
    thing: Callable[[Staff], AuditThing] | None = None
    folder: str = ""
    opening: Opening | None = None
    menu: Menu | None = None
    under: str = ""
    waiting: Callable[[UnitOfWork, Asking[Any], Sheet], Awaitable[int | None]] | None = None
    also: Callable[[Staff, Sheet, Any], tuple[Beside, ...]] | None = None
    handed: Handed = Handed.PAGE
    refuses: Callable[[R], Refused | None] | None = None
    acts: tuple[Act[Any], ...] = ()

    @property
    def template(self) -> str:
        """Return the page, as it is called among the pages."""
        return f"{self.folder or self.name}/page.html"

    def said(self, done: str) -> str:
        """Return what the page says after the act called `done`; nothing after none of its own."""
        return next((act.done for act in self.acts if act.name == done), "")


AnyAct: TypeAlias = Act[Any]
AnyScreen: TypeAlias = Screen[Any]


async def see(work: UnitOfWork, screen: Screen[R], face: Face[R], asking: Asking[Any]) -> Sheet | Refused:
    """Return what a screen says, or the refusal; both are kept with the commit of `work`, before which neither may be told."""
    return await looking.show(work, _look(screen, face, asking))


def attempt(screen: AnyScreen, staff: Staff, person_id: PersonId | None) -> Look[Facts | None, None]:
    """Return an attempt at a screen, for the wall before it."""
    return accesses.attempt(staff, screen.right, screen.deed, person_id, about=partial(_about, screen, staff, person_id))


def act_attempt(screen: AnyScreen, act: AnyAct, staff: Staff, person_id: PersonId | None) -> Look[Facts | None, None]:
    """Return an attempt at an act of a screen, for the wall before it."""
    return accesses.attempt(staff, act.right, act.deed, person_id, about=partial(_about, screen, staff, person_id))


async def do(work: UnitOfWork, screen: AnyScreen, act: Act[F], asking: Asking[Any], form: F) -> Done | Mistake | Refused:
    """Do what a form says, or say why not: whoever tries what is not theirs is in the log before they are told."""
    await accesses.act_as(work, asking.staff)
    result = await act.do(work, asking, form)
    if isinstance(result, InTheLog):
        return result.refused
    if not isinstance(result, Refused):
        return result
    return await looking.refuse(work, act_attempt(screen, act, asking.staff, asking.person_id), result)


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
        right=lambda found: _right(screen, asking, found, stated),
        read=partial(_read, screen, asking),
        shown=lambda found: _shown(screen, face, asking, found),
        noted=partial(accesses.note_look, staff, person_id),
    )


def _right(screen: Screen[R], asking: Asking[Any], found: _Found[R] | None, stated: str | None) -> Decision:
    refused = screen.refuses(found.content) if screen.refuses and found is not None and found.content is not None else None
    called = screen.called(found.content) if screen.called and found is not None and found.content is not None else None
    return refused or accesses.right(asking.staff, screen.right, found.facts if found else None, stated, called)


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
    beside = tuple(_beside(screen, asking.staff, lines) for lines in lines_of_others(sheet))
    return Shown(sheet, told(sheet), sheet.count(), (*beside, *also))


def _beside(screen: AnyScreen, staff: Staff, lines: Sequence[OfPerson]) -> Beside:
    line = lines[-1]
    deed = line.kept_as or screen.beside
    if deed is None:
        raise ValueError(f"the screen '{screen.name}' shows somebody beside: what is that called in the log (`beside`)?")
    fields = dict.fromkeys(name for each in lines for name in told(each))
    return replace(accesses.beside(staff, deed, line), fields=tuple(fields))
