"""
Is the system at rest? Answered by exact accounting, not by waiting a while.

Two looks, one after the other: first what everybody has *heard*, then what is due, what everybody has *said* and what waits in an
outbox. If every type heard in the first look equals the same type said in the second, nothing was under way between them, and since
services act only on what they hear or on what is due, nothing will be (Mattern's four-counter method, 1987). One thing they say by the
clock alone: every minute each tells the audit its last numbers, on which nobody acts. At rest, a look that meets it says so, and the next
does not.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.values import ServiceName
from infra.city.books import Books, Tally, ask, ways
from infra.clock import clock_of

LOOK_SECONDS = 0.05
HEARERS = (ServiceName.INGEST, ServiceName.LINKER, ServiceName.SCORER, ServiceName.CASEWORK, ServiceName.AUDIT)


class NotAtRest(Exception):
    """The deadline passed and something was still under way. The text says what."""


Question = Callable[[], Awaitable[str | None]]
"""Says what is still to come or due, or nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """What still moves, in words. Empty when the system is at rest."""

    moving: tuple[str, ...]


async def until_quiet(
    books: Books,
    *,
    logged: int | None = None,
    seconds: float = 600,
    progress: Callable[[str], None] | None = None,
    questions: Sequence[Question] | None = None,
) -> None:
    """
    Return when the system is at rest.

    `logged` is how many source events ingest must have answered in all; None where the caller does not know. `questions` replace
    the usual ones (is everything answered, is anything due), for a system that is not the usual one. Raises NotAtRest.
    """
    asked = usual_questions(books, logged) if questions is None else questions
    deadline = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        found = await look(books, asked)
        if not found.moving:
            return
        if time.monotonic() > deadline:
            raise NotAtRest("; ".join(found.moving[:6]))
        if progress is not None:
            progress(found.moving[0])
        # Looking must not become the work: on a busy machine it is done less often.
        await asyncio.sleep(max(LOOK_SECONDS, 3 * (time.monotonic() - began)))


async def look(books: Books, questions: Sequence[Question]) -> Look:
    """
    Look twice (see above) and say what still moves.

    The questions cost more than the counters: they are asked when the counters say that it may be over, and then what was said is looked
    at once more, behind them. Asked before all tallies, "nothing is due" could be overtaken by a message that makes something due, is
    heard in time for the first tally, and has led to nothing yet when the second one is read.
    """
    heard = {service: await books.tally(service, "heard") for service in HEARERS}
    moving = await _under_way(books, heard)
    if not moving and questions:
        moving = [answer for question in questions if (answer := await question())]
        moving += await _under_way(books, heard)
    return Look(tuple(moving))


async def _under_way(books: Books, heard: Mapping[ServiceName, Tally]) -> list[str]:
    """What was said until now and not heard then, and what is still to be said."""
    left = {service: await books.said_and_waiting(service) for service in ServiceName}
    moving = _between({service: said for service, (said, _) in left.items()}, heard)
    return moving + [f"{n} events wait in the outbox of {service}" for service, (_, n) in left.items() if n]


def usual_questions(books: Books, logged: int | None = None) -> tuple[Question, ...]:
    """Ask whether ingest has answered `logged` events and whether an evaluation is due up to the stack's today."""

    async def answered() -> str | None:
        found = await ask(books, ServiceName.INGEST, "answered") if logged is not None else 0
        return f"ingest has answered {found} of {logged} events" if logged is not None and found < logged else None

    async def due() -> str | None:
        found = await ask(books, ServiceName.SCORER, "due_on_or_before", today(books))
        return f"{found} evaluations are due" if found else None

    return answered, due


async def at_rest(root: Path, *, logged: int | None = None, seconds: float = 600) -> None:
    """Wait for the stack in `root`. Raises NotAtRest."""
    async with Books(root) as books:
        await until_quiet(books, logged=logged, seconds=seconds)


def today(books: Books) -> date:
    """The day of the stack's clock."""
    return clock_of(books.access.clock_file).today()


def _between(said: Mapping[ServiceName, Tally], heard: Mapping[ServiceName, Tally]) -> list[str]:
    """What was said and not heard, per type and hearer. A type with several speakers (audit entries) is summed."""
    expected: dict[tuple[str, ServiceName], int] = {}
    for way in ways():
        key = way.type, way.hearer
        expected[key] = expected.get(key, 0) + said[way.speaker].get(way.type, 0)
    return [
        f"{hearer} has heard {heard[hearer].get(kind, 0)} of {n} {kind}"
        for (kind, hearer), n in expected.items()
        if heard[hearer].get(kind, 0) != n
    ]
