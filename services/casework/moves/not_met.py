"""Nobody was met, or they refused: the three sections confer again. A refusal never closes a case (S14)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import ATTEMPTS_NEEDED, CaseFile
from services.casework.fields import CONFERENCE_OPENING_DAYS
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.BY_KEY["not_met"]


class NotMet(Form):
    """What was tried, for the conference."""

    move: Literal["not_met"]
    why: Text = ""


def errors(_form: NotMet, file: CaseFile, _today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    if not file.may_count_as_not_met:
        yield (
            "reason",
            f"接触の記録が足りません。不在が{ATTEMPTS_NEEDED}回、または断られた記録が必要です。「接触を記録する」で記録してください。",
        )


def changes(_form: NotMet, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """They confer within ten opening days."""
    return {"due_on": after_opening_days(made.today, CONFERENCE_OPENING_DAYS)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["not_met"],
    form=NotMet,
    fields=(Spec("why", "試みたことと、協議してほしいこと", Asks.TEXT),),
    words=Words(
        lead="3回試みても会えないとき、または断られたときは、協議に戻します。",
        hint="断られたことは、終える理由になりません。",
        button="協議に戻す",
        done=("協議に戻しました。", ""),
    ),
    errors=errors,
    changes=changes,
)
