"""The family was met: what was seen and heard (PUSH-04)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from contracts.values import Observation
from services.casework.domain import flow
from services.casework.domain.calendar import after_opening_days
from services.casework.domain.casefile import CaseFile
from services.casework.fields import ENROLMENT_SEEN, METHODS, SIGHTED, past, today_in
from services.casework.observing import met
from services.casework.steps import Asks, Form, Line, Made, Spec, Step, Text, Words

ASSESSMENT_OPENING_DAYS = 10
"""Default time of an assessment [PROP] (`casework.md` §2.2)."""
MOVE = flow.BY_KEY["met"]


class Meeting(Form):
    """When, how and whom one met, whether the child was seen, and what was found."""

    move: Literal["met"]
    contacted_on: date | None = None
    method: Literal["home_visit", "telephone", "at_office", "at_facility", "letter"] | None = None
    met_whom: Line = ""
    sighted: Literal["yes", "no"] | None = None
    enrolment: Literal[Observation.ENROLLED_ELSEWHERE, Observation.ENROLLED_NOWHERE] | None = None
    findings: Text = ""


def errors(form: Meeting, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from past("contacted_on", form.contacted_on, today, "会えた日")


def changes(_form: Meeting, _file: CaseFile, made: Made) -> Mapping[str, Any]:
    """The assessment is due in ten opening days [PROP]."""
    return {"due_on": after_opening_days(made.today, ASSESSMENT_OPENING_DAYS)}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["met"],
    form=Meeting,
    fields=(
        Spec("contacted_on", "日", Asks.DAY),
        Spec("method", "方法", Asks.CHOICE, METHODS),
        Spec("met_whom", "会えた人", Asks.LINE, hint="続柄で書きます。例：母、祖母"),
        SIGHTED,
        ENROLMENT_SEEN,
        Spec("findings", "聞いたこと・見たこと", Asks.TEXT),
    ),
    words=Words(
        lead="会えたら、聞いたことと見たことを記録して、アセスメントに進みます。",
        hint="生活のようすや困りごとを、聞いたとおりに書きます。",
        button="記録してアセスメントに進む",
        done=("接触を記録しました。", ""),
    ),
    errors=errors,
    changes=changes,
    observes=met,
    first=today_in("contacted_on"),
)
