"""The family asks that the use of its data be suspended: recorded with its deadline, and decided by the privacy officer (S17)."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import past, today_in
from services.casework.steps import Asks, Form, Line, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.OBJECT]


class Objected(Form):
    """Who objects, when, and to what."""

    move: Literal["record_objection"]
    objected_by: Line = ""
    objected_on: date | None = None
    text: Text = ""


def errors(form: Objected, file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in; one at a time is decided."""
    yield from past("objected_on", form.objected_on, today, "求めのあった日")
    if any(each.is_open for each in file.objections):
        yield "text", "利用停止の求めは、すでに記録されていて、決定を待っています。付け加えることは「経過を書き加える」に書いてください。"


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.OBJECT],
    form=Objected,
    fields=(
        Spec("objected_by", "求めた人", Asks.LINE, hint="続柄で書きます。例：母"),
        Spec("objected_on", "求めのあった日", Asks.DAY),
        Spec("text", "求めの内容", Asks.TEXT, hint="言われたとおりに書きます。住所や、通っている園・学校は書きません。"),
    ),
    words=Words(
        lead="",
        hint="記録を使わないでほしいと言われたら、説得せずに受け付けます。30日以内にプライバシー保護責任者が決めます。それまで、新しい働きかけは決められません。",
        button="求めを記録する",
        done=("利用停止の求めを記録しました。", "プライバシー保護責任者に届きました。決まるまで、新しい働きかけはしません。"),
    ),
    errors=errors,
    first=today_in("objected_on"),
    aside=True,
)
