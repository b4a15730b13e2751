"""
How sources of the first population write what they know rightly: era or not, half width or full, 丁目 or hyphens, old forms of characters.

None of this is a mistake, and every record has it.
"""

from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from unicodedata import normalize

from contracts.values import Sex
from infra.city.linkage.first.homes import Address

_ERAS = ((date(2019, 5, 1), "令和", "R", 5), (date(1989, 1, 8), "平成", "H", 4), (date(1926, 12, 25), "昭和", "S", 3))

_FULL = str.maketrans("0123456789-", "０１２３４５６７８９－")
_DIGITS = "〇一二三四五六七八九"

_OLD_FORMS = {
    "高": "髙",
    "崎": "﨑",
    "辺": "邉邊",
    "斎": "齋齊斉",
    "浜": "濵濱",
    "吉": "𠮷",
    "沢": "澤",
    "島": "嶋嶌",
    "広": "廣",
    "桜": "櫻",
    "国": "國",
    "真": "眞",
    "恵": "惠",
    "徳": "德",
    "栄": "榮",
    "富": "冨",
    "桑": "桒",
    "柳": "栁",
    "瀬": "瀨",
    "竜": "龍",
    "滝": "瀧",
    "浅": "淺",
    "黒": "黑",
    "辻": "辻\U000e0100",
    "葛": "葛\U000e0101",
    "遥": "遙",
    "穂": "穗",
    "実": "實",
    "礼": "禮",
}
"""Forms of one character; an entry of two signs of which the second is a variation selector is one form."""

_HALF = {normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_MARKS = {"\u3099": "\uff9e", "\u309a": "\uff9f"}


@dataclass(slots=True)
class Draft:
    """What a source is about to write, and may have wrong. Texts are empty and the address is None where it has none."""

    family: str
    given: str
    family_kana: str
    given_kana: str
    former_family: str
    former_given: str
    latin: str
    year: int
    month: int
    day: int
    """Parts of the birth date; 0 where it is not known."""
    sex: Sex
    address: Address | None
    guardian: tuple[str, str]
    """Family and given name."""


def old_forms(rng: Random, text: str, share: float) -> str:
    """Some of the characters in an older form."""
    if not any(sign in _OLD_FORMS for sign in text):
        return text
    return "".join(_old(rng, sign) if sign in _OLD_FORMS and rng.random() < share else sign for sign in text)


def _old(rng: Random, sign: str) -> str:
    forms = _OLD_FORMS[sign]
    return forms if forms[-1] >= "\U000e0100" else forms[int(rng.random() * len(forms))]


def half_width(kana: str) -> str:
    """Katakana at half width."""
    return "".join(_MARKS.get(sign) or _HALF.get(sign, sign) for sign in normalize("NFD", kana))


def hiragana(kana: str) -> str:
    """Katakana as hiragana."""
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in kana)


def kana(rng: Random, text: str) -> str:
    """Kana as they come: full width, half width, or hiragana."""
    chance = rng.random()
    if chance < 0.62:
        return text
    return half_width(text) if chance < 0.9 else hiragana(text)


def birth_date(rng: Random, year: int, month: int, day: int) -> str:
    """A day as it comes; parts that are not known are zeros."""
    if not year:
        return ""
    chance = rng.random()
    if chance < 0.35 or not month or not day:
        return f"{year:04d}-{month:02d}-{day:02d}"
    if chance < 0.5:
        return f"{year:04d}{month:02d}{day:02d}"
    if chance < 0.6:
        return f"{year}/{month}/{day}"
    return _in_era(rng, year, month, day)


def _in_era(rng: Random, year: int, month: int, day: int) -> str:
    try:
        whole = date(year, month, day)
    except ValueError:
        # 31 April: mistyped, so nobody has a calendar for it.
        return f"{year}/{month}/{day}"
    since, name, letter, digit = next(era for era in _ERAS if whole >= era[0])
    count = year - since.year + 1
    styles: tuple[Callable[[], str], ...] = (
        lambda: f"{name}{'元' if count == 1 else count}年{month}月{day}日",
        lambda: f"{letter}{count}.{month}.{day}",
        lambda: f"{letter}{count:02d}.{month:02d}.{day:02d}".translate(_FULL),
        lambda: f"{digit}{count:02d}{month:02d}{day:02d}",
        lambda: f"{letter}{count:02d}/{month:02d}/{day:02d}",
    )
    return styles[int(rng.random() * len(styles))]()


def registered_address(at: Address) -> str:
    """As the register writes it."""
    room = f" {at.building}{at.room}号" if at.building else ""
    return f"福岡市{at.ward}{at.town}{at.block}丁目{at.plot}番{at.house}号{room}"


def address(rng: Random, at: Address | None) -> str:
    """An address as it comes."""
    if at is None:
        return ""
    return _ADDRESSES[bisect(_UNTIL, rng.random())](rng, at)


def _hyphens(rng: Random, at: Address) -> str:
    return f"福岡市{at.ward}{at.town}{at.block}-{at.plot}-{at.house}{_room(rng, at)}"


def _wide(rng: Random, at: Address) -> str:
    return f"{at.ward}{at.town}{at.block}－{at.plot}－{at.house}{_room(rng, at)}".translate(_FULL)


def _with_prefecture(rng: Random, at: Address) -> str:
    return f"福岡県福岡市{at.ward}{at.town}{_DIGITS[at.block]}丁目{at.plot}番地{at.house}{_room(rng, at)}"


def _with_no(rng: Random, at: Address) -> str:
    return f"{at.ward}{at.town}{at.block}丁目{at.plot}の{at.house}{_room(rng, at)}"


def _in_signs(_: Random, at: Address) -> str:
    return f"{at.ward}{at.town}{_DIGITS[at.block]}丁目{_kanji(at.plot)}番{_kanji(at.house)}号"


def _without_ward(rng: Random, at: Address) -> str:
    return f"{at.town}{at.block}丁目{at.plot}-{at.house}{_room(rng, at)}"


_ADDRESSES: tuple[Callable[[Random, Address], str], ...] = (
    *(lambda _, at: registered_address(at), _hyphens, _wide),
    *(_with_prefecture, _with_no, _in_signs, _without_ward),
)
_UNTIL = (0.25, 0.45, 0.6, 0.75, 0.85, 0.95)


def _room(rng: Random, at: Address) -> str:
    if not at.building:
        return ""
    chance = rng.random()
    if chance < 0.5:
        return f" {at.building}{at.room}"
    if chance < 0.7:
        return f"　{at.building}　{at.room}号室"
    return f"-{at.room}" if chance < 0.85 else ""


def _kanji(number: int) -> str:
    """A number under a hundred in signs: 二十三."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def sex(rng: Random, of: Sex) -> str:
    """Male or female as it comes."""
    words = ("男", "男", "1", "M", "男性") if of is Sex.MALE else ("女", "女", "2", "F", "女性")
    return words[int(rng.random() * len(words))]


def guardian(rng: Random, name: tuple[str, str]) -> str:
    """A guardian's name with a blank, a wide one, or none."""
    family, given = name
    return f"{family}{(' ', '　', '')[int(rng.random() * 3)]}{given}" if family or given else ""
