"""A child on paper: for a stated purpose, with a number of its own, masked as the page is."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from starlette.datastructures import FormData

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.identity.staff import Staff
from infra.looking import About, Beside, Granted
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses
from services.casework.accesses import viewer_of
from services.casework.domain.paper import PURPOSES, Paper, Purpose, offered
from services.casework.domain.policy import Action, Facts, Permit, decide
from services.casework.moved import Errors
from services.casework.screens.child import screen as child_screen
from services.casework.screens.child.offer import PAPER_CODE, PAPER_KIND, PAPER_PURPOSE
from services.casework.screens.child.rows import Child
from services.casework.screens.paper.said import Head, PaperSheet, paper_of
from services.casework.seeing import Again, Asking, Face, Handed, Mistake, Opening, Question, Screen
from services.casework.sheets import Sheet

SQL = queries(__file__)
NO_KIND = "どの紙に出すかを選んでください。"
NO_PURPOSE = "何のために印刷するかを選んでください。"


class PaperQuestion(Question):
    """Which paper, and what for; and whether who asks has just shown a one-time code (`code` is what was typed)."""

    kind: Paper
    purpose: Purpose
    code: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A child as its paper shows it, with the paper's number and the moment of printing."""

    child: Child
    number: str
    at: datetime


async def read(work: UnitOfWork, asking: Asking[PaperQuestion]) -> Printed | None:
    """Read what the child's page reads, and take a number; nothing where the child may not be seen."""
    child = await child_screen.read(work, asking)
    if child is None:
        return None
    return Printed(child, f"P-{await work.db.fetchval(SQL.next_number):06d}", work.now)


def show(printed: Printed, asking: Asking[PaperQuestion], *, shows_sensitive: bool) -> PaperSheet:
    """
    Put it on paper.

    What tells where a protected child is, is printed only for whoever may know it and has just shown who they are (`casework.md` §4.1).
    """
    asked, child = asking.question, printed.child
    may_know = isinstance(decide(viewer_of(asking.staff), Action.SEE_WHEREABOUTS, child.facts), Permit)
    shows_whereabouts = may_know and (asked.confirmed or not child.protected)
    page = child_screen.page_of(child, asking, shows_sensitive=shows_sensitive, shows_whereabouts=shows_whereabouts)
    head = Head(asked.kind, printed.number, PURPOSES[asked.purpose], asking.staff, printed.at)
    return paper_of(page, child.file, head, shows_whereabouts=shows_whereabouts, shows_sensitive=shows_sensitive)


def sent(form: FormData, *, with_sensitive: bool) -> PaperQuestion | Mistake:
    """Read which paper is wanted, and what for."""
    papers = offered(has_case=True, with_sensitive=with_sensitive)
    kind = next((each for each in papers if each == form.get(PAPER_KIND)), None)
    purpose = next((each for each in Purpose if each == form.get(PAPER_PURPOSE)), None)
    if kind is None or purpose is None:
        wrong = ((PAPER_KIND, NO_KIND, kind), (PAPER_PURPOSE, NO_PURPOSE, purpose))
        errors: Errors = tuple((name, text) for name, text, value in wrong if value is None)
        return Mistake(errors, typed={name: str(value) for name, _, value in wrong if value})
    return PaperQuestion(kind=kind, purpose=purpose, code=str(form.get(PAPER_CODE, "")).strip())


def _stated(asked: PaperQuestion) -> str:
    return f"{asked.kind}.{asked.purpose}"


def _facts(printed: Printed) -> Facts:
    return printed.child.facts


def _numbered(staff: Staff, sheet: Sheet, question: PaperQuestion) -> tuple[Beside, ...]:
    """Return the entry under the paper's number: whoever finds the paper is told who printed it."""
    assert isinstance(sheet, PaperSheet)  # noqa: S101 -- the sheet of this screen
    protected = sheet.protected
    about = About(accesses.actor_of(staff, protected=protected), Thing(kind=ThingKind.PAPER, id=sheet.number))
    reason = ".".join(filter(None, (accesses.PROTECTED if protected else None, _stated(question))))
    return (Beside(deeds.PAPER_NUMBERED, about, (), Granted("none", reason)),)


AGAIN = Again(
    field=PAPER_CODE,
    typed=lambda question: question.code,
    confirmed=lambda question: question.model_copy(update={"confirmed": True}),
)


def _paper(name: str, address: str, right: Action, deed: Any, *, sensitive: bool) -> Screen[Printed]:
    return Screen(
        name=name,
        folder="paper",
        address=address,
        right=right,
        deed=deed,
        beside=deeds.SIBLING_SHOWN,
        read=read,
        page=Face(PaperQuestion, partial(show, shows_sensitive=sensitive)),
        facts=_facts,
        called=lambda printed: printed.child.name,
        opening=Opening(partial(sent, with_sensitive=sensitive), _stated, instead="child", again=AGAIN),
        under="reviews",
        also=_numbered,
        handed=Handed.PAPER,
    )


SCREENS = (
    _paper("paper", "/children/{person_id}/paper", Action.PRINT, deeds.CHILD_PRINTED, sensitive=False),
    _paper("sensitive_paper", "/children/{person_id}/sensitive/paper", Action.PRINT_SENSITIVE, deeds.SENSITIVE_PRINTED, sensitive=True),
)
