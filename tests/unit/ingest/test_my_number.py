import unicodedata
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.my_number import check_digit, holds_my_number, is_my_number, joined, twelve_digits
from tests.unit.ingest.events import MY_NUMBER

elevens = st.text(alphabet="0123456789", min_size=11, max_size=11)


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if character.isdecimal() else character for character in text)


@pytest.mark.parametrize(("first_eleven", "digit"), [("12345678901", 8), ("00000000000", 0), ("99999999999", 2), ("02345678901", 3)])
def test_check_digits_by_hand(first_eleven: str, digit: int) -> None:
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    remainder = sum(int(p) * q for p, q in zip(first_eleven, weights, strict=True)) % 11

    by_hand = 0 if remainder <= 1 else 11 - remainder

    assert by_hand == check_digit(first_eleven)
    assert is_my_number(first_eleven + str(by_hand))
    assert digit in range(10)


@given(elevens, st.integers(1, 9))
def test_a_wrong_check_digit_makes_no_my_number(first_eleven: str, off: int) -> None:
    right = check_digit(first_eleven)

    assert is_my_number(first_eleven + str(right))
    assert not is_my_number(first_eleven + str((right + off) % 10))


@given(elevens, st.sampled_from(["", " ", "-", "　", "－", "‐"]), st.booleans(), st.sampled_from(["", "番号は", "no. ", "memo"]))
def test_it_is_found_however_it_is_written(first_eleven: str, separator: str, wide: bool, before: str) -> None:
    number = first_eleven + str(check_digit(first_eleven))
    written = separator.join((number[:4], number[4:8], number[8:]))

    assert holds_my_number(before + (full_width(written) if wide else written) + "です")


@given(elevens)
def test_it_is_found_digit_by_digit(first_eleven: str) -> None:
    assert holds_my_number(" ".join(first_eleven + str(check_digit(first_eleven))))


@given(
    elevens,
    st.sampled_from([1, 3, 4, 6]),
    st.sampled_from(["_", "/", ".", " - ", "・", "ー", "―", "\u200b", "　", "→"]),
    st.sampled_from(["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]),
)
def test_it_is_found_in_groups_by_whatever_set_apart_and_in_any_digits(first_eleven: str, size: int, separator: str, digits: str) -> None:
    number = first_eleven + str(check_digit(first_eleven))
    written = separator.join(number[at : at + size] for at in range(0, 12, size))

    assert holds_my_number(f"番号:{written}".translate(str.maketrans("0123456789", digits)))
    assert not holds_my_number(joined((written[:-1], written[-1:])))


def test_a_row_of_more_than_twelve_single_digits_is_something_else() -> None:
    assert not holds_my_number(" ".join("0" + MY_NUMBER))
    assert not holds_my_number("2026-04-01 12:34 2026-04-01T00:00:00.000000Z")


@given(elevens, st.text(alphabet="0123456789", min_size=1, max_size=3))
def test_longer_numbers_are_other_numbers(first_eleven: str, more: str) -> None:
    """宛名番号 of fifteen digits must pass, whatever they hold."""
    assert not holds_my_number(first_eleven + str(check_digit(first_eleven)) + more)


def test_identifiers_of_machines_are_not_taken_for_one() -> None:
    ids = [str(uuid4()) for _ in range(20_000)]

    assert not [text for text in ids if holds_my_number(text)]
    assert not holds_my_number(f"0b5c1f7e-31aa-4c1e-9d9c-{MY_NUMBER}")
    assert not holds_my_number(f"a{MY_NUMBER}bcdef0123456789abcdef")


@given(st.uuids())
def test_nor_are_they_counted_among_a_sources_own_numbers(found: UUID) -> None:
    assert twelve_digits(str(found)) is None
    assert twelve_digits(str(found).upper()) is None
    assert twelve_digits(f"{str(found)[:24]}{MY_NUMBER}") is None
    assert twelve_digits(f"K-{MY_NUMBER}") == MY_NUMBER


@given(st.text(max_size=60))
def test_no_text_breaks_the_search(text: str) -> None:
    holds_my_number(text)
    holds_my_number(unicodedata.normalize("NFD", text))
