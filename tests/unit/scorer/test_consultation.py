"""City item `consultation_active`: it suppresses, and never in silence (`domain.md` §2.6, §2.8-16 and 22, S21)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.facts import InHand
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.reading import Record
from tests.unit.scorer.builders import answer, child, record, told

TRUE, FALSE, UNKNOWN = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN
ITEM = Item.CONSULTATION_ACTIVE


def support(number: int = 1, said_on: str | None = None, **more: Any) -> Record:
    fields = {"status": "open", "opened_on": "2026-03-01"} | more
    return record(EventKind.CONSULTATION_STATUS_CHANGED, number, said_on, **fields)


def asked(as_of: str, *records: Record, through: str | None = None, parameters: Parameters = FUKUOKA, hand: InHand | None = None) -> Answer:
    delivered = {Source.CHILD_CONSULTATION: date.fromisoformat(through or as_of)}
    return answer(ITEM, child("2024-02-01"), told(*records, in_hand=hand or InHand()), as_of, delivered, parameters)


@pytest.mark.parametrize(("as_of", "value"), [("2026-02-28", FALSE), ("2026-03-01", TRUE), ("2026-10-30", TRUE), ("2026-10-31", FALSE)])
def test_support_holds_from_its_first_day_to_the_day_before_it_is_closed(as_of: str, value: IndicatorValue) -> None:
    assert asked(as_of, support(status="closed", closed_on="2026-10-31")).value is value


def test_open_support_that_a_silent_feed_told_is_not_known_any_more() -> None:
    fresh, silent = asked("2026-05-08", support(), through="2026-05-01"), asked("2026-05-09", support(), through="2026-05-01")

    assert (fresh.value, fresh.silent_on, fresh.rests_on_feed, fresh.counted) == (TRUE, date(2026, 5, 9), True, True)
    assert (silent.value, silent.reason_code, silent.needed_on, silent.counted) == (UNKNOWN, "support_unknown", date(2026, 5, 2), True)
    assert answer(ITEM, child("2024-02-01"), told(support()), "2026-05-01", {}).reason_code == "support_unknown"


def test_support_that_is_closed_without_a_day_ended_when_that_was_said() -> None:
    closed = support(1, "2026-06-10", status="closed")

    assert (asked("2026-06-09", closed).value, asked("2026-06-10", closed).value) == (TRUE, FALSE)


def test_without_a_record_or_with_one_in_hand_it_is_as_with_every_absence() -> None:
    assert asked("2026-05-08", through="2026-05-01").reason_code == "no_record"
    assert asked("2026-05-09", through="2026-05-01").reason_code == "feed_stale"
    assert asked("2026-05-01", hand=InHand(own=frozenset({Source.CHILD_CONSULTATION}))).reason_code == "record_in_hand"


def test_a_city_item_is_switched_off_until_the_day_of_its_approval() -> None:
    later = replace(FUKUOKA, approved={ITEM: date(2026, 5, 1)})

    never, eve = asked("2026-04-30", support(), parameters=Parameters()), asked("2026-04-30", support(), parameters=later)

    assert (never.value, never.reason_code) == (IndicatorValue.NOT_APPLICABLE, "not_approved")
    assert (eve.reason_code, eve.due) == ("not_approved", date(2026, 5, 1))
    assert asked("2026-05-01", support(), parameters=later).value is TRUE
