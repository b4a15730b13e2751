"""
One spelling for what sources write in several: era dates, wards, sexes, relationships, weeks (§6.2, §6.4).

What cannot be read is passed on as it is: the schema refuses it with its path. Numbers of persons are never touched, nor are names:
Unicode's normal forms fold characters that registers tell apart (塚 U+FA10 and 塚 U+585A), so they are for comparing alone.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from contracts.catalogue import ENUMS, UNKNOWN_DAY, EventType, FieldType, SourceField
from contracts.days import ERA_LETTERS, ERAS

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ERA_DAY = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[mtshr])\s*(?P<year>元|[0-9]{1,2})(?:年|[./-])\s*(?P<month>[0-9]{1,2})(?:月|[./-])\s*(?P<day>[0-9]{1,2})日?",
)
# What a register writes for what it does not know: words, or signs that fill the place of two digits (of four, for a year).
_NOT_KNOWN = "(?:不詳|不明|未詳)"
_FILLING = "(?:0{1,2}|99|[*x]{1,2})"
_FILLED = re.compile("-(?:00|99)")
_BIRTH_YEAR = re.compile(
    r"(?:(?P<era>明治|大正|昭和|平成|令和|[mtshr])(?P<in_era>元|[0-9]{1,2})|(?P<year>[0-9]{4}))(?P<rest>.*)", re.DOTALL
)
_NO_MONTH = re.compile(
    rf"(?:年|[./-])?(?:(?:以下|月日)?{_NOT_KNOWN}|月日|{_NOT_KNOWN}月(?:{_NOT_KNOWN}日)?"
    rf"|{_FILLING}(?:月|[./-])?(?:{_FILLING}日?|日?{_NOT_KNOWN}日?)?)?"
)
# One digit of a month needs a sign on its left: 19856 says nothing.
_NO_DAY = re.compile(
    rf"(?:(?:年|[./-])(?=[0-9])|(?=[0-9]{{2}}))(?P<month>[0-9]{{1,2}})(?:月|[./-])?(?:{_FILLING}日?|日?{_NOT_KNOWN}日?|日)?"
)
_NO_YEAR = re.compile(
    rf"unknown|(?:0{{4}}|9{{4}}|[*x]{{4}})(?:(?:年|[./-])?{_FILLING}(?:月|[./-])?{_FILLING}日?)?"
    rf"|(?:生?年月日|生年|(?:明治|大正|昭和|平成|令和)(?:年月日|年)?)?{_NOT_KNOWN}(?:年(?:{_NOT_KNOWN}月{_NOT_KNOWN}日)?)?"
)
_WEEKS = re.compile(r"([0-9]{1,2})(?:w|週)(?:[0-6](?:d|日)?)?")
_SHORT = 40
"""Longer texts are no dates and no list values; they are not looked at, nor remembered."""


def normalised(kind: EventType, data: dict[str, Any]) -> dict[str, Any]:
    """The fields of `data` in one spelling. Empty optional fields are left out, defaults filled in, unknown fields kept for refusal."""
    result: dict[str, Any] = {}
    for key, value in data.items():
        field = kind.by_name.get(key)
        if value is None or value == "":
            if field is not None:
                continue
            result[key] = value
            continue
        result[key] = spelled(field, value) if field is not None else value
    for name, default in kind.defaults:
        result.setdefault(name, default)
    return result


def iso_day(text: str) -> str | None:
    """A day as YYYY-MM-DD, from ISO or a Japanese era (令和8年4月11日, R8.4.11, 令和元年…); None where it is neither."""
    if len(text) == 10 and _ISO.fullmatch(text):  # noqa: PLR2004 - the length of YYYY-MM-DD
        return text
    return _era_day(text) if len(text) <= _SHORT else None


@lru_cache(maxsize=8192)
def _era_day(text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if _ISO.fullmatch(plain):
        return plain
    found = _ERA_DAY.fullmatch(plain)
    if found is None:
        return None
    era = ERA_LETTERS.get(found["era"], found["era"])
    year = 1 if found["year"] == "元" else int(found["year"])
    try:
        day = date(ERAS[era].year + year - 1, int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    # Before an era's first day the writing has no meaning; after its last it has: 平成34年 stands on certificates of 2018.
    return day.isoformat() if day >= ERAS[era] and year > 0 else None


def birth_day(text: str) -> str | None:
    """
    A birth date as far as the register knows it: a day, "1985-06", "1985" or "unknown"; None where it is none of these.

    Registers write what they do not know (不詳) in words (昭和60年6月日不詳) or fill its place (1985-00-00, 19859999, 1985-XX-XX).
    """
    if len(text) == 10 and _ISO.fullmatch(text) and not _FILLED.search(text):  # noqa: PLR2004 - the length of YYYY-MM-DD
        return text
    return (_as_known(text) if len(text) <= _SHORT else None) or iso_day(text)


@lru_cache(maxsize=8192)
def _as_known(text: str) -> str | None:
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    if _NO_YEAR.fullmatch(plain):
        return UNKNOWN_DAY
    found = _BIRTH_YEAR.fullmatch(plain)
    if found is None:
        return None
    era = ERA_LETTERS.get(found["era"], found["era"])
    in_era = 1 if found["in_era"] == "元" else int(found["in_era"] or 0)
    year = ERAS[era].year + in_era - 1 if era else int(found["year"])
    if not year or (era and not in_era):
        return None
    if _NO_MONTH.fullmatch(found["rest"]):
        return f"{year:04}"
    rest = _NO_DAY.fullmatch(found["rest"])
    month = int(rest["month"]) if rest is not None else 0
    before_the_era = bool(era) and (year, month) < (ERAS[era].year, ERAS[era].month)
    return f"{year:04}-{month:02}" if 1 <= month <= 12 and not before_the_era else None  # noqa: PLR2004 - months


def spelled(field: SourceField, value: Any) -> Any:
    """What a field says, in one spelling."""
    read = _READERS.get(field.type)
    if read is None:
        return value
    if field.list:
        return [read(field, each) for each in value] if isinstance(value, list) else value
    return read(field, value)


def _day(_: SourceField, value: Any) -> Any:
    return (iso_day(value) or value) if isinstance(value, str) else value


def _birth(_: SourceField, value: Any) -> Any:
    return (birth_day(value) or value) if isinstance(value, str) else value


def _listed(field: SourceField, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    text = str(value)
    return _meaning(field.enum or "", text) or value if len(text) <= _SHORT else value


@lru_cache(maxsize=8192)
def _meaning(enum: str, text: str) -> str | None:
    listed = ENUMS[enum]
    if text in listed.values:
        return text
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in listed.values:
        return plain
    exact = listed.spellings.get(plain)
    if exact is not None:
        return exact
    patterns = ((spelling.strip("*"), value) for spelling, value in listed.spellings.items() if "*" in spelling)
    return next((value for part, value in patterns if part in plain), None)


def _weeks(_: SourceField, value: Any) -> Any:
    if not isinstance(value, str) or len(value) > _SHORT:
        return value
    found = _WEEKS.fullmatch(unicodedata.normalize("NFKC", value).strip().casefold())
    return int(found[1]) if found else value


_READERS: dict[FieldType, Callable[[SourceField, Any], Any]] = {
    FieldType.DATE: _day,
    FieldType.BIRTH_DATE: _birth,
    FieldType.ENUM: _listed,
    FieldType.WEEKS: _weeks,
}
