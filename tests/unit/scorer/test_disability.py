"""Items 10 and 11: handbooks and certificates (`domain.md` §2.5, §2.8-1, 14 and 20)."""

from datetime import date
from typing import Any

import pytest

from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.facts import InHand
from services.scorer.domain.reading import Record
from tests.unit.scorer.builders import answer, child, event, record, told

HANDBOOK, CERTIFICATE = Item.DEVELOPMENTAL_DISORDER_WITH_HANDBOOK, Item.DISABILITY_CERTIFICATE_HISTORY
TRUE, FALSE, UNKNOWN = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN
CHILD = child("2018-06-01")


def handbook(number: int = 1, said_on: str | None = None, **more: Any) -> Record:
    fields = {"kind": "mental_health_handbook", "valid_from": "2024-04-01", "valid_to": "2026-04-01", "status": "issued"} | more
    return record(EventKind.DISABILITY_CERTIFICATE_CHANGED, number, said_on, **fields)


def flagged(number: int = 1, said_on: str | None = None, **more: Any) -> Record:
    return handbook(number, said_on, developmental_disorder_flag=True, **more)


def certificate(number: int = 1, said_on: str | None = None, **more: Any) -> Record:
    fields = {"kind": "day_support_certificate", "valid_from": "2025-04-01", "valid_to": "2026-04-01", "status": "issued"} | more
    return record(EventKind.DISABILITY_CERTIFICATE_CHANGED, number, said_on, **fields)


def asked(item: Item, as_of: str, *records: Record, through: str | None = None, hand: InHand | None = None) -> Answer:
    delivered = {Source.DISABILITY: date.fromisoformat(through or as_of)}
    return answer(item, CHILD, told(*records, in_hand=hand or InHand()), as_of, delivered)


@pytest.mark.parametrize(
    ("as_of", "value"), [("2024-03-31", FALSE), ("2024-04-01", TRUE), ("2026-03-31", TRUE), ("2026-04-01", FALSE), ("2026-04-02", FALSE)]
)
def test_a_handbook_holds_from_its_first_day_to_the_day_before_its_last(as_of: str, value: IndicatorValue) -> None:
    assert asked(HANDBOOK, as_of, flagged()).value is value


def test_a_renewal_goes_on_from_the_first_day_of_all() -> None:
    renewed = asked(HANDBOOK, "2026-05-01", flagged(), flagged(2, valid_from="2026-04-01", valid_to="2028-04-01"))

    assert (renewed.value, renewed.valid_from, renewed.valid_to) == (TRUE, date(2024, 4, 1), date(2028, 4, 1))


def test_a_handbook_alone_never_says_what_it_is_for() -> None:
    assert asked(HANDBOOK, "2025-01-01", handbook()).reason_code == "flag_not_delivered"
    assert asked(HANDBOOK, "2025-01-01", handbook(developmental_disorder_flag=False)).reason_code == "no_developmental_disorder"
    intellectual = handbook(kind="intellectual_disability_handbook", developmental_disorder_flag=True)
    assert asked(HANDBOOK, "2025-01-01", intellectual).reason_code == "no_record"


def test_a_handbook_that_says_no_decides_from_the_day_on_which_none_that_says_more_holds_beside_it() -> None:
    """Since when it is FALSE is never a day on which it was TRUE, or not known."""
    says_no = handbook(1, developmental_disorder_flag=False)
    before = handbook(2, valid_from="2022-04-01", valid_to="2024-04-01", developmental_disorder_flag=False)
    said_yes = flagged(3, valid_from="2023-04-01", valid_to="2025-04-01")
    silent = handbook(4, valid_from="2023-04-01", valid_to="2025-06-01")

    assert asked(HANDBOOK, "2025-07-01", says_no).valid_from == date(2024, 4, 1)
    assert asked(HANDBOOK, "2025-07-01", says_no, before).valid_from == date(2022, 4, 1)
    assert asked(HANDBOOK, "2025-07-01", says_no, before, said_yes).valid_from == date(2025, 4, 1)
    assert asked(HANDBOOK, "2025-07-01", says_no, before, said_yes, silent).valid_from == date(2025, 6, 1)


def test_a_returned_handbook_held_until_it_was_returned() -> None:
    returned = flagged(1, "2025-03-10", status="returned")

    assert asked(HANDBOOK, "2025-03-09", returned).value is TRUE
    gone = asked(HANDBOOK, "2025-03-10", returned)
    assert (gone.value, gone.reason_code, gone.valid_from) == (FALSE, "handbook_ended", date(2025, 3, 10))


def test_a_handbook_without_an_end_holds_two_years_and_then_nobody_knows() -> None:
    open_ended = flagged(valid_to=None)

    last = asked(HANDBOOK, "2026-03-31", open_ended)
    assert (last.value, last.due) == (TRUE, date(2026, 4, 1))
    assert asked(HANDBOOK, "2026-04-01", open_ended).reason_code == "validity_unknown"


def test_of_two_that_contradict_the_one_counts_that_looks_at_the_child_with_both_as_evidence() -> None:
    both = asked(HANDBOOK, "2025-01-01", flagged(1), handbook(2, developmental_disorder_flag=False))

    assert (both.value, both.evidence, both.detail["contradictory"]) == (TRUE, (event(1), event(2)), True)


@pytest.mark.parametrize("item", [HANDBOOK, CERTIFICATE])
def test_no_record_proves_absence_only_while_the_feed_is_fresh_and_nothing_is_in_hand(item: Item) -> None:
    fresh, silent = asked(item, "2026-05-08", through="2026-05-01"), asked(item, "2026-05-09", through="2026-05-01")
    held = asked(item, "2026-05-01", hand=InHand(own=frozenset({Source.DISABILITY})))

    assert (fresh.value, fresh.reason_code, fresh.silent_on, fresh.rests_on_feed) == (FALSE, "no_record", date(2026, 5, 9), True)
    assert (silent.value, silent.reason_code) == (UNKNOWN, "feed_stale")
    assert (held.value, held.reason_code) == (UNKNOWN, "record_in_hand")
    assert answer(item, CHILD, told(), "2026-05-01", {}).reason_code == "feed_stale"


def test_that_a_handbook_was_not_renewed_is_concluded_only_while_the_feed_is_fresh() -> None:
    assert asked(HANDBOOK, "2026-04-08", flagged(), through="2026-04-01").value is FALSE
    assert asked(HANDBOOK, "2026-04-01", flagged(), through="2026-03-31").reason_code == "feed_stale"
    assert asked(HANDBOOK, "2025-01-01", flagged(), through="2024-05-01").value is TRUE


def test_a_certificate_is_history_from_its_first_issue_and_says_whether_one_is_valid() -> None:
    first, second = certificate(1, decided_on="2025-03-18"), certificate(2, valid_from="2026-06-01", valid_to="2027-06-01", decided_on=None)

    assert asked(CERTIFICATE, "2025-03-17", first).value is FALSE
    issued = asked(CERTIFICATE, "2025-03-18", first)
    assert (issued.value, issued.valid_from, issued.detail["current"]) == (TRUE, date(2025, 3, 18), False)
    assert asked(CERTIFICATE, "2026-03-31", first).detail["current"] is True
    between = asked(CERTIFICATE, "2026-05-01", first, second)
    assert (between.value, between.detail["current"], between.evidence) == (TRUE, False, (event(1),))
    assert between.due == date(2026, 6, 1)
    assert asked(CERTIFICATE, "2026-06-01", first, second).valid_from == date(2025, 3, 18)


def test_a_returned_certificate_stays_history_and_residential_support_counts() -> None:
    returned = certificate(1, "2025-08-01", kind="residential_support_certificate", status="returned")

    answered = asked(CERTIFICATE, "2025-09-01", returned)
    assert (answered.value, answered.detail["current"]) == (TRUE, False)
    assert asked(CERTIFICATE, "2025-09-01", certificate(kind="disability_medical_subsidy")).value is FALSE
