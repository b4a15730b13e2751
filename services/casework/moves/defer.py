"""Nothing is done now, and on a day it is looked at again: what is put off is never forgotten (`casework.md` §2.4)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from contracts.deeds import casework as deeds
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.fields import REASON, ahead, months_ahead_in
from services.casework.steps import Asks, Form, Made, Spec, Step, Text, Words

MOVE = flow.BY_KEY["defer"]


class Deferral(Form):
    """When it is taken up again, at most in a year, and why not now."""

    move: Literal["defer"]
    resume_on: date | None = None
    why: Text = ""


def errors(form: Deferral, _file: CaseFile, today: date) -> Iterator[tuple[str, str]]:
    """Say what is wrong with what was filled in."""
    yield from ahead("resume_on", form.resume_on, today, "再開する日")


def changes(form: Deferral, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """It is due on the day on which it is taken up again."""
    return {"due_on": form.resume_on}


STEP = Step(
    move=MOVE,
    deed=deeds.CASE_MOVES["defer"],
    form=Deferral,
    fields=(Spec("resume_on", "再開する日", Asks.DAY), REASON),
    words=Words(
        lead="いまは働きかけないときは、再開する日を決めて見送ります。",
        hint="再開する日は12か月以内です。その日になると一覧の期限に出ます。",
        button="見送る",
        done=("見送りました。", ""),
    ),
    errors=errors,
    changes=changes,
    first=months_ahead_in("resume_on"),
)
