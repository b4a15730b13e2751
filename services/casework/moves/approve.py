"""The second person agrees: what was asked for is done."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.steps import Form, Step, Words

MOVE = flow.ANY_BY_KEY["approve"]


class Approval(Form):
    """Nothing: what is approved stands in the case."""

    move: Literal["approve"]


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["approve"],
    form=Approval,
    fields=(),
    words=Words(
        lead="内容を確かめて、決裁するか、差し戻します。",
        hint="依頼された内容のとおりに進みます。決裁した人として、あなたの名前が残ります。",
        button="決裁する",
        done=("決裁しました。", ""),
    ),
)
