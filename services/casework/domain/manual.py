"""What readers say of the manual (EVAL-01), as far as it is a rule: no word of it may tell of anybody."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from contracts.writing.characters import LONGEST, folded, letters

_MANY_DIGITS = re.compile(r"\d(?:[-‐－ー\s]?\d){5,}")
_BIRTHDAY = re.compile(r"(?:\d{4}|(?:令和|平成|昭和|[RHS])\s*(?:\d{1,2}|元))\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}")
_NAME_LENGTH = 3


class Understood(StrEnum):
    """Whether a section was understood."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Became(StrEnum):
    """What became of what a reader said: the list of issues, each with its end."""

    MENDED = "mended"
    PLANNED = "planned"
    EXPLAINED = "explained"
    KEPT = "kept"


UNDERSTOOD_TITLES = {Understood.YES: "分かった", Understood.PARTLY: "一部分からなかった", Understood.NO: "分からなかった"}
BECAME_TITLES = {
    Became.MENDED: "説明や画面を直した",
    Became.PLANNED: "直すことにした",
    Became.EXPLAINED: "返事で説明した",
    Became.KEPT: "いまのままとする",
}


def tells_of_somebody(words: str, names: Iterable[str]) -> bool:
    """
    Whether `words` hold what leads to a person: a birth date, a number as registers give them, or one of `names`.

    `names` are those that the writer had before the eyes: of whom they looked at. One is found in kana of either kind, and in any
    form of its kanji.
    """
    plain = unicodedata.normalize("NFKC", words)
    if _MANY_DIGITS.search(plain) or _BIRTHDAY.search(plain):
        return True
    closed_up = _closed_up(plain)
    return any(len(name) >= _NAME_LENGTH and name in closed_up for name in map(_closed_up, names))


def _closed_up(text: str) -> str:
    # What is longer than a name is compared in pieces: `folded` reads no more than that.
    return "".join(letters(folded(text[at : at + LONGEST // 2])) for at in range(0, len(text), LONGEST // 2))
