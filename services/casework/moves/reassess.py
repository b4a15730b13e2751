"""What is done is looked at anew."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.fields import REASON
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["reassess"]


class Reassessment(Form):
    """Why it is looked at anew."""

    move: Literal["reassess"]
    why: Text = ""


def changes(_form: Reassessment, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """The assessment is due in ten opening days."""
    return {"due_on": after_opening_days(made.today, 10)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["reassess"],
    form=Reassessment,
    fields=(REASON,),
    words=Words(
        lead="状況が変わったら、見直します。",
        hint="アセスメントに戻ります。",
        button="見直す",
        done=("アセスメントに戻しました。", ""),
    ),
    changes=changes,
)
