"""The guardian takes a consent back: from that day on nothing is passed on; what is written stays, and is not used any more (S17)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.domain.objection import Consent
from services.casework.fields import past
from services.casework.steps import Asks, Form, Line, Spec, Step, Words

MOVE = flow.ANY_BY_KEY[flow.WITHDRAW]


class Withdrawn(Form):
    """Which consent, who took it back, and when."""

    move: Literal["withdraw_consent"]
    recipient: Line = ""
    withdrawn_by: Line = ""
    withdrawn_on: date | None = None


def _live(file: CaseFile) -> Mapping[str, Consent]:
    return {each.recipient: each for each in file.consents if each.withdrawn_on is None}


def errors(form: Withdrawn, file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from past("withdrawn_on", form.withdrawn_on, today, "撤回の日")
    consent = _live(file).get(form.recipient)
    if form.recipient and consent is None:
        yield "recipient", "この相手への同意の記録がないか、すでに撤回されています。"
    if consent is not None and form.withdrawn_on is not None and form.withdrawn_on < consent.since:
        yield "withdrawn_on", "撤回の日が、同意の日より前です。"


def first(file: CaseFile, today: date) -> Mapping[str, Any]:
    """Today; where there is one consent, that."""
    live = list(_live(file))
    return {"withdrawn_on": today, "recipient": live[0] if len(live) == 1 else ""}


def choices(file: CaseFile) -> Mapping[str, Mapping[str, str]]:
    """Offer the consents that there are."""
    return {"recipient": {each: each for each in _live(file)}}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.WITHDRAW],
    form=Withdrawn,
    fields=(
        Spec("recipient", "共有をやめる相手", Asks.CHOICE, tells_where=True),
        Spec("withdrawn_by", "撤回した人", Asks.LINE, hint="続柄で書きます。例：母"),
        Spec("withdrawn_on", "撤回の日", Asks.DAY),
    ),
    words=Words(
        lead="",
        hint="撤回の日から、この相手には何も伝えません。その日のうちに、相手にも共有が終わったことだけを伝えてください。それまでの記録は消さずに凍結します。",
        button="撤回を記録する",
        done=("撤回を記録しました。", "この日から、この相手には共有しません。"),
    ),
    errors=errors,
    first=first,
    choices=choices,
    aside=True,
)
