"""The child guidance centre tells the ward what came of what was reported or sent to it (`casework.md` §2.3: 求めに回答、意見)."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.center import ANSWERS, CenterAnswer
from services.casework.domain.policy import Action
from services.casework.steps import Asks, Form, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY[flow.ANSWER_CENTER]


class Answer(Form):
    """What, in a code and in words."""

    move: Literal["answer_from_guidance_center"]
    answer: CenterAnswer | None = None
    text: Text = ""


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES[flow.ANSWER_CENTER],
    form=Answer,
    fields=(
        Spec("answer", "区への回答", Asks.CHOICE, {each.value: words for each, words in ANSWERS.items()}),
        Spec("text", "区に伝えること", Asks.TEXT, hint="児童相談所の記録ではありません。区が知るべきことだけを書きます。"),
    ),
    words=Words(
        lead="通告や送致について、区に回答します。",
        hint="区の担当者の画面の「経過」に出ます。通告への回答を終えると、90日のあいだ読めます。",
        button="回答する",
        done=("区に回答しました。", ""),
    ),
    right=Action.RECEIVE_CASE,
)
