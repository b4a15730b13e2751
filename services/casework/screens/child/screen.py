"""A child under review: why, what is known and not known, and what can be done. Sensitive items open for a stated reason (S24)."""

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData

from contracts.deeds import casework as deeds
from contracts.values import CaseState, Role
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import disputing, emergencies, moves, phrases
from services.casework.accesses import viewer_of
from services.casework.domain import flow
from services.casework.domain.household import shown_adults, shown_siblings
from services.casework.domain.paper import PURPOSES, TITLES, offered
from services.casework.domain.policy import Action, Facts, Permit, decide
from services.casework.moved import Errors
from services.casework.moving import version_of
from services.casework.screens.child import rows
from services.casework.screens.child.answer import ChildAnswer, answer
from services.casework.screens.child.disputes import ASK, SEEN, AskForm, SeenForm, ask, offer_to_ask, take_note
from services.casework.screens.child.limits import Limits
from services.casework.screens.child.offer import NOTHING_OFFERED, TOGETHER_DONE, EmergencyBox, MoveForm, Offer, PaperOffer
from services.casework.screens.child.page import ChildSheet, sheet
from services.casework.screens.child.rows import Child
from services.casework.screens.reviews.rows import feeds
from services.casework.screens.reviews.screen import count_not_started
from services.casework.seeing import Act, Asking, Face, Mistake, Opening, Question, Screen
from services.casework.sheets import Sheet
from services.casework.steps import AnyStep, Form, prompt

LOOKS_SHOWN = 8
CONTACTED_AT = frozenset(flow.ANY_BY_KEY["record_contact"].start)
"""Where a case stands in which contacts are recorded."""
NO_REASON: Errors = (("reason", "開く理由を選んでください。"),)


class OpeningReason(StrEnum):
    """Why somebody opens sensitive items; kept with the access."""

    WHETHER_TO_INVESTIGATE = "whether_to_investigate"
    INVESTIGATION = "investigation"
    CONFERENCE = "conference"


OPENING_REASONS = {
    OpeningReason.WHETHER_TO_INVESTIGATE: "調査が必要か確かめるため",
    OpeningReason.INVESTIGATION: "始めた調査を進めるため",
    OpeningReason.CONFERENCE: "三課の協議の準備のため",
}


class OpeningQuestion(Question):
    """For which reason the sensitive items are opened."""

    reason: OpeningReason


async def read(work: UnitOfWork, asking: Asking[Any]) -> Child | None:
    """Read the child, or nothing where it may not be seen. Who is in an emergency reads one child who is not theirs to see (S24)."""
    person_id = asking.person_id
    assert person_id is not None  # noqa: S101 -- the address names a child
    child = await rows.child(work.db, person_id, asking.today, LOOKS_SHOWN)
    if child is None:
        found = await emergencies.read_in(work, asking.staff, person_id, lambda: rows.child(work.db, person_id, asking.today, LOOKS_SHOWN))
        child = replace(found[0], emergency=found[1]) if found is not None else None
    if child is None:
        return None
    told = await disputing.disputes_of(work.db, person_id) if child.emergency is None else ()
    return replace(child, feeds=await feeds(work.db), disputes=told, read_at=work.now)


def show(child: Child, asking: Asking[Question], *, shows_sensitive: bool) -> ChildSheet:
    """Say it on a page."""
    mistake = asking.mistake
    filled_in = mistake.form if mistake else None
    offered = _offered(child, asking)
    forms = (_form(step, child, asking, filled_in if isinstance(filled_in, step.form) else None) for step in offered)
    offer = Offer(
        forms=tuple(forms),
        opening_reasons=tuple((reason.value, title) for reason, title in OPENING_REASONS.items()),
        version=_version(child),
        key=uuid4(),
        done=_done(child, asking),
        errors=mistake.errors if mistake else (),
        sent=filled_in.move if filled_in else "",
        shows_files=child.case is not None and _may(Action.OPEN_FILES, child, asking),
        paper=_paper(child, asking, with_sensitive=shows_sensitive),
        names_holders=_may(Action.NAME_HOLDERS, child, asking),
        ask=offer_to_ask(child, asking, shows_sensitive=shows_sensitive),
        together=_together(child, asking, {step.move.key for step in offered}),
        notes_answers=_may(Action.ASK_OWNER, child, asking),
        emergency=EmergencyBox(child.emergency.id, dates.clock_time(child.emergency.ends_at)) if child.emergency else None,
    )
    return page_of(child, asking, offer, shows_sensitive=shows_sensitive, shows_whereabouts=_shows_whereabouts(child, asking))


def page_of(
    child: Child, asking: Asking[Any], offer: Offer = NOTHING_OFFERED, *, shows_sensitive: bool, shows_whereabouts: bool
) -> ChildSheet:
    """Say what a page of the child says, or a paper, to whoever may know as much."""
    siblings = shown_siblings(child.mates, protected=child.protected, today=asking.today)
    adults = shown_adults(child.mates, protected=child.protected, covered_with=child.covered_with, today=asking.today)
    may_open = _may(Action.OPEN_SENSITIVE, child, asking)
    of_center = Role.GUIDANCE_WORKER in asking.staff.roles
    limits = Limits(asking.staff.ward, shows_whereabouts, shows_sensitive, may_open, siblings, adults, of_center)
    address = "/center" if of_center else "/reviews"
    return sheet(child, limits, offer, ward_title=phrases.list_title(asking.staff), today=asking.today, list_address=address)


def tell(child: Child, asking: Asking[Question]) -> ChildAnswer:
    """Return a child under review. The ETag is the version that a move must name."""
    keys = tuple(step.move.key for step in _offered(child, asking))
    return answer(child, keys, _version(child), shows_whereabouts=_shows_whereabouts(child, asking))


def opening(form: FormData) -> OpeningQuestion | Mistake:
    """Read the reason in the form."""
    reason = next((each for each in OpeningReason if each == form.get("reason")), None)
    return OpeningQuestion(reason=reason) if reason else Mistake(NO_REASON)


async def waiting(work: UnitOfWork, asking: Asking[Question], _sheet: Sheet) -> int | None:
    """Return how many reviews wait in the list, for whoever has one."""
    return None if Role.GUIDANCE_WORKER in asking.staff.roles else await count_not_started(work, asking.staff)


def _form(step: AnyStep, child: Child, asking: Asking[Question], before: Form | None) -> MoveForm:
    aside = step.aside and child.state not in step.next_at
    return MoveForm(step.move.key, step.move.title, aside, step.move.end is None, prompt(step, child.file, asking.today, before))


def _together(child: Child, asking: Asking[Question], offered: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Offer what is one with siblings whose cases stand where the child's does (S12); not with those whom its page does not name."""
    siblings = shown_siblings(child.mates, protected=child.protected, today=asking.today)
    states = {mate.state for mate in siblings if mate.under_review and mate.state is not None}
    visits = "record_contact" in offered and bool(states & CONTACTED_AT)
    confers = "decide_approach" in offered and CaseState.CONFERENCE in states
    found = (("visit", "一緒に訪問・連絡を記録する", visits), ("conference", "一緒に協議の結果を記録する", confers))
    return tuple((address, title) for address, title, holds in found if holds)


def _paper(child: Child, asking: Asking[Question], *, with_sensitive: bool) -> PaperOffer | None:
    """Offer the papers that the page may be put on."""
    if not _may(Action.PRINT_SENSITIVE if with_sensitive else Action.PRINT, child, asking):
        return None
    papers = offered(has_case=child.case is not None, with_sensitive=with_sensitive)
    return PaperOffer(
        address="sensitive/paper" if with_sensitive else "paper",
        papers=tuple((each.value, TITLES[each]) for each in papers),
        purposes=tuple((each.value, words) for each, words in PURPOSES.items()),
        asks_code=child.protected and _shows_whereabouts(child, asking),
        typed=asking.mistake.typed if asking.mistake else {},
    )


def _offered(child: Child, asking: Asking[Question]) -> tuple[AnyStep, ...]:
    return moves.offered(viewer_of(asking.staff), child.facts, child.file, needed=child.needed)


def _shows_whereabouts(child: Child, asking: Asking[Question]) -> bool:
    return _may(Action.SEE_WHEREABOUTS, child, asking)


def _may(action: Action, child: Child, asking: Asking[Question]) -> bool:
    return isinstance(decide(viewer_of(asking.staff), action, child.facts), Permit)


def _version(child: Child) -> str:
    return version_of(child.version, child.case.version if child.case else 0)


def _done(child: Child, asking: Asking[Question]) -> tuple[str, str] | None:
    step = moves.STEPS.get(asking.done)
    if step is None:
        said = CHILD.said(asking.done) or TOGETHER_DONE.get(asking.done, "")
        return (said, "") if said else None
    if step.move.second and child.file.asked is not None:
        return ("決裁を依頼しました。", "別の職員が、この画面で決裁するか、差し戻します。")
    return step.words.done


def _facts(child: Child) -> Facts:
    return child.facts


CHILD = Screen(
    name="child",
    address="/children/{person_id}",
    right=Action.OPEN_CHILD,
    deed=deeds.CHILD_OPENED,
    beside=deeds.SIBLING_SHOWN,
    read=read,
    page=Face(Question, partial(show, shows_sensitive=False)),
    json=Face(Question, tell),
    acts=(
        Act(
            ASK,
            Action.ASK_OWNER,
            deeds.OWNER_ASKING_REFUSED,
            AskForm,
            ask,
            "もとの課に、確かめるよう頼みました。回答は、この画面と「本日」に出ます。",
        ),
        Act(SEEN, Action.ASK_OWNER, deeds.OWNER_ASKING_REFUSED, SeenForm, take_note, "回答を確かめたことを記録しました。"),
    ),
    facts=_facts,
    called=lambda child: child.name,
    under="reviews",
    waiting=waiting,
)
SENSITIVE = Screen(
    name="sensitive",
    folder="child",
    address="/children/{person_id}/sensitive",
    right=Action.OPEN_SENSITIVE,
    deed=deeds.SENSITIVE_OPENED,
    beside=deeds.SIBLING_SHOWN,
    read=read,
    page=Face(OpeningQuestion, partial(show, shows_sensitive=True)),
    facts=_facts,
    called=lambda child: child.name,
    opening=Opening(opening, lambda question: question.reason, instead="child"),
    under="reviews",
    waiting=waiting,
)
SCREENS = (CHILD, SENSITIVE)
