"""What waits for people: a queue each for what may belong together and for what may not, oldest first. Nothing is said of anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from contracts.deeds import linker as deeds
from contracts.values import Source
from infra.pages.dates import local_day, short_moment
from infra.screens.seeing import Menu, Question, Said
from infra.work import UnitOfWork
from services.linker import wording
from services.linker.domain.reviewing.questions import Asked, Kind, Queue, State
from services.linker.review.pairs import SQL
from services.linker.seeing import CLERKS, WORKS_HERE, Asking, Screen

LINES_MOST = 50
_EVERY = ""


class Wanted(Question):
    """Which queue, and what of it. Any other word is as none."""

    queue: str = Queue.MATCH
    reason: str = _EVERY
    state: str = _EVERY

    @property
    def of(self) -> Queue:
        """The queue that is meant."""
        return Queue(self.queue) if self.queue in set(Queue) else Queue.MATCH


@dataclass(frozen=True, slots=True)
class Count:
    """How many questions wait of a queue, for a reason, in a state."""

    queue: Queue
    reason: str
    state: State
    questions: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """What waits: how much of everything, and the oldest of what is wanted."""

    counts: Sequence[Count]
    waiting: Sequence[asyncpg.Record]


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the list."""

    address: str
    reason: str
    system: str
    since: str
    days: int
    state: str
    tag: str
    own: bool


async def read(work: UnitOfWork, asking: Asking) -> Content:
    """Read what waits."""
    wanted: Wanted = asking.question
    counts = [
        Count(Queue(row["queue"]), row["reason"], State(row["state"]), row["questions"], row["oldest"])
        for row in await work.db.fetch(SQL.counts)
    ]
    reason = wanted.reason if wanted.reason in wording.REASONS else None
    state = wanted.state if wanted.state in set(State) else None
    return Content(counts, await work.db.fetch(SQL.waiting, wanted.of, reason, state, LINES_MOST))


def show(content: Content, asking: Asking) -> Said:
    """Say it on a page."""
    wanted: Wanted = asking.question
    here = [each for each in content.counts if each.queue is wanted.of]
    lines = [_line(row, asking) for row in content.waiting]
    parts = {
        "queue": wanted.of.value,
        "tabs": [
            (queue.value, words, _sum(each for each in content.counts if each.queue is queue)) for queue, words in wording.QUEUES.items()
        ],
        "title": wording.QUEUES[wanted.of],
        "reasons": [(code, words, _sum(e for e in here if e.reason == code)) for code, words in wording.REASONS.items()],
        "states": [(state.value, words, _sum(e for e in here if e.state is state)) for state, words in wording.STATES.items()],
        "reason": wanted.reason,
        "state": wanted.state,
        "lines": lines,
        "first": next((line for line in lines if not line.own), None) if asking.staff.roles & CLERKS else None,
        "most": LINES_MOST,
        "answers": bool(asking.staff.roles & CLERKS),
    }
    return Said(parts, count=len(lines))


def as_json(content: Content, asking: Asking) -> Mapping[str, Any]:
    """What waits: how much of everything, and the oldest of the queue that is asked for."""
    counts = [
        {"queue": e.queue, "reason": e.reason, "state": e.state, "questions": e.questions, "oldest": e.oldest.isoformat()}
        for e in content.counts
    ]
    waiting = [
        {
            "kind": row["kind"],
            "one": str(row["one"]),
            "other": row["other"],
            "reason": row["reason"],
            "source": row["source"],
            "since": row["since"].isoformat(),
            "state": row["step"] if row["step"] in set(State) else State.OPEN,
        }
        for row in content.waiting
    ]
    return {"queue": asking.question.of, "counts": counts, "waiting": waiting}


def _sum(counts: Any) -> int:
    return sum(each.questions for each in counts)


def _line(row: asyncpg.Record, asking: Asking) -> Line:
    asked = Asked(Kind(row["kind"]), row["one"], row["other"])
    state = State(row["step"]) if row["step"] in set(State) else State.OPEN
    return Line(
        address=f"/pairs/{asked.kind}/{asked.one}/{asked.other}",
        reason=wording.REASONS[row["reason"]],
        system=wording.system(Source(row["source"])),
        since=short_moment(row["since"]),
        days=max((asking.today - local_day(row["since"])).days, 0),
        state=wording.STATES[state],
        tag=wording.TAGS[state],
        own=state is State.PROPOSED and row["staff_id"] == asking.staff.id,
    )


SCREENS = (
    Screen(
        name="queue",
        address="/queue",
        deed=deeds.QUEUE_OPENED,
        read=read,
        show=show,
        question=Wanted,
        roles=WORKS_HERE,
        menu=Menu("名寄せの確認", 10),
        json=as_json,
    ),
)
