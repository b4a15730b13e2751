"""What is filled in on the page of disposal."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from services.casework.domain.retention import Why
from services.casework.seeing import ActForm
from services.casework.steps import Text

NOT_READ = "どの一覧かを読み取れませんでした。画面を開き直してください。"
NO_CASE = "その番号のケースはありません。こどもの画面か、廃棄の一覧の番号を写してください。"

Why300 = Annotated[Text, StringConstraints(min_length=2, max_length=300)]


class ProposeForm(ActForm):
    """That a list is made; `key` makes pressing twice one."""

    wrong: ClassVar = {"key": NOT_READ}
    key: UUID


class ListForm(ActForm):
    """Which list."""

    wrong: ClassVar = {"list": NOT_READ}
    list: UUID


class KeepForm(ListForm):
    """Which case of a list is to stay, and why."""

    wrong: ClassVar = {"list": NOT_READ, "case": NO_CASE, "words": "残す理由を2文字以上300文字までで書いてください。"}
    case: UUID
    words: Why300


class DeclineForm(ListForm):
    """Why a list is not approved."""

    wrong: ClassVar = {"list": NOT_READ, "words": "認めない理由を2文字以上300文字までで書いてください。"}
    words: Why300


class HoldForm(ActForm):
    """Which case is to stay whatever its years, and why."""

    wrong: ClassVar = {
        "key": NOT_READ,
        "case": NO_CASE,
        "why": "保留の種類を選んでください。",
        "words": "理由を2文字以上300文字までで書いてください。こどもの名前は書かないでください。",
    }
    key: UUID
    case: UUID
    why: Why
    words: Why300


class ReleaseForm(ActForm):
    """Which hold ends, and why."""

    wrong: ClassVar = {"hold": "どの保留かを読み取れませんでした。画面を開き直してください。", "words": HoldForm.wrong["words"]}
    hold: UUID
    words: Why300
