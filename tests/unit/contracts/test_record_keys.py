from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.catalogue import EVENT_TYPES
from contracts.record_keys import record_key

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
KIND_BYTES, NEIGHBOURHOOD_BYTES = 2, 5


def test_a_key_is_for_ever() -> None:
    assert record_key("resident_registry", "resident.changed", "R-0001234") == UUID("8b51f361-b130-6da3-d409-5660d98df485")
    assert record_key("maternal_child_health", "pregnancy.notified", "妊") == UUID("246de3b0-c430-de96-7c29-74a4fa06dbd6")


def test_two_kinds_of_records_never_share_a_key() -> None:
    kinds = {(each.source, each.type) for each in EVENT_TYPES}

    beginnings = {record_key(*kind, "1").bytes[:KIND_BYTES] for kind in kinds}

    assert len(beginnings) == len(kinds) > 1


def test_records_that_follow_each_other_are_neighbours_in_the_index() -> None:
    keys = [record_key("resident_registry", "resident.changed", f"R-{number:07}") for number in range(5_000, 6_000)]

    assert len({key.bytes[:NEIGHBOURHOOD_BYTES] for key in keys}) == 1
    assert len(set(keys)) == len(keys)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), unique_by="\x1f".join, min_size=2))
def test_different_records_have_different_keys(records: list[tuple[str, str, str]]) -> None:
    assert all(record_key(*one) != record_key(*other) for one, other in pairwise(records))
