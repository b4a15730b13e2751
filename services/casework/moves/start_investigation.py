"""The first move: a named person opens the case, and asks the ward's three sections what they know (`casework.md` §2.2)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from contracts.deeds import casework as deeds
from contracts.values import Section
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days, is_open
from services.casework.domain.casefile import CaseFile
from services.casework.domain.policy import WARD_SECTIONS, Action
from services.casework.fields import SECTION_CHOICES, ahead, in_order
from services.casework.steps import Asks, Form, Made, Spec, Step, Words

MOVE = flow.BY_KEY["start_investigation"]


class Investigation(Form):
    """Which of the ward's three sections are asked, and until when (default: five opening days)."""

    move: Literal["start_investigation"]
    sections: Annotated[tuple[Section, ...], AfterValidator(in_order)] = ()
    due_on: date | None = None


def errors(form: Investigation, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    if not form.sections or not WARD_SECTIONS.issuperset(form.sections):
        yield "sections", "調査を依頼する課を、区の3課から1つ以上選んでください。"
    wrong_day = tuple(ahead("due_on", form.due_on, today, "調査の期限"))
    yield from wrong_day
    if form.due_on is not None and not wrong_day and not is_open(form.due_on):
        yield "due_on", "調査の期限は、開庁日にしてください。"


def changes(form: Investigation, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """The case is due when the answers are."""
    return {"due_on": form.due_on or _default_due(made.today)}


def first(_file: CaseFile, today: date) -> Mapping[str, Any]:
    """All three sections, in five opening days."""
    return {"sections": tuple(SECTION_CHOICES), "due_on": _default_due(today)}


def _default_due(today: date) -> date:
    return after_opening_days(today, INVESTIGATION_OPENING_DAYS)


STEP = Step(
    move=MOVE,
    deed=deeds.INVESTIGATION_STARTED,
    form=Investigation,
    fields=(
        Spec("sections", "調査を依頼する課", Asks.BOXES, SECTION_CHOICES, optional=True),
        Spec("due_on", "調査の期限", Asks.DAY, hint=f"書いていなければ{INVESTIGATION_OPENING_DAYS}開庁日後です。", optional=True),
    ),
    words=Words(
        lead="下の理由とわからないことを見て、調べる必要があれば調査を始めます。",
        hint="区の3課に、これまでの関わりと家庭のようすの確認を依頼します。始めた人として、あなたの名前が残ります。",
        button="この内容で調査を始める",
        done=("調査を始めました。", "依頼した課と期限は「担当と期限」にあります。"),
    ),
    errors=errors,
    changes=changes,
    first=first,
    right=Action.START_INVESTIGATION,
)
