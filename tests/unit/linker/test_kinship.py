from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import DatePrecision, Relationship, Sex
from services.linker.domain.kinship import Kin, birth_of, mother_of
from services.linker.domain.pregnancy import Outcome, Pregnancy
from tests.unit.linker.statements import NAMES, day, membership

DUE = "2026-04-04"


def kin(name: str, born: str, sex: Sex, *places: tuple[str, Relationship, str | None, str | None]) -> Kin:
    return Kin(NAMES.person(name), day(born), sex, tuple(membership(*place) for place in places))


def woman(name: str, *, home: str = "H", born: str = "1995-06-01", start: str | None = "2015-04-01", end: str | None = None) -> Kin:
    return kin(name, born, Sex.FEMALE, (home, Relationship.SPOUSE, start, end))


def infant(name: str, born: str, *, home: str = "H", relationship: Relationship = Relationship.CHILD) -> Kin:
    return kin(name, born, Sex.MALE, (home, relationship, born, None))


def pregnancy(name: str = "P", *, mother: str = "mother", due: str | None = DUE, **facts: Any) -> Pregnancy:
    return Pregnancy(NAMES.pregnancy(name), name, NAMES.person(mother), due_on=day(due) if due else None, **facts)


def rules(child: Kin, *pregnancies: Pregnancy, mother: str | None = "mother", beside: tuple[Kin, ...] = ()) -> list[tuple[str, str]]:
    people = [child, *beside, *([woman(mother)] if mother else [])]
    numbers = {each.pregnancy_id: each.pregnancy_no for each in pregnancies}
    return [(numbers[each.pregnancy_id], each.rule) for each in birth_of(child, people, pregnancies).links]


def test_the_mother_is_the_woman_who_was_head_or_spouse_at_the_birth() -> None:
    mother, later = woman("mother", end="2026-06-01"), woman("stepmother", start="2026-06-01")

    assert mother_of(infant("child", "2026-03-10"), [mother, later]) == mother.person_id


@pytest.mark.parametrize("start", ["2026-03-11", "2026-03-20", "2027-01-01"])
def test_a_woman_who_came_after_the_birth_is_never_taken_for_the_mother(start: str) -> None:
    # domain.md §2.8-3: a stepmother must not pass on her own pregnancy.
    assert mother_of(infant("child", "2026-03-10"), [woman("stepmother", start=start)]) is None


def test_who_moved_in_together_after_the_birth_is_not_certain() -> None:
    # domain.md §2.8-19
    child = kin("child", "2026-03-10", Sex.MALE, ("H", Relationship.CHILD, "2026-08-01", None))

    assert mother_of(child, [woman("mother", start="2026-08-01")]) is None


@given(
    st.lists(st.tuples(st.sampled_from(["H", "H2", "H3"]), st.sampled_from(Relationship)), max_size=3),
    st.lists(st.tuples(st.sampled_from(["H", "H2", "H3"]), st.sampled_from([Relationship.HEAD, Relationship.SPOUSE])), max_size=3),
)
def test_where_a_child_goes_and_who_comes_after_its_birth_changes_its_mother_never(
    goes: list[tuple[str, Relationship]], comes: list[tuple[str, Relationship]]
) -> None:
    # Adoption, and a change of custody (domain.md §2.3, §2.8-3).
    mother = woman("mother")
    later = [(home, what, f"202{7 + turn}-06-01", None) for turn, (home, what) in enumerate(goes)]
    moves = [("H", Relationship.CHILD, "2026-03-10", "2027-06-01"), *later]
    others = [kin(f"other{turn}", "1995-06-01", Sex.FEMALE, (*where, "2026-04-01", None)) for turn, where in enumerate(comes)]

    assert mother_of(kin("child", "2026-03-10", Sex.MALE, *moves), [mother, *others]) == mother.person_id


@pytest.mark.parametrize(
    ("born", "precision", "certain"),
    [
        ("1995-01-01", DatePrecision.YEAR, True),
        ("1868-01-25", DatePrecision.UNKNOWN, True),
        ("2016-01-01", DatePrecision.YEAR, False),
        ("1950-01-01", DatePrecision.MONTH, False),
    ],
)
def test_a_mother_whose_birth_date_is_not_known_is_a_mother_all_the_same(born: str, precision: DatePrecision, certain: bool) -> None:
    mother = replace(woman("mother", born=born), precision=precision)

    assert (mother_of(infant("child", "2026-03-10"), [mother]) is not None) == certain


def test_two_possible_mothers_are_none() -> None:
    assert mother_of(infant("child", "2026-03-10"), [woman("one"), woman("other")]) is None


@pytest.mark.parametrize("born", ["1960-01-01", "2016-01-01"])
def test_a_mother_is_twelve_to_sixty_years_older(born: str) -> None:
    assert mother_of(infant("child", "2026-03-10"), [woman("mother", born=born)]) is None


def test_a_grandmother_who_heads_the_household_is_no_mother() -> None:
    grandchild = infant("child", "2026-03-10", relationship=Relationship.GRANDCHILD)

    assert mother_of(grandchild, [woman("grandmother", born="1970-01-01")]) is None


def test_the_same_address_in_another_household_is_no_kinship() -> None:
    assert mother_of(infant("child", "2026-03-10"), [woman("mother", home="other")]) is None


def test_twins_share_a_pregnancy_and_an_older_sibling_does_not() -> None:
    # S01
    found = [rules(infant(name, born), pregnancy()) for name, born in (("A", "2026-03-10"), ("B", "2026-03-10"), ("older", "2022-02-01"))]

    assert found == [[("P", "delivery_window")], [("P", "delivery_window")], []]


@pytest.mark.parametrize(("days", "linked"), [(-127, False), (-126, True), (0, True), (21, True), (22, False)])
def test_a_birth_from_126_days_before_to_21_days_after_the_expected_day_is_of_the_pregnancy(days: int, linked: bool) -> None:
    child = infant("child", (day(DUE) + timedelta(days=days)).isoformat())

    assert bool(rules(child, pregnancy())) == linked


@pytest.mark.parametrize("outcome", [Outcome.STILLBIRTH, Outcome.MISCARRIAGE])
def test_a_pregnancy_without_a_living_child_never_links_one(outcome: Outcome) -> None:
    # S05
    child = infant("child", "2026-03-10")
    lost = pregnancy(outcome=outcome, ended_on=day("2026-03-10"), children=frozenset({child.person_id}))

    assert rules(child, lost) == []


def test_a_child_named_by_the_health_section_wins_over_windows() -> None:
    child = infant("child", "2026-03-10")
    named = pregnancy("named", due="2027-01-01", mother="other", children=frozenset({child.person_id}))

    assert rules(child, pregnancy("window"), named) == [("named", "delivery_explicit")]


def test_a_pregnancy_that_names_its_children_is_nobody_elses() -> None:
    theirs = pregnancy(children=frozenset({NAMES.person("twin")}))

    assert rules(infant("child", "2026-03-10"), theirs) == []


def test_a_named_child_is_linked_without_a_mother_in_its_household() -> None:
    child = infant("child", "2026-03-10")

    assert rules(child, pregnancy(children=frozenset({child.person_id})), mother=None) == [("P", "delivery_explicit")]


@pytest.mark.parametrize(("ended_on", "linked"), [("2026-03-09", True), ("2026-03-11", True), ("2026-03-12", False)])
def test_without_an_expected_day_the_day_of_the_live_birth_links(ended_on: str, linked: bool) -> None:
    known = pregnancy(due=None, outcome=Outcome.LIVE_BIRTH, ended_on=day(ended_on))

    assert bool(rules(infant("child", "2026-03-10"), known)) == linked


@pytest.mark.parametrize(("issued_on", "linked"), [("2025-05-14", True), ("2025-05-13", False), ("2026-03-11", False)])
def test_without_any_expected_day_a_handbook_of_the_last_300_days_links(issued_on: str, linked: bool) -> None:
    assert bool(rules(infant("child", "2026-03-10"), pregnancy(due=None, issued_on=day(issued_on)))) == linked


def test_of_two_pregnancies_whose_windows_hold_the_birth_neither_is_linked() -> None:
    # domain.md §2.8-3: a wrong link is worse than none; a miscarriage that nobody reported leaves the earlier one open.
    assert rules(infant("child", "2026-03-30"), pregnancy("earlier", due="2026-03-15"), pregnancy("later", due="2026-04-04")) == []


def test_of_two_pregnancies_the_one_that_ended_with_the_birth_is_linked() -> None:
    confirmed = pregnancy("ended", due="2026-04-04", outcome=Outcome.LIVE_BIRTH, ended_on=day("2026-03-30"))

    assert rules(infant("child", "2026-03-30"), pregnancy("open", due="2026-03-15"), confirmed) == [("ended", "delivery_window")]


@pytest.mark.parametrize(("ended_on", "linked"), [("2026-03-29", True), ("2026-03-31", True), ("2026-03-28", False), ("2026-04-01", False)])
def test_a_pregnancy_that_ended_two_days_from_the_birth_is_another_childs(ended_on: str, linked: bool) -> None:
    # domain.md §2.8-19
    known = pregnancy(outcome=Outcome.LIVE_BIRTH, ended_on=day(ended_on))

    assert bool(rules(infant("child", "2026-03-30"), known)) == linked


def test_a_pregnancy_is_used_up_by_as_many_children_as_it_carried() -> None:
    # domain.md §2.8-3
    twin = infant("twin", "2026-03-10")

    found = [rules(infant("child", "2026-03-10"), pregnancy(fetus_count=count), beside=(twin,)) for count in (2, 1)]

    assert found == [[("P", "delivery_window")], []]


def test_a_twin_whom_the_health_section_does_not_name_is_of_the_pregnancy_that_carried_two() -> None:
    child, named = infant("child", "2026-03-10"), frozenset({NAMES.person("twin")})
    twin, other = infant("twin", "2026-03-10"), infant("other", "2026-03-10")

    found = [
        rules(child, pregnancy(fetus_count=count, children=named), beside=beside)
        for count, beside in ((2, (twin,)), (1, (twin,)), (None, (twin,)), (2, (twin, other)))
    ]

    assert found == [[("P", "delivery_window")], [], [], []]


@pytest.mark.parametrize(("ended_on", "linked"), [("2026-03-11", True), ("2026-03-12", False), ("2022-03-10", False)])
def test_a_child_that_is_named_by_a_pregnancy_that_ended_on_another_day_is_not_of_it(ended_on: str, linked: bool) -> None:
    # domain.md §2.8-19: two records contradict each other.
    child = infant("child", "2026-03-10")
    named = pregnancy(mother="other", outcome=Outcome.LIVE_BIRTH, ended_on=day(ended_on), children=frozenset({child.person_id}))

    birth = birth_of(child, [child, woman("mother")], [named])

    assert (birth.mother_id, bool(birth.links)) == (NAMES.person("other" if linked else "mother"), linked)


def test_a_pregnancy_is_of_the_nearer_of_two_births() -> None:
    sibling = infant("sibling", "2026-04-04")

    found = [rules(infant("child", born), pregnancy(), beside=(sibling,)) for born in ("2025-12-20", "2026-04-05")]

    assert found == [[], [("P", "delivery_window")]]


def test_a_pregnancy_that_names_children_and_no_mother_links_them() -> None:
    # domain.md §2.8-3: the mother stays open.
    child = infant("child", "2026-03-10")
    named = Pregnancy(NAMES.pregnancy("P"), "P", children=frozenset({child.person_id}))

    birth = birth_of(child, [child], [named])

    assert (birth.mother_id, [each.mother_id for each in birth.links]) == (None, [None])


@given(st.permutations([pregnancy("a", due="2026-02-01"), pregnancy("b", due="2026-04-01"), pregnancy("c", due="2027-05-01")]))
def test_the_order_of_pregnancies_never_matters(known: list[Pregnancy]) -> None:
    assert rules(infant("child", "2026-03-20"), *known) == [("b", "delivery_window")]


@given(st.permutations([woman("mother", end="2026-06-01"), woman("later", start="2026-06-01"), woman("elsewhere", home="other")]))
def test_the_order_of_people_never_matters(people: list[Kin]) -> None:
    assert mother_of(infant("child", "2026-03-10"), people) == NAMES.person("mother")
