"""The three sections leave it to those who see the child anyway, and look again on a day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from contracts.deeds import casework as deeds
from contracts.values import Section
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import (
    AGREED,
    LEAD_SECTION,
    LOOK_AGAIN,
    PRESENT,
    REASON,
    SECTION_CHOICES,
    ahead,
    all_three,
    in_order,
    months_ahead,
    of_the_ward,
)
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["watch_through_contacts"]


class Watch(Form):
    """Who conferred, which section watches, when it looks again, and why."""

    move: Literal["watch_through_contacts"]
    present: Annotated[tuple[Section, ...], AfterValidator(in_order)] = ()
    agreed_in_writing: Annotated[tuple[Section, ...], AfterValidator(in_order)] = ()
    lead_section: Section | None = None
    look_again_on: date | None = None
    why: Text = ""


def errors(form: Watch, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from all_three(form.present, form.agreed_in_writing)
    yield from of_the_ward("lead_section", form.lead_section)
    yield from ahead("look_again_on", form.look_again_on, today, "次に確かめる日")


def changes(form: Watch, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """That section is in charge, and looks again on that day."""
    return {"lead_section": form.lead_section, "due_on": form.look_again_on}


def first(_file: CaseFile, today: date) -> Mapping[str, Any]:
    """All three, and three months."""
    return {"present": tuple(SECTION_CHOICES), "look_again_on": months_ahead(today)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["watch_through_contacts"],
    form=Watch,
    fields=(PRESENT, AGREED, LEAD_SECTION, LOOK_AGAIN, REASON),
    words=Words(
        lead="いまの関わりの中で見守るときは、次に確かめる日を決めます。",
        hint="園・学校や訪問など、すでにある関わりで見守ります。",
        button="見守りにする",
        done=("見守りにしました。", ""),
    ),
    errors=errors,
    changes=changes,
    first=first,
)
