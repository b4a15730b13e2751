"""
The one way to show somebody what may be shown to some people only.

A look reads once, decides on what it read, and is kept in the same unit of work with all that it shows; so is a refusal. Whoever asks
gets the answer after the commit (`infra/identity/recording.py`): what the log does not hold, nobody has seen.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from contracts.deeds.deed import Deed
from contracts.ids import EventId
from contracts.messages import Actor, Thing
from infra.work import Relation, UnitOfWork

T = TypeVar("T")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Granted:
    """Go ahead. `reason_code` is why somebody says to look, or what makes the look worth an alert."""

    relation: Relation = "none"
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """No. Where `hidden`, the answer must be the same as for a thing that there is not."""

    reason_code: str
    hidden: bool = False


Decision: TypeAlias = Granted | Refused


@dataclass(frozen=True, slots=True)
class About:
    """Who looks and at what, as far as the log may say it, and from which terminal."""

    actor: Actor
    thing: Thing
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """
    Somebody else of whom an answer shows `fields`: who looks for that person in the log finds an entry of their own.

    It names the look that showed both, unless not `linked`.
    """

    deed: Deed
    about: About
    fields: tuple[str, ...]
    decision: Granted
    linked: bool = True


@dataclass(frozen=True, slots=True)
class Shown(Generic[A]):
    """An answer, and what the log keeps of it: the names of its fields, how many lines it has, who else stands in it."""

    answer: A
    fields: tuple[str, ...] = ()
    count: int | None = None
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A look or its refusal, as it went to the log under the id `entry`, with how many entries of others beside."""

    entry: EventId
    deed: Deed
    about: About
    decision: Decision
    others: int = 0


Noted: TypeAlias = Callable[[UnitOfWork, Kept], Awaitable[None]]
"""What a service notes for itself of a look, in the same transaction."""


async def nothing_noted(_work: UnitOfWork, _kept: Kept) -> None:
    """Note nothing."""


@dataclass(frozen=True, slots=True)
class Look(Generic[T, A]):
    """
    What somebody wants to see.

    `right` is asked twice: of None, whether the person may look at such things at all, before anything is read; and of what was read,
    which holds all that permission depends on. `about` likewise tells what the log may say of it. `shown` makes the answer.
    """

    deed: Deed
    about: Callable[[T | None], About]
    right: Callable[[T | None], Decision]
    read: Callable[[UnitOfWork], Awaitable[T]]
    shown: Callable[[T], Shown[A]]
    noted: Noted = nothing_noted


async def show(work: UnitOfWork, look: Look[T, A]) -> A | Refused:
    """Return the answer to `look`, or its refusal; both are kept with the commit of `work`, before which neither may be told."""
    at_all = look.right(None)
    if isinstance(at_all, Refused):
        return await refuse(work, look, at_all)
    found = await look.read(work)

    decision = look.right(found)

    if isinstance(decision, Refused):
        return await refuse(work, look, decision, found)
    shown = look.shown(found)
    await _keep(work, look, look.about(found), decision, shown)
    return shown.answer


async def turn_away(work: UnitOfWork, look: Look[T, A]) -> Refused | None:
    """Keep and return the refusal of whoever may not look; None for whoever may: nothing was shown yet, so nothing is kept."""
    found = await look.read(work)
    decision = look.right(found)
    return await refuse(work, look, decision, found) if isinstance(decision, Refused) else None


async def refuse(work: UnitOfWork, look: Look[T, A], refused: Refused, found: T | None = None) -> Refused:
    """Keep that `look` was refused, and return the refusal. For a wall to turn somebody away before anything is read."""
    await _keep(work, look, look.about(found), refused, Shown(None))
    return refused


async def _keep(work: UnitOfWork, look: Look[Any, Any], about: About, decision: Decision, shown: Shown[Any]) -> None:
    entry = work.keep(
        look.deed,
        actor=about.actor,
        thing=about.thing,
        origin=about.origin,
        fields=shown.fields,
        count=shown.count,
        refused=isinstance(decision, Refused),
        relation=decision.relation if isinstance(decision, Granted) else "none",
        reason_code=decision.reason_code,
    )
    for each in shown.beside:
        _keep_beside(work, each, entry)
    await look.noted(work, Kept(entry, look.deed, about, decision, len(shown.beside)))


def _keep_beside(work: UnitOfWork, beside: Beside, entry: EventId) -> None:
    work.keep(
        beside.deed,
        actor=beside.about.actor,
        thing=beside.about.thing,
        origin=beside.about.origin,
        fields=beside.fields,
        relation=beside.decision.relation,
        reason_code=beside.decision.reason_code,
        correlation=str(entry) if beside.linked else None,
    )
