"""
What the owner of a source can mend in its data: kinds of findings, in the words that people of the city read.

A finding names places (event type, field, record), counts them, and never says a value.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from contracts.catalogue import NotInCatalogue, event_type, source
from contracts.values import Source
from contracts.words import HELD_UP_FOR
from services.ingest.domain.characters import BIRTH_IN_PART, GETA, NOT_STANDARD, PRIVATE_USE

TWO_BIRTHS, TWO_NAMES, ORPHAN = "number_with_two_births", "number_with_two_names", "orphan"
NOT_A_DATE, BIRTH_NOT_KNOWN = "not_a_date", "birth_not_known"
DATE_CODES = (NOT_A_DATE, BIRTH_NOT_KNOWN)
"""Codes of refusals that are about a date alone. `out_of_range` may be of a number, and is asked of the field."""
OUT_OF_RANGE = "out_of_range"


class Kind(StrEnum):
    """What is the matter: the report's code, its words, and what to do about it at the source."""

    words: str
    mend: str

    def __new__(cls, code: str, words: str, mend: str) -> Self:
        """Make a kind out of its code and its words: there is none without."""
        kind = str.__new__(cls, code)
        kind._value_ = code
        kind.words, kind.mend = words, mend
        return kind

    PRIVATE_USE = (
        PRIVATE_USE,
        "外字（私用領域の文字）",
        "標準の文字（JIS X 0213・行政事務標準文字）に置き換えるか、外字の対応表を提出してください。",
    )
    GETA = GETA, "〓（げた）", "変換で失われた文字です。元の文字を調べて、正しい記録を送ってください。"
    NOT_STANDARD = (
        NOT_STANDARD,
        "標準にない文字",
        "JIS X 0213にも行政事務標準文字（MJ）にもない文字です。標準の文字に改めて送ってください。",
    )
    BIRTH_IN_PART = (
        BIRTH_IN_PART,
        "一部が不詳の生年月日",
        "分かっている部分だけを使っています。戸籍などで日付が分かったら、訂正して送ってください。",
    )
    NOT_A_DATE = NOT_A_DATE, "あり得ない日付（受け入れず）", "暦にない日付か、読めない書き方です。直して送り直してください。"
    BIRTH_NOT_KNOWN = (
        BIRTH_NOT_KNOWN,
        "こどもの生年月日が不詳（受け入れず）",
        "こどもの記録には年月日が必要です。調べて送り直してください。",
    )
    OUT_OF_RANGE = OUT_OF_RANGE, "まだ来ていない日付（受け入れず）", "起きたはずの日が未来です。直して送り直してください。"
    TWO_BIRTHS = TWO_BIRTHS, "一つの番号に二つの生年月日", "同じ宛名番号が別々の人に使われていないか、確かめてください。"
    TWO_NAMES = TWO_NAMES, "一つの番号に二つの氏名", "同じ宛名番号が別々の人に使われていないか、確かめてください。"
    ORPHAN = ORPHAN, "だれのものか分からない記録", "宛名番号に誤りがないか、住民記録に登録があるか、確かめてください。"


KINDS: dict[str, Kind] = {kind.value: kind for kind in Kind}
"""By code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How often something is the matter in one place of a source's records. `why` is the linker's reason, of an orphan."""

    source: Source
    kind: Kind
    event_type: str
    path: str
    count: int
    why: str | None = None

    @property
    def field_words(self) -> str:
        """The field as pages name it."""
        return field_words(self.source, self.event_type, self.path)

    @property
    def event_words(self) -> str:
        """The event type as pages name it."""
        try:
            return event_type(self.source, self.event_type).ja
        except NotInCatalogue:
            return self.event_type

    @property
    def system(self) -> str:
        """The source's system as pages name it."""
        return source(self.source).system

    @property
    def mend(self) -> str:
        """What to do about it at the source."""
        why = HELD_UP_FOR.get(self.why or "")
        return f"{why}{self.kind.mend}" if why else self.kind.mend


@dataclass(frozen=True, slots=True)
class Where:
    """One record in which something is the matter."""

    source: Source
    kind: Kind
    event_type: str
    path: str
    record_id: str


def is_date(of: Source, kind: str, path: str) -> bool:
    """Whether a field holds a day."""
    try:
        field = event_type(of, kind).by_name.get(path.partition(".")[0])
    except NotInCatalogue:
        return False
    return field is not None and field.type.value in {"date", "birth_date"}


def field_words(of: Source, kind: str, path: str) -> str:
    """A field as pages name it."""
    try:
        field = event_type(of, kind).by_name.get(path.partition(".")[0])
    except NotInCatalogue:
        field = None
    return field.ja if field is not None else path
