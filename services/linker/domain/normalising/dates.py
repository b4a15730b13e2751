"""
Birth dates as far as a text says them: each of year, month and day may be unknown, and none is ever guessed.

Parts that contradict each other are unknown, all of them: of 2023-02-29 nobody can say which is wrong.
"""

import re
from calendar import monthrange
from functools import lru_cache

from contracts.days import EARLIEST_DAY, ERA_DIGITS, ERA_LETTERS, ERAS, LATEST_DAY
from contracts.quick import quick
from contracts.texts import compatible

_LONGEST = 40
_MONTHS, _DAYS, _LEAP = 12, 31, 2024

_NUMERALS = {"〇": 0, "零": 0, **{figure: value for value, figure in enumerate("一二三四五六七八九", 1)}}
_KANJI = re.compile("[〇零一二三四五六七八九十]+")
_NOT_SAID = re.compile("以下不詳|不詳|不明|未詳|unknown|西暦|紀元|生まれ|生$|頃|ころ")
_CLOCK = re.compile(r"(?:t|\s)\s*[0-9]{1,2}:[0-9]{2}.*$", re.DOTALL)
_ERA = "明治|大正|昭和|平成|令和|[明大昭平令mtshr]"
_SIGN = "[-/.・,‐‑–—−ー]"
_FILL = "[*x?]"
_PARTED = re.compile(
    rf"(?:(?P<era>{_ERA})\.?)?(?P<year>元|[0-9]{{1,4}}|{_FILL}{{1,4}})?"
    rf"(?:(?:年|{_SIGN})(?P<month>[0-9]{{1,2}}|{_FILL}{{1,2}})?)?(?:(?:月|{_SIGN})(?P<day>[0-9]{{1,2}}|{_FILL}{{1,2}})?)?日?"
)
_EIGHT = re.compile(rf"(?P<era>)(?P<year>[0-9]{{4}}|{_FILL}{{4}})(?P<month>[0-9]{{2}}|{_FILL}{{2}})(?P<day>[0-9]{{2}}|{_FILL}{{2}})")
_SEVEN = re.compile(rf"(?P<era>{_ERA}|[1-5])(?P<year>[0-9]{{2}})(?P<month>[0-9]{{2}}|{_FILL}{{2}})(?P<day>[0-9]{{2}}|{_FILL}{{2}})")
_FORMS = (_EIGHT, _SEVEN, _PARTED)
_SHORT_ERAS = {era[0]: era for era in ERAS}


@quick(frozen=True, slots=True)
class Birth:
    """What is known of a birth date. `str()` writes it as YYYY-MM-DD with zeros for what is unknown."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        return f"{self.year or 0:04}-{self.month or 0:02}-{self.day or 0:02}"


NOTHING = Birth()


@lru_cache(maxsize=131_072)
def birth(text: str) -> Birth:
    """
    The birth date that a text says: ISO, 2019/5/1, 20190501, 令和元年5月1日, R1.5.1, 5010501, with zeros, signs or 不詳 for what is unknown.

    The year of an era is a year of the calendar also where the era had ended (平成31年5月) or not begun (令和元年4月). A year of two figures
    without its era is unknown, and what stands beside it.
    """
    plain = compatible(text.strip()[: _LONGEST + 1]).casefold()
    if len(plain) > _LONGEST:
        return NOTHING
    plain = "".join(_NOT_SAID.sub("", _CLOCK.sub("", plain)).split())
    plain = _KANJI.sub(_figure, plain)
    found = next((found for form in _FORMS if (found := form.fullmatch(plain)) is not None), None)
    if found is None:
        return NOTHING
    return _known(found["era"] or "", found["year"] or "", _part(found["month"]), _part(found["day"]))


def _figure(found: re.Match[str]) -> str:
    """Kanji numerals below a hundred as figures: 三十一, 三一; what is no number stays."""
    text = found[0]
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or (ten and len(ones) > 1):
        return text
    if not ten:
        return "".join(str(_NUMERALS[each]) for each in ones)
    return str((_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0))


def _part(said: str | None) -> int | None:
    """Month or day: None where nothing or a filling stands (00, 99, XX)."""
    if not said or not said.isdecimal():
        return None
    return int(said) if int(said) not in (0, 99) else None


def _known(era: str, said: str, month: int | None, day: int | None) -> Birth:
    filled = not said or said in {"0000", "9999"} or not (said == "元" or said.isdecimal())
    if era:
        year = None if filled or said == "99" else _year(era, said)
        if year is None and not filled:
            return NOTHING
    elif filled:
        year = None
    else:
        year = int(said) if len(said) == 4 else None  # noqa: PLR2004 - figures of a year
        if year is None or not EARLIEST_DAY.year <= year <= LATEST_DAY.year:
            return NOTHING
    if said == "9999":
        return NOTHING
    return _consistent(year, month, day)


def _year(era: str, said: str) -> int | None:
    name = ERA_LETTERS.get(era) or ERA_DIGITS.get(era) or _SHORT_ERAS.get(era, era)
    in_era = 1 if said == "元" else int(said)
    return ERAS[name].year + in_era - 1 if 0 < in_era < 100 else None  # noqa: PLR2004 - figures of an era's year


def _consistent(year: int | None, month: int | None, day: int | None) -> Birth:
    """The parts that do not contradict each other. A month above twelve may be the day, and the day the month."""
    if month is not None and month > _MONTHS:
        return Birth(year)
    if day is not None and day > _DAYS:
        return Birth(year, month)
    if month is None or day is None:
        return Birth(year, month, day)
    if day > monthrange(_LEAP, month)[1]:
        return Birth(year)
    return Birth(year, month, day) if year is None or day <= monthrange(year, month)[1] else NOTHING
