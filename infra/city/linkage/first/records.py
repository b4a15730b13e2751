"""What school-side sources hold about a child of the first population: which fields, from which time, and with which slips."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from contracts.values import Source
from infra.city.linkage.first import spelling
from infra.city.linkage.first.homes import TODAY, Address, Home, Member, Numbers, whole
from infra.city.linkage.first.slips import spoil
from infra.city.linkage.first.spelling import Draft
from infra.city.linkage.tables import Record, Truth

SCHOOL_YEAR = date.fromordinal(TODAY).year
FIRST_GRADE, LAST_GRADE, YOUNGEST = 1, 9, -2
ELEMENTARY_GRADES = 6

OLD_NAME_AT_SCHOOL, OLD_ADDRESS_AT_SCHOOL = 0.35, 0.12
"""Of the children whose name or home has changed: sources that have not heard of it. No slip; it comes on top."""


@dataclass(frozen=True, slots=True)
class Holds:
    """Which fields a source has at all, and of how many of its children it holds a record."""

    source: Source
    share: float
    signs: bool = True
    kana: bool = True
    sex: bool = True
    address: bool = True
    guardian: bool = True


AT_SCHOOL = (
    Holds(Source.PUPIL_REGISTRY, 1.0),
    Holds(Source.SCHOOL_AID, 0.16, sex=False),
    Holds(Source.SCHOOL_AFFAIRS, 0.10, address=False),
    Holds(Source.SCHOOL_LUNCH_FEE, 0.10, signs=False, sex=False),
)
BEFORE_SCHOOL = (Holds(Source.CHILDCARE, 0.8),)


def grade(birth: int) -> int:
    """The year at school, 1 for the first; 0 and less before. A school year has those born from 2 April to 1 April (学校教育法17条)."""
    born = date.fromordinal(birth)
    return SCHOOL_YEAR - born.year - 6 + ((born.month, born.day) < (4, 2))


def holders(birth: int) -> tuple[Holds, ...]:
    """The sources that may know a child of that age."""
    year = grade(birth)
    if FIRST_GRADE <= year <= LAST_GRADE:
        return AT_SCHOOL
    return BEFORE_SCHOOL if YOUNGEST <= year < FIRST_GRADE else ()


def draft(rng: Random, child: Member, home: Home, holds: Holds) -> Draft:
    """What a source knows of a child, as the register has it."""
    born = date.fromordinal(child.birth)
    guardian = home.parents[int(rng.random() * len(home.parents))] if home.parents and holds.guardian else None
    elsewhere = not child.given.kanji
    return Draft(
        family=(child.family.kanji or child.family.kana) if holds.signs else "",
        given=(child.given.kanji or child.given.kana) if holds.signs else "",
        family_kana=child.family.kana if holds.kana else "",
        given_kana=child.given.kana if holds.kana else "",
        former_family="",
        former_given="",
        latin=child.latin if elsewhere and rng.random() < 0.6 else "",
        year=born.year,
        month=born.month,
        day=born.day,
        sex=child.sex,
        address=home.address if holds.address else None,
        guardian=(guardian.family.kanji or guardian.family.kana, guardian.given.kanji or guardian.given.kana) if guardian else ("", ""),
    )


def record(rng: Random, numbers: Numbers, child: Member, home: Home, holds: Holds, corruption: float) -> tuple[Record, Truth]:
    """One record, spoiled with that chance, and whom it is about. A child without a number is in no register."""
    about = draft(rng, child, home, holds)
    kind = _behind_the_times(rng, about, child, home)
    if rng.random() < corruption:
        about, kind = spoil(rng, about, child, home)
    return written(rng, numbers, about, child, holds, child.person_no, kind)


def _behind_the_times(rng: Random, about: Draft, child: Member, home: Home) -> str:
    kind = ""
    if child.former is not None:
        if rng.random() < OLD_NAME_AT_SCHOOL:
            about.family, about.family_kana = about.family and child.former.kanji, about.family_kana and child.former.kana
            kind = "former_name"
        elif rng.random() < 0.1:
            about.former_family = child.former.kanji
    if home.before is not None and about.address is not None and rng.random() < OLD_ADDRESS_AT_SCHOOL:
        about.address = home.before
        kind = kind or "former_address"
    return kind


def written(rng: Random, numbers: Numbers, about: Draft, child: Member, holds: Holds, person_no: str, kind: str) -> tuple[Record, Truth]:
    """A draft as the source spells it, and its answer."""
    record_id, year = numbers.record(), grade(child.birth)
    at_school = FIRST_GRADE <= year <= LAST_GRADE and holds.source is not Source.CHILDCARE
    kana: Callable[[Random, str], str] = spelling.kana if rng.random() < 0.8 else _as_it_is
    row = Record(
        record_id=record_id,
        source=holds.source.value,
        person_no="",
        family=spelling.old_forms(rng, about.family, 0.12),
        given=spelling.old_forms(rng, about.given, 0.06),
        family_kana=kana(rng, about.family_kana),
        given_kana=kana(rng, about.given_kana),
        former_family=about.former_family,
        former_given=about.former_given,
        latin=about.latin,
        birth_date=spelling.birth_date(rng, about.year, about.month, about.day),
        sex=spelling.sex(rng, about.sex) if holds.sex else "",
        address=spelling.address(rng, about.address),
        household_no="",
        guardian=spelling.guardian(rng, about.guardian),
        school=_school(about.address, child, year) if at_school else "",
        grade=str(year) if at_school else "",
        school_class=str(whole(rng, 1, 4)) if at_school else "",
    )
    return row, Truth(record_id, person_no, kind)


def _as_it_is(_: Random, text: str) -> str:
    return text


def _school(at: Address | None, child: Member, year: int) -> str:
    level = "小学校" if year <= ELEMENTARY_GRADES else "中学校"
    return f"{at.town if at else f'第{child.birth % 40 + 1}'}{level}"
