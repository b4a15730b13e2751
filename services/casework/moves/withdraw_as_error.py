"""Nothing was to be looked at: a record is wrong, and its section is asked to mend it."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.fields import REASON
from services.casework.steps import Asks, Form, Line, Made, Spec, Step, Text, Words

ERROR_KINDS = {"wrong_record": "記録の内容が誤っている", "wrong_person": "別の人の記録である", "outdated": "記録が古い"}
MOVE = flow.BY_KEY["withdraw_as_error"]


class Withdrawal(Form):
    """What kind of mistake it was, and who was asked to correct it."""

    move: Literal["withdraw_as_error"]
    error_kind: Literal["wrong_record", "wrong_person", "outdated"] | None = None
    correction_asked_of: Line = ""
    why: Text = ""


def changes(_form: Withdrawal, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It ends as a mistake of the data."""
    return {"outcome": Outcome.DATA_ERROR}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["withdraw_as_error"],
    form=Withdrawal,
    fields=(
        Spec("error_kind", "誤りの種類", Asks.CHOICE, ERROR_KINDS),
        Spec("correction_asked_of", "訂正を依頼した先", Asks.LINE),
        REASON,
    ),
    words=Words(
        lead="もとの記録が誤っていたときは、取り下げます。",
        hint="別の職員の決裁を受けて、記録の誤りとして終えます。もとの課に訂正を依頼してください。",
        button="取り下げの決裁を依頼する",
        done=("取り下げの決裁を依頼しました。", ""),
    ),
    changes=changes,
    aside=True,
)
