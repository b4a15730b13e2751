"""Nothing is needed. Another person agrees, and the case ends."""

from collections.abc import Mapping
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.fields import ASSESSMENT, OUTCOME
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["no_need_found"]


class NoNeed(Form):
    """The assessment, and how it ended."""

    move: Literal["no_need_found"]
    assessment: Text = ""
    outcome: Outcome | None = None


def changes(form: NoNeed, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It ended so."""
    return {"outcome": form.outcome}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["no_need_found"],
    form=NoNeed,
    fields=(ASSESSMENT, OUTCOME),
    words=Words(
        lead="支援が要らないと見立てたら、決裁を受けて終えます。",
        hint="別の職員が決裁すると終わります。",
        button="支援不要とする決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    changes=changes,
)
