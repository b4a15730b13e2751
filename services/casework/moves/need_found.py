"""Support is needed. Another person agrees."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.fields import ASSESSMENT
from services.casework.steps import Form, Made, Step, Text, Words

PLAN_OPENING_DAYS = 10
"""Default time of a plan [PROP]; `casework.md` §2.2 has none."""
MOVE = flow.BY_KEY["need_found"]


class Need(Form):
    """The assessment on which it rests."""

    move: Literal["need_found"]
    assessment: Text = ""


def changes(_form: Need, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """The plan is due in ten opening days."""
    return {"due_on": after_opening_days(made.today, PLAN_OPENING_DAYS)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["need_found"],
    form=Need,
    fields=(ASSESSMENT,),
    words=Words(
        lead="支援が必要と見立てたら、決裁を受けてプランを作ります。",
        hint="別の職員が決裁すると、プランに進みます。",
        button="支援が必要とする決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    changes=changes,
)
