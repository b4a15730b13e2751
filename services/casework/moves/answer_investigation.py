"""A section says what it knows of the child and the home, or that it holds nothing (PUSH-02)."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.steps import Asks, Form, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY["answer_investigation"]


class AnswerOfSection(Form):
    """Whether the section holds anything, and what."""

    move: Literal["answer_investigation"]
    held: Literal["something", "nothing"] | None = None
    text: Text = ""


def errors(form: AnswerOfSection, _file: CaseFile, _today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    if form.held == "something" and not form.text:
        yield "text", "関わりの内容を書いてください。"


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["answer_investigation"],
    form=AnswerOfSection,
    fields=(
        Spec("held", "自課の関わり", Asks.CHOICE, {"something": "関わりがある", "nothing": "関わりはない"}),
        Spec("text", "関わりの内容", Asks.TEXT, hint="関わりがあるときに書きます。いつ・どのような関わりか、家庭のようす。", optional=True),
    ),
    words=Words(
        lead="あなたの課に、調査の依頼が来ています。",
        hint="自課の記録だけを見て書きます。関わりがなければ「関わりはない」と答えます。",
        button="回答する",
        done=("回答しました。", ""),
    ),
    errors=errors,
)
