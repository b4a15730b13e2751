"""The sections have answered: the three of them confer (PUSH-02, PUSH-03)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from contracts.words import SECTIONS
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.fields import CONFERENCE_OPENING_DAYS, within_a_year
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

CHECKED = {"checked": "きょうだいの要確認の有無を確かめた"}
MOVE = flow.BY_KEY["put_on_agenda"]


class Agenda(Form):
    """On which day they confer, that siblings were looked at, and why it goes on where a section has not answered."""

    move: Literal["put_on_agenda"]
    siblings_checked: tuple[Literal["checked"], ...] = ()
    held_on: date | None = None
    missing_reason: Text = ""


def errors(form: Agenda, file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    if not form.siblings_checked:
        yield "siblings_checked", "きょうだいの要確認の有無を確かめて、印を付けてください。"
    if form.held_on is not None and form.held_on < today:
        yield "held_on", "協議の日は、きょう以降の日にしてください。"
    yield from within_a_year("held_on", form.held_on, today, "協議の日")
    missing = "、".join(SECTIONS[section] for section in file.unanswered)
    if missing and today <= file.case.due_on:
        yield "missing_reason", f"まだ回答のない課があります（{missing}）。期限までは、回答を待ちます。"
    elif missing and not form.missing_reason:
        yield "missing_reason", f"期限を過ぎても回答のない課があります（{missing}）。進める理由を書いてください。"


def changes(form: Agenda, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """The case is due on the day of the conference."""
    return {"due_on": form.held_on}


def first(_file: CaseFile, today: date) -> Mapping[str, Any]:
    """Ten opening days from today [PROP]."""
    return {"held_on": after_opening_days(today, CONFERENCE_OPENING_DAYS)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["put_on_agenda"],
    form=Agenda,
    fields=(
        Spec("siblings_checked", "きょうだいの確認", Asks.BOXES, CHECKED, optional=True),
        Spec("held_on", "協議の日", Asks.DAY),
        Spec(
            "missing_reason",
            "回答のない課があるまま進める理由",
            Asks.TEXT,
            hint="期限を過ぎても回答がない課があるときだけ書きます。",
            optional=True,
        ),
    ),
    words=Words(
        lead="調査の回答を確かめて、三課の協議の議題にします。",
        hint="きょうだいも一緒に話し合うかを確かめてください。",
        button="議題にする",
        done=("議題にしました。", ""),
    ),
    errors=errors,
    changes=changes,
    first=first,
)
