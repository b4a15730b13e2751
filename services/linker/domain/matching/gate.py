"""
The gate: what must agree before a machine links, and what speaks against it whatever the weight says.

A wrong link shows one child's record on another child's page; a review costs a minute. So a home never links by itself, and what nothing
in a row can decide (two rows of one child, two children of one name and day, a row put together of two) goes to people, also where a
guess would often be right.
"""

from collections.abc import Callable, Iterable, Sequence

from contracts.quick import quick
from services.linker.domain.matching.decisions import Candidate
from services.linker.domain.matching.levels import Agreement, Level
from services.linker.domain.matching.profiles import Profile
from services.linker.domain.matching.weighing import NOBODY, Guardian

VERSION = "gate-5"
"""Changes with every change of what is linked, doubted or shown. What was decided before versions were told is by `gate-1`."""
LEAST_BITS = 6.0
LEAST_MARGIN = 6.0
BITS_WITHOUT_HOME = 18.0
"""A name and a birth date that agree while nothing says the same home: so rare that no second such person is to be expected."""
COMMON_GUARDIAN = 0.008
"""From this share of the register on a guardian's name is no evidence by itself: of 1,000 namesakes of one day it would link some."""
COMMON_AMONG_GUARDIANS = 0.015
"""The same, of those who have guardians: of 1,000 namesakes, 15 have a guardian of a name that is as common."""
RARE_AMONG_GUARDIANS = 0.004
"""Up to this share a guardian's name is evidence also of a child who is known by a reading alone, which cousins share."""


@quick(frozen=True, slots=True)
class Field:
    """A record, the likeliest person and all others who may be meant, the likeliest first."""

    record: Profile
    best: Candidate
    others: Sequence[Candidate]
    guardian: Guardian = NOBODY
    """How common the name of the guardian is in whom record and likeliest person agree, where nothing else says the same home."""

    @property
    def housemates(self) -> list[Candidate]:
        """Who else of the candidates lives in the likeliest person's home."""
        return [other for other in self.others if _one_home(self.best.person, other.person)]


def _one_home(one: Profile, other: Profile) -> bool:
    if one.household_no and other.household_no:
        return one.household_no == other.household_no
    same_house = bool(one.town and one.numbers) and (one.town, one.numbers) == (other.town, other.numbers)
    return same_house or bool(one.guardians & other.guardians)


# --- What links: a pattern for each way in which a record may be incomplete -----------------------------------------------------------


def _sure(field: Field) -> bool:
    best = field.best
    return best.compared.birth is Level.EQUAL and best.given_is_sure and (best.family_agrees or best.homes > 0)


def _homophone(field: Field) -> bool:
    best = field.best
    return best.compared.birth is Level.EQUAL and best.given_agrees and best.family_agrees and best.homes > 0


def _birth_slip(field: Field) -> bool:
    """A child who lives along may be called as the one of the house, and be born a day or a year apart: the family name agrees, too."""
    best = field.best
    named = best.given_is_sure or _in_each_others_place(best)
    return best.compared.birth in {Level.NEAR, Level.PART} and named and best.family_agrees and best.homes > 0


def _in_each_others_place(best: Candidate) -> bool:
    """Whether the whole name is one, and only its parts are not: then nothing in it speaks against it, either."""
    return best.compared.given.level is best.compared.family.level is Level.CROSSED


def _year_slip(field: Field) -> bool:
    """Two signs of a home and the whole name as written: no child of the family is called as another one, so the year is wrong."""
    best, record = field.best, field.record
    given = best.compared.given
    same_day = bool(record.year and record.month and record.day) and (record.month, record.day) == (best.person.month, best.person.day)
    named = given.kanji is Agreement.EQUAL and given.kana in {Agreement.EQUAL, Agreement.ABSENT} and best.family_agrees
    return best.compared.birth is Level.OTHER and same_day and named and best.homes > 1 and not best.person.brings_up


def _birth_unknown(field: Field) -> bool:
    """A parent has the child's home and family name, too, and their name may stand in the wrong field."""
    best = field.best
    return (
        best.compared.birth is Level.UNKNOWN
        and best.given_is_sure
        and best.family_agrees
        and best.homes > 0
        and not best.person.brings_up
        and best.compared.guardian is not Level.OTHER
    )


PATTERNS: tuple[tuple[str, Callable[[Field], bool]], ...] = (
    ("given name and birth date", _sure),
    ("reading and birth date, family name and home", _homophone),
    ("name and home, a slip in the birth date", _birth_slip),
    ("name and home, a slip in the year of birth", _year_slip),
    ("name and home, birth date unknown", _birth_unknown),
)
"""
None forgives a slip in the given name, whatever else agrees: a twin who is in no register is called one sign from the one who is.
"""


def pattern(field: Field) -> str:
    """Return by which pattern a record could be linked to the likeliest person, or ""."""
    return next((name for name, holds in PATTERNS if holds(field)), "")


# --- What speaks against it -----------------------------------------------------------------------------------------------------------


def _too_light(field: Field) -> bool:
    return field.best.weight < LEAST_BITS


def _close_second(field: Field) -> bool:
    return bool(field.others) and field.best.weight - field.others[0].weight < LEAST_MARGIN


def _no_home(field: Field) -> bool:
    """The same child who moved, and another child of that name and day, look alike, however rare the name and the day."""
    if field.best.homes > 0:
        return False
    return _another_house(field) or field.best.compared.guardian is Level.OTHER or field.best.weight < BITS_WITHOUT_HOME


def _another_house(field: Field) -> bool:
    """Whether the record names a house, and it is not the person's. A town without a number names none."""
    address = field.best.compared.address
    return address is Level.OTHER or (address is Level.TOWN and bool(field.record.numbers and field.best.person.numbers))


def _twice_in_register(field: Field) -> bool:
    return twice_in_register(field.best, field.others)


def twice_in_register(best: Candidate, others: Iterable[Candidate]) -> bool:
    """Return whether the register has another row that may be the same person's, or a namesake's of one day."""
    return any(_may_be_one_person(best.person, other) for other in others)


def _may_be_one_person(best: Profile, other: Candidate) -> bool:
    """Whether another row of the register has the record's name and birth date as well."""
    compared = other.compared
    return other.given_agrees and other.family_agrees and compared.birth is Level.EQUAL and _same_given(best, other.person)


def _same_given(one: Profile, other: Profile) -> bool:
    return bool(one.given and one.given == other.given) or bool(one.given_kana and one.given_kana == other.given_kana)


def _put_together(field: Field) -> bool:
    """Whether somebody else of the home has what the likeliest person has not: their name, or their birth date."""
    best = field.best.compared
    for other in (each.compared for each in field.housemates):
        if best.birth is not Level.EQUAL and other.birth is Level.EQUAL:
            return True
        if best.given.kanji is not Agreement.EQUAL and other.given.kanji is Agreement.EQUAL:
            return True
        if best.given.kana is not Agreement.EQUAL and other.given.kana is Agreement.EQUAL:
            return True
    return False


def _twin(field: Field) -> bool:
    """
    Whether the given name may be a twin's: a reading without its signs may be a slip in the twin's where that is alike; where something
    speaks against the name, the name of a twin that is alike may be meant.
    """
    given = field.best.compared.given
    born = field.best.person.birth
    twins = [other.compared.given for other in field.housemates if other.person.birth == born]
    if field.best.given_is_sure:
        return given.kanji is not Agreement.EQUAL and any(twin.level is Level.NEAR for twin in twins)
    return any(twin.level is not Level.OTHER for twin in twins)


def _parent(field: Field) -> bool:
    """Whether the likeliest person is of the generation that brings children up, and the record names guardians: it is about a child."""
    return field.best.person.brings_up and bool(field.record.guardians)


def _common_guardian(field: Field) -> bool:
    """
    Whether a guardian's name is all that says the same home, and too little: of two children of one name and day, so many have mothers of
    one name, too, where it is common. Where the record names another house, cousins have it whose names are read alike, and a child whose
    family name is another one is the one who is meant by nothing but a given name and a day.
    """
    compared, guardian = field.best.compared, field.guardian
    if field.best.homes != 1 or compared.guardian is not Level.EQUAL:
        return False
    if guardian.at_least > COMMON_AMONG_GUARDIANS:
        return True
    if compared.address in {Level.OTHER, Level.TOWN} and guardian.share > COMMON_GUARDIAN:
        return True
    return _another_house(field) and (not field.best.family_agrees or not _named_well_enough(field))


def _named_well_enough(field: Field) -> bool:
    """Whether the given name is as written; or is known by its reading alone, and the guardian's name is a rare one."""
    given = field.best.compared.given
    if given.kanji is Agreement.EQUAL or _in_each_others_place(field.best):
        return True
    return given.level is Level.KANA and given.kanji is Agreement.ABSENT and field.guardian.at_most <= RARE_AMONG_GUARDIANS


def _next_door(field: Field) -> bool:
    """Whether the guardian whom the record names lives in the likeliest person's house, in another household, whose child it may be."""
    if field.best.compared.guardian is not Level.OTHER:
        return False
    beside = (other.person for other in field.others if _another_household(field.best.person, other.person))
    return any(not field.record.guardians.isdisjoint({person.given, person.given_kana}) for person in beside)


def _guardian_elsewhere(field: Field) -> bool:
    """
    Whether the guardian whom the record names lives in the house that it names, and the likeliest person does not: a child who moved takes
    the family along, so it is a namesake's, whose parent is called alike.
    """
    record, best = field.record, field.best
    if not record.guardians or not record.numbers or best.compared.household is Level.EQUAL or not _another_house(field):
        return False
    there = (other.person for other in field.others if (other.person.town, other.person.numbers) == (record.town, record.numbers))
    return any(not record.guardians.isdisjoint({person.given, person.given_kana}) for person in there)


def _another_household(one: Profile, other: Profile) -> bool:
    """Whether two live in one house and not in one household."""
    same_house = bool(one.town and one.numbers) and (one.town, one.numbers) == (other.town, other.numbers)
    return same_house and bool(one.household_no and other.household_no) and one.household_no != other.household_no


def _of_kin(field: Field) -> bool:
    """Whether another household of this home has the family name, and no guardian, or one of either, says whose child it is."""
    best, record = field.best, field.record
    if best.compared.address is not Level.EQUAL or best.compared.household is Level.EQUAL or not best.person.kin:
        return False
    return not record.guardians or not record.guardians.isdisjoint(best.person.kin)


def _born_beside(field: Field) -> bool:
    """
    Whether a child who lives along may be meant: with another guardian and another birth date; or born a year, a month or a day before or
    after, and known by a reading alone, or without a guardian.
    """
    record, person, compared = field.record, field.best.person, field.best.compared
    if compared.birth is not Level.NEAR or compared.household is Level.EQUAL:
        return False
    if compared.guardian is Level.OTHER:
        return True
    apart = abs(record.year - person.year) + abs(record.month - person.month) + abs(record.day - person.day)
    read = compared.given.level is Level.KANA and compared.given.kanji is Agreement.ABSENT
    return apart == 1 and (read or compared.guardian is Level.UNKNOWN)


def _another_child(field: Field) -> bool:
    """Whether family name and sex are another child's, who may be called alike."""
    return not field.best.family_agrees and field.best.compared.sex is Level.OTHER


def _cousin(field: Field) -> bool:
    """Whether a reading is all that agrees of the name, and the guardian is another one: two families of one house may use one name."""
    compared = field.best.compared
    return compared.guardian is Level.OTHER and compared.given.level in {Level.KANA, Level.HOMOPHONE, Level.NEAR}


NO_HOME = "nothing says the same home"
GUARDIAN_ALONE = "a guardian's name is too little"

DOUBTS: tuple[tuple[str, Callable[[Field], bool]], ...] = (
    ("two rows of the register have this name and birth date", _twice_in_register),
    ("another member of the household has part of it", _put_together),
    ("may be a twin", _twin),
    (NO_HOME, _no_home),
    (GUARDIAN_ALONE, _common_guardian),
    ("the guardian lives in this house, in another household", _next_door),
    ("the guardian lives in the house that the record names, and the child does not", _guardian_elsewhere),
    ("another household of this home has this family name", _of_kin),
    ("may be a child who lives along", _born_beside),
    ("another family name and another sex", _another_child),
    ("may be a cousin", _cousin),
    ("likeliest is a parent, and the record is about a child", _parent),
    ("another person is nearly as likely", _close_second),
    ("too little agrees", _too_light),
)


def doubts(field: Field) -> tuple[str, ...]:
    """Return all that speaks against a link by machine."""
    return tuple(name for name, holds in DOUBTS if holds(field))
