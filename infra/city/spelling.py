"""How schools write names that the register writes otherwise: another form of a character, kana of half width, without the blank."""

from random import Random
from unicodedata import normalize

_FORMS = str.maketrans({"髙": "高", "﨑": "崎", "邉": "辺", "邊": "辺", "齋": "斉", "斎": "斉"})

_HALF = {normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_MARKS = {"\u3099": "\uff9e", "\u309a": "\uff9f"}
"""Voiced and semi-voiced sound marks stand by themselves at half width."""

OTHER_FORM, HALF_WIDTH, NO_BLANK = 0.6, 0.25, 0.05
"""Schools that write a rare form in its common one, that write kana at half width, that leave out the blank: assumed."""


def half_width(kana: str) -> str:
    """Katakana at half width."""
    return "".join(_MARKS.get(letter) or _HALF.get(letter, letter) for letter in normalize("NFD", kana))


def as_at_school(rng: Random, name: str, kana: str) -> tuple[str, str]:
    """A name and its kana as a school may have them."""
    if rng.random() < OTHER_FORM:
        name = name.translate(_FORMS)
    u = rng.random()
    if u < HALF_WIDTH:
        kana = half_width(kana)
    if u > 1 - NO_BLANK:
        name, kana = name.replace(" ", ""), kana.replace(" ", "")
    return name, kana
