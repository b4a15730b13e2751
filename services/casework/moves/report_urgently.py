"""Abuse is suspected, and was reported to the child guidance centre: kept from any state, in one operation."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.steps import Asks, Form, Line, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY["report_urgently"]


class UrgentReport(Form):
    """To whom it was reported, and what."""

    move: Literal["report_urgently"]
    reported_to: Line = ""
    text: Text = ""


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["report_urgently"],
    form=UrgentReport,
    fields=(Spec("reported_to", "通告した先・相手", Asks.LINE), Spec("text", "通告した内容", Asks.TEXT)),
    words=Words(
        lead="",
        hint="虐待が疑われるときは、この画面より先に、電話で児童相談所（189）に通告してください。ここには、通告したことを記録します。決裁は要りません。記録すると、児童相談所の職員もこの画面を読めるようになります。",
        button="通告を記録する",
        done=("通告を記録しました。", ""),
    ),
    aside=True,
)
