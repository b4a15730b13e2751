"""Names in one spelling, for comparing only: what is kept and told is the name as it came (`domain.md` §6.2)."""

from typing import Protocol
from unicodedata import normalize

_SELECTORS = {code: None for codes in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for code in codes}
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_OLD_FORMS = str.maketrans("邉邊髙﨑濵濱澤櫻齋齊斎德栁嶋嶌廣國惠眞榮", "辺辺高崎浜浜沢桜斉斉斉徳柳島島広国恵真栄")
"""Old and new forms of one character, as names are written with either (`domain.md` §6.2)."""


def comparable(name: str) -> str:
    """
    Return a name in the spelling in which two names are compared.

    NFKC, without variation selectors and spaces, kana as full-width katakana, old forms of characters as new ones. Small kana, long
    vowels and voiced marks stay: they make another name.
    """
    plain = normalize("NFKC", name.translate(_SELECTORS)).translate(_HIRAGANA).translate(_OLD_FORMS)
    return "".join(plain.split())


class Named(Protocol):
    """Whoever has a name, as far as it is known."""

    @property
    def name(self) -> str | None:
        """The name as it came."""
        ...

    @property
    def kana(self) -> str | None:
        """Its reading as it came."""
        ...


def given_name(name: str | None) -> str | None:
    """Return the given name, for comparing: what follows the family name; None where no space parts them."""
    parts = (name or "").split()
    return comparable(parts[-1]) if len(parts) > 1 else None


def may_be_one_name(one: Named, other: Named) -> bool:
    """Whether two names may be one: the readings decide where both have one, else the signs; what is not known excludes nobody."""
    if one.kana is not None and other.kana is not None:
        return comparable(one.kana) == comparable(other.kana)
    return one.name is None or other.name is None or comparable(one.name) == comparable(other.name)
