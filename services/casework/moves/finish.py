"""Nothing is left to do. Another person agrees, and the case ends."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.fields import OUTCOME, REASON
from services.casework.observing import supported_until_now
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.BY_KEY["finish"]


class Finish(Form):
    """How it ended, that nothing is left to do, and why."""

    move: Literal["finish"]
    outcome: Outcome | None = None
    nothing_left_to_do: tuple[Literal["nothing_left"], ...] = ()
    why: Text = ""


def changes(form: Finish, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It ended so."""
    return {"outcome": form.outcome}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["finish"],
    form=Finish,
    fields=(
        OUTCOME,
        Spec("nothing_left_to_do", "残っていることの確認", Asks.BOXES, {"nothing_left": "未了の支援や連絡がないことを確かめた"}),
        REASON,
    ),
    words=Words(
        lead="支援や見守りが終わったら、決裁を受けて終えます。",
        hint="別の職員が決裁すると終わります。",
        button="終えるための決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    changes=changes,
    observes=supported_until_now,
)
