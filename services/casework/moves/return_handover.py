"""The new ward, or the child guidance centre, does not accept: the case stays with the old one, with the reason (S02)."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import Handover, HandoverStatus
from services.casework.domain.policy import Action
from services.casework.fields import REASON
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.RETURN]


class Returned(Form):
    """Why."""

    move: Literal["return_handover"]
    why: Text = ""


def hands(form: Returned, file: CaseFile, made: Made) -> Handover:
    """Settle it."""
    assert file.offer is not None  # noqa: S101 -- the move does not start where nothing is offered
    return file.offer.settled(HandoverStatus.RETURNED, made.at, (made.by.id, made.by.name), form.why)


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.RETURN],
    form=Returned,
    fields=(REASON,),
    words=Words(
        lead="受領できないときは、理由を書いて差し戻します。",
        hint="担当は前の区のままです。こちらからは、このこどもの画面が見られなくなります。",
        button="引継ぎを差し戻す",
        done=("引継ぎを差し戻しました。", ""),
    ),
    hands=hands,
    right=Action.RECEIVE_CASE,
    leaves=True,
)
