"""
Characters that are kept as they came and that nobody else may be able to read: the owner of the data is told of each place.

Registered names hold characters of a city's own (外字) at code points of private use, which mean something only where their font is,
〓 where a conversion found no character, and now and then a character that is neither in JIS X 0213 nor in 行政事務標準文字's base
(domain.md §6.2; `repertoire.txt` has both). None is refused: the record is true, its writing is not.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from contracts.catalogue import EventType, FieldType
from services.ingest.domain.refusals import Words, path_of

PRIVATE_USE, GETA, NOT_STANDARD = "private_use_character", "geta_mark", "character_outside_standard"
DOUBTFUL = (PRIVATE_USE, GETA, NOT_STANDARD)
"""What is told of, by code."""

BIRTH_IN_PART = "birth_in_part"
"""A birth date that a register knows in part (不詳): kept for the report, and no warning. A register cannot know more."""

GETA_MARK = "〓"
_PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))
_PLANE_0 = 0xFFFF
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""They say which form of the character before them is meant, and are none themselves (Unicode, variation selectors)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "private_use_character": (
        "外字（私用領域の文字）があります。届いたまま保存しました。標準の文字がないか確かめてください。",
        "There is a character of private use. It is kept as it came; see whether there is a standard one.",
    ),
    "geta_mark": (
        "〓（げた）があります。届いたまま保存しました。元の文字を確かめてください。",
        "There is a 〓, which stands for a character that was lost. It is kept as it came; see which character it was.",
    ),
    NOT_STANDARD: (
        "JIS X 0213・行政事務標準文字（MJ）にない文字があります。届いたまま保存しました。標準の文字で表せないか確かめてください。",
        "There is a character outside JIS X 0213 and MJ. It is kept as it came; see whether a standard one can be used.",
    ),
}
"""Messages by code, Japanese and English. They never quote the value."""


class Remark(NamedTuple):
    """Something about a record that was taken: where, and what it is (a code of DOUBTFUL, or BIRTH_IN_PART)."""

    path: str
    code: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A remark as the source is told of it."""

    path: str
    code: str
    message: Words


def remarks_on(kind: EventType, data: dict[str, Any]) -> tuple[Remark, ...]:
    """The places of a record whose texts hold such characters."""
    # Nearly every text is searched in vain, and there are few: names, readings, an office.
    texts = [(field.name, data[field.name]) for field in kind.fields if field.type is FieldType.TEXT and field.name in data]
    return tuple(Remark(path_of(("data", name)), code) for name, text in texts for code in doubts_in(text))


def doubts_in(text: str) -> tuple[str, ...]:
    """The codes of what is to be told of a text, in the order of DOUBTFUL."""
    if text.isascii() or _perhaps_doubtful().search(text) is None:
        return ()
    found = {_doubt_about(character) for character in text}
    return tuple(code for code in DOUBTFUL if code in found)


def is_doubtful(text: str) -> bool:
    """Whether there is anything to be told of a text."""
    return bool(doubts_in(text))


def is_private(character: str) -> bool:
    """Whether a character is of private use: it means something only where its font is."""
    return any(ord(character) in codes for codes in _PRIVATE)


def is_selector(character: str) -> bool:
    """Whether a character says which form of the one before it is meant."""
    return any(ord(character) in codes for codes in _SELECTORS)


def is_standard(character: str) -> bool:
    """Whether a character is of ASCII, JIS X 0213 or 行政事務標準文字's base (MJ)."""
    code = ord(character)
    if character.isascii():
        return True
    firsts, lasts = _repertoire()
    place = bisect_right(firsts, code) - 1
    return place >= 0 and code <= lasts[place]


def _doubt_about(character: str) -> str | None:
    if is_private(character):
        return PRIVATE_USE
    if character == GETA_MARK:
        return GETA
    return None if is_standard(character) or is_selector(character) else NOT_STANDARD


@cache
def _repertoire() -> tuple[list[int], list[int]]:
    """First and last code points of the ranges of standard characters, in order."""
    lines = Path(__file__).with_name("repertoire.txt").read_text("utf-8").splitlines()
    ranges = [codes.partition("-") for line in lines if not line.startswith("#") for codes in line.split()]
    return [int(first, 16) for first, _, _ in ranges], [int(last or first, 16) for first, _, last in ranges]


@cache
def _perhaps_doubtful() -> re.Pattern[str]:
    """Finds what may be doubtful. Plane 0 alone is looked up at once, so every character beyond is found, and looked at."""
    below = [(first, min(last, _PLANE_0)) for first, last in zip(*_repertoire(), strict=True) if first <= _PLANE_0]
    usual = "".join(_span(first, last) for first, last in _without(below, ord(GETA_MARK)))
    return re.compile(f"[^\\x00-\\x7f{usual}]")


def _without(ranges: Iterable[tuple[int, int]], code: int) -> Iterable[tuple[int, int]]:
    for first, last in ranges:
        if first <= code <= last:
            yield from (each for each in ((first, code - 1), (code + 1, last)) if each[0] <= each[1])
        else:
            yield first, last


def _span(first: int, last: int) -> str:
    return f"\\u{first:04x}-\\u{last:04x}"


def told(remarks: tuple[Remark, ...]) -> tuple[Warned, ...]:
    """Remarks as the source is told of them."""
    return tuple(Warned(path, code, Words(*MESSAGES[code])) for path, code in remarks if code in MESSAGES)
