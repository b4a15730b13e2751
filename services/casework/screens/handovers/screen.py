"""
Between which wards, or for the child guidance centre, cases wait to be accepted.

What waits too long is the coordinator's to settle (`casework.md` §2.5).
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Ward
from contracts.words import GUIDANCE_CENTER, WARDS
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.domain.policy import Action
from services.casework.seeing import Asking, Face, Menu, Question, Screen
from services.casework.sheets import Says, Sheet

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class BetweenWards:
    """How many cases one ward has offered to another, how many too long ago, and until when the first was to be accepted."""

    from_ward: Ward
    to_ward: Ward | None
    """None: the child guidance centre."""
    waiting: int
    late: int
    due_on: date


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """The same in words."""

    from_ward: str
    to_ward: str
    waiting: int
    late: int
    due: str


@dataclass(frozen=True, slots=True)
class HandoversSheet(Sheet):
    """The page."""

    wards: Annotated[tuple[HandoverLine, ...], Says("handovers", even=True)]


@dataclass(frozen=True, slots=True)
class HandoversAnswer(Sheet):
    """The same, as a program is told of it."""

    wards: Annotated[tuple[BetweenWards, ...], Says("handovers", even=True)]


async def read(work: UnitOfWork, _asking: Asking[Question]) -> tuple[BetweenWards, ...]:
    """Count what waits."""
    rows = await work.db.fetch(SQL.waiting_handovers, work.today)
    return tuple(
        BetweenWards(Ward(row["from_ward"]), Ward(row["to_ward"]) if row["to_ward"] else None, row["waiting"], row["late"], row["due_on"])
        for row in rows
    )


def show(found: tuple[BetweenWards, ...], asking: Asking[Question]) -> HandoversSheet:
    """Say it on a page."""
    return HandoversSheet(
        tuple(
            HandoverLine(
                WARDS[each.from_ward],
                WARDS[each.to_ward] if each.to_ward else GUIDANCE_CENTER,
                each.waiting,
                each.late,
                phrases.due(each.due_on, asking.today),
            )
            for each in found
        )
    )


def answer(found: tuple[BetweenWards, ...], _asking: Asking[Question]) -> HandoversAnswer:
    """Offers of cases that no lead has accepted yet, by the two wards; what waits longest first. No child is named."""
    return HandoversAnswer(found)


SCREENS = (
    Screen(
        name="handovers",
        address="/handovers",
        right=Action.LIST_HANDOVERS,
        deed=deeds.HANDOVERS_OPENED,
        read=read,
        page=Face(Question, show),
        json=Face(Question, answer),
        thing=lambda _staff: Thing(kind=ThingKind.HANDOVERS, id=None),
        menu=Menu("引継ぎの状況", 4),
    ),
)
