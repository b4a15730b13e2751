"""What is filled in on the page of the privacy check."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from services.casework.domain.privacy_check import FindingState, Item
from services.casework.seeing import ActForm
from services.casework.steps import Line, Text

NOT_READ = "どの点検かを読み取れませんでした。画面を開き直してください。"
NUMBER = "0から1000000までの数を入れてください。"
WHICH = {
    "year": NOT_READ,
    "run": NOT_READ,
    "finding": NOT_READ,
    "version": NOT_READ,
    "key": NOT_READ,
    "item": "どの項目かを選んでください。",
}

Year = Annotated[int, Field(ge=2000, le=2100)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
RunNumber = Annotated[int, Field(ge=1, le=1_000_000)]
Why = Annotated[Text, StringConstraints(min_length=2, max_length=500)]
Title = Annotated[Line, StringConstraints(min_length=2, max_length=80)]


class GatherForm(ActForm):
    """Of which year evidence is gathered."""

    wrong: ClassVar = WHICH
    year: Year


class LookUpForm(ActForm):
    """What somebody looked up elsewhere: how much, how much of it is amiss, and where."""

    wrong: ClassVar = {
        **WHICH,
        "looked_at": NUMBER,
        "amiss": NUMBER,
        "words": "どこで何を確かめたかを2文字以上500文字までで書いてください。",
    }
    year: Year
    run: RunNumber
    item: Item
    looked_at: Count
    amiss: Count
    words: Why


class FindForm(ActForm):
    """What is to be mended, who sees to it, until when."""

    wrong: ClassVar = {
        **WHICH,
        "title": "直すことを2文字以上80文字までで書いてください。",
        "owner": "担当を2文字以上80文字までで書いてください。",
        "due_on": "期限の日を入れてください。",
    }
    year: Year
    key: UUID
    item: Item
    title: Title
    owner: Title
    due_on: date


class SettleForm(ActForm):
    """What came of a finding."""

    wrong: ClassVar = {**WHICH, "state": "どうするかを選んでください。", "words": "したことや理由を2文字以上500文字までで書いてください。"}
    year: Year
    finding: UUID
    version: RunNumber
    state: FindingState
    words: Why


class SignForm(ActForm):
    """Whoever signs has seen this run."""

    wrong: ClassVar = {**WHICH, "words": "500文字までで書いてください。"}
    year: Year
    run: RunNumber
    words: Annotated[Text, StringConstraints(max_length=500)] = ""
