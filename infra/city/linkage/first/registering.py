"""Homes of the first population as rows of the register."""

from collections.abc import Iterator
from datetime import date
from random import Random

from contracts.values import Sex
from infra.city.linkage.first.homes import Address, Home, Member, Numbers, address
from infra.city.linkage.first.spelling import old_forms, registered_address
from infra.city.linkage.tables import Person

BOTH_GUARDIANS = 0.7
"""Children of two parents of whom the register names both as guardians; of the others it names the head of the household."""

OLD_FORMS = 0.10
"""Signs of a name that the register has in an older form."""


def registered(rng: Random, home: Home) -> Iterator[Person]:
    """Yield the rows of all who have a number."""
    at = registered_address(home.address)
    family, written = None, ""
    for member in home.members:
        if not member.person_no:
            continue
        if member.family is not family:
            # One home has one form of its name.
            family, written = member.family, old_forms(rng, member.family.kanji, OLD_FORMS)
        yield row(rng, member, written, at, home.household_no)


def row(rng: Random, member: Member, family: str, at: str, household_no: str) -> Person:
    """Return one row; `family` is the family name as this home writes it, and `at` the address."""
    former = member.former if member.former_is_known else None
    guardians = member.guardians if len(member.guardians) < 2 or rng.random() < BOTH_GUARDIANS else member.guardians[:1]
    return Person(
        person_no=member.person_no,
        family=family,
        given=old_forms(rng, member.given.kanji, OLD_FORMS / 2),
        family_kana=member.family.kana,
        given_kana=member.given.kana,
        former_family=former.kanji if former else "",
        former_given=member.former_given.kanji if member.former_given else "",
        latin=member.latin,
        birth_date=date.fromordinal(member.birth).isoformat(),
        sex="男" if member.sex is Sex.MALE else "女",
        address=at,
        household_no=household_no,
        guardian="、".join(guardian.name for guardian in guardians),
    )


def once_more(rng: Random, numbers: Numbers, home: Home, child: Member) -> tuple[Person, Address]:
    """
    Return a second row of a child that the register has already, and where it has that child living.

    It has a number and a household of its own: the child left the city and came back, or was entered from another office's list.
    """
    where = home.before or address(rng)
    again = row(rng, child, child.family.kanji, registered_address(where), numbers.household())
    return again._replace(person_no=numbers.person()), where
