"""
Characters in one form, for comparing only: NFKC, forms of one kanji, hiragana as katakana, what nobody sees left out.

What is kept and told is the text as it came (`domain.md` §6.2).
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

from contracts.texts import compatible

Read = TypeVar("Read")

LONGEST = 200
"""Longer texts are no names and no addresses. They are read as if nothing stood there, so that no text takes more time than these do."""

MISSING = "〓"
"""Stands for a character that somebody could not write: a name with one is not the same name without it."""

KATAKANA = "ァ-ヺー"
HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_VARIANTS = tomllib.loads(Path(__file__).with_name("variants.toml").read_text(encoding="utf-8"))["table"]
_SELECTORS = [chr(code) for codes in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E)) for code in codes]
# NFKC parts the marks that stand by themselves (゛) from their kana by a blank.
_BEFORE = str.maketrans({"゛": "\u3099", "゜": "\u309a", **dict.fromkeys(_SELECTORS)})
_UNUSUAL = re.compile("[゛゜\ufe00-\ufe0f\u180b-\u180d\U000e0100-\U000e01ef]")
_UNSEEN = {"Cc", "Cf"}
_HIRAGANA = {chr(code): chr(code + 0x60) for code in (*range(ord("ぁ"), ord("ゖ") + 1), ord("ゝ"), ord("ゞ"))}
_NOT_WRITTEN = dict.fromkeys("?□■●�", MISSING)
# Of several marks on a letter NFKC joins only the first with it; what is left would be joined the next time.
_MARKS = dict.fromkeys(map(chr, range(0x300, 0x370)), "")
_LETTERS_OF_THEIR_OWN = dict(zip("ÆŒØĐÐŁÞẞĦŦŊƏ", ("AE", "OE", "O", "D", "D", "L", "TH", "SS", "H", "T", "NG", "A"), strict=True))
_AFTER_KANA = re.compile(f"(?<=[{KATAKANA}])[-‐‑‒–—―−─━]+")
# The long vowel mark stands after kana alone: elsewhere it is the figure one, typed with the wrong key.
_ONE = re.compile(f"(?<![{KATAKANA}])ー(?=[{HAN}]|$)")
# Katakana that look like kanji, typed or read by a machine in their stead: ニ宮, エ藤, ハ木.
_LOOKALIKES = str.maketrans("ニハエカロタト", "二八工力口夕卜")
_ALMOST_HAN = re.compile(f"(?=.*[{HAN}])[{HAN}ニハエカロタト]+")
# ヶ, ケ, が and ヵ are one between kanji (四ヶ所, 四ケ所), and so are ツ and ッ (三ッ矢).
_KE = re.compile(f"(?<=[{HAN}])[ヶヵガ](?=[{HAN}])")
_TSU = re.compile(f"(?<=[{HAN}])ッ(?=[{HAN}])")
_SIGNS = re.compile(f"[^\\w{MISSING}\ue000-\uf8ff\U000f0000-\U0010ffff]+|_+")
_HAN = re.compile(f"[{HAN}]")
_KANA = re.compile(f"[{KATAKANA}]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|〔[^〔〕]*〕|【[^【】]*】|〈[^〈〉]*〉|「[^「」]*」")


def remembered(how_many: int) -> Callable[[Callable[[str], Read]], Callable[[str], Read]]:
    """Remember the last answers: names, days and towns come again and again. What is far too long is no name, and is not kept in memory."""

    def remembering(read: Callable[[str], Read]) -> Callable[[str], Read]:
        cached = lru_cache(maxsize=how_many)(read)

        @wraps(read)
        def reading(text: str) -> Read:
            return cached(text) if len(text) <= LONGEST else read(text)

        return reading

    return remembering


def _forms(folds: str) -> Iterator[tuple[str, str]]:
    """The pairs of the tables for `names`, or of those for `families`: the other form, the form in which names are compared."""
    for table in _VARIANTS:
        if table["folds"] == folds:
            yield from ((other, group[0]) for group in table["groups"].split() for other in group[1:])


def _capitals() -> Iterator[tuple[str, str]]:
    """Latin letters as capitals without marks; Greek and Cyrillic ones as capitals."""
    for code in (*range(ord("a"), ord("z") + 1), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = "".join(each for each in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(each)).upper()
        folded = "".join(_LETTERS_OF_THEIR_OWN.get(each, each) for each in plain)
        if chr(code).isalpha() and folded.isascii() and folded.isalpha():
            yield chr(code), folded
    yield from ((chr(code), chr(code).upper()) for code in range(0x370, 0x530) if len(chr(code).upper()) == 1)


VARIANTS = dict(_forms("names"))
"""Other forms of a character, and the one in which names are compared."""
FAMILY_VARIANTS = dict(_forms("families"))
"""The same of characters that are one in family names alone."""
_FOLD = str.maketrans({**VARIANTS, **_HIRAGANA, **dict(_capitals()), **_MARKS, **_NOT_WRITTEN})
_FAMILIES = str.maketrans(FAMILY_VARIANTS)


def folded(text: str) -> str:
    """
    A text with each character in one form; blanks and signs are still in it. "" for what is longer than `LONGEST`.

    Kanji in the form of `variants.toml`, katakana for hiragana, capitals without marks for Latin letters.
    """
    plain = text.strip().replace("　", " ")
    if len(plain) > LONGEST:
        return ""
    if not plain.isascii():
        plain = compatible(plain.translate(_BEFORE) if _UNUSUAL.search(plain) is not None else plain)
    if not plain.isprintable():
        plain = "".join(each for each in plain if unicodedata.category(each) not in _UNSEEN or each.isspace())
    plain = plain.translate(_FOLD).strip()
    return plain if len(plain) <= LONGEST else ""


def written(text: str, *, families: bool = False) -> str:
    """
    A name in one form, without blanks, signs and what stands in brackets; `families`: 斉 and 斎 are one, and エ藤 is 工藤.

    々 and ゝ as what they repeat; a dash after kana is the long vowel mark, and that mark after anything else the figure 一.
    """
    plain = heard(text)
    if "ー" in plain:
        plain = _ONE.sub("一", plain)
    if families:
        plain = plain.translate(_FAMILIES)
        plain = plain.translate(_LOOKALIKES) if _ALMOST_HAN.fullmatch(plain) else plain
    # Once more: a sign may stand behind what has become a kanji only now.
    return repeated(plain)


def heard(text: str) -> str:
    """The same for a reading, in which no kanji is looked for."""
    return repeated(_together(folded(text)))


def _together(plain: str) -> str:
    if plain.isascii() and plain.isalnum():
        return plain
    return letters(_AFTER_KANA.sub("ー", _without_brackets(plain)))


def letters(text: str) -> str:
    """Only the letters and figures of a text, with characters of private use (gaiji), which are letters to whoever made them."""
    return text if text.isalnum() else _SIGNS.sub("", text)


def between_kanji(plain: str) -> str:
    """A name of a family or of a town with one of the signs that stand for the same sound between kanji."""
    return _TSU.sub("ツ", _KE.sub("ケ", plain))


def _without_brackets(plain: str) -> str:
    """What stands beside brackets: they hold a former or another name (山田(旧姓 佐藤))."""
    outside = _BRACKETS.sub("", plain)
    return outside if any(map(str.isalnum, outside)) else plain


def repeated(plain: str) -> str:
    """Signs that say the character before them again, replaced by it."""
    if not any(sign in plain for sign in "々ヽヾ"):
        return plain
    said = ""
    for letter in plain:
        last = said[-1:]
        if (letter == "々" and _HAN.match(last)) or (letter == "ヽ" and _KANA.match(last)):
            said += last
        elif letter == "ヾ" and _KANA.match(last):
            composed = unicodedata.normalize("NFC", f"{last}\u3099")
            said += composed if len(composed) == 1 else last
        else:
            said += letter
    return said
