"""The case is to go to the child guidance centre: it stays with its ward until somebody there accepts (`casework.md` §2.2, §2.5)."""

from typing import Literal
from uuid import UUID

from contracts.deeds import casework as deeds
from contracts.words import GUIDANCE_CENTER
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.domain.center import WITH_SENSITIVE
from services.casework.domain.handover import HANDOVER_OPENING_DAYS, Destination, Handover, HandoverStatus
from services.casework.fields import REASON
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.SEND_TO_CENTER]


class Sent(Form):
    """Why, and whether what is especially sensitive is shared, too."""

    move: Literal["send_to_guidance_center"]
    why: Text = ""
    shares: tuple[Literal["with_sensitive"], ...] = ()


def hands(form: Sent, file: CaseFile, made: Made) -> Handover:
    """Offer it; the centre has five opening days, as a ward has [PROP]. What cannot wait is reported, and not offered."""
    return Handover(
        handover_id=UUID(int=made.new_id.int),
        case_id=file.case.case_id,
        person_id=file.case.person_id,
        destination=Destination.GUIDANCE_CENTER,
        from_ward=file.case.ward,
        to_ward=None,
        status=HandoverStatus.OFFERED,
        offered_at=made.at,
        offered_by=made.by.id,
        offered_by_name=made.by.name,
        due_on=after_opening_days(made.today, HANDOVER_OPENING_DAYS),
        why=form.why,
    )


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.SEND_TO_CENTER],
    form=Sent,
    fields=(
        REASON,
        Spec(
            "shares",
            "共有に含めるもの",
            Asks.BOXES,
            {WITH_SENSITIVE: "福祉・障がい・保護者の健康の項目も共有する"},
            hint="含めないと、相手の画面では件数だけが出ます。",
            optional=True,
        ),
    ),
    words=Words(
        lead="",
        hint=f"{GUIDANCE_CENTER}が受理するまでは、この区の担当です。申し出ると、{GUIDANCE_CENTER}の職員がこのこどもの画面を読めるようになります。急ぐときは、先に電話で通告してください。",
        button="送致を申し出る",
        done=(f"{GUIDANCE_CENTER}への送致を申し出ました。", "受理されるまでは、この区の担当です。"),
    ),
    hands=hands,
    aside=True,
)
