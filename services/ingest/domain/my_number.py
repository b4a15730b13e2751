"""
Finds My Numbers (個人番号), which must not be taken (番号法 19, 20; `domain.md` §4.3).

Only numbers with a valid check digit count. That is weak: of ten numbers that differ in the last digit alone, one always has it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from contracts.texts import compatible

APART = "\x1f"
"""Keeps joined texts apart: no number and no word reaches across."""

DIGITS = 12
_MODULUS = 11

# A separator is anything but a letter; `_` and the long vowel mark (ー, often written for a hyphen) are made hyphens first.
# Each pattern comes twice, because what is ASCII is searched faster as such.
_SEPARATOR, _ASCII_SEPARATOR = rf"[^\w{APART}]", f"[^0-9A-Za-z{APART}]"


def _beginning(digit: str, separator: str) -> re.Pattern[str]:
    """Where a group of digits begins that may be the first of a My Number. Nearly every text has none, and this look is all it costs."""
    apart = f"{separator}{{1,3}}+"
    groupings = (
        f"{digit}{{11}}(?!{digit})",
        f"{digit}{{5}}{apart}{digit}{{6}}",
        f"{digit}{{3}}{apart}{digit}{{4}}{apart}",
        f"{digit}{{2}}{apart}{digit}{{3}}{apart}",
        f"{apart}{digit}{apart}{digit}{apart}",
    )
    # A digit leads and looks behind itself: the search is faster from a character than from a condition.
    return re.compile(f"{digit}(?<!{digit}{digit})(?:{'|'.join(groupings)})")


def _stretch(digit: str, separator: str) -> re.Pattern[str]:
    """Digits with at most three separators between them, as far as they go."""
    return re.compile(f"{digit}(?:{separator}{{0,3}}+{digit}){{{DIGITS - 1},}}+")


_BEGINNING, _ASCII_BEGINNING = _beginning(r"\d", _SEPARATOR), _beginning("[0-9]", _ASCII_SEPARATOR)
_STRETCH, _ASCII_STRETCH = _stretch(r"\d", _SEPARATOR), _stretch("[0-9]", _ASCII_SEPARATOR)
_GROUP = re.compile(r"\d+")
_GROUPINGS = ((12,), (6, 6), (4, 4, 4), (3, 3, 3, 3))

_FILLED_UP = re.compile(r"0{1,3}([1-9][0-9]{11})")

# UUIDs, digests and trace ids hold runs of twelve digits by chance: one UUID in 3,000 would be taken for a My Number.
_MACHINE_ID = re.compile(r"(?i)\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{24,})\b")
# Most sources number their events so; as a whole it is an identifier of a machine, and found sooner than its digits.
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_LENGTH = 36


def check_digit(first_eleven: str) -> int:
    """
    The twelfth digit that belongs to eleven.

    Counted from the right, digit n weighs n+1 up to the sixth and n-5 from the seventh on; the sum mod 11 is r; the check digit
    is 0 if r <= 1, else 11 - r. Source: 総務省令第85号 (平成26年) 第5条.
    """
    weighted = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(first_eleven), start=1))  # noqa: PLR2004
    remainder = weighted % _MODULUS
    return 0 if remainder <= 1 else _MODULUS - remainder


def is_my_number(digits: str) -> bool:
    """Whether twelve digits carry their own check digit."""
    return len(digits) == DIGITS and digits.isdecimal() and check_digit(digits[:11]) == int(digits[11])


def joined(texts: Sequence[str]) -> str:
    """Texts set apart by APART, for one look into all of them."""
    content = APART.join(texts)
    # Nearly no text holds the character itself, and counting is faster than looking into each.
    return content if content.count(APART) == len(texts) - 1 else APART.join([text.replace(APART, " ") for text in texts])


def holds_my_number(text: str) -> bool:
    """Whether a My Number stands anywhere in a text, or in texts joined by `joined`: in any digits, in groups, or digit by digit too."""
    plain = text if text.isascii() else compatible(text).replace("ー", "-")
    plain = plain.replace("_", "-")
    if (_ASCII_BEGINNING if plain.isascii() else _BEGINNING).search(plain) is None:
        return False
    # Identifiers of machines are only looked for where it matters: that takes longer than all the rest.
    return _holds(plain) and _holds(_MACHINE_ID.sub(f" {APART} ", plain))


def twelve_digits(number: str) -> str | None:
    """
    The twelve digits in a source's own number (visible ASCII), whatever their check digit; None where there are none.

    They may have letters before them, be written in groups, or be filled up with zeros to the fifteen of 宛名番号.
    """
    if len(number) < DIGITS or (len(number) == _UUID_LENGTH and _UUID.fullmatch(number) is not None):
        return None
    if number.startswith("0") and (filled := _FILLED_UP.fullmatch(number)) is not None:
        return filled[1]
    plain = number.replace("_", "-")
    if _ASCII_BEGINNING.search(plain) is None:
        return None
    return next(_all_candidates(_MACHINE_ID.sub(f" {APART} ", plain)), None)


def _holds(plain: str) -> bool:
    return any(map(is_my_number, _all_candidates(plain)))


def _all_candidates(plain: str) -> Iterator[str]:
    stretches = (_ASCII_STRETCH if plain.isascii() else _STRETCH).findall(plain)
    return (digits for stretch in stretches for digits in _candidates(_GROUP.findall(stretch)))


def _candidates(groups: list[str]) -> Iterator[str]:
    """What may be one number of twelve digits, out of groups of digits that stand side by side."""
    lengths = tuple(map(len, groups))
    for grouping in _GROUPINGS:
        for first in range(len(groups) - len(grouping) + 1):
            if lengths[first : first + len(grouping)] == grouping:
                yield _plain_digits(groups[first : first + len(grouping)])
    # More single digits than twelve are another thing: answers to questions, a longer number.
    for single, row in groupby(groups, key=lambda group: len(group) == 1):
        if single and len(digits := list(row)) == DIGITS:
            yield _plain_digits(digits)


def _plain_digits(groups: Iterable[str]) -> str:
    return "".join(str(int(character)) for group in groups for character in group)
