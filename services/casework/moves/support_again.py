"""Watching over is not enough any more."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import LOOK_AGAIN, REASON, ahead, months_ahead_in
from services.casework.observing import supported
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["support_again"]


class SupportAgain(Form):
    """Why, and when it is looked at again."""

    move: Literal["support_again"]
    look_again_on: date | None = None
    why: Text = ""


def errors(form: SupportAgain, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from ahead("look_again_on", form.look_again_on, today, "次に確かめる日")


def changes(form: SupportAgain, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It is looked at again on that day."""
    return {"due_on": form.look_again_on}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["support_again"],
    form=SupportAgain,
    fields=(LOOK_AGAIN, REASON),
    words=Words(
        lead="見守りで足りなくなったら、支援に戻します。",
        hint="支援に戻ります。",
        button="支援に戻す",
        done=("支援に戻しました。", ""),
    ),
    errors=errors,
    changes=changes,
    observes=supported,
    first=months_ahead_in("look_again_on"),
)
