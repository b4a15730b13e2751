"""One statement of the resident register about one person."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.ids import HouseholdId
from contracts.values import Relationship, Sex, Ward
from services.linker.domain.records import Naming, Record, RecordKey, Unreadable, day, needed_day, text, value_of


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


@dataclass(frozen=True, slots=True)
class Statement:
    """What one record of the register says. What is empty, it does not speak of."""

    key: RecordKey
    rank: tuple[date, datetime, str, int]
    recorded_at: datetime
    effective_on: date
    person_no: str
    birth_date: date
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
    number, household_no = text(data, "person_no"), text(data, "household_no")
    if number is None:
        raise Unreadable("person_no")
    return Statement(
        key=record.key,
        rank=record.rank,
        recorded_at=record.recorded_at,
        effective_on=record.effective_on,
        person_no=number,
        birth_date=needed_day(data, "birth_date"),
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
