"""What is filled in on the page of the programme's cycle."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from services.casework.seeing import ActForm
from services.casework.steps import Line, Text

NOT_READ = "どの予定かを読み取れませんでした。画面を開き直してください。"
WHICH = {"year": NOT_READ, "step": NOT_READ, "version": NOT_READ, "key": NOT_READ}
WHY = "理由を2文字以上300文字までで書いてください。"

Year = Annotated[int, Field(ge=2000, le=2100)]
Version = Annotated[int, Field(ge=1, le=2_000_000_000)]
Words = Annotated[Text, StringConstraints(max_length=300)]
Why = Annotated[Text, StringConstraints(min_length=2, max_length=300)]
Title = Annotated[Line, StringConstraints(min_length=2, max_length=60)]


class BeginForm(ActForm):
    """Of which year a cycle is begun."""

    wrong: ClassVar = {"year": "年度を読み取れませんでした。画面を開き直してください。"}
    year: Year


class AddForm(ActForm):
    """A step that is added."""

    wrong: ClassVar = {
        **WHICH,
        "title": "することを2文字以上60文字までで書いてください。",
        "owner": "担当を2文字以上60文字までで書いてください。",
        "due_on": "期限の日を入れてください。",
    }
    year: Year
    key: UUID
    title: Title
    owner: Title
    due_on: date


class ChangeForm(ActForm):
    """Which step gets another day or another owner, and why."""

    wrong: ClassVar = {**WHICH, "owner": AddForm.wrong["owner"], "due_on": AddForm.wrong["due_on"], "words": WHY}
    year: Year
    step: UUID
    version: Version
    owner: Title
    due_on: date
    words: Why


class DoneForm(ActForm):
    """Which step was done, when, and what came of it."""

    wrong: ClassVar = {**WHICH, "done_on": "終わった日を入れてください。", "words": "300文字までで書いてください。"}
    year: Year
    step: UUID
    version: Version
    done_on: date
    words: Words = ""


class AgainForm(ActForm):
    """Which step was not done after all, and why."""

    wrong: ClassVar = {**WHICH, "words": WHY}
    year: Year
    step: UUID
    version: Version
    words: Why
