"""Support comes to an end, and the child is watched over. Another person agrees."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import LOOK_AGAIN, REASON, ahead, months_ahead_in
from services.casework.observing import supported_until_now
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["move_to_watch"]


class ToWatch(Form):
    """When it is looked at again, and why."""

    move: Literal["move_to_watch"]
    look_again_on: date | None = None
    why: Text = ""


def errors(form: ToWatch, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from ahead("look_again_on", form.look_again_on, today, "次に確かめる日")


def changes(form: ToWatch, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It is looked at again on that day."""
    return {"due_on": form.look_again_on}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["move_to_watch"],
    form=ToWatch,
    fields=(LOOK_AGAIN, REASON),
    words=Words(
        lead="支援が一区切りついたら、見守りに移します。",
        hint="別の職員が決裁すると、見守りに移ります。",
        button="見守りに移す決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    errors=errors,
    changes=changes,
    observes=supported_until_now,
    first=months_ahead_in("look_again_on"),
)
