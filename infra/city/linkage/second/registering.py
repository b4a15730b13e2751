"""People of the second population as rows of the register."""

from random import Random

from infra.city.linkage.second.people import Someone
from infra.city.linkage.tables import Person

SIGNS_KNOWN = 0.25
"""Of people from elsewhere: those whom the register has in katakana as well; the others have Latin letters and kana alone."""


def entry(rng: Random, one: Someone) -> Person:
    """Return the row of somebody who has a number."""
    family, given, latin = one.family.signs, one.given.signs, ""
    family_kana, given_kana = one.family.reading, one.given.reading
    if one.from_elsewhere is not None:
        names = one.from_elsewhere
        family_kana, given_kana = names[0].kana[0], names[1].kana[0]
        latin = f"{names[0].latin[0]} {names[1].latin[0]}"
        family, given = (family_kana, given_kana) if rng.random() < SIGNS_KNOWN else ("", "")
    return Person(
        person_no=one.number,
        family=family,
        given=given,
        family_kana=family_kana,
        given_kana=given_kana,
        former_family="、".join(one.once),
        former_given="",
        latin=latin,
        birth_date=one.born.isoformat(),
        sex="女" if one.woman else "男",
        address=one.place,
        household_no=one.home,
        guardian="、".join(guardian(parent) for parent in one.parents),
    )


def guardian(one: Someone) -> str:
    """Return a guardian's name as the register has it."""
    if one.from_elsewhere is not None:
        return f"{one.from_elsewhere[0].kana[0]} {one.from_elsewhere[1].kana[0]}"
    return f"{one.family.signs} {one.given.signs}"
