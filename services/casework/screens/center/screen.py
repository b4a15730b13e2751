"""Whom a ward reported or sent to the child guidance centre: what waits for it, by when, and what it may still read (PUSH-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import asyncpg

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from contracts.values import Ward
from contracts.words import GUIDANCE_CENTER
from infra.pages import dates
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.domain.center import NO_END, Owner
from services.casework.domain.policy import Action
from services.casework.seeing import Asking, Face, Menu, Question, Screen
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

SQL = queries(__file__)
SHOWN = 200
REPORTED, SENT = "通告に回答する", "送致を受理するか、差し戻す"


@dataclass(frozen=True, slots=True)
class CenterLine(OfPerson):
    """A child: what is to be done and by when, or how long it may be read."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    kana: Annotated[str | None, Says("kana")]
    age: Annotated[str, Says("age")]
    ward: Annotated[str, Says("ward")]
    what: Annotated[tuple[str, ...], Says("handover")]
    due: Annotated[str, Says("due_on")]
    late: Annotated[bool, PLAIN]
    until: Annotated[str, PLAIN]


@dataclass(frozen=True, slots=True)
class CenterSheet(Sheet):
    """The page: what waits, what the centre has, and what it may still read."""

    title: Annotated[str, PLAIN]
    waiting: Annotated[tuple[CenterLine, ...], LINES]
    taken: Annotated[tuple[CenterLine, ...], LINES]
    readable: Annotated[tuple[CenterLine, ...], LINES]
    left_out: Annotated[int, PLAIN]

    def count(self) -> int:
        """Return how many children it shows."""
        return len(self.waiting) + len(self.taken) + len(self.readable)


@dataclass(frozen=True, slots=True)
class Content:
    """What is shared, and when it was read."""

    rows: Sequence[asyncpg.Record]
    at: datetime


async def read(work: UnitOfWork, _asking: Asking[Question]) -> Content:
    """Read what is shared today."""
    return Content(await work.db.fetch(SQL.at_center, work.today, SHOWN), work.now)


def show(found: Content, asking: Asking[Question]) -> CenterSheet:
    """Say it on a page."""
    lines = [(row, _line(row, found, asking)) for row in found.rows]
    together = found.rows[0]["together"] if found.rows else 0
    return CenterSheet(
        title=f"{GUIDANCE_CENTER}の受付",
        waiting=tuple(line for _, line in lines if line.due),
        taken=tuple(line for row, line in lines if not line.due and row["owner"] == Owner.GUIDANCE_CENTER),
        readable=tuple(line for row, line in lines if not line.due and row["owner"] == Owner.WARD),
        left_out=together - len(lines),
    )


def _line(row: asyncpg.Record, found: Content, asking: Asking[Question]) -> CenterLine:
    report_due, offer_due = row["center_report_due"], row["offer_due"]
    what = (*((REPORTED,) if report_due else ()), *((SENT,) if offer_due else ()))
    due = dates.short_moment(report_due) if report_due else phrases.due(offer_due, asking.today) if offer_due else ""
    late = (report_due is not None and report_due < found.at) or (offer_due is not None and offer_due < asking.today)
    return CenterLine(
        person_id=PersonId(row["person_id"]),
        protected=row["protected"],
        name=row["name"] or phrases.NAME_UNKNOWN,
        kana=row["kana"],
        age=dates.age(row["birth_date"], asking.today) if row["birth_date"] else "",
        # Which ward has a protected child tells where it lives.
        ward=phrases.HIDDEN if row["protected"] else phrases.ward(Ward(row["ward"])),
        what=what,
        due=due,
        late=late,
        until="" if row["center_until"] == NO_END else f"{dates.era_date(row['center_until'])}まで",
    )


SCREENS = (
    Screen(
        name="center",
        address="/center",
        right=Action.LIST_AT_CENTER,
        deed=deeds.CENTER_OPENED,
        beside=deeds.CHILD_AT_CENTER,
        read=read,
        page=Face(Question, show),
        thing=lambda _staff: Thing(kind=ThingKind.REVIEW_LIST, id=None),
        menu=Menu(f"{GUIDANCE_CENTER}の受付", 1),
    ),
)
