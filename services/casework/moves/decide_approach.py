"""The three sections decide how to approach, who does it and until when (PUSH-03)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from contracts.deeds import casework as deeds
from contracts.values import Section
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import (
    AGREED,
    LEAD_SECTION,
    METHODS,
    PRESENT,
    REASON,
    SECTION_CHOICES,
    ahead,
    all_three,
    in_order,
    of_the_ward,
)
from services.casework.steps import Asks, Form, Line, Made, Spec, Step, Text, Words

FIRST_CONTACT_DAYS = 14
"""Default time until the first contact [PROP] (`casework.md` §2.2)."""
MOVE = flow.BY_KEY["decide_approach"]


class Approach(Form):
    """Who conferred, how the family is approached, by which section and person, until when, and why."""

    move: Literal["decide_approach"]
    present: Annotated[tuple[Section, ...], AfterValidator(in_order)] = ()
    agreed_in_writing: Annotated[tuple[Section, ...], AfterValidator(in_order)] = ()
    approach_method: Literal["home_visit", "telephone", "at_office", "at_facility", "letter"] | None = None
    lead_section: Section | None = None
    person_in_charge: Line = ""
    due_on: date | None = None
    why: Text = ""


def errors(form: Approach, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from all_three(form.present, form.agreed_in_writing)
    yield from of_the_ward("lead_section", form.lead_section)
    yield from ahead("due_on", form.due_on, today, "期限")


def changes(form: Approach, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """That section and person are in charge until that day."""
    return {"lead_section": form.lead_section, "person_in_charge": form.person_in_charge, "due_on": form.due_on}


def first(_file: CaseFile, today: date) -> Mapping[str, Any]:
    """All three, and fourteen days [PROP]."""
    return {"present": tuple(SECTION_CHOICES), "due_on": today + timedelta(days=FIRST_CONTACT_DAYS)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["decide_approach"],
    form=Approach,
    fields=(
        PRESENT,
        AGREED,
        Spec("approach_method", "はじめの方法", Asks.CHOICE, METHODS),
        LEAD_SECTION,
        Spec("person_in_charge", "担当者", Asks.LINE),
        Spec("due_on", "はじめて接触する期限", Asks.DAY),
        REASON,
    ),
    words=Words(
        lead="三課の協議の結果、家庭に働きかけるときは、方法と担当を決めます。",
        hint="担当する課と担当者、期限を決めます。決めた人として、あなたの名前が残ります。",
        button="方針を決める",
        done=("方針を決めました。", ""),
    ),
    errors=errors,
    changes=changes,
    first=first,
)
