"""The case is to go to another ward: it stays with this one until that one accepts (`casework.md` §2.5, S02)."""

from collections.abc import Iterator
from typing import Literal
from uuid import UUID

from contracts.deeds import casework as deeds
from contracts.values import Ward
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import HANDOVER_OPENING_DAYS, Destination, Handover, HandoverStatus
from services.casework.domain.policy import Action
from services.casework.fields import REASON, WARD_CHOICES
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.OFFER]


class Offered(Form):
    """To which ward, and why."""

    move: Literal["offer_handover"]
    to_ward: Ward | None = None
    why: Text = ""


def errors(form: Offered, file: CaseFile, _today: object) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    if form.to_ward is file.case.ward:
        yield "to_ward", "いまの担当の区です。引き継ぐ区を選んでください。"


def hands(form: Offered, file: CaseFile, made: Made) -> Handover:
    """Offer it; the other ward has five opening days [PROP]."""
    assert form.to_ward is not None  # noqa: S101 -- a field that may not be empty
    return Handover(
        handover_id=UUID(int=made.new_id.int),
        case_id=file.case.case_id,
        person_id=file.case.person_id,
        destination=Destination.WARD,
        from_ward=file.case.ward,
        to_ward=form.to_ward,
        status=HandoverStatus.OFFERED,
        offered_at=made.at,
        offered_by=made.by.id,
        offered_by_name=made.by.name,
        due_on=after_opening_days(made.today, HANDOVER_OPENING_DAYS),
        why=form.why,
    )


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.OFFER],
    form=Offered,
    fields=(Spec("to_ward", "引き継ぐ区", Asks.CHOICE, WARD_CHOICES, tells_where=True), REASON),
    words=Words(
        lead="",
        hint="相手の区が受領するまでは、この区の担当です。申し出ると、相手の区もこのこどもの画面を読めるようになります。",
        button="引継ぎを申し出る",
        done=("引継ぎを申し出ました。", "相手の区が受領するまでは、この区の担当です。"),
    ),
    errors=errors,
    hands=hands,
    right=Action.OFFER_CASE,
    aside=True,
)
