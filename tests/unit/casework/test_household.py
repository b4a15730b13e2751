from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import HouseholdId, PersonId
from services.casework.domain.household import Listed, Member, by_household, shown_siblings

KNOWN = datetime(2026, 4, 11, tzinfo=UTC)
HOUSE = HouseholdId(UUID(int=100))


def listed(number: int, house: HouseholdId | None = HOUSE, *, groups: int = 2, days: int = 0, protected: bool = False) -> Listed:
    return Listed(PersonId(UUID(int=number)), house, protected, groups, KNOWN + timedelta(days=days), None)


def ids(households: tuple[tuple[Listed, ...], ...]) -> list[list[int]]:
    return [[child.person_id.int for child in household] for household in households]


def test_siblings_stand_together_where_the_first_of_them_stands() -> None:
    """S12."""
    other = HouseholdId(UUID(int=200))

    households = by_household([listed(1, groups=1), listed(2, other, groups=2), listed(3, groups=3)])

    assert ids(households) == [[3, 1], [2]]


def test_among_equals_the_oldest_known_fact_comes_first() -> None:
    assert ids(by_household([listed(1, None, days=2), listed(2, None, days=1), listed(3, None, days=1)])) == [[2], [3], [1]]


def test_a_protected_child_is_not_listed_with_a_sibling_who_is_not() -> None:
    """domain.md §4.4: household screens must not reveal."""
    assert ids(by_household([listed(1), listed(2, protected=True)])) == [[1], [2]]


def test_children_without_a_household_stand_alone() -> None:
    assert ids(by_household([listed(1, None), listed(2, None)])) == [[1], [2]]


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 3), st.integers(0, 3), st.booleans()), unique_by=lambda each: each[0]),
    st.integers(),
)
def test_the_order_never_wavers(rows: list[tuple[int, int, int, bool]], seed: int) -> None:
    children = [
        listed(number, HOUSE if number % 2 else None, groups=groups, days=days, protected=guard) for number, groups, days, guard in rows
    ]
    shuffled = list(children)
    Random(seed).shuffle(shuffled)  # noqa: S311 - a test's own shuffle

    assert by_household(children) == by_household(shuffled)


def test_a_childs_page_names_siblings_in_scope_and_of_the_same_protection() -> None:
    today = date(2026, 4, 11)
    sibling = Member(PersonId(UUID(int=1)), date(2016, 5, 1), protected=False)
    adult = Member(PersonId(UUID(int=2)), date(1990, 5, 1), protected=False)
    hidden = Member(PersonId(UUID(int=3)), date(2018, 5, 1), protected=True)

    assert shown_siblings([sibling, adult, hidden], protected=False, today=today) == (sibling,)
    assert shown_siblings([sibling, adult, hidden], protected=True, today=today) == (hidden,)
