"""Whether a field's numbers are My Numbers: the statistics of it, and what is counted."""

from collections.abc import Iterable, Iterator
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Source
from services.ingest.domain.admission import Admitted, judge
from services.ingest.domain.ledger import Identity
from services.ingest.domain.my_number import check_digit, is_my_number, twelve_digits
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.watch import MARKS, Evidence, Place, Rates, after, is_no_chance, numbers_in, numbers_kept, without_numbers
from tests.unit.ingest.events import MY_NUMBER, Event, checkup, door, event, resident

RATES = Rates()
A_MILLION = 1_000_000


def my_number(n: int) -> str:
    eleven = f"{n:011}"
    return eleven + str(check_digit(eleven))


def stopped_at(valid: Iterable[bool], rates: Rates = RATES) -> int | None:
    """With which number the feed stops; every number is another one."""
    weight = 0.0
    for n, one in enumerate(valid, start=1):
        weight = after(Evidence(weight=weight), 0, valid=one, rates=rates).weight
        if weight >= rates.limit:
            return n
    return None


# -- statistics ------------------------------------------------------------------------------------------------------------


def with_check_digit(share: float, seed: int) -> Iterator[bool]:
    random = Random(seed)  # noqa: S311 -- no secret: the same feed at every run
    while True:
        yield random.random() < share


def test_an_honest_feed_of_a_million_numbers_never_stops() -> None:
    assert stopped_at(islice(with_check_digit(1 / 10, seed=22), A_MILLION)) is None


@pytest.mark.parametrize("first", [0, 123_456_789_000, 999_998_999_995])
def test_numbers_in_a_row_never_stop(first: int) -> None:
    assert stopped_at(is_my_number(f"{number:012}") for number in range(first, first + 100_000)) is None


@pytest.mark.parametrize("last", [0, 1, 5, 9])
def test_numbers_that_all_end_alike_never_stop(last: int) -> None:
    """Where all end in 0, two in eleven have the check digit: it is 0 for two remainders."""
    assert stopped_at(is_my_number(f"{n * 7_919 % 10**11:011}{last}") for n in range(100_000)) is None


def test_a_feed_of_my_numbers_stops_with_the_sixteenth() -> None:
    assert stopped_at([True] * 100) == 16


@given(st.integers(0, 2**32), st.integers(0, 2_000))
def test_it_stops_soon_after_my_numbers_begin_however_long_it_was_honest(seed: int, honest: int) -> None:
    found = stopped_at([*islice(with_check_digit(1 / 10, seed), honest), *[True] * 100])

    assert found is not None
    assert honest < found <= honest + 16


@given(st.integers(0, 2**32))
def test_half_of_them_among_other_numbers_stop_it_too(seed: int) -> None:
    found = stopped_at(islice(with_check_digit(1 / 2 + 1 / 2 * 1 / 10, seed), 5_000))

    assert found is not None


@given(st.floats(1e-12, 0.01), st.floats(0.3, 0.99))
def test_the_rates_are_what_they_say(false_alarm: float, suspected: float) -> None:
    """Wald: the ratio of both likelihoods, multiplied up to 1/false_alarm."""
    rates = Rates(suspected=suspected, false_alarm=false_alarm)
    needed = stopped_at([True] * 2_000, rates)

    assert needed is not None
    assert (suspected / rates.chance) ** needed >= 1 / false_alarm * (1 - 1e-9)
    assert (suspected / rates.chance) ** (needed - 1) <= 1 / false_alarm * (1 + 1e-9)


@given(st.lists(st.booleans(), max_size=60))
def test_the_weight_is_that_of_the_best_run_that_ends_now(valid: list[bool]) -> None:
    """Page's rule: whatever was before, the evidence since the worst moment counts."""
    evidence = Evidence()
    for mark, one in enumerate(valid):
        evidence = after(evidence, mark, valid=one, rates=RATES)
    runs = [sum(RATES.valid if one else RATES.other for one in valid[start:]) for start in range(len(valid) + 1)]

    assert evidence.weight == pytest.approx(max(runs), abs=1e-9)
    assert (evidence.numbers, evidence.valid) == (len(valid), sum(valid))


# -- what counts once ------------------------------------------------------------------------------------------------------


def test_a_number_counts_once_however_often_it_comes() -> None:
    """One pupil's key that has the check digit by chance comes every month, a school's with each of its pupils."""
    evidence = Evidence()
    for _ in range(1_000):
        evidence = after(evidence, 7, valid=True, rates=RATES)

    assert (evidence.numbers, evidence.valid) == (1, 1)


def test_marks_are_set_anew_when_half_of_them_are_set() -> None:
    evidence = Evidence()
    for mark in range(MARKS // 2 + 1):
        evidence = after(evidence, mark, valid=False, rates=RATES)

    assert evidence.marks == 1 << MARKS // 2
    assert evidence.numbers == MARKS // 2 + 1


def test_numbers_that_somebody_vouched_for_are_not_watched() -> None:
    vouched = Evidence(weight=100.0, vouched=True)

    assert after(vouched, 1, valid=True, rates=RATES) is vouched
    assert not is_no_chance(vouched, RATES)


# -- which numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("123456789012", "123456789012"),
        ("1234-5678-9012", "123456789012"),
        ("K_123456789012", "123456789012"),
        ("000123456789012", "123456789012"),
        ("000012345678901", None),
        ("1234567890123", None),
        ("12345678901", None),
        ("K-1", None),
        ("0b5c1f7e-31aa-4c1e-9d9c-123456789012", None),
    ],
)
def test_twelve_digits_are_found_in_whatever_form_a_number_has(written: str, found: str | None) -> None:
    assert twelve_digits(written) == found


def admitted(sent: Event) -> Admitted:
    verdict = judge(RawEvent(sent), door(Source(sent["source"])))
    assert isinstance(verdict, Admitted), verdict
    return verdict


def fields(sent: Event) -> list[tuple[str, str]]:
    return sorted((place.field, digits) for place, digits in numbers_in(admitted(sent)))


def test_every_number_of_an_event_has_its_place() -> None:
    numbers = [my_number(n) for n in range(5)]
    covered = event(
        Source.RESIDENT_REGISTRY,
        "resident.protection_measure",
        {"person_no": numbers[0], "from": "2026-03-01", "covered_persons": numbers[1:3]},
        id=numbers[3],
        subject=numbers[4],
    )

    assert fields(covered) == sorted(
        [
            ("person_no", numbers[0]),
            ("covered_persons", numbers[1]),
            ("covered_persons", numbers[2]),
            ("id", numbers[3]),
            ("subject", numbers[4]),
        ]
    )


def test_the_number_in_the_envelope_is_the_persons() -> None:
    with_person = checkup(personno=MY_NUMBER)
    del with_person["data"]["person_no"]

    assert fields(with_person) == [("person_no", MY_NUMBER)]


def test_of_a_record_taken_back_whom_it_was_about_counts() -> None:
    assert fields(checkup(op="void", data=None, personno=MY_NUMBER)) == [("person_no", MY_NUMBER)]


def test_an_ordinary_event_has_none() -> None:
    assert fields(resident({"household_no": "H-1", "address_code": "401320010"})) == []


def test_of_what_is_refused_what_is_kept_counts_and_can_be_left_out() -> None:
    kept = Identity(MY_NUMBER, None, "K-1", 1, b"hash")

    assert list(numbers_kept(Source.DISABILITY, kept)) == [(Place(Source.DISABILITY, "id"), MY_NUMBER)]
    assert without_numbers(kept) == Identity(None, None, "K-1", 1, None)
