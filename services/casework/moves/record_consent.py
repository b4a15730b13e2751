"""The guardian agrees that something of the case is passed on to somebody, e.g. a 幼稚園 (S17)."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import past, today_in
from services.casework.steps import Asks, Form, Line, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.CONSENT]


class Consented(Form):
    """To whom what may be passed on, who agreed, and when."""

    move: Literal["record_consent"]
    recipient: Line = ""
    contents: Text = ""
    consented_by: Line = ""
    consented_on: date | None = None


def errors(form: Consented, file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in: what was agreed to and not withdrawn is agreed to already."""
    yield from past("consented_on", form.consented_on, today, "同意の日")
    if any(each.recipient == form.recipient and each.withdrawn_on is None for each in file.consents):
        yield "recipient", "この相手への同意は、すでに記録されています。内容が変わるときは、先に撤回を記録してください。"


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.CONSENT],
    form=Consented,
    fields=(
        Spec("recipient", "共有する相手", Asks.LINE, hint="園・学校・機関の名前と、担当の人。"),
        Spec("contents", "共有する内容", Asks.TEXT, hint="何を、何のために伝えるか。同意した範囲だけを書きます。"),
        Spec("consented_by", "同意した人", Asks.LINE, hint="続柄で書きます。例：母"),
        Spec("consented_on", "同意の日", Asks.DAY),
    ),
    words=Words(
        lead="",
        hint="保護者の同意で園などに情報を共有するときに、共有する前に記録します。要確認の一覧のもとになる記録の連携は、同意ではなく法令によるものです。",
        button="同意を記録する",
        done=("同意を記録しました。", "撤回されたら、その日から共有しません。"),
    ),
    errors=errors,
    first=today_in("consented_on"),
    aside=True,
)
