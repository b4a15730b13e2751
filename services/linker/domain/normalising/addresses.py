"""
Addresses as a city writes them: ward, town, numbers, building, room. Evidence for comparing, no place on a map.

天神一丁目8番1号, 天神1-8-1 and 天神１丁目８番地の１ are one. A town's own numerals (六本松, 千代, 三苫, 二日市) are part of its name.
"""

import re

from contracts.quick import quick
from contracts.words import CITY, WARDS
from contracts.writing.characters import HAN, between_kanji, folded, letters, remembered

_NUMERALS = "〇零一二三四五六七八九十百千"
_FIGURES = "〇一二三四五六七八九"
_VALUES = {"零": 0, **{figure: value for value, figure in enumerate(_FIGURES)}}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_DASHES = "-‐‑‒–—―−─━ー~"
_NUMBER = f"(?:[0-9]{{1,6}}+|[{_NUMERALS}]{{1,9}}+)"
_NO_NUMBER = "(?:号室|号棟|号館|室|棟|階|F(?![A-Z]))"
"""After a number: it is of the building."""

_PREFECTURES = (
    "青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 神奈川 新潟 富山 石川 福井 山梨 長野 岐阜 静岡 愛知 三重 滋賀 兵庫 奈良 和歌山 "
    "鳥取 島根 岡山 広島 山口 徳島 香川 愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 鹿児島 沖縄"
)
_PREFECTURE = re.compile(f"(?:北海道|東京都|京都府|大阪府|(?:{'|'.join(_PREFECTURES.split())})県)\\s*")
_POSTCODE = re.compile(f"[〒〶]?\\s*[0-9]{{3}}[{_DASHES}]?[0-9]{{4}}(?![0-9])\\s*|[〒〶]\\s*")
# As `folded` leaves an address: さいたま市 stands there in katakana. The longest first: a ward's name may begin with another's.
_CITY = re.compile(f"{re.escape(folded(CITY))}\\s*")
_WARD = re.compile(f"({'|'.join(map(re.escape, sorted(map(folded, WARDS.values()), key=len, reverse=True)))})\\s*")
_UNKNOWN = re.compile("以下不詳|番地不詳|無番地|番地なし|番地ナシ|不詳")
_SECTIONS = re.compile("大字|^字|(?<=[^文十])字.*$")

# 6本松: a town's numeral, typed as a figure.
_FIGURE_OF_TOWN = re.compile(f"([1-9])(?=[{HAN}])(?![丁番号{_NUMERALS}])")
_FIRST = re.compile(
    f"(?<![0-9])[0-9]{{1,6}}(?![0-9])|[{_NUMERALS}]{{1,9}}+(?=丁目|番地|番(?![町街丁])|号(?!線)|[{_DASHES}ノ]{_NUMBER}(?:$|[{_DASHES}ノ丁番号\\s]))"
)
_PART = re.compile(f"\\s*(?:丁目ノ?|丁(?=[0-9])|番地?ノ?|号ノ|[{_DASHES}ノ・,./])\\s*({_NUMBER})(?![0-9]|{_NO_NUMBER})")
_END = re.compile("(?:\\s*(?:丁目|番地?|号)(?![室棟館]))*\\s*")
_SIGNS = re.compile(r"[^\w-]+|_|^-+")
_NOTHING_MORE = re.compile(r"^(?:地先|先|外|他|付近)(?:\s+|$)")
_NOTHING = "地先外他付"
# Figures alone: a letter before them is the building's, or its wing's (メゾンK 101, A-203), and nobody can tell which.
_ROOM = re.compile(r"(?<![0-9])(?:(?P<told>[0-9]{1,5})\s*(?:号室|号|室|階|F)|(?P<apart>[0-9]{3,5}|(?:(?<=[\s-])|^)[0-9]{1,2}))$")
_FLOOR = re.compile(r"(?<![0-9])[0-9]{1,2}(?:階|F)\s*$")
_BLOCK_AND_LOT = 3
"""丁目, 番 and 号. A further number is the room."""


@quick(frozen=True, slots=True)
class Address:
    """
    An address in one spelling; what is not said is "".

    `ward`: one of the city's, folded. `town`: without 大字 and 小字; outside the city with its municipality. `numbers`: 丁目, 番, 号 as
    they follow each other (1-8-1); where there is no 丁目, the third of them may be a room. Of コーポ天神503号室 the `room` is 503.
    """

    ward: str = ""
    town: str = ""
    numbers: str = ""
    building: str = ""
    room: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.ward}{self.town}{self.numbers}", self.building, self.room) if part)


NOWHERE = Address()


@remembered(65_536)
def address(text: str) -> Address:
    """The parts of an address."""
    plain = folded(text)
    if not plain:
        return NOWHERE
    ward, plain = _in_city(plain)
    town, numbers, rest = _numbered(plain)
    building, room = _building(rest)
    if len(numbers) > _BLOCK_AND_LOT and not room:
        numbers, room = numbers[:_BLOCK_AND_LOT], "-".join(map(str, numbers[_BLOCK_AND_LOT:]))
    return Address(ward, _town(town), "-".join(map(str, numbers)), building, room)


def _in_city(plain: str) -> tuple[str, str]:
    """The ward, and what follows it."""
    place = 0
    for before in (_POSTCODE, _PREFECTURE, _CITY):
        found = before.match(plain, place)
        place = found.end() if found is not None else place
    found = _WARD.match(plain, place)
    return (found[1], plain[found.end() :]) if found is not None else ("", plain[place:])


def _numbered(plain: str) -> tuple[str, list[int], str]:
    """The town, the numbers that follow it, and the rest."""
    if "不詳" in plain or "番地" in plain:
        plain = _UNKNOWN.sub("", plain)
    figure = _FIGURE_OF_TOWN.match(plain)
    if figure is not None:
        plain = _FIGURES[int(figure[1])] + plain[1:]
    first = _FIRST.search(plain)
    if first is None:
        town, _, rest = plain.strip(_DASHES).lstrip().partition(" ")
        return town, [], rest
    numbers, place = [_value(first[0])], first.end()
    while (found := _PART.match(plain, place)) is not None:
        numbers.append(_value(found[1]))
        place = found.end()
    return plain[: first.start()], numbers, _END.sub("", plain[place:], count=1)


def _value(number: str) -> int:
    """What figures or kanji numerals say: 二十三 and 二三 are 23."""
    if number.isdecimal():
        return int(number)
    if not any(unit in number for unit in _UNITS):
        return int("".join(str(_VALUES[each]) for each in number))
    total = figure = 0
    for each in number:
        if each in _UNITS:
            total, figure = total + (figure or 1) * _UNITS[each], 0
        else:
            figure = _VALUES[each]
    return total + figure


def _town(text: str) -> str:
    return between_kanji(letters(_SECTIONS.sub("", text) if "字" in text else text))


def _building(text: str) -> tuple[str, str]:
    """The name of the building and the room."""
    if not text:
        return "", ""
    rest = _SIGNS.sub(" ", text).strip()
    if rest[:1] in _NOTHING:
        rest = _NOTHING_MORE.sub("", rest, count=1)
    found = _ROOM.search(rest)
    if found is None:
        return letters(rest), ""
    return letters(_FLOOR.sub("", rest[: found.start()])), found["told"] or found["apart"]
