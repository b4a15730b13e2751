"""An attempt to meet the family, or a contact while it goes on (PUSH-04)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

from contracts.deeds import casework as deeds
from contracts.values import CaseState, Observation
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile, Contact
from services.casework.fields import CONTACTS, ENROLMENT_SEEN, METHODS, SIGHTED, past, today_in
from services.casework.observing import enrolment, met
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY["record_contact"]


class ContactMade(Form):
    """When, how, what came of it, and what was found."""

    move: Literal["record_contact"]
    contacted_on: date | None = None
    method: Literal["home_visit", "telephone", "at_office", "at_facility", "letter"] | None = None
    result: Contact | None = None
    sighted: Literal["yes", "no"] | None = None
    enrolment: Literal[Observation.ENROLLED_ELSEWHERE, Observation.ENROLLED_NOWHERE] | None = None
    findings: Text = ""


def errors(form: ContactMade, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from past("contacted_on", form.contacted_on, today, "日")


def observes(form: ContactMade, file: CaseFile, made: Made) -> Iterator[tuple[Observation, date]]:
    """Say that the family was met, if it was, and whether the child attends some place: a nursery may tell that, too."""
    return met(form, file, made) if form.result is Contact.MET else enrolment(form)


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["record_contact"],
    form=ContactMade,
    fields=(
        Spec("contacted_on", "日", Asks.DAY),
        Spec("method", "方法", Asks.CHOICE, METHODS),
        Spec("result", "結果", Asks.CHOICE, CONTACTS),
        replace(SIGHTED, optional=True),
        ENROLMENT_SEEN,
        Spec("findings", "聞いたこと・見たこと", Asks.TEXT, optional=True),
    ),
    words=Words(
        lead="訪問や連絡のたびに、接触を記録します。",
        hint="訪問や電話のたびに記録します。不在も、断られたことも記録します。",
        button="接触を記録する",
        done=("接触を記録しました。", ""),
    ),
    errors=errors,
    observes=observes,
    first=today_in("contacted_on"),
    aside=True,
    # Nothing is to be decided while support goes on: it is given, and what was seen is kept.
    next_at=frozenset({CaseState.SUPPORT, CaseState.WATCH_OVER}),
)
