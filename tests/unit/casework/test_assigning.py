"""Whom an operation on many gives to a colleague, and whom it leaves out; by what the list is narrowed (issue 12 point 6)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PersonId, ReviewId, StaffId
from contracts.values import Role, Section, Ward
from services.casework.domain.assigning import Chosen, Colleague, Left, Standing, plan
from services.casework.domain.calendar import in_scope
from services.casework.domain.filtering import Age, born_between
from services.casework.domain.policy import Thing, Viewer

ME, YOU, THIRD = (StaffId(UUID(int=n)) for n in (1, 2, 3))
LEAD = Viewer(ME, Section.HEALTH, Ward.HAKATA, frozenset({Role.WARD_LEAD}))
TO = Colleague(YOU, "見本", Section.HEALTH)
KID = PersonId(UUID(int=9))


def standing(
    thing: Thing = Thing(Ward.HAKATA),  # noqa: B008 -- frozen
    version: str = "1.0.0",
    owner: StaffId | None = None,
    lead: Section | None = None,
) -> Standing:
    return Standing(KID, ReviewId(UUID(int=8)), thing, version, "見本", owner, None, lead)


def left(found: Standing | None, to: Colleague | None = TO, viewer: Viewer = LEAD) -> Left | None:
    [planned] = plan([Chosen(KID, "1.0.0")], [found] if found else [], viewer, to)
    return planned.left


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (standing(), None),
        (standing(owner=THIRD), None),
        (standing(lead=Section.HEALTH), None),
        (None, Left.NOT_THERE),
        (standing(Thing(Ward.NISHI)), Left.NOT_THERE),
        (standing(Thing(Ward.HAKATA, barred=frozenset({Ward.HAKATA}))), Left.NOT_THERE),
        (standing(Thing(Ward.NISHI, offered_to=Ward.HAKATA)), Left.NOT_OURS_YET),
        (standing(version="2.0.0"), Left.CHANGED),
        (standing(lead=Section.CHILDCARE_SUPPORT), Left.OTHER_SECTION),
        (standing(owner=YOU, version="2.0.0"), Left.ALREADY),
        (standing(Thing(Ward.HAKATA, protected=True, holders=frozenset({ME}))), Left.PROTECTED),
        (standing(Thing(Ward.HAKATA, protected=True, holders=frozenset({YOU}))), Left.PROTECTED),
        (standing(Thing(Ward.HAKATA, protected=True, holders=frozenset({ME, YOU}))), Left.PROTECTED),
    ],
)
def test_who_is_left_out_and_why(found: Standing | None, why: Left | None) -> None:
    assert left(found) is why


def test_a_protected_child_is_taken_by_a_holder_alone() -> None:
    """S07."""
    held, myself = Thing(Ward.HAKATA, protected=True, holders=frozenset({ME})), Colleague(ME, "見本", Section.HEALTH)
    assert left(standing(held), myself) is None
    assert left(standing(held, owner=ME), None) is None
    assert left(standing(Thing(Ward.HAKATA, protected=True, holders=frozenset({YOU}))), myself) is Left.PROTECTED


def test_what_nobody_has_is_taken_from_nobody_and_no_section_stands_against_that() -> None:
    assert left(standing(), None) is Left.ALREADY
    assert left(standing(owner=THIRD, lead=Section.CHILDCARE_SUPPORT), None) is None


def test_whoever_may_not_give_gives_nothing() -> None:
    clerk = Viewer(ME, Section.HEALTH, Ward.HAKATA, frozenset({Role.WARD_CLERK}))
    assert left(standing(), viewer=clerk) is not None


def test_who_is_named_twice_counts_once_as_named_first() -> None:
    found = plan([Chosen(KID, "1.0.0"), Chosen(KID, "0.0.0")], [standing()], LEAD, TO)
    assert [each.left for each in found] == [None]


@given(
    today=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    days=st.integers(0, 16 * 366),
)
def test_every_child_that_is_looked_at_is_of_one_age(today: date, days: int) -> None:
    birth = today - timedelta(days=days)
    ages = [age for age in Age for first, before in [born_between(age, today)] if first <= birth and (before is None or birth < before)]
    assert len(ages) == in_scope(birth, today)
