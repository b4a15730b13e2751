"""
How people see a page of ingest, and what they do on it: permitted on what was read, and kept in the log before anything is told.

A `Screen` says what is read and what is said of it, an `Act` what a form on it does. What is the same for all of them stands here; routes,
walls and the entries in the log follow. CONTRIBUTING "Add a page of ingest".
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any, BinaryIO, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import Role, Source
from infra import looking
from infra.identity.staff import Confirmed, Staff
from infra.looking import About, Decision, Granted, Look, Refused, Shown
from infra.parking import ParkingBody
from infra.work import UnitOfWork
from services.ingest import owning
from services.ingest.domain.rights import WORKS_HERE, sources_of

NO_ROLE = Refused("role")
NOT_OWN = Refused("not_owner", hidden=True)
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
    """The act is done; the page at `address` is shown next, or the act's own page."""

    address: str = ""


@dataclass(frozen=True, slots=True)
class Asking(Generic[Q]):
    """
    Who asks, when, and what.

    `sources` are those of which this person may see anything. `source` is the one that the address names as `{source}`, `named` is what
    else it names, as it was typed. For `notice_days` before its date a review is near. After a form that was not accepted, `mistake` is
    what was wrong with it; after an act, `done` is what the page says of it.
    """

    staff: Staff
    now: datetime
    today: date
    question: Q
    sources: frozenset[Source] = frozenset()
    source: Source | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    notice_days: int = 60
    mistake: Mistake | None = None
    done: str = ""
    bodies: ParkingBody | None = None
    """What opens the bodies of parked events."""

    @property
    def coordinates(self) -> bool:
        """Whether this is the coordinator, who answers for all sources."""
        return Role.COORDINATOR in self.staff.roles


@dataclass(frozen=True, slots=True)
class Said:
    """A page: the template's parts, and for the log the names of the fields that it shows and how many lines it has."""

    parts: Mapping[str, Any]
    fields: tuple[str, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Something to take away instead of a page."""

    name: str
    media_type: str
    body: bytes
    fields: tuple[str, ...] = ()
    count: int | None = None


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
    an attempt that was refused `deed`. `done` is what the page says afterwards.
    """

    name: str
    deed: Deed
    form: type[F]
    do: Callable[[UnitOfWork, Asking[Any], F], Awaitable[Result]]
    done: str
    roles: frozenset[Role] = WORKS_HERE


@dataclass(frozen=True, slots=True)
class Hands:
    """What an upload is done with. `confirm` returns whose a login and a one-time code are, or why they are nobody's, in a sentence."""

    confirm: Callable[[str, str], Awaitable[Confirmed | str]]
    importer: Any
    """An `Importer` of the inlet for removable media, whose room lies above this one."""


@dataclass(frozen=True, slots=True)
class Upload(Generic[F]):
    """
    What a form with a file does. It is sent to `<address of its screen>/<name>`, the file under `field`, of at most `octets_max` bytes.

    It takes longer than a transaction, so `take` opens its own, and keeps in the log what it did. It is called once the form has brought
    back the page's token; without a file where none was chosen. The log calls an attempt that was refused `deed`.
    """

    name: str
    deed: Deed
    form: type[F]
    field: str
    octets_max: int
    too_large: str
    """What a person reads of a larger file."""
    take: Callable[[Hands, Asking[Any], F, BinaryIO | None], Awaitable[Result]]
    roles: frozenset[Role] = WORKS_HERE


@dataclass(frozen=True, slots=True)
class Screen(Generic[Q, R]):
    """
    A page, in a folder of its own with its statements and its template.

    `read` returns None where there is no such thing. `source_of` returns whose it is, from what was read, where the address does not say
    so by `{source}`; a page of several sources shows of those in `asking.sources` only. `thing` is what the log says was looked at: by
    default the source, or the sources as a whole.
    """

    name: str
    address: str
    deed: Deed
    read: Callable[[UnitOfWork, Asking[Q]], Awaitable[R | None]]
    show: Callable[[R, Asking[Q]], Answer]
    question: type[Question] = Question
    roles: frozenset[Role] = WORKS_HERE
    source_of: Callable[[R], Source | None] | None = None
    thing: Callable[[Asking[Q]], Thing] | None = None
    menu: Menu | None = None
    under: str = ""
    folder: str = ""
    acts: tuple[Act[Any], ...] = ()
    uploads: tuple[Upload[Any], ...] = ()

    @property
    def template(self) -> str:
        """Return the page, as it is called among the pages."""
        return f"{self.folder or self.name}/page.html"

    @property
    def names_source(self) -> bool:
        """Whether its address names a source."""
        return "{source}" in self.address


AnyScreen: TypeAlias = Screen[Any, Any]
AnyAct: TypeAlias = Act[Any]
AnyUpload: TypeAlias = Upload[Any]


@dataclass(frozen=True, slots=True)
class _Found:
    asking: Asking[Any]
    content: Any


async def see(work: UnitOfWork, screen: AnyScreen, asking: Asking[Any]) -> Answer | Refused:
    """Return what a page says, or the refusal; both are kept with the commit of `work`, before which neither may be told."""
    return await looking.show(work, _look(screen, asking))


async def act(work: UnitOfWork, screen: AnyScreen, act_: AnyAct, asking: Asking[Any], form: Form) -> Result:
    """Do what a form says, or say why not. Whoever tries what is not theirs is in the log."""
    known = await _knowing(work, asking)
    decision = _first_refusal(_role_of(act_.roles, asking), _address_of(screen, known))
    result: Result = decision if isinstance(decision, Refused) else await act_.do(work, known, form)
    return await looking.refuse(work, attempt_at(screen, act_, asking), result) if isinstance(result, Refused) else result


def attempt_at(screen: AnyScreen, act_: AnyAct | AnyUpload | None, asking: Asking[Any]) -> Look[None, None]:
    """Return an attempt at a page, or at an act on it, for a wall to refuse."""
    roles, deed = (act_.roles, act_.deed) if act_ is not None else (screen.roles, screen.deed)

    async def nothing(_work: UnitOfWork) -> None:
        return None

    return Look(deed, lambda _: _about(screen, asking), lambda _: _role_of(roles, asking), nothing, lambda _: Shown(None))


def _look(screen: AnyScreen, asking: Asking[Any]) -> Look[_Found, Answer]:
    return Look(
        screen.deed,
        about=lambda found: _about(screen, found.asking if found else asking),
        right=lambda found: _role_of(screen.roles, asking) if found is None else _right(screen, found),
        read=partial(_read, screen, asking),
        shown=lambda found: _shown(screen.show(found.content, found.asking)),
    )


async def _read(screen: AnyScreen, asking: Asking[Any], work: UnitOfWork) -> _Found:
    known = await _knowing(work, asking)
    # Of another's source nothing is read.
    theirs = screen.names_source and known.source not in known.sources
    return _Found(known, None if theirs else await screen.read(work, known))


async def _knowing(work: UnitOfWork, asking: Asking[Any]) -> Asking[Any]:
    return replace(asking, sources=sources_of(asking.staff.roles, await owning.owned_by(work.db, asking.staff.id)))


def _role_of(roles: frozenset[Role], asking: Asking[Any]) -> Decision:
    return Granted() if roles & asking.staff.roles else NO_ROLE


def _right(screen: AnyScreen, found: _Found) -> Decision:
    return _first_refusal(_address_of(screen, found.asking), _content_of(screen, found))


def _address_of(screen: AnyScreen, asking: Asking[Any]) -> Decision:
    if not screen.names_source or asking.source in asking.sources:
        return Granted()
    return NOT_OWN if asking.source is not None else NOTHING_THERE


def _content_of(screen: AnyScreen, found: _Found) -> Decision:
    if found.content is None:
        return NOTHING_THERE
    whose = screen.source_of(found.content) if screen.source_of is not None else None
    return Granted() if whose is None or whose in found.asking.sources else NOT_OWN


def _first_refusal(*decisions: Decision) -> Decision:
    return next((each for each in decisions if isinstance(each, Refused)), decisions[-1])


def _about(screen: AnyScreen, asking: Asking[Any]) -> About:
    whole = Thing(kind=ThingKind.SOURCE, id=asking.source.value if asking.source is not None else None)
    return About(asking.staff.actor, screen.thing(asking) if screen.thing is not None else whole)


def _shown(answer: Answer) -> Shown[Answer]:
    return Shown(answer, answer.fields, answer.count)
