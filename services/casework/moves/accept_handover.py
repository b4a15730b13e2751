"""The new ward accepts: from now on the case is its own, and its three sections confer anew (S02)."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from contracts.values import CaseState
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import Handover, HandoverStatus
from services.casework.domain.policy import Action
from services.casework.fields import CONFERENCE_OPENING_DAYS
from services.casework.steps import Form, Made, Step, Words

MOVE = flow.ANY_BY_KEY[flow.ACCEPT]
BEFORE_A_CONFERENCE = frozenset({CaseState.NOTICED, CaseState.INVESTIGATION})


class Acceptance(Form):
    """Nothing: what is accepted stands in the case."""

    move: Literal["accept_handover"]


def changes(_form: Acceptance, file: CaseFile, made: Made) -> Mapping[str, Any]:
    """
    It is this ward's. What the old one's conference decided is confirmed anew by the three sections here; nobody there is in charge.

    A move for which the old ward's second person was asked is not made any more.
    """
    early = file.case.state in BEFORE_A_CONFERENCE
    return {
        "ward": _offer(file).to_ward,
        "state": file.case.state if early else CaseState.CONFERENCE,
        "due_on": after_opening_days(made.today, INVESTIGATION_OPENING_DAYS if early else CONFERENCE_OPENING_DAYS),
        "lead_section": None,
        "person_in_charge": None,
        "asks": None,
    }


def hands(_form: Acceptance, file: CaseFile, made: Made) -> Handover:
    """Settle it."""
    return _offer(file).settled(HandoverStatus.ACCEPTED, made.at, (made.by.id, made.by.name), "")


def _offer(file: CaseFile) -> Handover:
    assert file.offer is not None  # noqa: S101 -- the move does not start where nothing is offered
    return file.offer


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.ACCEPT],
    form=Acceptance,
    fields=(),
    words=Words(
        lead="内容を確かめて、受領するか、差し戻します。",
        hint="受領すると、この区の担当になります。前の区は見られなくなり、協議まで進んでいたケースは三課で協議し直します。",
        button="受領する",
        done=("引継ぎを受領しました。", "この区の担当になりました。"),
    ),
    changes=changes,
    hands=hands,
    right=Action.RECEIVE_CASE,
)
