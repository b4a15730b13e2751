"""The laws of masking (`domain.md` MASK-01, S20), for any city."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import IndicatorValue, Item, Ward
from services.scorer.domain.masking.anonymity import SMALLEST, masked, pseudonym
from services.scorer.domain.masking.attack import Attack, Dataset, attacked
from services.scorer.domain.masking.columns import LEVELS, WITHHELD, Given, Subject, age_band, cells, columns, school_year
from tests.unit.scorer.masking.people import ANOTHER_KEY, AS_OF, KEY, child, cities, rare_cities

SMALL = 3
"""Classes of three: the law is the same, and small cities come near it."""


@given(cities(), st.sampled_from([2, SMALL, SMALLEST]))
def test_every_row_reads_as_so_many_others(people: list[Subject], k: int) -> None:
    counted = Counter(row.cells for row in masked(people, AS_OF, KEY, k).rows)

    assert all(number >= k for number in counted.values())


@given(cities())
def test_every_row_speaks_of_one_child_and_says_of_it_what_is_so(people: list[Subject]) -> None:
    made = masked(people, AS_OF, KEY, SMALL)
    whose = {pseudonym(KEY, subject.person_id): subject for subject in people}

    assert len({row.pseudonym for row in made.rows}) == len(made.rows) == len(people) - made.left_out
    assert all(row.cells in {cells(whose[row.pseudonym], level, AS_OF) for level in LEVELS} for row in made.rows)


@given(cities())
def test_no_pseudonym_stands_in_two_datasets(people: list[Subject]) -> None:
    first, second = (masked(people, AS_OF, key, SMALL).rows for key in (KEY, ANOTHER_KEY))

    assert {row.pseudonym for row in first}.isdisjoint(row.pseudonym for row in second)
    assert Counter(row.cells for row in first) == Counter(row.cells for row in second)


@given(rare_cities(), st.sampled_from([SMALL, SMALLEST]))
def test_who_is_left_out_is_not_told_by_who_is_missing_of_all(people: list[Subject], k: int) -> None:
    """Whoever knows everybody knows who is missing: so they are none, or too many to be somebody; and so are those withheld of a column."""
    made = masked(people, AS_OF, KEY, k)
    withheld = [sum(row.cells[place] == WITHHELD for row in made.rows) for place in range(len(columns()))]

    assert made.left_out == 0 or made.left_out >= k or not made.rows
    assert all(number == 0 or number >= k for number in withheld)


@given(rare_cities())
def test_no_item_is_true_in_all_rows_that_may_be_somebodys(people: list[Subject]) -> None:
    """Whoever knows age, sex and ward of a child does not know by it that the child has an item."""
    rows = [row.cells for row in masked(people, AS_OF, KEY, SMALL).rows]

    for subject in people:
        maybe = [
            row
            for row in rows
            if row[0] in {school_year(subject.birth_date, 2026), age_band(subject.birth_date, AS_OF), WITHHELD}
            and row[1] in {subject.sex, WITHHELD}
            and (subject.ward is None or row[2] in {subject.ward, WITHHELD})
        ]
        for item in Item:
            place = columns().index(item.value)
            assert not maybe or any(row[place] != IndicatorValue.TRUE for row in maybe)


@given(cities(), st.randoms())
def test_the_order_in_which_people_came_changes_nothing(people: list[Subject], random: st.DataObject) -> None:
    shuffled = list(people)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert masked(people, AS_OF, KEY, SMALL) == masked(shuffled, AS_OF, KEY, SMALL)


@settings(max_examples=50)
@given(cities())
def test_whoever_knows_everything_of_everybody_finds_nobody(people: list[Subject]) -> None:
    """S20: the attempt to join the dataset with the identified data fails."""
    made = masked(people, AS_OF, KEY)
    named = {pseudonym(KEY, subject.person_id): subject.person_id for subject in people}
    found = attacked(Dataset(columns(), made.rows), people, AS_OF, named)

    assert found.holds
    assert found.success[Attack.EVERYTHING] <= 1 / SMALLEST
    assert found.k >= SMALLEST or not made.rows


def test_what_is_told_of_the_many_is_fine_and_of_the_few_coarse() -> None:
    """Eleven with one item among four hundred: the item stays, the ward of the eleven goes, and one who has two things is left out."""
    many = [child(number, ward=Ward.HAKATA if number % 2 else Ward.NISHI) for number in range(1, 401)]
    few = [child(number, "2016-06-01", Item.EPDS_HIGH, ward=Ward.HAKATA if number % 2 else Ward.NISHI) for number in range(401, 412)]
    one = [child(412, "2016-06-01", Item.EPDS_HIGH, Item.SCHOOL_ABSENCE_HIGH)]

    made = masked(many + few + one, AS_OF, KEY)
    place = columns().index(Item.EPDS_HIGH)

    assert {row.cells[:3] for row in made.rows if row.cells[place] == "FALSE"} == {
        ("grade_4", "female", "hakata"),
        ("grade_4", "female", "nishi"),
    }
    assert [row.cells[:3] for row in made.rows if row.cells[place] == "TRUE"] == [("6-11", "female", WITHHELD)] * 11
    assert not [row for row in made.rows if row.cells[columns().index(Item.SCHOOL_ABSENCE_HIGH)] == "TRUE"]
    assert made.left_out == SMALLEST, "one, and nine by lot of those whom most are like"


def test_of_whom_nobody_else_reads_otherwise_nothing_is_told() -> None:
    """Eleven boys among girls, all with the item: whoever knows of a boy would know that he has it."""
    girls = [child(number) for number in range(1, 101)]
    boys = [child(number, "2016-06-01", Item.EPDS_HIGH, sex="male") for number in range(101, 112)]
    made = masked(girls + boys, AS_OF, KEY)

    assert {row.cells[columns().index(Item.EPDS_HIGH)] for row in made.rows} == {"FALSE"}
    assert made.left_out == 11


def test_a_protected_childs_ward_is_withheld_as_others_are() -> None:
    """S07: an empty cell beside a school year and figures would stand of the protected alone."""
    people = [child(number, ward=None if number <= 12 else Ward.HAKATA) for number in range(1, 200)]
    rows = masked(people, AS_OF, KEY).rows

    assert Counter(row.cells[:3] for row in rows) == {("grade_4", "female", "hakata"): 187, ("6-11", "female", WITHHELD): 12}


def test_figures_stand_in_bands_in_which_a_threshold_can_be_moved() -> None:
    """S20: the threshold of item 13 is moved from 30 to 35."""
    at = columns().index(f"{Item.SCHOOL_TARDINESS_HIGH}_figure")
    late = [
        child(number, school_tardiness_high=Given("TRUE" if figure >= 30 else "FALSE", None, figure))
        for number, figure in enumerate([0, 29, 30, 34, 35, 95] * 10, 1)
    ]

    assert Counter(row.cells[at] for row in masked(late, AS_OF, KEY).rows) == {"0": 10, "25-29": 10, "30-34": 20, "35-39": 10, "90+": 10}
