"""Watching over is enough. Another person agrees."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import ASSESSMENT, LOOK_AGAIN, ahead, months_ahead_in
from services.casework.steps import Form, Made, Step, Text, Words

MOVE = flow.BY_KEY["watch_found"]


class WatchFound(Form):
    """The assessment, and when to look again."""

    move: Literal["watch_found"]
    assessment: Text = ""
    look_again_on: date | None = None


def errors(form: WatchFound, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from ahead("look_again_on", form.look_again_on, today, "次に確かめる日")


def changes(form: WatchFound, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It is looked at again on that day."""
    return {"due_on": form.look_again_on}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["watch_found"],
    form=WatchFound,
    fields=(ASSESSMENT, LOOK_AGAIN),
    words=Words(
        lead="見守りでよいと見立てたら、次に確かめる日を決めて決裁を受けます。",
        hint="別の職員が決裁すると、見守りに進みます。",
        button="見守りとする決裁を依頼する",
        done=("決裁を依頼しました。", ""),
    ),
    errors=errors,
    changes=changes,
    first=months_ahead_in("look_again_on"),
)
