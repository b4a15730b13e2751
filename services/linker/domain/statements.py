"""One statement of the resident register about one person."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias, assert_never

from contracts.catalogue.readers import Unreadable
from contracts.days import EARLIEST_DAY, LATEST_DAY
from contracts.ids import HouseholdId
from contracts.quick import quick
from contracts.values import DatePrecision, Relationship, Sex, Ward
from services.linker.domain.records import Naming, Record, RecordKey, day, needed_day, text, value_of


class ChangeReason(StrEnum):
    """異動事由: why the register says it."""

    BIRTH = "birth"
    MOVE_IN = "move_in"
    MOVE_WITHIN = "move_within"
    MOVE_OUT = "move_out"
    DEATH = "death"
    EX_OFFICIO = "ex_officio"
    NAME_CHANGE = "name_change"
    HOUSEHOLD_CHANGE = "household_change"


UNKNOWN_DAY = "unknown"
Born: TypeAlias = tuple[date, DatePrecision]
"""The earliest possible birth date, and how much of it the register knows."""
_MONTH_DIGITS, _YEAR_DIGITS = 7, 4


@quick(frozen=True, slots=True)
class Statement:
    """What one record of the register says. What is empty, it does not speak of."""

    key: RecordKey
    rank: tuple[date, datetime, str, int]
    recorded_at: datetime
    effective_on: date
    person_no: str
    birth_date: date
    birth_precision: DatePrecision = DatePrecision.DAY
    sex: Sex | None = None
    name: str | None = None
    kana: str | None = None
    address_code: str | None = None
    household_no: str | None = None
    household_id: HouseholdId | None = None
    relationship: Relationship | None = None
    ward: Ward | None = None
    resident_from: date | None = None
    resident_to: date | None = None
    reason: ChangeReason | None = None


def statement_of(record: Record, naming: Naming) -> Statement:
    """Read a `resident.changed` record that stands. Raises Unreadable."""
    data = record.data or {}
    birth_date, precision = birth_of(data)
    number, household_no = text(data, "person_no"), text(data, "household_no")
    if number is None:
        raise Unreadable("person_no")
    return Statement(
        key=record.key,
        rank=record.rank,
        recorded_at=record.recorded_at,
        effective_on=record.effective_on,
        person_no=number,
        birth_date=birth_date,
        birth_precision=precision,
        sex=value_of(data, "sex", Sex),
        name=text(data, "name"),
        kana=text(data, "kana"),
        address_code=text(data, "address_code"),
        household_no=household_no,
        household_id=naming.household(household_no) if household_no is not None else None,
        relationship=value_of(data, "relationship_to_head", Relationship),
        ward=value_of(data, "ward_code", Ward),
        resident_from=day(data, "resident_from"),
        resident_to=day(data, "resident_to"),
        reason=value_of(data, "change_reason", ChangeReason),
    )


def birth_of(data: Mapping[str, Any]) -> Born:
    """
    Return the earliest possible birth date and how much of it the register knows: "1985-06", "1985" or "unknown" (不詳).

    Raises Unreadable.
    """
    told = text(data, "birth_date")
    if told == UNKNOWN_DAY:
        return EARLIEST_DAY, DatePrecision.UNKNOWN
    if told is not None and len(told) == _YEAR_DIGITS:
        return needed_day({"birth_date": f"{told}-01-01"}, "birth_date"), DatePrecision.YEAR
    if told is not None and len(told) == _MONTH_DIGITS:
        return needed_day({"birth_date": f"{told}-01"}, "birth_date"), DatePrecision.MONTH
    return needed_day(data, "birth_date"), DatePrecision.DAY


def told_birth_dates(earliest: date) -> tuple[str, ...]:
    """
    Return in which words the register says a birth date of which that day is the earliest possible one: `birth_of` turned round.

    Worked out each time: to remember it for every birth date of a hundred years took 11 MB.
    """
    told = earliest.isoformat()
    words = [told]
    if earliest.day == 1:
        words.append(told[:_MONTH_DIGITS])
        if earliest.month == 1:
            words.append(told[:_YEAR_DIGITS])
    if earliest == EARLIEST_DAY:
        words.append(UNKNOWN_DAY)
    return tuple(words)


def span_of(earliest: date, precision: DatePrecision) -> tuple[date, date]:
    """Return the first and the last day that a date known so far may be."""
    match precision:
        case DatePrecision.DAY:
            return earliest, earliest
        case DatePrecision.MONTH:
            following = earliest.replace(day=28) + timedelta(days=4)
            return earliest, following.replace(day=1) - timedelta(days=1)
        case DatePrecision.YEAR:
            return earliest, earliest.replace(month=12, day=31)
        case DatePrecision.UNKNOWN:
            return EARLIEST_DAY, LATEST_DAY
        case _:
            assert_never(precision)
