"""
How people see a page, and what they do on it: permitted on what was read, and kept in the log before anything is told.

A `Screen` says what is read and what is said of it, an `Act` what a form on it does. What is the same for all of them stands here; routes,
walls and the entries in the log follow. Where a service permits by more than a role, its `Seeing` says so.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from contracts.deeds.deed import Deed
from contracts.messages import Thing
from contracts.values import Role
from infra import looking
from infra.identity.staff import Staff
from infra.looking import About, Beside, Decision, Granted, Look, Refused, Shown
from infra.work import UnitOfWork

NO_ROLE = Refused("role")
NOTHING_THERE = Refused("nothing_there", hidden=True)


class Question(BaseModel):
    """What is asked of a page in its address. Whatever else stands there is left alone."""

    model_config = ConfigDict(frozen=True)


class Form(BaseModel):
    """What is filled in. Fields have defaults, so that what was left out is told beside its field and not as a wrong address."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


Q = TypeVar("Q", bound=Question)
F = TypeVar("F", bound=Form)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Mistake:
    """
    A form that was not accepted: which act it was for, why (by field, "" for the whole), and what was filled in. Nothing is lost.

    `details` are what its page knows how to tell, such as each place of a file that is wrong.
    """

    errors: Mapping[str, str]
    status: int = 422
    act: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    details: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The act is done; the page at `address` is shown next, or the act's own page. `said` is which of the act's `sayings` it says there."""

    address: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Asking(Generic[Q]):
    """
    Who asks, when, and what.

    `named` is what the address names, as it was typed. After a form that was not accepted, `mistake` is what was wrong with it; after an
    act, `done` is what the page says of it.
    """

    staff: Staff
    now: datetime
    today: date
    question: Q
    named: Mapping[str, str] = field(default_factory=dict)
    mistake: Mistake | None = None
    done: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """
    A page: the template's parts, and for the log the names of the fields that it shows and how many lines it has.

    `beside` is who else is shown.
    """

    parts: Mapping[str, Any]
    fields: tuple[str, ...] = ()
    count: int | None = None
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """Something to take away instead of a page."""

    name: str
    media_type: str
    body: bytes
    fields: tuple[str, ...] = ()
    count: int | None = None
    beside: tuple[Beside, ...] = ()


Answer: TypeAlias = Said | File
Result: TypeAlias = Done | Mistake | Refused


@dataclass(frozen=True, slots=True)
class Menu:
    """A line of the menu, and its place there."""

    label: str
    place: int


@dataclass(frozen=True, slots=True)
class Act(Generic[F]):
    """
    What a form does. It is sent to `<address of its screen>/<name>`.

    `do` decides and writes, and keeps in the log what it did; of a `Mistake` or a `Refused` it must have written nothing. The log calls
    an attempt that was refused `deed`. `done` is what the page says afterwards, or one of the `sayings`, whichever was done.
    """

    name: str
    deed: Deed
    form: type[F]
    do: Callable[[UnitOfWork, Any, F], Awaitable[Result]]
    done: str
    roles: frozenset[Role] = frozenset()
    sayings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Screen(Generic[R]):
    """
    A page, in a folder of its own with its statements and its template.

    `read` returns None where there is no such thing. `thing` is what the log says was looked at: by default what the service says.
    `json` is what a program is answered that asks for the same under /v1.
    """

    name: str
    address: str
    deed: Deed
    read: Callable[[UnitOfWork, Any], Awaitable[R | None]]
    show: Callable[[R, Any], Answer]
    question: type[Question] = Question
    roles: frozenset[Role] = frozenset()
    thing: Callable[[Any], Thing] | None = None
    menu: Menu | None = None
    under: str = ""
    folder: str = ""
    acts: tuple[Act[Any], ...] = ()
    json: Callable[[R, Any], Mapping[str, Any]] | None = None

    @property
    def template(self) -> str:
        """Return the page, as it is called among the pages."""
        return f"{self.folder or self.name}/page.html"


AnyScreen: TypeAlias = Screen[Any]
AnyAct: TypeAlias = Act[Any]
S = TypeVar("S", bound=AnyScreen)
A = TypeVar("A", bound=Asking[Any])


@dataclass(frozen=True, slots=True)
class _Found(Generic[A]):
    asking: A
    content: Any


class Seeing(Generic[S, A]):
    """The engine. A service overrides what it permits by, besides roles, and what its pages are about as a whole."""

    nothing_there: ClassVar[Refused] = NOTHING_THERE

    def whole(self, asking: A) -> Thing:
        """Return what the log says was looked at on a page that does not say it by itself."""
        raise NotImplementedError

    async def knowing(self, _work: UnitOfWork, asking: A) -> A:
        """Return who asks with what is known of them only here."""
        return asking

    def of_address(self, _screen: S, _asking: A) -> Decision:
        """Decide about what the address names, before anything of it is read."""
        return Granted()

    def of_content(self, _screen: S, _asking: A, _content: Any) -> Decision:
        """Decide about what was read."""
        return Granted()

    async def see(self, work: UnitOfWork, screen: S, asking: A, *, as_json: bool = False) -> Any:
        """Return what a page says, or the refusal; both are kept with the commit of `work`, before which neither may be told."""
        return await looking.show(work, self._look(screen, asking, as_json))

    async def act(self, work: UnitOfWork, screen: S, act_: AnyAct, asking: A, form: Form) -> Result:
        """Do what a form says, or say why not. Whoever tries what is not theirs is in the log."""
        known = await self.knowing(work, asking)
        decision = _first_refusal(_role_of(act_.roles, asking), self.of_address(screen, known))
        result: Result = decision if isinstance(decision, Refused) else await act_.do(work, known, form)
        return await looking.refuse(work, self.attempt_at(screen, act_, asking), result) if isinstance(result, Refused) else result

    def attempt_at(self, screen: S, act_: Any, asking: A) -> Look[None, None]:
        """Return an attempt at a page, or at an act on it, for a wall to refuse."""
        roles, deed = (act_.roles, act_.deed) if act_ is not None else (screen.roles, screen.deed)

        async def nothing(_work: UnitOfWork) -> None:
            return None

        return Look(deed, lambda _: self._about(screen, asking), lambda _: _role_of(roles, asking), nothing, lambda _: Shown(None))

    def _look(self, screen: S, asking: A, as_json: bool) -> Look[_Found[A], Any]:
        return Look(
            screen.deed,
            about=lambda found: self._about(screen, found.asking if found else asking),
            right=lambda found: _role_of(screen.roles, asking) if found is None else self._right(screen, found),
            read=partial(self._read, screen, asking),
            shown=lambda found: _shown(screen, found, as_json),
        )

    async def _read(self, screen: S, asking: A, work: UnitOfWork) -> _Found[A]:
        known = await self.knowing(work, asking)
        # Of what is not theirs nothing is read.
        theirs = isinstance(self.of_address(screen, known), Granted)
        return _Found(known, await screen.read(work, known) if theirs else None)

    def _right(self, screen: S, found: _Found[A]) -> Decision:
        there: Decision = self.nothing_there if found.content is None else self.of_content(screen, found.asking, found.content)
        return _first_refusal(self.of_address(screen, found.asking), there)

    def _about(self, screen: S, asking: A) -> About:
        return About(asking.staff.actor, screen.thing(asking) if screen.thing is not None else self.whole(asking))


def _role_of(roles: frozenset[Role], asking: Asking[Any]) -> Decision:
    return Granted() if roles & asking.staff.roles else NO_ROLE


def _first_refusal(*decisions: Decision) -> Decision:
    return next((each for each in decisions if isinstance(each, Refused)), decisions[-1])


def _shown(screen: AnyScreen, found: _Found[Any], as_json: bool) -> Shown[Any]:
    answer = screen.show(found.content, found.asking)
    told = screen.json(found.content, found.asking) if as_json and screen.json is not None else answer
    return Shown(told, answer.fields, answer.count, answer.beside)
