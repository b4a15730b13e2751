"""What is filled in on the page of requests: a form for each thing that can be done."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from services.casework.domain.privacy_request import DAYS_MORE, Capacity, Ground, Kind, Opinion, Result
from services.casework.seeing import ActForm
from services.casework.steps import Line, Text

NOT_READ = "どの請求かを読み取れませんでした。画面を開き直してください。"
WHICH: Mapping[str, str] = {"request": NOT_READ, "version": NOT_READ}
WORDS = "1000文字までで書いてください。"
WHY = "理由を2文字以上1000文字までで書いてください。"
DAY = "日を入れてください。"

Words = Annotated[Text, StringConstraints(max_length=1000)]
Why = Annotated[Text, StringConstraints(min_length=2, max_length=1000)]
Name = Annotated[Line, StringConstraints(min_length=1, max_length=60)]
Number = Annotated[str, StringConstraints(max_length=15, pattern=r"^[0-9A-Za-z]*$")]


class ReceiveForm(ActForm):
    """A request that came in on paper."""

    wrong: ClassVar = {
        "key": NOT_READ,
        "kind": "請求の種類を選んでください。",
        "received_on": "請求書を受け付けた日を入れてください。",
        "capacity": "請求した人の立場を選んでください。",
        "requester": "請求した人の氏名を60文字までで書いてください。",
        "subject": "だれの記録についての請求かを60文字までで書いてください。",
        "wanted": "請求の内容を2文字以上1000文字までで書いてください。",
        "disclosed_on": "開示を受けた日を読み取れません。",
    }
    key: UUID
    kind: Kind
    received_on: date
    capacity: Capacity
    requester: Name
    subject: Name
    wanted: Why
    disclosed_on: date | None = None


class OneForm(ActForm):
    """Which request, as it was read."""

    wrong: ClassVar = WHICH
    request: UUID
    version: Annotated[int, Field(ge=0, le=100_000)]


class WhyForm(OneForm):
    """With a reason."""

    wrong: ClassVar = {**WHICH, "words": WHY}
    words: Why


class SaidForm(OneForm):
    """With words, if there are any."""

    wrong: ClassVar = {**WHICH, "words": WORDS}
    words: Words = ""


class OnForm(OneForm):
    """On which day, and why."""

    wrong: ClassVar = {**WHICH, "on": DAY, "words": WHY}
    on: date
    words: Why


class CompletedForm(OneForm):
    """On which day what was missing came in."""

    wrong: ClassVar = {**WHICH, "on": DAY, "words": WORDS}
    on: date
    words: Words = ""


class CheckForm(OneForm):
    """By what it was made sure who asks and by which right; of whom it is in the register, and who asks there."""

    wrong: ClassVar = {
        **WHICH,
        "identity": "本人を確かめた書類を選んでください。",
        "evidence": "代理の資格を確かめた書類を選んでください。",
        "issued_on": "書類の作成日を読み取れません。",
        "person_no": "宛名番号を15文字までの数字で入れてください。",
        "birth_date": "生年月日を読み取れません。",
        "requester_no": "宛名番号を15文字までの数字で入れてください。",
        "words": WORDS,
    }
    identity: Annotated[str, StringConstraints(pattern="^(my_number_card|driving_licence|residence_card|other|by_post)$")]
    evidence: Annotated[str, StringConstraints(pattern="^(family_register|guardianship|mandate)$")] | None = None
    issued_on: date | None = None
    person_no: Number = ""
    birth_date: date | None = None
    requester_no: Number = ""
    words: Words = ""


class ConsultForm(OneForm):
    """Which third party is asked, whether the law demands it, and until when it answers (86条)."""

    wrong: ClassVar = {
        **WHICH,
        "whom": "照会する相手を60文字までで書いてください。",
        "must": "照会の根拠を選んでください。",
        "on": "照会した日を入れてください。",
        "reply_by": "回答の期限を入れてください。",
    }
    whom: Name
    must: Annotated[str, StringConstraints(pattern="^(must|may)$")]
    on: date
    reply_by: date


class HearForm(OneForm):
    """What a third party said."""

    wrong: ClassVar = {**WHICH, "of": "どの照会かを選んでください。", "opinion": "意見を選んでください。", "words": WORDS}
    of: Annotated[int, Field(ge=1, le=100_000)]
    opinion: Opinion
    words: Words = ""


class ExtendForm(OneForm):
    """By how many days the decision is put off, why, and when whoever asked was told (83条2項)."""

    wrong: ClassVar = {
        **WHICH,
        "days": f"延ばす日数を1から{DAYS_MORE}までの数で入れてください。",
        "on": "延長を通知した日を入れてください。",
        "words": WHY,
    }
    days: Annotated[int, Field(ge=1, le=DAYS_MORE)]
    on: date
    words: Why


class ProposeForm(OneForm):
    """What is to be decided, on which grounds, and why."""

    wrong: ClassVar = {
        **WHICH,
        "result": "決定の案を選んでください。",
        "ground": "根拠を選んでください。",
        "more": "根拠を選んでください。",
        "words": "理由を1000文字までで書いてください。",
        "parts": "出す部分・出さない部分を1000文字までで書いてください。",
    }
    result: Result
    ground: Ground | None = None
    more: Ground | None = None
    words: Words = ""
    parts: Words = ""

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Return the grounds, each once."""
        return tuple(dict.fromkeys(each for each in (self.ground, self.more) if each is not None))


class CarriedOutForm(OneForm):
    """On which day and how what was decided was done, and that the notice says how to object to it."""

    wrong: ClassVar = {
        **WHICH,
        "on": "通知・実施した日を入れてください。",
        "how": "実施の方法を選んでください。",
        "words": WORDS,
    }
    on: date
    how: Annotated[str, StringConstraints(pattern="^(inspection|copy|data|done|notice_only)$")]
    words: Words = ""


class TransferForm(OneForm):
    """To which body a request goes that holds what is asked for (85条, 96条)."""

    wrong: ClassVar = {**WHICH, "to": "移送先を60文字までで書いてください。", "on": DAY, "words": WHY}
    to: Name
    on: date
    words: Why
