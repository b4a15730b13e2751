"""
Finds My Numbers (個人番号), which must not be taken (番号法 19, 20; `domain.md` §4.3).

Only numbers with a valid check digit count: eleven in twelve random numbers of twelve digits are something else.
"""

import re
import unicodedata
from collections.abc import Iterator

_SEPARATOR = "[-\u2010-\u2015\u2212\uff0d\u30fc\u00ad\u200b \u3000]"
_CONTIGUOUS = re.compile(r"[0-9]{12,}")
_IN_FOURS = re.compile(rf"(?<![0-9])[0-9]{{4}}{_SEPARATOR}{{1,3}}[0-9]{{4}}{_SEPARATOR}{{1,3}}[0-9]{{4}}(?![0-9])")
_DIGIT_BY_DIGIT = re.compile(rf"(?<![0-9])[0-9](?:{_SEPARATOR}{{1,2}}[0-9]){{11}}(?!{_SEPARATOR}{{0,2}}[0-9])")
# Nearly every text has none of these, and this look is all that it costs; three patterns are faster than their union.
_QUICK = tuple(
    re.compile(pattern)
    for pattern in (
        r"[0-9]{12}",
        rf"[0-9]{{4}}{_SEPARATOR}{{1,3}}[0-9]{{4}}{_SEPARATOR}",
        rf"[0-9]{_SEPARATOR}{{1,2}}[0-9]{_SEPARATOR}{{1,2}}[0-9]{_SEPARATOR}",
    )
)

# UUIDs, digests and trace ids hold runs of twelve digits by chance: one UUID in 3,000 would be taken for a My Number.
_MACHINE_ID = re.compile(r"(?i)\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{24,})\b")

_DIGITS = 12
_MODULUS = 11


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
    return len(digits) == _DIGITS and digits.isdecimal() and check_digit(digits[:11]) == int(digits[11])


def holds_my_number(text: str) -> bool:
    """Whether a My Number stands anywhere in a text: full-width, in fours, or digit by digit too."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if not any(pattern.search(plain) for pattern in _QUICK):
        return False
    without_ids = _MACHINE_ID.sub(" \x1f ", plain)
    return any(is_my_number(digits) for digits in _candidates(without_ids))


def _candidates(text: str) -> Iterator[str]:
    for pattern in (_CONTIGUOUS, _IN_FOURS, _DIGIT_BY_DIGIT):
        for found in pattern.finditer(text):
            yield _digits_of(found.group())


def _digits_of(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())
