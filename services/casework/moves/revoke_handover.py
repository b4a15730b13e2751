"""Who offered the case takes the offer back: it stays where it is."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import Handover, HandoverStatus
from services.casework.fields import REASON
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.REVOKE]


class Revoked(Form):
    """Why."""

    move: Literal["revoke_handover"]
    why: Text = ""


def hands(form: Revoked, file: CaseFile, made: Made) -> Handover:
    """Settle it."""
    assert file.offer is not None  # noqa: S101 -- the move does not start where nothing is offered
    return file.offer.settled(HandoverStatus.REVOKED, made.at, (made.by.id, made.by.name), form.why)


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.REVOKE],
    form=Revoked,
    fields=(REASON,),
    words=Words(
        lead="",
        hint="相手からは、このこどもの画面が見られなくなります。担当はこの区のままです。",
        button="申出を取り消す",
        done=("引継ぎの申出を取り消しました。", ""),
    ),
    hands=hands,
    aside=True,
)
