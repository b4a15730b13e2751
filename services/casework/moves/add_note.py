"""Something to be kept of the case, by whoever works with it."""

from typing import Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.steps import Asks, Form, Spec, Step, Text, Words

MOVE = flow.ANY_BY_KEY["add_note"]


class Note(Form):
    """What is to be kept."""

    move: Literal["add_note"]
    text: Text = ""


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["add_note"],
    form=Note,
    fields=(Spec("text", "経過", Asks.TEXT),),
    words=Words(
        lead="",
        hint="このケースに関わる職員が読みます。消すことはできません。",
        button="書き加える",
        done=("経過を書き加えました。", ""),
    ),
    aside=True,
)
