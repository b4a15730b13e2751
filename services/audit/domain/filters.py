"""What somebody asks of the log, from what they typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
UUID_IN = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
DECISIONS = ("permit", "deny", "done")
PEOPLE = "people"
WHO = (PEOPLE, "all")
LONGEST_TEXT = 200
PAGE_ROWS = 100
PAGE_ROWS_MOST = 500
LARGEST_INDEX = 2**63 - 1


class Wrong(StrEnum):
    """What is wrong with a field, for whoever says it to a person."""

    FORM = "form"
    """It is not written as it should be."""
    NAME = "name"
    """It is a name. Names are never in the log."""
    REVERSED = "reversed"
    """The period ends before it begins."""
    NO_DAY = "no_day"
    """A time of day without its day."""
    UNKNOWN_STAFF = "unknown_staff"
    """Nobody is registered under it."""
    SEVERAL_STAFF = "several_staff"
    """Several are registered under it."""


class FilterInvalid(Exception):
    """A field does not hold what it should. `field` is its name; what was typed is not repeated."""

    def __init__(self, field: str, expected: str, wrong: Wrong = Wrong.FORM) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Filters:
    """
    A search. `since` and `until` bound the time, half-open; `cursor` is the entry after which the next page begins.

    An empty field asks nothing. With `people`, what services did by themselves is left out.
    """

    thing: str | None = None
    actor: UUID | None = None
    action: str | None = None
    decision: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cursor: int | None = None
    limit: int = PAGE_ROWS
    people: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields that were filled, for the entry about the search."""
        named = ("thing", "actor", "action", "decision", "since", "until")
        return (*(name for name in named if getattr(self, name) is not None), *(("people",) if self.people else ()))


def parse_filters(typed: Mapping[str, str]) -> Filters:
    """
    The search that was typed. Days and times are Japan's, both ends included. Raises FilterInvalid, naming the field.

    Known fields: thing, actor, action, decision, from, from_time, to, to_time, who, cursor, limit.
    """
    since, until = _begin(typed), _end(typed)
    if since is not None and until is not None and until <= since:
        raise FilterInvalid("to", "an end not before the beginning", Wrong.REVERSED)
    return Filters(
        thing=_thing(typed),
        actor=_uuid(typed, "actor"),
        action=_text(typed, "action"),
        decision=_one_of(typed, "decision", DECISIONS),
        since=since,
        until=until,
        cursor=_number(typed, "cursor", 0, LARGEST_INDEX),
        limit=_number(typed, "limit", 1, PAGE_ROWS_MOST) or PAGE_ROWS,
        people=_one_of(typed, "who", WHO) == PEOPLE,
    )


def _begin(typed: Mapping[str, str]) -> datetime | None:
    day, at = _day(typed, "from"), _time(typed, "from_time")
    _needs_day("from_time", day, at)
    return None if day is None else datetime.combine(day, at or time(), JST).astimezone(UTC)


def _end(typed: Mapping[str, str]) -> datetime | None:
    """The first instant that is not asked for: the minute that was typed, or the whole day, is."""
    day, at = _day(typed, "to"), _time(typed, "to_time")
    _needs_day("to_time", day, at)
    if day is None:
        return None
    last = datetime.combine(day, at or time(), JST) + (timedelta(days=1) if at is None else timedelta(minutes=1))
    return last.astimezone(UTC)


def _needs_day(field: str, day: date | None, at: time | None) -> None:
    if at is not None and day is None:
        raise FilterInvalid(field, "a day beside it", Wrong.NO_DAY)


def _time(typed: Mapping[str, str], field: str) -> time | None:
    text = _text(typed, field)
    if text is None:
        return None
    if TIME.fullmatch(text) is None:
        raise FilterInvalid(field, "a time of day as HH:MM")
    return time.fromisoformat(text)


def _text(typed: Mapping[str, str], field: str) -> str | None:
    text = typed.get(field, "").strip()
    # What was searched for becomes an entry, whose leaf has its own limit.
    if "\0" in text or len(text) > LONGEST_TEXT:
        raise FilterInvalid(field, f"at most {LONGEST_TEXT} characters, none of them NUL")
    return text or None


def is_id(text: str) -> bool:
    """Whether this is an id in any of the ways in which one is written."""
    try:
        UUID(text.strip())
    except ValueError:
        return False
    return True


def index_in(text: str) -> int | None:
    """Return the number of an entry that was typed, or None where no entry can have it."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_INDEX))
    return int(text) if is_number and int(text) <= LARGEST_INDEX else None


def without_address(text: str) -> str:
    """Reduce what was copied from somewhere, e.g. a page's whole address, to the last id in it, as the log writes ids."""
    ids: list[str] = UUID_IN.findall(text)
    return ids[-1].lower() if ids and ("/" in text or UUID_IN.fullmatch(text.strip())) else text


def _thing(typed: Mapping[str, str]) -> str | None:
    text = _text(typed, "thing")
    if text is None:
        return None
    if not text.isascii() and "/" not in text:
        raise FilterInvalid("thing", "an id: names are never in the log", Wrong.NAME)
    return without_address(text)


def _uuid(typed: Mapping[str, str], field: str) -> UUID | None:
    text = _text(typed, field)
    try:
        return None if text is None else UUID(without_address(text))
    except ValueError:
        raise FilterInvalid(field, "an id (UUID)") from None


def _one_of(typed: Mapping[str, str], field: str, allowed: tuple[str, ...]) -> str | None:
    text = _text(typed, field)
    if text is not None and text not in allowed:
        raise FilterInvalid(field, f"one of {', '.join(allowed)}")
    return text


def _day(typed: Mapping[str, str], field: str) -> date | None:
    text = _text(typed, field)
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        raise FilterInvalid(field, "a day as YYYY-MM-DD") from None
    # The ends of the calendar leave no room for a time zone or a next day.
    if day is not None and not 1 < day.year < date.max.year:
        raise FilterInvalid(field, "a day as YYYY-MM-DD")
    return day


def _number(typed: Mapping[str, str], field: str, least: int, most: int) -> int | None:
    text = _text(typed, field)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise FilterInvalid(field, f"a number from {least} to {most}")
    return int(text)
