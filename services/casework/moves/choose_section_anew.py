"""Another section is to be in charge: the three of them confer again."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.fields import CONFERENCE_OPENING_DAYS, REASON
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["choose_section_anew"]


class ChooseAnew(Form):
    """Why."""

    move: Literal["choose_section_anew"]
    why: Text = ""


def changes(_form: ChooseAnew, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """Nobody is in charge until they have conferred, within ten opening days."""
    return {
        "lead_section": None,
        "person_in_charge": None,
        "due_on": after_opening_days(made.today, CONFERENCE_OPENING_DAYS),
    }


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["choose_section_anew"],
    form=ChooseAnew,
    fields=(REASON,),
    words=Words(
        lead="担当を決め直すときは、協議に戻します。",
        hint="三課の協議に戻ります。",
        button="担当を決め直す",
        done=("協議に戻しました。", ""),
    ),
    changes=changes,
    aside=True,
)
