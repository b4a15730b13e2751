"""Plain Japanese for every item and reason; nothing sensitive in a list (casework.md §6.3, domain.md §4.7)."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracts.catalogue import ITEMS
from contracts.catalogue.saying import UNWORDED
from contracts.values import IndicatorValue, Item, Source
from infra.pages.dates import era_date
from services.casework.domain import wording
from services.casework.domain.review import Change, Reason, without_opponent


def reason(
    item: Item, value: IndicatorValue = IndicatorValue.TRUE, code: str = "not_received", detail: dict[str, object] | None = None
) -> Reason:
    return Reason(
        item,
        value,
        counted=True,
        reason_code=code,
        source=Source.MATERNAL_CHILD_HEALTH,
        known_at=datetime(2026, 4, 11, tzinfo=UTC),
        valid_from=date(2026, 4, 11),
        detail=detail or {},
    )


WINDOW: dict[str, object] = {"window_start": "2025-08-10", "window_end": "2026-02-10", "due_on": "2026-04-11"}


@pytest.mark.parametrize(("item", "code"), [(item, code) for item, entry in ITEMS.items() for code in entry.reasons])
def test_a_missing_figure_never_breaks_a_page(item: Item, code: str) -> None:
    text = wording.explain(reason(item, code=code), era_date)

    assert text
    assert "{" not in text


def test_a_reason_code_nobody_knows_sends_people_to_the_owner() -> None:
    assert wording.explain(reason(Item.EPDS_HIGH, code="brand_new"), era_date) == UNWORDED


def test_an_absent_checkup_is_told_with_its_window() -> None:
    text = wording.explain(reason(Item.CHECKUP_18M_NOT_RECEIVED, detail=WINDOW), era_date)

    assert text == "対象の時期（令和7年8月10日〜令和8年2月10日）が過ぎ、令和8年4月11日になっても受診の記録が届いていない"


def test_a_school_year_is_told_in_the_years_in_which_the_days_are_told() -> None:
    detail: dict[str, object] = {"year": 2026, "year_before": 2025, "absent_days": 1, "school_days": 113, "through": "2026-10-31"}
    answer = reason(Item.SCHOOL_ABSENCE_HIGH, IndicatorValue.FALSE, "below", detail)

    said = "年度の欠席は、授業日数113日のうち1日"
    assert wording.explain(answer, era_date) == f"令和8{said}（令和8年10月31日まで）。令和7年度は多かった"
    assert wording.explain(answer, str) == f"2026{said}（2026-10-31まで）。2025年度は多かった"


def test_a_late_checkup_is_told_as_late() -> None:
    """S08."""
    late = reason(Item.CHECKUP_18M_NOT_RECEIVED, IndicatorValue.FALSE, "received", {"exam_date": "2026-05-08", "late": True})

    change = Change(date(2026, 5, 20), reason(Item.CHECKUP_18M_NOT_RECEIVED, detail=WINDOW), late)

    assert wording.change_text(change, era_date) == (
        "「1歳6か月児健診を受けた記録がない」ではなくなった：令和8年5月8日に受診（対象の時期を過ぎてからの受診）"
    )


def test_a_list_counts_sensitive_items_and_names_none() -> None:
    reasons = (
        reason(Item.HOUSEHOLD_PUBLIC_ASSISTANCE, code="receiving"),
        reason(Item.EPDS_HIGH, code="total_high"),
        reason(Item.CHECKUP_18M_NOT_RECEIVED),
        reason(Item.CHECKUP_3Y_NOT_RECEIVED, IndicatorValue.UNKNOWN),
    )

    lines = wording.list_lines(reasons)

    assert lines == ("1歳6か月児健診を受けた記録がない", "ほかに福祉の項目 1件", "ほかに保護者の健康の項目 1件")


def test_a_value_that_rests_on_a_silent_feed_says_since_when_wherever_it_is_shown() -> None:
    """domain.md §2.8-1."""
    stale = replace(reason(Item.HOUSEHOLD_PUBLIC_ASSISTANCE, code="receiving"), stale_since=date(2026, 3, 1))
    open_stale = replace(reason(Item.CHECKUP_3Y_NOT_RECEIVED), stale_since=date(2026, 3, 2))
    ended = Change(date(2026, 5, 20), stale, replace(stale, value=IndicatorValue.FALSE, reason_code="not_receiving"))

    said = [
        wording.explain(stale, era_date),
        *wording.list_lines((stale, open_stale), era_date),
        *wording.sensitive_lines((stale,), era_date),
        wording.change_text(ended, era_date),
    ]

    days = [re.search("令和8年3月[12]日からデータが届いていない", text) for text in said]
    assert len(days) == 5
    assert all(days)


def test_a_value_that_is_not_known_any_more_is_not_said_to_be_gone() -> None:
    then, now = reason(Item.HOUSEHOLD_PUBLIC_ASSISTANCE), reason(Item.HOUSEHOLD_PUBLIC_ASSISTANCE, IndicatorValue.UNKNOWN, "record_in_hand")

    text = wording.change_text(Change(date(2026, 5, 20), then, now), era_date)

    assert "分からなくなった" in text
    assert "ではなくなった" not in text


def test_a_record_that_is_set_aside_because_of_an_opponent_reads_as_any_record_in_hand() -> None:
    """domain.md §2.8-8: no hint of the opponent, in no word and in nothing that is kept."""
    told = {
        "item": "household_public_assistance",
        "value": "UNKNOWN",
        "klass": "x",
        "counted": True,
        "valid_from": "2026-04-01",
        "valid_to": None,
        "known_at": "2026-04-11T00:00:00Z",
        "source": "public_assistance",
        "evidence": ["1"],
        "detail": {"case": "2"},
        "fresh_through": "2026-04-11",
        "stale_since": None,
    }

    separated = without_opponent({**told, "reason_code": "protected_separation"})
    in_hand = without_opponent({**told, "reason_code": "record_in_hand", "klass": None, "valid_from": None, "evidence": [], "detail": {}})

    assert separated == in_hand
    for item in ITEMS.values():
        assert item.reasons["protected_separation"] == item.reasons["record_in_hand"]
        assert not re.search("支援措置|相手|分離|保護", item.reasons["protected_separation"][0])


@pytest.mark.parametrize(
    "code", ["record_in_hand", "before_feed", "no_notification_no_exam", "protected_separation", "mother_not_certain", "feed_stale"]
)
def test_every_way_of_not_knowing_has_a_sentence_of_its_own(code: str) -> None:
    text = wording.explain(reason(Item.NO_PRENATAL_CHECKUPS, IndicatorValue.UNKNOWN, code), era_date)

    assert text != UNWORDED
    assert code not in text


def test_no_wording_judges_or_scores() -> None:
    everything = " ".join(
        [text for words in ITEMS.values() for text in (words.present, words.absent, words.unknown)]
        + [text for words in ITEMS.values() for alternatives in words.reasons.values() for text in alternatives]
    )

    assert not re.search("虐待|リスク|危険|問題|スコア|疑い", everything)
