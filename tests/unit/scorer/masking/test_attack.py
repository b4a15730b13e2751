"""The check finds what a badly masked dataset would tell (S20): each mistake by itself, in a dataset that is sound without it."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from contracts.values import Item
from services.scorer.domain.masking.anonymity import Row, masked, pseudonym
from services.scorer.domain.masking.attack import Attack, Dataset, Findings, attacked
from services.scorer.domain.masking.columns import LEVELS, WITHHELD, Subject, cells, columns
from tests.unit.scorer.masking.people import AS_OF, KEY, child

DAYS = [f"2016-{month:02}-{day:02}" for month in range(5, 12) for day in range(1, 28)]
PEOPLE = [
    child(number, DAYS[number % len(DAYS)], *([Item.EPDS_HIGH] if number % 7 == 0 else []), sex="male" if number % 3 else "female")
    for number in [(7 * step) % 1009 for step in range(1, 401)]
]
SOUND = masked(PEOPLE, AS_OF, KEY).rows
WHOSE = {pseudonym(KEY, subject.person_id): subject for subject in PEOPLE}


def found_in(rows: list[Row], names: tuple[str, ...] | None = None, others: frozenset[str] = frozenset()) -> Findings:
    named = {row.pseudonym: WHOSE[row.pseudonym].person_id for row in rows if row.pseudonym in WHOSE}
    return attacked(Dataset(names or columns(), rows), PEOPLE, AS_OF, named, others)


def unkeyed(cut: int) -> Callable[[Row], Row]:
    return lambda row: Row(sha256(str(WHOSE[row.pseudonym].person_id).encode()).hexdigest()[:cut], row.cells)


def by_birth_date(row: Row) -> Row:
    return Row(row.pseudonym, (WHOSE[row.pseudonym].birth_date.isoformat(), *row.cells[1:]))


def finest(row: Row) -> Row:
    return Row(row.pseudonym, cells(WHOSE[row.pseudonym], LEVELS[0], AS_OF))


def test_a_sound_dataset_holds() -> None:
    found = found_in(list(SOUND))

    assert found.holds
    assert found.diversity == 2
    assert found.best <= 0.1


@pytest.mark.parametrize("cut", [12, 32, 64])
def test_names_that_are_digests_without_a_key_are_found(cut: int) -> None:
    found = found_in([unkeyed(cut)(row) for row in SOUND])

    assert not found.holds
    assert found.success[Attack.PSEUDONYM] == 1


def test_names_that_are_ids_are_found() -> None:
    found = found_in([Row(str(WHOSE[row.pseudonym].person_id), row.cells) for row in SOUND])

    assert found.success[Attack.PSEUDONYM] == 1


@pytest.mark.parametrize("key", [lambda subject: subject.person_id, lambda subject: subject.birth_date])
def test_rows_in_the_order_of_people_are_found(key: Callable[[Subject], object]) -> None:
    found = found_in(sorted(SOUND, key=lambda row: key(WHOSE[row.pseudonym])))  # type: ignore[arg-type, return-value]

    assert not found.holds
    assert found.success[Attack.ORDER] == 1


def test_names_that_stand_in_another_dataset_are_found() -> None:
    found = found_in(list(SOUND), others=frozenset(row.pseudonym for row in SOUND[:100]))

    assert not found.holds
    assert found.success[Attack.OTHER_DATASETS] == 100 / len(SOUND)


def test_birth_dates_find_people() -> None:
    found = found_in([by_birth_date(row) for row in SOUND])

    assert not found.holds
    assert found.success[Attack.WHO_ONE_IS] > 0.1


def test_a_column_that_should_not_be_there_finds_people() -> None:
    rows = [Row(row.pseudonym, (*row.cells, WHOSE[row.pseudonym].birth_date.isoformat())) for row in SOUND]
    found = found_in(rows, (*columns(), "born"))

    assert not found.holds
    assert found.success[Attack.WHO_ONE_IS] > 0.1


def test_one_row_that_reads_as_no_other_is_enough() -> None:
    rare = replace(PEOPLE[0], answers=child(1, "2016-06-01", Item.EPDS_HIGH, Item.SCHOOL_ABSENCE_HIGH).answers)
    people = [rare, *PEOPLE[1:]]
    rows = [row if WHOSE[row.pseudonym] is not PEOPLE[0] else Row(row.pseudonym, cells(rare, LEVELS[0], AS_OF)) for row in SOUND]
    found = attacked(Dataset(columns(), rows), people, AS_OF, {name: subject.person_id for name, subject in WHOSE.items()})

    assert not found.holds
    assert found.k == 1
    assert found.success[Attack.EVERYTHING] == 1
    assert found.success[Attack.WHO_ONE_IS] <= 0.1, "only whoever knows its answers finds it"


def test_classes_of_nine_do_not_hold() -> None:
    nine = [row for row in SOUND if row.cells == SOUND[0].cells][:9]
    found = found_in(nine)

    assert (found.k, found.holds) == (9, False)


def test_an_item_that_all_of_a_class_have_is_found() -> None:
    true = [row for row in SOUND if row.cells[columns().index(Item.EPDS_HIGH)] == "TRUE"]
    found = found_in(true)

    assert not found.holds
    assert found.shared >= 1
    assert found.best <= 0.1, "nobody is found, and yet something is told of whoever is one of them"


def test_rows_that_are_nobodys_are_seen() -> None:
    found = found_in([Row(row.pseudonym, ("grade_9", *row.cells[1:])) for row in SOUND])

    assert found.strangers == len(SOUND)
    assert not found.holds


def test_what_is_withheld_fits_everybody() -> None:
    rows = [Row(row.pseudonym, (WITHHELD,) * len(columns())) for row in SOUND]

    assert found_in(rows).success[Attack.EVERYTHING] == 1 / len(SOUND)


def test_every_level_is_what_the_check_takes_for_a_child() -> None:
    rows = [Row(row.pseudonym, cells(WHOSE[row.pseudonym], level, AS_OF)) for level in LEVELS for row in SOUND]

    assert found_in(rows).strangers == 0
