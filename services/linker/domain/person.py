"""A person of the city as all current statements about one 宛名番号 show them."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import TypeVar

from contracts.ids import HouseholdId, PersonId
from contracts.quick import quick
from contracts.values import DatePrecision, Sex
from services.linker.domain.household import Membership, last_household, memberships
from services.linker.domain.names import comparable, given_name
from services.linker.domain.records import RecordKey
from services.linker.domain.residence import Stay, moves, residence, sojourns
from services.linker.domain.statements import Born, Statement, span_of

T = TypeVar("T")


@quick(frozen=True, slots=True)
class NamePeriod:
    """A name and since when the register says so. Former names stay: later sources may still use them (S04)."""

    name: str | None
    kana: str | None
    since: date


@quick(frozen=True, slots=True)
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
    moves: tuple[date, ...] = ()
    """The days on which the person moved, as far as the register tells."""

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
        moves=moves(stays, recorded.birth_date),
    )


def disputed(
    statements: Sequence[Statement], lapsed: Sequence[Statement] = (), confirmed: Collection[RecordKey] = ()
) -> frozenset[RecordKey]:
    """
    Return the records that are about somebody else under the same number.

    Numbers are reused and given twice (`linkage.md` §1, TKC). Whoever was recorded first keeps the number; that, unlike the
    order of arrival, is the same in every run. They keep it also when the register took their entry back (`lapsed`): a number that is
    issued again is a clerk's case (`domain.md` §2.8-11). What a person `confirmed` is about the number's person.
    """
    trusted = [each for each in statements if each.key in confirmed]
    others: set[RecordKey] = set()
    gone = {(each.key, each.rank) for each in lapsed}
    for statement in sorted((*statements, *lapsed), key=lambda each: (each.recorded_at, *each.rank)):
        if statement.key in confirmed:
            continue
        if not trusted or not is_somebody_else(statement, trusted):
            trusted.append(statement)
        elif (statement.key, statement.rank) not in gone:
            others.add(statement.key)
    return frozenset(others)


def is_somebody_else(statement: Statement, trusted: Sequence[Statement]) -> bool:
    """
    Whether a statement contradicts all trusted ones so strongly that it is about somebody else.

    Two of birth date, sex and name are others: a slip in one of them is a correction. Or the given name is another one and the household,
    too: who marries or is adopted moves and changes the family name, and a child that is renamed stays at home.
    """
    other_name = _other_name(statement, trusted)
    contradictions = (_other_birth(statement, trusted), _other_sex(statement, trusted), other_name)
    return sum(contradictions) > 1 or (other_name and _other_given_name(statement, trusted) and _other_household(statement, trusted))


def _other_birth(statement: Statement, trusted: Sequence[Statement]) -> bool:
    return not any(
        may_be_one_birth((statement.birth_date, statement.birth_precision), (each.birth_date, each.birth_precision)) for each in trusted
    )


def _other_sex(statement: Statement, trusted: Sequence[Statement]) -> bool:
    sexes = {each.sex for each in trusted} - {None, Sex.UNKNOWN}
    return statement.sex not in (None, Sex.UNKNOWN) and bool(sexes) and statement.sex not in sexes


def _other_household(statement: Statement, trusted: Sequence[Statement]) -> bool:
    households = {each.household_id for each in trusted} - {None}
    return statement.household_id is not None and bool(households) and statement.household_id not in households


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


def _other_given_name(statement: Statement, trusted: Sequence[Statement]) -> bool:
    for one, others in (
        (given_name(statement.kana), [given_name(each.kana) for each in trusted]),
        (given_name(statement.name), [given_name(each.name) for each in trusted]),
    ):
        # The reading decides, as above; where no space parts a name, nobody knows.
        if one is not None and any(others):
            return None not in others and one not in others
    return False


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
