"""The family left the city: whether the new one is told, and on which ground (`domain.md` §4.8, S03)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import CaseFile
from services.casework.fields import past
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.BY_KEY["moved_out"]


class MovedOut(Form):
    """When they left, whether the new city is told, and why or why not."""

    move: Literal["moved_out"]
    moved_out_on: date | None = None
    information_to_new_city: Literal["given", "not_given"] | None = None
    why: Text = ""


def errors(form: MovedOut, file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in. What is said to be given has been handed over before (S03)."""
    if form.information_to_new_city == "given" and not file.was_handed_outside:
        yield "information_to_new_city", f"先に「{flow.ANY_BY_KEY[flow.HAND_OVER_OUTSIDE].title}」で、引継ぎを記録してください。"
    yield from past("moved_out_on", form.moved_out_on, today, "転出した日")


def changes(_form: MovedOut, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """They moved out."""
    return {"outcome": Outcome.MOVED_OUT}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["moved_out"],
    form=MovedOut,
    fields=(
        Spec("moved_out_on", "転出した日", Asks.DAY),
        Spec("information_to_new_city", "転出先への情報提供", Asks.CHOICE, {"given": "提供した", "not_given": "提供しない"}),
        Spec("why", "そう判断した根拠", Asks.TEXT),
    ),
    words=Words(
        lead="市外へ転出したときは、転出先への情報提供を判断して終えます。",
        hint="情報を提供したときは、先に市外の自治体への引継ぎを記録します。別の職員が決裁すると終わります。",
        button="終えるための決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    errors=errors,
    changes=changes,
    aside=True,
)
