"""
Characters in one form, for comparing only: NFKC, forms of one kanji, hiragana as katakana, what nobody sees left out.

What is kept and told is the text as it came (`domain.md` §6.2).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from contracts.texts import compatible

LONGEST = 200
"""Longer texts are no names. They are read as if nothing stood there, so that no text takes more time than a name does."""

_VARIANTS = tomllib.loads(Path(__file__).with_name("variants.toml").read_text(encoding="utf-8"))["table"]
_HIRAGANA = {chr(code): chr(code + 0x60) for code in (*range(ord("ぁ"), ord("ゖ") + 1), ord("ゝ"), ord("ゞ"))}
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn", "Mn", "Me")
_SELECTORS = [chr(code) for codes in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E)) for code in codes]
# NFKC parts the marks that stand by themselves (゛) from their kana by a blank.
_BEFORE = str.maketrans({"゛": "\u3099", "゜": "\u309a", **dict.fromkeys(_SELECTORS)})
_STROKES_BELOW = {
    "Æ": "AE",
    "Œ": "OE",
    "Ø": "O",
    "Đ": "D",
    "Ð": "D",
    "Ł": "L",
    "Þ": "TH",
    "ẞ": "SS",
    "Ħ": "H",
    "Ŧ": "T",
    "Ŋ": "NG",
    "Ə": "A",
}

KATAKANA = "ァ-ヺー"
HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_AGAIN = re.compile(f"([{HAN}])々")
_KANA_AGAIN = re.compile("([ァ-ヺ])([ヽヾ])")
_VOICED = re.compile("[ァ-ヺ]\u3099")
# The long vowel mark stands after kana alone: elsewhere it is the figure one, or a dash, typed with the wrong key.
_ONE = re.compile(f"(?<![{KATAKANA}])ー(?=[{HAN}]|$)")
_DASH = re.compile(f"(?<=[{KATAKANA}])[-‐‑‒–—―−─━]+")


def _forms(folds: str) -> Iterator[tuple[str, str]]:
    """The pairs of the tables for `names`, or of those for `families`: the other form, the form in which names are compared."""
    for table in _VARIANTS:
        if table["folds"] == folds:
            yield from ((other, group[0]) for group in table["groups"].split() for other in group[1:])


def _latin() -> Iterator[tuple[str, str]]:
    """Latin letters without their marks, as capitals."""
    for code in (*range(ord("a"), ord("z") + 1), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = "".join(each for each in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(each)).upper()
        folded = "".join(_STROKES_BELOW.get(each, each) for each in plain)
        if chr(code).isalpha() and folded.isascii() and folded.isalpha():
            yield chr(code), folded


VARIANTS = dict(_forms("names"))
FAMILY_VARIANTS = dict(_forms("families"))
_FOLD = str.maketrans({**VARIANTS, **_HIRAGANA, **dict(_latin())})
_FAMILIES = str.maketrans(FAMILY_VARIANTS)


def folded(text: str) -> str:
    """
    A text in one form of each character, blanks and signs still in it; "" for a text longer than `LONGEST`.

    Kanji in the form of `variants.toml`, katakana for hiragana, capitals without marks for Latin letters.
    """
    plain = text.strip()
    if len(plain) > LONGEST:
        return ""
    if not plain.isascii():
        plain = compatible(plain.translate(_BEFORE))
    plain = plain.translate(_FOLD)
    return plain if plain.isascii() else _repeated(plain)


def _repeated(plain: str) -> str:
    """Signs that say a character again, and dashes that stand for the long vowel mark or the figure one."""
    if "々" in plain:
        plain = _again(plain)
    if "ヽ" in plain or "ヾ" in plain:
        plain = _KANA_AGAIN.sub(lambda found: found[1] + (found[1] if found[2] == "ヽ" else _voiced(found[1])), plain)
    plain = _DASH.sub("ー", plain)
    return _ONE.sub("一", plain) if "ー" in plain else plain


def _again(plain: str) -> str:
    letters: list[str] = []
    for letter in plain:
        letters.append(letters[-1] if letter == "々" and letters else letter)
    return "".join(letters)


def _voiced(kana: str) -> str:
    composed = unicodedata.normalize("NFC", f"{kana}\u3099")
    return composed if len(composed) == 1 else kana


def letters(text: str) -> str:
    """Only the letters and figures of a text."""
    return text if text.isalnum() else "".join(each for each in text if each.isalnum())


def of_families(text: str) -> str:
    """What is one character in family names alone (斉 and 斎)."""
    return text.translate(_FAMILIES)
