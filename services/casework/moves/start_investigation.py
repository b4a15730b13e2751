"""The first move: a named person opens the case, and asks the ward's three sections what they know (`casework.md` §2.2)."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator

from contracts.deeds import casework as deeds
from contracts.messages import CaseMoved, CaseOpened
from contracts.values import Section
from contracts.words import SECTIONS
from infra.identifiers import caused
from infra.pages import dates
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days, is_open
from services.casework.domain.case import Case, Standing
from services.casework.domain.policy import WARD_SECTIONS, Action
from services.casework.moving import Box, Effects, Field, Form, Made, Prompt, Step

MOVE = flow.BY_KEY["start_investigation"]


def _in_order(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    # Each once: whoever sends one a thousand times asks one section.
    return tuple(sorted(set(sections)))


class Investigation(Form):
    """Which of the ward's three sections are asked, and until when (default: five opening days)."""

    move: Literal["start_investigation"]
    sections: Annotated[tuple[Section, ...], AfterValidator(_in_order)] = ()
    due_on: date | None = None


def errors(form: Investigation, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    if not form.sections or not WARD_SECTIONS.issuperset(form.sections):
        yield "sections", "調査を依頼する課を、区の3課から1つ以上選んでください。"
    if form.due_on is not None and form.due_on <= today:
        yield "due_on", "調査の期限は、あした以降の日にしてください。"
    elif form.due_on is not None and not is_open(form.due_on):
        yield "due_on", "調査の期限は、開庁日にしてください。"


def apply(standing: Standing, form: Investigation, made: Made) -> Effects:
    """Open the case."""
    case = Case(
        case_id=made.new_id,
        person_id=standing.person_id,
        household_id=standing.household_id,
        ward=standing.ward,
        state=MOVE.end,
        version=standing.version + 1,
        opened_at=made.at,
        opened_by=made.by.id,
        opened_by_name=made.by.name,
        due_on=form.due_on or _default_due(made.today),
    )
    opened = CaseOpened(
        event_id=caused(case.case_id, "opened"),
        occurred_at=made.at,
        case_id=case.case_id,
        person_id=case.person_id,
        household_id=case.household_id,
        ward=case.ward,
        state=case.state,
    )
    moved = CaseMoved(
        event_id=caused(case.case_id, f"moved:{case.version}"),
        occurred_at=made.at,
        case_id=case.case_id,
        person_id=case.person_id,
        from_state=standing.state,
        to_state=case.state,
        version=case.version,
    )
    return Effects(case, {"sections": form.sections, "due_on": case.due_on.isoformat()}, (opened, moved))


def ask(today: date, before: Investigation | None) -> Prompt:
    """Ask for the sections and the day; what was filled in before stands there."""
    default = _default_due(today)
    due_on = before.due_on if before else default
    ticked = before.sections if before else WARD_SECTIONS
    return Prompt(
        hint="区の3課に、これまでの関わりと家庭のようすの確認を依頼します。始めた人として、あなたの名前が残ります。",
        lead="下の理由とわからないことを見て、調べる必要があれば調査を始めます。",
        fields=(
            Field(
                "sections",
                "調査を依頼する課",
                boxes=tuple(Box(each, SECTIONS[each], each in ticked) for each in Section if each in WARD_SECTIONS),
            ),
            Field(
                "due_on",
                f"調査の期限（{INVESTIGATION_OPENING_DAYS}開庁日後は{dates.era_date(default)}）",
                day=due_on.isoformat() if due_on else "",
            ),
        ),
        button="この内容で調査を始める",
    )


def _default_due(today: date) -> date:
    return after_opening_days(today, INVESTIGATION_OPENING_DAYS)


STEP = Step(
    move=MOVE,
    right=Action.START_INVESTIGATION,
    deed=deeds.INVESTIGATION_STARTED,
    form=Investigation,
    changes=("state", "sections", "due_on"),
    errors=errors,
    apply=apply,
    ask=ask,
    done=("調査を始めました。", "依頼した課と期限は「担当と期限」にあります。"),
)
