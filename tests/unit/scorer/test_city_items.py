"""The city's own items of entitlements, dues and surveys (`domain.md` §2.6, §2.7, §2.8-1, 2, 12 and 21)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.catalogue import ITEMS
from contracts.facts import AllowanceEntitlementChanged, LoanChanged, MedicalSubsidyChanged, SpecialAllowanceEntitlementChanged
from contracts.kinds import EventKind
from contracts.values import Group, IndicatorValue, Item, Source
from services.scorer.domain.answer import Answer, Common
from services.scorer.domain.facts import ChildFacts, InHand, Told
from services.scorer.domain.reach import Reach
from services.scorer.domain.reading import Record
from services.scorer.domain.residence import Stay
from services.scorer.domain.rulesets import SP_3, judge
from tests.unit.scorer.builders import COMPLETE, answer, child, day, event, facts, record, told

TRUE, FALSE, UNKNOWN, OUTSIDE = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN, IndicatorValue.NOT_APPLICABLE
PUPIL = child("2015-07-07")


def asked(item: Item, as_of: str, known: ChildFacts, **delivered: str) -> Answer:
    return answer(item, PUPIL, known, as_of, COMPLETE | {Source(name): date.fromisoformat(each) for name, each in delivered.items()})


def values(item: Item, known: ChildFacts, *days: str) -> list[IndicatorValue]:
    return [asked(item, each, known).value for each in days]


def by_guardian(fact: Any, *, parted: bool = False, since: str = "2024-04-01", said_on: str = "2024-04-01") -> ChildFacts:
    rows = (Told(fact, event(60), day(said_on), during=(Stay(date.fromisoformat(since), None),)),)
    way = {(Reach.GUARDIAN, type(fact)): rows}
    return replace(facts(), parted=way) if parted else replace(facts(), told=way)


def special(status: str | None = "full", to: str | None = None) -> SpecialAllowanceEntitlementChanged:
    return SpecialAllowanceEntitlementChanged(
        kind="special_child",
        entitled_from=date(2024, 4, 1),
        entitled_to=day(to),
        payment_status=status,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("status", ["full", "suspended_all", None])
def test_a_special_child_allowance_stands_also_while_it_is_suspended(status: str | None) -> None:
    known = by_guardian(special(status, to="2026-04-01"))

    assert values(Item.SPECIAL_CHILD_ALLOWANCE, known, "2024-03-31", "2024-04-01", "2026-03-31", "2026-04-01") == [FALSE, TRUE, TRUE, FALSE]


def test_no_child_allowance_says_nothing_because_an_employer_may_pay_it() -> None:
    allowance = AllowanceEntitlementChanged(kind="child", entitled_from=date(2024, 4, 1), entitled_to=date(2026, 4, 1))
    known = by_guardian(allowance)

    assert values(Item.CHILD_ALLOWANCE, known, "2024-03-31", "2024-04-01", "2026-03-31", "2026-04-01") == [UNKNOWN, TRUE, TRUE, UNKNOWN]
    assert asked(Item.CHILD_ALLOWANCE, "2026-04-01", known).reason_code == "may_be_paid_elsewhere"
    assert asked(Item.CHILD_ALLOWANCE, "2025-04-01", by_guardian(replace(allowance, kind="child_rearing"))).value is UNKNOWN


def test_an_opponents_allowance_or_loan_is_nothing_that_is_told_of_a_protected_child() -> None:
    loan = LoanChanged(valid_from=date(2024, 4, 1), status="active")

    for item, fact in ((Item.SPECIAL_CHILD_ALLOWANCE, special()), (Item.SINGLE_PARENT_LOAN, loan)):
        parted = asked(item, "2025-04-01", by_guardian(fact, parted=True))
        assert (parted.value, parted.reason_code, parted.evidence) == (UNKNOWN, "protected_separation", ())


def test_a_loan_runs_until_its_end_or_until_it_is_said_to_be_over() -> None:
    ended = by_guardian(LoanChanged(valid_from=date(2024, 4, 1), status="ended"), said_on="2025-06-01")
    cancelled = by_guardian(LoanChanged(valid_from=date(2024, 4, 1), valid_to=date(2027, 4, 1), status="cancelled"), said_on="2025-06-01")

    for known in (ended, cancelled):
        assert values(Item.SINGLE_PARENT_LOAN, known, "2025-05-31", "2025-06-01") == [TRUE, FALSE]


@pytest.mark.parametrize(("kind", "item"), [("single_parent", Item.MEDICAL_SUBSIDY), ("disability", Item.MEDICAL_SUBSIDY_DISABILITY)])
def test_a_medical_subsidy_of_the_child_or_of_whoever_has_it_in_care_holds_by_its_kind(kind: str, item: Item) -> None:
    own = told(record(EventKind.MEDICAL_SUBSIDY_CHANGED, 1, kind=kind, valid_from="2024-04-01", valid_to="2026-04-01", status="active"))
    theirs = by_guardian(MedicalSubsidyChanged(kind=kind, valid_from=date(2024, 4, 1), valid_to=date(2026, 4, 1), status="active"))  # type: ignore[arg-type]
    (other,) = {Item.MEDICAL_SUBSIDY, Item.MEDICAL_SUBSIDY_DISABILITY} - {item}

    for known in (own, theirs):
        assert values(item, known, "2024-03-31", "2024-04-01", "2026-03-31", "2026-04-01") == [FALSE, TRUE, TRUE, FALSE]
        assert asked(other, "2025-04-01", known).value is FALSE
    childs = told(record(EventKind.MEDICAL_SUBSIDY_CHANGED, 1, kind="child", valid_from="2024-04-01", status="active"))
    assert asked(item, "2025-04-01", childs).value is FALSE


def aid(said_on: str = "2025-06-20", **more: Any) -> Record:
    fields = {"fiscal_year": 2025, "decision": "approved", "valid_from": "2025-06-01", "valid_to": "2026-04-01"} | more
    return record(EventKind.SCHOOL_AID_DECIDED, 1, said_on, **{name: each for name, each in fields.items() if each is not None})


def test_school_aid_is_for_one_school_year() -> None:
    for known in (told(aid()), told(aid(valid_to=None)), told(aid(valid_to="2027-04-01"))):
        assert values(Item.SCHOOL_AID, known, "2025-05-31", "2025-06-01", "2026-03-31", "2026-04-01") == [FALSE, TRUE, TRUE, FALSE]
    cancelled = told(aid("2025-10-01", decision="cancelled"))
    assert values(Item.SCHOOL_AID, cancelled, "2025-09-30", "2025-10-01") == [TRUE, FALSE]
    assert asked(Item.SCHOOL_AID, "2025-07-01", told(aid(decision="rejected"))).value is FALSE


def due(month: int, due_on: str, status: str = "unpaid", settled_on: str | None = None) -> Record:
    fields = {"fiscal_year": 2026, "month": month, "due_on": due_on, "status": status}
    return record(EventKind.LUNCH_FEE_ARREARS_CHANGED, month, due_on, **fields, **({"settled_on": settled_on} if settled_on else {}))


def test_two_monthly_dues_that_are_unpaid_for_60_days_are_arrears_until_one_is_paid() -> None:
    item, april, may = Item.LUNCH_FEE_ARREARS, due(4, "2026-05-31"), due(5, "2026-06-30")
    paid = due(5, "2026-06-30", "paid", "2026-09-10")

    assert values(item, told(april, may), "2026-08-28", "2026-08-29") == [FALSE, TRUE]
    assert asked(item, "2026-08-29", told(april, may)).valid_from == date(2026, 8, 29)
    assert values(item, told(april, paid), "2026-09-09", "2026-09-10") == [TRUE, FALSE]
    assert asked(item, "2026-12-01", told(april, record(EventKind.LUNCH_FEE_ARREARS_CHANGED, 99, **april.data))).value is FALSE
    assert asked(item, "2026-12-01", told(april, due(5, "2026-06-30", "waived", "2026-07-30"))).value is FALSE


def test_a_lunch_feed_that_dried_up_leaves_it_open_and_dues_that_were_told_stay() -> None:
    item, dues = Item.LUNCH_FEE_ARREARS, told(due(4, "2026-05-31"), due(5, "2026-06-30"))

    assert [asked(item, each, told(), school_lunch_fee="2026-05-01").value for each in ("2026-06-15", "2026-06-16")] == [FALSE, UNKNOWN]
    stays = asked(item, "2026-12-01", dues, school_lunch_fee="2026-09-01")
    assert (stays.value, stays.stale_since) == (TRUE, date(2026, 9, 2))
    hand = InHand(own=frozenset({Source.SCHOOL_LUNCH_FEE}))
    assert asked(item, "2026-12-01", replace(dues, in_hand=hand)).reason_code == "record_in_hand"


def survey(number: int, on: str, year: int, **figures: Any) -> Record:
    kind = "learning" if "standard_score" in figures else "lifestyle"
    return record(EventKind.SURVEY_RESULT_RECORDED, number, on, fiscal_year=year, survey=kind, surveyed_on=on, **figures)


def test_many_answers_of_concern_stand_until_the_next_round() -> None:
    item, known = (
        Item.LIFESTYLE_SURVEY_CONCERN,
        told(survey(1, "2025-06-10", 2025, concern_count=3), survey(2, "2026-06-09", 2026, concern_count=2)),
    )

    assert values(item, known, "2025-06-09", "2025-06-10", "2026-06-08", "2026-06-09") == [UNKNOWN, TRUE, TRUE, FALSE]
    assert answer(item, child("2021-07-07"), told(), "2026-06-09").value is OUTSIDE


@pytest.mark.parametrize(
    ("before", "score", "said"),
    [(None, 35.0, "low"), (None, 35.1, "not_low"), (50.3, 40.3, "fell"), (50.3, 40.4, "not_low"), (40.0, 60.0, "not_low")],
)
def test_a_standard_score_is_low_at_35_or_where_it_fell_by_10_since_last_year(before: float | None, score: float, said: str) -> None:
    earlier = [survey(1, "2025-05-13", 2025, standard_score=before)] if before is not None else []
    given = asked(Item.LEARNING_ACHIEVEMENT_LOW, "2026-06-01", told(*earlier, survey(2, "2026-05-12", 2026, standard_score=score)))

    assert (given.value, given.reason_code, given.valid_from) == (FALSE if said == "not_low" else TRUE, said, date(2026, 5, 12))


def test_a_score_of_two_years_ago_is_not_last_years() -> None:
    known = told(survey(1, "2024-05-13", 2024, standard_score=60.0), survey(2, "2026-05-12", 2026, standard_score=45.0))

    assert asked(Item.LEARNING_ACHIEVEMENT_LOW, "2026-06-01", known).value is FALSE


def test_a_survey_feed_is_silent_after_400_days_and_what_was_low_stays() -> None:
    low, fine = (told(survey(1, "2025-05-13", 2025, standard_score=score)) for score in (30.0, 50.0))

    stays, open_ = (
        asked(Item.LEARNING_ACHIEVEMENT_LOW, "2026-07-01", known, lifestyle_learning_survey="2025-05-20") for known in (low, fine)
    )

    assert (stays.value, stays.stale_since) == (TRUE, date(2025, 5, 21))
    assert (open_.value, open_.reason_code, open_.needed_on) == (UNKNOWN, "feed_stale", date(2025, 5, 21))


def test_little_means_ask_for_nothing_by_themselves_and_context_for_nothing_at_all() -> None:
    """§2.7: ECON alone, and with DIS, opens no review; with another group it does. Context opens none, whatever stands beside it."""
    means = [Item.LUNCH_FEE_ARREARS, Item.SCHOOL_AID, Item.MEDICAL_SUBSIDY, Item.SINGLE_PARENT_LOAN, Item.HOUSEHOLD_PUBLIC_ASSISTANCE]
    context = [item for item in Item if ITEMS[item].context]

    assert {SP_3.group_of[item] for item in means} == {Group.ECON}
    assert not judge(SP_3, _true(*means, Item.DISABILITY_CERTIFICATE_HISTORY, *set(context) - SP_3.suppressors), in_scope=True).needed
    assert all(judge(SP_3, _true(item, Item.SCHOOL_ABSENCE_HIGH), in_scope=True).needed for item in means)
    assert not any(judge(SP_3, _true(item, Item.SCHOOL_ABSENCE_HIGH), in_scope=True).needed for item in context)


def _true(*items: Item) -> list[Answer]:
    return [Answer(item, IndicatorValue.TRUE, Common.NOT_BORN, counted=True, valid_from=date(2026, 1, 1)) for item in items]
