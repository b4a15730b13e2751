"""
Birth dates as far as a text says them: each of year, month and day may be unknown, and none is ever guessed.

Parts that contradict each other are unknown, all of them: of 2023-02-29 nobody can say which is wrong.
"""

import re
from calendar import monthrange

from contracts.days import EARLIEST_DAY, ERA_DIGITS, ERA_LETTERS, ERAS, LATEST_DAY
from contracts.quick import quick
from contracts.texts import compatible
from contracts.writing.characters import remembered

_LONGEST = 40
_MONTHS, _DAYS, _LEAP = 12, 31, 2024

_NUMERALS = {"〇": 0, "零": 0, **{figure: value for value, figure in enumerate("一二三四五六七八九", 1)}}
_KANJI = re.compile("[〇零一二三四五六七八九十]+")
_NOT_SAID = re.compile("以下不詳|不詳|不明|未詳|unknown|西暦|紀元|生まれ|生$|\\([^()]*\\)")
_ABOUT = ("頃", "ころ", "推定", "約")
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
_BLANK = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
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


@remembered(131_072)
def birth(text: str) -> Birth:
    """
    The birth date that a text says: ISO, 2019/5/1, 20190501, 令和元年5月1日, R1.5.1, 5010501; zeros, signs or 不詳 for what is unknown.

    The year of an era is a year of the calendar also where the era had ended (平成31年5月) or not begun (令和元年4月). Of a year of two
    figures without its era nobody knows the century, nor whether it is the year.
    """
    plain = compatible(text.strip()[: _LONGEST + 1]).casefold()
    if len(plain) > _LONGEST or any(word in plain for word in _ABOUT):
        return NOTHING
    plain = _BLANK.sub("-", _NOT_SAID.sub("", _CLOCK.sub("", plain)).strip())
    plain = _KANJI.sub(_figure, "".join(plain.split()))
    for form in (_EIGHT, _SEVEN):
        found = form.fullmatch(plain)
        if found is not None:
            return _packed(found)
    found = _PARTED.fullmatch(plain)
    return _known(found["era"] or "", found["year"] or "", _part(found["month"]), _part(found["day"])) if found is not None else NOTHING


def _packed(found: re.Match[str]) -> Birth:
    """Figures without signs between them. What fits no month was put together in another order, or is no date."""
    month = _part(found["month"])
    if month is not None and month > _MONTHS:
        return NOTHING
    known = _known(found["era"], found["year"], month, _part(found["day"]))
    first = ERAS[_era(found["era"])] if found["era"] else EARLIEST_DAY
    begun = known.year is None or (known.year, known.month or _MONTHS, known.day or _DAYS) >= (first.year, first.month, first.day)
    return known if begun or not found["era"].isdecimal() else NOTHING


def _figure(found: re.Match[str]) -> str:
    """Kanji numerals below a hundred as figures: 三十一, 三一; what is no number stays."""
    text = found[0]
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or tens == "十" or (ten and len(ones) > 1):
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
    if not said or said == "0000" or not (said == "元" or said.isdecimal()) or (era and said == "99"):
        return _consistent(None, month, day)
    year = _in_era(era, said) if era else _of_calendar(said)
    return _consistent(year, month, day) if year is not None else NOTHING


def _of_calendar(said: str) -> int | None:
    year = int(said) if len(said) == 4 else 0  # noqa: PLR2004 - figures of a year
    return year if EARLIEST_DAY.year <= year <= LATEST_DAY.year else None


def _in_era(era: str, said: str) -> int | None:
    in_era = 1 if said == "元" else int(said)
    return ERAS[_era(era)].year + in_era - 1 if 0 < in_era < 100 else None  # noqa: PLR2004 - figures of an era's year


def _era(said: str) -> str:
    return ERA_LETTERS.get(said) or ERA_DIGITS.get(said) or _SHORT_ERAS.get(said, said)


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
