"""The three sections find that nothing is needed. Another person agrees, or it stays open."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.fields import OUTCOME, REASON
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["close_without_need"]


class Closing(Form):
    """How it ended, and why."""

    move: Literal["close_without_need"]
    outcome: Outcome | None = None
    why: Text = ""


def changes(form: Closing, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It ended so."""
    return {"outcome": form.outcome}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["close_without_need"],
    form=Closing,
    fields=(OUTCOME, REASON),
    words=Words(
        lead="支援が要らないと協議で決まったときは、決裁を受けて終えます。",
        hint="別の職員が決裁すると終わります。",
        button="終えるための決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    changes=changes,
)
