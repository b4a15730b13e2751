"""How much waits and was answered in the last 30 days, and how well two people, and people and weights, agree. Of nobody by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg

from contracts.deeds import linker as deeds
from infra.pages.dates import short_moment
from infra.screens.seeing import Menu, Question, Said
from infra.work import UnitOfWork
from services.linker import wording
from services.linker.domain.reviewing.questions import Answer, Queue, State, Step
from services.linker.review.pairs import SQL
from services.linker.seeing import WORKS_HERE, Asking, Screen

DAYS = 30
BUCKETS: Mapping[int | None, str] = {
    3: "18ビット以上（強く一致）",
    2: "6以上18未満",
    1: "0以上6未満",
    0: "0未満（食い違い）",
    None: "計算できない（番号だけ）",
}
"""Weights of the evidence, by the numbers that SQL gives them."""


@dataclass(frozen=True, slots=True)
class Content:
    """Rows of the three statements."""

    counts: Sequence[asyncpg.Record]
    answered: Sequence[asyncpg.Record]
    agreed: Sequence[asyncpg.Record]


async def read(work: UnitOfWork, _asking: Asking) -> Content:
    """Read what waits, and what was answered lately."""
    since = work.now - timedelta(days=DAYS)
    return Content(await work.db.fetch(SQL.counts), await work.db.fetch(SQL.answered, since), await work.db.fetch(SQL.agreed, since))


def show(content: Content, _asking: Asking) -> Said:
    """Say it on a page."""
    steps = {step: sum(row["answers"] for row in content.answered if row["step"] == step) for step in Step}
    seconds = steps[Step.CONFIRMED] + steps[Step.DECLINED]
    parts = {
        "days": DAYS,
        "waiting": [_waiting(content, queue) for queue in Queue],
        "states": list(wording.STATES.values()),
        "answered": [_answered(row) for row in content.answered],
        "seconds": seconds,
        "confirmed": steps[Step.CONFIRMED],
        "share": _share(steps[Step.CONFIRMED], seconds),
        "unsure": _share(steps[Step.UNSURE], steps[Step.UNSURE] + steps[Step.DECIDED] + steps[Step.CONFIRMED]),
        "answers": [wording.ANSWERS[answer] for answer in Answer],
        "agreed": [(words, *(_agreed(content, bucket, answer) for answer in Answer)) for bucket, words in BUCKETS.items()],
    }
    return Said(parts)


def as_json(content: Content, _asking: Asking) -> Mapping[str, Any]:
    """What waits, what was answered in the last 30 days, and what the evidence of the final answers weighed."""
    waiting = [{**dict(row), "oldest": row["oldest"].isoformat()} for row in content.counts]
    return {"days": DAYS, "waiting": waiting, "answered": list(map(dict, content.answered)), "agreed": list(map(dict, content.agreed))}


def _waiting(content: Content, queue: Queue) -> tuple[str, tuple[int, ...], str]:
    rows = [row for row in content.counts if row["queue"] == queue]
    counts = tuple(sum(row["questions"] for row in rows if row["state"] == state) for state in State)
    oldest = min((row["oldest"] for row in rows), default=None)
    return wording.QUEUES[queue], counts, short_moment(oldest) if oldest is not None else "—"


def _answered(row: asyncpg.Record) -> tuple[str, str, int, str]:
    days = f"{row['days']:.1f}日"
    return (
        wording.ANSWERS[Answer(row["answer"])] if row["answer"] in set(Answer) else "取り消し",
        wording.STEPS[Step(row["step"])],
        row["answers"],
        days,
    )


def _agreed(content: Content, bucket: int | None, answer: Answer) -> int:
    return sum(row["answers"] for row in content.agreed if row["bucket"] == bucket and row["answer"] == answer)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "—"


SCREENS = (
    Screen(
        name="figures",
        address="/figures",
        deed=deeds.FIGURES_OPENED,
        read=read,
        show=show,
        question=Question,
        roles=WORKS_HERE,
        menu=Menu("件数と一致の度合い", 20),
        json=as_json,
    ),
)
