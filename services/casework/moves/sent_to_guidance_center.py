"""The child guidance centre takes the case over; its receipt stands for the second person."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.fields import REASON, past, today_in
from services.casework.steps import Asks, Form, Line, Made, Spec, Step, Text, Words

MOVE = flow.BY_KEY["sent_to_guidance_center"]


class Sent(Form):
    """On which day, who received it, and why."""

    move: Literal["sent_to_guidance_center"]
    received_on: date | None = None
    receipt: Line = ""
    why: Text = ""


def errors(form: Sent, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from past("received_on", form.received_on, today, "受領された日")


def changes(_form: Sent, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """The centre has it."""
    return {"outcome": Outcome.GUIDANCE_CENTER}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["sent_to_guidance_center"],
    form=Sent,
    fields=(
        Spec("received_on", "受領された日", Asks.DAY),
        Spec("receipt", "受領した人・受領番号", Asks.LINE),
        REASON,
    ),
    words=Words(
        lead="児童相談所へ書面で送致したときは、受領を記録して終えます。",
        hint="児童相談所の受領が、決裁の代わりになります。",
        button="受領を記録して終える",
        done=("児童相談所への送致を記録して終えました。", ""),
    ),
    errors=errors,
    changes=changes,
    first=today_in("received_on"),
    aside=True,
)
