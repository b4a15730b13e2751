"""The family left the city, and the new one was told: what, on which legal ground, to whom, by whom (`domain.md` §4.8, S03)."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import past, today_in
from services.casework.steps import Asks, Form, Line, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.HAND_OVER_OUTSIDE]


class HandedOutside(Form):
    """To whom, what, on which ground, and when."""

    move: Literal["hand_over_outside"]
    recipient: Line = ""
    contents: Text = ""
    legal_basis: Text = ""
    handed_on: date | None = None


def errors(form: HandedOutside, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from past("handed_on", form.handed_on, today, "引き継いだ日")


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.HAND_OVER_OUTSIDE],
    form=HandedOutside,
    fields=(
        Spec("recipient", "引き継いだ相手", Asks.LINE, hint="自治体と課、受け取った人。"),
        Spec("contents", "引き継いだ内容", Asks.TEXT, hint="渡した書類、伝えたことを書きます。"),
        Spec("legal_basis", "提供の根拠", Asks.TEXT, hint="根拠とした法令の条文と、そう判断した理由。"),
        Spec("handed_on", "引き継いだ日", Asks.DAY),
    ),
    words=Words(
        lead="",
        hint="市外へ転出したときは、転出先への引継ぎを記録してから、「市外転出で終える」に進みます。記録した人として、あなたの名前が残ります。",
        button="引継ぎを記録する",
        done=("市外の自治体への引継ぎを記録しました。", "「市外転出で終える」に進めます。"),
    ),
    errors=errors,
    first=today_in("handed_on"),
    aside=True,
)
