"""What was put off is taken up again."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.fields import REASON
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["resume"]


class Resumption(Form):
    """Why now."""

    move: Literal["resume"]
    why: Text = ""


def changes(_form: Resumption, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """The answers are due in five opening days."""
    return {"due_on": after_opening_days(made.today, INVESTIGATION_OPENING_DAYS)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["resume"],
    form=Resumption,
    fields=(REASON,),
    words=Words(
        lead="再開する日が来たとき、または新しいことが分かったときは、再開します。",
        hint="調査に戻ります。",
        button="再開する",
        done=("調査を再開しました。", ""),
    ),
    changes=changes,
)
