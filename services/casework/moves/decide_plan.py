"""What is done for the child, with what guardian and child wish for (PUSH-05, PUSH-07, S13)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import LOOK_AGAIN, ahead, months_ahead_in
from services.casework.observing import supported
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

KINDS = {"advice": "子育ての相談・助言", "menu": "支援メニューの利用", "referral": "支援機関へのつなぎ"}
"""PUSH-07."""
MOVE = flow.BY_KEY["decide_plan"]


class Plan(Form):
    """What is planned, of which kinds, what guardian and child wish for, and when it is looked at again."""

    move: Literal["decide_plan"]
    kinds: tuple[Literal["advice", "menu", "referral"], ...] = ()
    plan: Text = ""
    wish_of_guardian: Text = ""
    wish_of_child: Text = ""
    look_again_on: date | None = None


def errors(form: Plan, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from ahead("look_again_on", form.look_again_on, today, "次に確かめる日")


def changes(form: Plan, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It is looked at again on that day."""
    return {"due_on": form.look_again_on}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["decide_plan"],
    form=Plan,
    fields=(
        Spec("kinds", "支援の種類", Asks.BOXES, KINDS),
        Spec("plan", "プラン（目標・内容・だれが）", Asks.TEXT),
        Spec("wish_of_guardian", "保護者の意向", Asks.TEXT),
        Spec("wish_of_child", "こどもの意向", Asks.TEXT, hint="聞けないときは、その理由を書きます。"),
        LOOK_AGAIN,
    ),
    words=Words(
        lead="保護者とこどもの意向を聞いて、プランを決めます。",
        hint="意向を聞かずに、就園や療育などの支援を始めません。別の職員が決裁すると、支援に進みます。",
        button="プランの決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    errors=errors,
    changes=changes,
    observes=supported,
    first=months_ahead_in("look_again_on"),
)
