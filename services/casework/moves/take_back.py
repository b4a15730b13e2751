"""Who asked for a move takes it back."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.steps import Form, Step, Words

MOVE = flow.ANY_BY_KEY["take_back"]


class TakeBack(Form):
    """Nothing."""

    move: Literal["take_back"]


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["take_back"],
    form=TakeBack,
    fields=(),
    words=Words(
        lead="あなたが依頼した決裁を待っています。",
        hint="依頼を取り下げて、入れ直せます。",
        button="依頼を取り下げる",
        done=("決裁の依頼を取り下げました。", ""),
    ),
    aside=True,
)
