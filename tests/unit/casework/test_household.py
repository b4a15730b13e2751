from datetime import date
from uuid import UUID

from contracts.ids import PersonId
from contracts.values import Relationship
from services.casework.domain.household import Member, shown_adults, shown_siblings


def test_a_childs_page_names_siblings_in_scope_and_of_the_same_protection() -> None:
    today = date(2026, 4, 11)
    sibling = Member(PersonId(UUID(int=1)), date(2016, 5, 1), protected=False, relationship=Relationship.CHILD)
    adult = Member(PersonId(UUID(int=2)), date(1990, 5, 1), protected=False, relationship=Relationship.HEAD)
    hidden = Member(PersonId(UUID(int=3)), date(2018, 5, 1), protected=True, relationship=Relationship.CHILD)

    assert shown_siblings([sibling, adult, hidden], protected=False, today=today) == (sibling,)
    assert shown_siblings([sibling, adult, hidden], protected=True, today=today) == (hidden,)


MOTHER, FATHER, GRANDMOTHER, SISTER = (PersonId(UUID(int=number)) for number in (11, 12, 13, 14))
TODAY = date(2026, 4, 11)


def adult(person_id: PersonId, relationship: Relationship, *, protected: bool = False, birth: date = date(1990, 5, 1)) -> Member:
    return Member(person_id, birth, protected=protected, relationship=relationship)


def named(*members: Member, protected: bool = False, covered_with: frozenset[PersonId] = frozenset()) -> list[PersonId]:
    return [m.person_id for m in shown_adults(members, protected=protected, covered_with=covered_with, today=TODAY)]


def test_adults_are_named_the_head_first_and_from_the_day_before_the_eighteenth_birthday_on() -> None:
    of_age = adult(SISTER, Relationship.CHILD, birth=date(2008, 4, 12))
    not_yet = adult(SISTER, Relationship.CHILD, birth=date(2008, 4, 13))
    household = (adult(GRANDMOTHER, Relationship.PARENT), adult(MOTHER, Relationship.SPOUSE), adult(FATHER, Relationship.HEAD))

    assert named(*household, of_age) == [FATHER, MOTHER, SISTER, GRANDMOTHER]
    assert named(not_yet) == []


def test_a_protected_adult_is_named_on_no_page_of_a_child_that_is_not() -> None:
    assert named(adult(MOTHER, Relationship.HEAD, protected=True), covered_with=frozenset({MOTHER})) == []


def test_a_protected_childs_page_names_those_who_are_covered_with_it_and_no_opponent_who_is_protected_too() -> None:
    household = (adult(FATHER, Relationship.HEAD, protected=True), adult(MOTHER, Relationship.SPOUSE, protected=True))

    assert named(*household, protected=True, covered_with=frozenset({MOTHER})) == [MOTHER]
    assert named(adult(MOTHER, Relationship.SPOUSE), protected=True) == []
