"""What stands in a cell, in one spelling: days of Japanese eras and codes of eras, digits of any width, codes by their table."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from contracts.days import ERA_DIGITS
from services.ingest.domain.envelope import JAPAN
from services.ingest.domain.normalise import birth_day, iso_day

BLANKS = " \t\u3000"
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
_EIGHT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SEVEN = re.compile(r"([1-9])([0-9]{2})([0-9]{2})([0-9]{2})")
_PARTED = re.compile(r"([0-9]{4})[/.年-]([0-9]{1,2})[/.月-]([0-9]{1,2})日?")
_INSTANT = re.compile(
    r"(?P<day>.+?)(?:[ Tt]\s*|(?<=日))(?P<hour>[0-9]{1,2})(?::|時)(?P<minute>[0-9]{2})(?:(?::|分)(?P<second>[0-9]{2})秒?)?(?:\.[0-9]+)?分?"
)
_FOURTEEN = re.compile(r"([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")


def half_width(text: str) -> str:
    """A text with its full-width letters, digits and signs in half width; kana and kanji stay."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def day(text: str, eras: tuple[tuple[str, str], ...] = tuple(ERA_DIGITS.items())) -> str | None:
    """
    A day as YYYY-MM-DD: from ISO, 2025/4/1, eight digits, an era (令和7年4月1日, R7.4.1) or its digit and six (5070401).

    `eras` are the digits with the names of their eras. None where it is no day of the calendar.
    """
    return _day(half_width(text).strip(BLANKS), eras)


# A night's files name the same few thousand days again and again.
@lru_cache(maxsize=65_536)
def _day(plain: str, eras: tuple[tuple[str, str], ...]) -> str | None:
    parts = _EIGHT.fullmatch(plain) or _PARTED.fullmatch(plain)
    if parts is not None:
        return _calendar(*map(int, parts.groups()))
    seven = _SEVEN.fullmatch(plain)
    if seven is not None:
        era = dict(eras).get(seven[1])
        plain = f"{era}{seven[2]}年{seven[3]}月{seven[4]}日" if era is not None else ""
    found = iso_day(plain)
    return _calendar(*map(int, found.split("-"))) if found is not None else None


def _calendar(year: int, month: int, of_month: int) -> str | None:
    try:
        return date(year, month, of_month).isoformat()
    except ValueError:
        return None


def born(text: str, eras: tuple[tuple[str, str], ...] = tuple(ERA_DIGITS.items())) -> str | None:
    """A birth date as far as the register knows it (3600000: 昭和60年, the rest not known); None where it is none."""
    whole = day(text, eras)
    if whole is not None:
        return whole
    plain = half_width(text).strip(BLANKS)
    seven = _SEVEN.fullmatch(plain)
    era = dict(eras).get(seven[1]) if seven is not None else None
    return birth_day(f"{era}{plain[1:]}" if era is not None else plain)


def later(iso: str, days: int) -> str | None:
    """The day so many days after, for systems that write the last day of what this city counts half-open."""
    try:
        return (date.fromisoformat(iso) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None


def instant(text: str, eras: tuple[tuple[str, str], ...] = tuple(ERA_DIGITS.items())) -> str | None:
    """An instant by RFC 3339, of Japan where no offset stands in it: 2025/04/01 12:34:56, 20250401123456, R7.4.1 12:34, or a day."""
    return _instant(half_width(text).strip(BLANKS), eras)


@lru_cache(maxsize=8_192)
def _instant(plain: str, eras: tuple[tuple[str, str], ...]) -> str | None:
    packed = _FOURTEEN.fullmatch(plain)
    if packed is not None:
        return _at(_day(packed[1], eras), packed[2], packed[3], packed[4])
    found = _INSTANT.fullmatch(plain)
    if found is not None:
        return _at(_day(found["day"].strip(), eras), found["hour"], found["minute"], found["second"] or "0")
    alone = _day(plain, eras)
    return _at(alone, "0", "0", "0") if alone is not None else _with_offset(plain)


def _at(iso: str | None, hour: str, minute: str, second: str) -> str | None:
    try:
        at = datetime.fromisoformat(iso or "").replace(hour=int(hour), minute=int(minute), second=int(second), tzinfo=JAPAN)
    except ValueError:
        return None
    return at.isoformat()


def _with_offset(plain: str) -> str | None:
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return at.isoformat() if at.tzinfo is not None else None


def integer(text: str) -> int | None:
    """A whole number, in digits of any width."""
    plain = half_width(text).strip(BLANKS)
    return int(plain) if _INTEGER.fullmatch(plain) else None


def decimal(text: str, divide: int = 1) -> int | float | None:
    """A number, whole or not, by `divide` (grams to kilograms: 1000)."""
    plain = half_width(text).strip(BLANKS)
    if not _DECIMAL.fullmatch(plain):
        return None
    try:
        number = Decimal(plain) / divide
    except InvalidOperation:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def is_blank(text: str, blanks: Collection[str]) -> bool:
    """Whether a trimmed cell says nothing: it is empty, or holds what the adapter calls empty (99999999)."""
    return not text or text in blanks
