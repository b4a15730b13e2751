"""
Addresses of Fukuoka: ward, town, the numbers, the building. Evidence for comparing, no place on a map.

天神一丁目8番1号, 天神1-8-1 and 天神１丁目８番地の１ are one. A town's own numerals (六本松, 千代, 三苫, 二日市) are part of its name.
"""

import re
from functools import lru_cache

from contracts.quick import quick
from contracts.words import WARDS
from services.linker.domain.normalising.characters import HAN, folded, letters, of_families

_NUMERALS = "〇零一二三四五六七八九十百千"
_VALUES = {"零": 0, "〇": 0, **{figure: value for value, figure in enumerate("一二三四五六七八九", 1)}}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = rf"(?:[0-9]{{1,6}}|[{_NUMERALS}]{{1,9}})"
_DASH = "[-‐‑‒–—―−─━ー]"

_POSTCODE = re.compile(rf"^[\s〒〶]*[0-9]{{3}}{_DASH}?[0-9]{{4}}(?![0-9])\s*|^[〒〶]\s*")
_PREFECTURE = re.compile("北海道|東京都|京都府|大阪府|(?:神奈川|和歌山|鹿児島|[^\\d\\s]{2})県")
_CITY = "福岡市"
_WARD = re.compile("|".join(WARDS.values()))
_LARGE_SECTION = re.compile("大字")
_SMALL_SECTION = re.compile("(?<=[^文])字[^0-9]*$")

# The first number of an address, and what parts it from the next one.
_FIRST = re.compile(
    rf"(?P<number>[0-9]{{1,6}})|(?P<numerals>[{_NUMERALS}]{{1,9}})(?=丁目|番地|番(?!町)|号|{_DASH}{_NUMBER}|[ノ]{_NUMBER}(?![^丁番号ノ\s0-9{_NUMERALS}]))"
)
_PART = re.compile(rf"\s*(?:丁目|丁(?=[0-9])|番地?ノ?|号ノ|{_DASH}|ノ)\s*(?P<number>{_NUMBER})(?!\s*(?:号室|号棟|号館|室|棟|階|F\b))")
_LAST = re.compile(r"\s*(?:丁目|番地?|号)(?!室|棟|館)")
_ROOM_WORDS = re.compile("号室|室|号|階|F$")


@quick(frozen=True, slots=True)
class Address:
    """
    An address in one spelling; what is not said is empty.

    `ward`: one of the seven, in kanji. `town`: without 大字 and 小字; outside the city with its municipality. `numbers`: 丁目, 番, 号 in the order
    in which they stand; a room that follows them by a hyphen is the last of them. `building`: its name and the room.
    """

    ward: str = ""
    town: str = ""
    numbers: tuple[int, ...] = ()
    building: str = ""

    def __str__(self) -> str:
        return f"{self.ward}{self.town}{'-'.join(map(str, self.numbers))} {self.building}".strip()


NOWHERE = Address()


@lru_cache(maxsize=65_536)
def address(text: str) -> Address:
    """The parts of an address."""
    plain = of_families(folded(text))
    if not plain:
        return NOWHERE
    plain = _POSTCODE.sub("", plain, count=1)
    ward, plain = _ward(plain)
    town, numbers, rest = _numbered(plain)
    return Address(ward, _town(town), numbers, _building(rest))


def _ward(plain: str) -> tuple[str, str]:
    found = _PREFECTURE.match(plain)
    if found is not None:
        plain = plain[found.end() :].lstrip()
    plain = plain.removeprefix(_CITY).lstrip()
    found = _WARD.match(plain)
    return (found[0], plain[found.end() :]) if found is not None else ("", plain)


def _numbered(plain: str) -> tuple[str, tuple[int, ...], str]:
    first = _FIRST.search(plain)
    if first is None:
        town, _, rest = plain.partition(" ")
        return town, (), rest
    numbers = [_value(first[0])]
    place = first.end()
    while (found := _PART.match(plain, place)) is not None:
        numbers.append(_value(found["number"]))
        place = found.end()
    last = _LAST.match(plain, place)
    return plain[: first.start()], tuple(numbers), plain[last.end() if last is not None else place :]


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    if not set(number) & set(_UNITS):
        return int("".join(str(_VALUES[each]) for each in number))
    total = figure = 0
    for each in number:
        if each in _UNITS:
            total += (figure or 1) * _UNITS[each]
            figure = 0
        else:
            figure = _VALUES[each]
    return total + figure


def _town(text: str) -> str:
    return letters(_SMALL_SECTION.sub("", _LARGE_SECTION.sub("", text)))


def _building(text: str) -> str:
    return letters(_ROOM_WORDS.sub("", text))
