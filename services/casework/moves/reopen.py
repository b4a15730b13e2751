"""A case that ended is opened again. Another person agrees (S15)."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.fields import REASON
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["reopen"]


class Reopening(Form):
    """Why."""

    move: Literal["reopen"]
    why: Text = ""


def changes(_form: Reopening, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """The answers are due in five opening days, and it has not ended."""
    return {"due_on": after_opening_days(made.today, INVESTIGATION_OPENING_DAYS), "outcome": None}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["reopen"],
    form=Reopening,
    fields=(REASON,),
    words=Words(
        lead="終えたあとに新しいことが分かったら、再び開きます。",
        hint="別の職員が決裁すると、調査に戻ります。",
        button="再び開く決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    changes=changes,
)
