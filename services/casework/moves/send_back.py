"""The second person does not agree: the case stays where it stands, with the reason."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.fields import REASON
from services.casework.steps import Form, Step, Text, Words

MOVE = flow.ANY_BY_KEY["send_back"]


class SendBack(Form):
    """Why."""

    move: Literal["send_back"]
    why: Text = ""


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["send_back"],
    form=SendBack,
    fields=(REASON,),
    words=Words(
        lead="",
        hint="理由を書いて差し戻します。ケースはいまの段階のままです。",
        button="差し戻す",
        done=("差し戻しました。", ""),
    ),
    aside=True,
)
