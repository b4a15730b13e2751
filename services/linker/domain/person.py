"""A person of the city as all current statements about one 宛名番号 show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from contracts.ids import HouseholdId, PersonId
from contracts.values import DatePrecision, Sex
from services.linker.domain.household import Membership, last_household, memberships
from services.linker.domain.names import comparable
from services.linker.domain.records import RecordKey
from services.linker.domain.residence import Stay, residence, sojourns
from services.linker.domain.statements import Born, Statement, span_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NamePeriod:
    """A name and since when the register says so. Former names stay: later sources may still use them (S04)."""

    name: str | None
    kana: str | None
    since: date


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person; `exists` is False once the register took everything back."""

    person_id: PersonId
    person_no: str
    birth_date: date
    sex: Sex
    name: str | None
    kana: str | None
    address_code: str | None
    names: tuple[NamePeriod, ...]
    residence: tuple[Stay, ...]
    memberships: tuple[Membership, ...]
    exists: bool = True
    birth_precision: DatePrecision = DatePrecision.DAY

    @property
    def household_id(self) -> HouseholdId | None:
        """The household that the person is in, or was in last."""
        return last_household(self.memberships)


def person_of(person_id: PersonId, trusted: Sequence[Statement]) -> Person | None:
    """Return the person whom the trusted statements describe (the latest statement of each attribute), or None without any."""
    if not trusted:
        return None
    ordered = sorted(trusted, key=lambda statement: statement.rank)
    stays = sojourns(ordered)
    # What has no time of its own is as it was recorded last; where somebody lives follows what still stands of the stays.
    recorded = max(ordered, key=lambda statement: (statement.recorded_at, statement.rank))
    standing = [statement for stay in stays for statement in stay.statements] or ordered
    return Person(
        person_id=person_id,
        person_no=ordered[-1].person_no,
        birth_date=recorded.birth_date,
        sex=_latest(ordered, lambda statement: statement.sex) or Sex.UNKNOWN,
        name=_latest(ordered, lambda statement: statement.name),
        kana=_latest(ordered, lambda statement: statement.kana),
        address_code=_latest(standing, lambda statement: statement.address_code),
        names=_names(ordered),
        residence=residence(stays),
        memberships=memberships(stays),
        birth_precision=recorded.birth_precision,
    )


def disputed(statements: Sequence[Statement]) -> frozenset[RecordKey]:
    """
    Return the records that are about somebody else under the same number: another birth date and another sex or name.

    Numbers are reused and given twice (`linkage.md` §1, TKC). Whoever was recorded first keeps the number; that, unlike the
    order of arrival, is the same in every run.
    """
    trusted: list[Statement] = []
    others: set[RecordKey] = set()
    for statement in sorted(statements, key=lambda each: (each.recorded_at, *each.rank)):
        if trusted and is_somebody_else(statement, trusted):
            others.add(statement.key)
        else:
            trusted.append(statement)
    return frozenset(others)


def is_somebody_else(statement: Statement, trusted: Sequence[Statement]) -> bool:
    """
    Whether a statement contradicts all trusted ones so strongly that it is about somebody else: another birth date, and another sex or
    name. A slip in one of them is a correction.
    """
    if any(_may_be_born_together(statement, each) for each in trusted):
        return False
    sexes = {each.sex for each in trusted} - {None, Sex.UNKNOWN}
    other_sex = statement.sex not in (None, Sex.UNKNOWN) and bool(sexes) and statement.sex not in sexes
    return other_sex or _other_name(statement, trusted)


def _may_be_born_together(one: Statement, other: Statement) -> bool:
    return may_be_one_birth((one.birth_date, one.birth_precision), (other.birth_date, other.birth_precision))


def may_be_one_birth(one: Born, other: Born) -> bool:
    """Whether two birth dates, as far as they are known, may be one."""
    (first, last), (other_first, other_last) = span_of(*one), span_of(*other)
    return first <= other_last and other_first <= last


def _other_name(statement: Statement, trusted: Sequence[Statement]) -> bool:
    # The reading decides where both have one: the same name is written with more than one form of a character (髙橋, 高橋).
    readings = {comparable(each.kana) for each in trusted if each.kana is not None}
    if statement.kana is not None and readings:
        return comparable(statement.kana) not in readings
    written = {comparable(each.name) for each in trusted if each.name is not None}
    return statement.name is not None and bool(written) and comparable(statement.name) not in written


def _latest(ordered: Sequence[Statement], told: Callable[[Statement], T | None]) -> T | None:
    return next((value for statement in reversed(ordered) if (value := told(statement)) is not None), None)


def _names(ordered: Sequence[Statement]) -> tuple[NamePeriod, ...]:
    periods: list[NamePeriod] = []
    for statement in ordered:
        last = periods[-1] if periods else NamePeriod(None, None, statement.effective_on)
        name, kana = statement.name or last.name, statement.kana or last.kana
        if (name, kana) != (last.name, last.kana):
            periods.append(NamePeriod(name, kana, statement.effective_on))
    return tuple(periods)
