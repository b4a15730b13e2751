"""The child has left the age that is looked at (S16): who goes on, or why nobody."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.BY_KEY["came_of_age"]


class CameOfAge(Form):
    """Who goes on, or why nobody needs to."""

    move: Literal["came_of_age"]
    handed_to_or_why_not: Text = ""


def changes(_form: CameOfAge, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It ends with the age."""
    return {"outcome": Outcome.CAME_OF_AGE}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["came_of_age"],
    form=CameOfAge,
    fields=(Spec("handed_to_or_why_not", "引き継いだ先、または引き継がない理由", Asks.TEXT),),
    words=Words(
        lead="対象の年齢を過ぎたときは、引継ぎを決めて終えます。",
        hint="別の職員が決裁すると終わります。",
        button="終えるための決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    changes=changes,
    aside=True,
)
