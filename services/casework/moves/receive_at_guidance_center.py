"""The child guidance centre accepts what a ward sent: it has the case now, and its receipt stands for the ward's second person."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import Handover, HandoverStatus
from services.casework.domain.policy import Action
from services.casework.steps import Asks, Form, Line, Made, Spec, Step, Words

MOVE = flow.BY_KEY[flow.RECEIVE_SENT]


class Received(Form):
    """Under which number."""

    move: Literal["receive_at_guidance_center"]
    receipt: Line = ""


def changes(_form: Received, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """The ward's case ends with it. A move for which the ward's second person was asked is not made any more."""
    return {"outcome": Outcome.GUIDANCE_CENTER}


def hands(_form: Received, file: CaseFile, made: Made) -> Handover:
    """Settle it."""
    assert file.offer is not None  # noqa: S101 -- the move does not start where nothing is offered
    return file.offer.settled(HandoverStatus.ACCEPTED, made.at, (made.by.id, made.by.name), "")


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.RECEIVE_SENT],
    form=Received,
    fields=(Spec("receipt", "受付番号", Asks.LINE),),
    words=Words(
        lead="内容を確かめて、受理するか、差し戻します。",
        hint="受理すると、この児童相談所の担当になり、区のケースは終わります。",
        button="受理する",
        done=("送致を受理しました。", "児童相談所の担当になりました。"),
    ),
    changes=changes,
    hands=hands,
    right=Action.RECEIVE_CASE,
)
