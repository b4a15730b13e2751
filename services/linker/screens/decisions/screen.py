"""What people decided on these pages and holds, newest first: from here a decision is taken back. Nothing is said of anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from contracts.deeds import linker as deeds
from contracts.values import Source
from infra.pages.dates import short_moment
from infra.screens.seeing import Menu, Question, Said
from infra.work import UnitOfWork
from services.linker import wording
from services.linker.domain.reviewing.questions import Kind, Step, Why
from services.linker.review.pairs import SQL
from services.linker.seeing import CLERKS, Asking, Screen

LINES_MOST = 100


@dataclass(frozen=True, slots=True)
class Content:
    """The newest decisions that hold."""

    rows: Sequence[asyncpg.Record]


async def read(work: UnitOfWork, _asking: Asking) -> Content:
    """Read what was decided."""
    return Content(await work.db.fetch(SQL.decisions, LINES_MOST))


def show(content: Content, asking: Asking) -> Said:
    """Say it on a page."""
    lines = [
        {
            "address": f"/pairs/{row['kind']}/{row['one']}/{row['other']}",
            "asks": wording.ASKS[Kind(row["kind"])],
            "system": wording.system(Source(row["source"])),
            "at": short_moment(row["answered_at"]),
            "step": wording.STEPS[Step(row["step"])],
            "answer": wording.answer(Why(row["why"])),
            "own": row["step"] == Step.BACK_PROPOSED and row["staff_id"] == asking.staff.id,
        }
        for row in content.rows
    ]
    return Said({"lines": lines, "most": LINES_MOST}, count=len(lines))


def as_json(content: Content, _asking: Asking) -> Mapping[str, Any]:
    """The newest decisions that hold, and whether somebody has begun to take one back."""
    return {
        "decisions": [
            {name: row[name] for name in ("kind", "other", "source", "step", "why")}
            | {"one": str(row["one"]), "at": row["answered_at"].isoformat()}
            for row in content.rows
        ]
    }


SCREENS = (
    Screen(
        name="decisions",
        address="/decisions",
        deed=deeds.DECISIONS_OPENED,
        read=read,
        show=show,
        question=Question,
        roles=CLERKS,
        menu=Menu("判断したもの", 15),
        json=as_json,
    ),
)
