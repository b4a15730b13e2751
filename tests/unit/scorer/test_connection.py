"""City items `not_enrolled` and `no_municipal_contact`: the ties with the administration (`domain.md` §2.6, §2.8-1, 2, 15 and 18, S13)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.facts import AllowanceEntitlementChanged
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Observation, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.facts import ChildFacts, InHand, Observed, Told
from services.scorer.domain.parameters import FUKUOKA
from services.scorer.domain.reach import Reach
from services.scorer.domain.reading import Record
from services.scorer.domain.residence import Stay
from services.scorer.domain.rulesets import SP_3, judge
from tests.unit.scorer.builders import COMPLETE, answer, child, event, record, told

ENROLLED_NOWHERE, NO_CONTACT = Item.NOT_ENROLLED, Item.NO_MUNICIPAL_CONTACT
TRUE, FALSE, UNKNOWN, OUTSIDE = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN, IndicatorValue.NOT_APPLICABLE
C13 = child("2022-01-15", ("2024-02-01", None))


def use(number: int = 1, said_on: str | None = None, **more: Any) -> Record:
    fields = {"kind": "kindergarten", "valid_from": "2025-04-01", "status": "active"} | more
    return record(EventKind.CHILDCARE_USE_CHANGED, number, said_on, **fields)


def checkup(day: str) -> Record:
    return record(EventKind.INFANT_CHECKUP_RECORDED, 9, day, checkup_type="3y", exam_date=day)


def known(*records: Record, hand: InHand | None = None) -> ChildFacts:
    return told(*records, birth="2022-01-15", in_hand=hand or InHand())


def asked(item: Item, as_of: str, facts: ChildFacts, **delivered: str) -> Answer:
    watermarks = COMPLETE | {Source(name): date.fromisoformat(day) for name, day in delivered.items()}
    return answer(item, C13, facts, as_of, watermarks)


def listed(since: str, said_on: str, *, number: int = 50) -> Told[Any]:
    fact = AllowanceEntitlementChanged(kind="child", entitled_from=date.fromisoformat(since), payment_status="full")
    return Told(fact, event(number), date.fromisoformat(said_on), during=(Stay(date.fromisoformat(since), None),))


def with_lists(*lists: Told[Any], parted: tuple[Told[Any], ...] = ()) -> ChildFacts:
    way = (Reach.GUARDIAN, AllowanceEntitlementChanged)
    facts = known(checkup("2025-02-03"))
    return replace(facts, told={**facts.told, way: lists}, parted={way: parted})


@pytest.mark.parametrize(
    ("as_of", "value"), [("2025-03-31", OUTSIDE), ("2025-04-01", TRUE), ("2026-05-01", TRUE), ("2028-03-31", TRUE), ("2028-04-01", OUTSIDE)]
)
def test_a_child_of_class_age_3_to_5_without_a_row_of_a_use_is_enrolled_nowhere_s13(as_of: str, value: IndicatorValue) -> None:
    given = asked(ENROLLED_NOWHERE, as_of, known())

    assert (given.value, given.counted) == (value, value is not OUTSIDE)
    assert given.valid_from == (date(2025, 4, 1) if value is TRUE else None)


def test_whoever_uses_a_place_is_enrolled_as_long_as_the_row_holds() -> None:
    ended = known(use(valid_to="2026-04-01", status="ended"))

    assert [asked(ENROLLED_NOWHERE, day, ended).value for day in ("2025-04-01", "2026-03-31", "2026-04-01")] == [FALSE, FALSE, TRUE]
    assert asked(ENROLLED_NOWHERE, "2026-04-01", ended).valid_from == date(2026, 4, 1)
    never = known(use(valid_to="2025-04-01", status="ended"))
    assert asked(ENROLLED_NOWHERE, "2026-04-01", never).valid_from == date(2025, 4, 1)
    without_a_day = known(use(1, "2025-09-01", status="ended"))
    assert [asked(ENROLLED_NOWHERE, day, without_a_day).value for day in ("2025-08-31", "2025-09-01")] == [FALSE, TRUE]


def test_an_open_use_of_a_silent_feed_stays_and_says_so_and_no_use_at_all_becomes_unknown() -> None:
    stays, open_ = asked(ENROLLED_NOWHERE, "2026-06-09", known(use()), childcare="2026-06-01"), known()

    assert (stays.value, stays.stale_since) == (FALSE, date(2026, 6, 2))
    assert asked(ENROLLED_NOWHERE, "2026-06-08", open_, childcare="2026-06-01").value is TRUE
    silent = asked(ENROLLED_NOWHERE, "2026-06-09", open_, childcare="2026-06-01")
    assert (silent.value, silent.reason_code, silent.needed_on) == (UNKNOWN, "feed_stale", date(2026, 6, 2))


def test_a_newcomer_is_not_enrolled_only_after_90_days() -> None:
    who = child("2022-01-15", ("2026-01-01", None))

    given = [answer(ENROLLED_NOWHERE, who, known(), day) for day in ("2026-03-31", "2026-04-01")]

    assert [(each.value, each.reason_code) for each in given] == [(UNKNOWN, "resident_too_short"), (TRUE, "no_use")]
    assert (given[0].due, given[1].valid_from) == (date(2026, 4, 1), date(2026, 4, 1))


def test_a_year_after_the_last_contact_of_a_child_who_is_enrolled_nowhere_people_look_s13() -> None:
    """Last contact 3歳児健診 2025-02-03: TRUE from 2026-02-03, and a review by this alone."""
    last = known(checkup("2025-02-03"))

    eve, day = asked(NO_CONTACT, "2026-02-02", last), asked(NO_CONTACT, "2026-02-03", last)

    assert (eve.value, eve.reason_code, eve.due) == (FALSE, "contact", date(2026, 2, 3))
    assert (day.value, day.valid_from, dict(day.detail)) == (TRUE, date(2026, 2, 3), {"last_contact": "2025-02-03", "months": 12})
    assert judge(SP_3, [day], in_scope=True).needed
    assert not judge(SP_3, [asked(ENROLLED_NOWHERE, "2026-02-03", last)], in_scope=True).needed


@pytest.mark.parametrize(
    "contact",
    [
        use(valid_to="2025-10-01", status="ended"),
        record(EventKind.CONSULTATION_STATUS_CHANGED, 2, "2025-06-01", status="open", opened_on="2025-06-01"),
        record(EventKind.CONSULTATION_STATUS_CHANGED, 2, status="closed", opened_on="2024-06-01", closed_on="2025-06-01"),
        record(EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, 3, started_on="2023-04-01"),
        record(EventKind.DISABILITY_CERTIFICATE_CHANGED, 4, kind="day_support_certificate", valid_from="2023-04-01", status="issued"),
    ],
)
def test_support_a_place_assistance_and_a_certificate_are_contacts(contact: Record) -> None:
    assert asked(NO_CONTACT, "2026-02-03", known(checkup("2025-02-03"), contact)).value is FALSE


def test_that_assistance_ended_a_year_ago_is_a_contact_no_more() -> None:
    ended = known(record(EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, 3, started_on="2023-04-01", abolished_on="2025-06-01"))

    assert [asked(NO_CONTACT, day, ended).value for day in ("2026-05-30", "2026-05-31")] == [FALSE, TRUE]


def test_a_procedure_is_a_contact_and_that_an_entitlement_goes_on_is_none() -> None:
    goes_on, changed = with_lists(listed("2022-02-01", "2022-02-01")), with_lists(listed("2022-02-01", "2025-09-10"))

    assert asked(NO_CONTACT, "2026-02-03", goes_on).value is TRUE
    assert [asked(NO_CONTACT, day, changed).value for day in ("2026-09-09", "2026-09-10")] == [FALSE, TRUE]


def test_an_opponents_procedure_says_nothing_of_a_protected_child() -> None:
    parted = asked(NO_CONTACT, "2026-02-03", with_lists(parted=(listed("2025-09-01", "2025-09-01"),)))

    assert (parted.value, parted.reason_code, parted.evidence) == (UNKNOWN, "protected_separation", ())


@pytest.mark.parametrize("source", ["childcare", "public_assistance", "child_allowances", "disability", "child_consultation"])
def test_one_silent_feed_of_those_that_a_contact_may_come_from_leaves_it_open(source: str) -> None:
    last = known(checkup("2025-02-03"))

    silent = asked(NO_CONTACT, "2026-02-11", last, **{source: "2026-02-03"})

    assert asked(NO_CONTACT, "2026-02-10", last, **{source: "2026-02-03"}).silent_on == date(2026, 2, 11)
    assert (silent.value, silent.reason_code, silent.needed_on) == (UNKNOWN, "feed_stale", date(2026, 2, 4))


def test_neither_a_feed_that_began_since_nor_a_child_who_came_since_lets_anything_be_concluded() -> None:
    begun = replace(FUKUOKA, complete_from={Source.DISABILITY: date(2025, 4, 1)})
    newcomer = child("2022-01-15", ("2025-04-02", None))

    found = [answer(NO_CONTACT, C13, known(), day, parameters=begun) for day in ("2026-03-31", "2026-04-01")]
    came = [answer(NO_CONTACT, newcomer, known(), day) for day in ("2026-04-01", "2026-04-02")]

    assert [(each.value, each.reason_code) for each in found] == [(UNKNOWN, "before_feed"), (TRUE, "no_contact")]
    assert [(each.value, each.reason_code) for each in came] == [(UNKNOWN, "residence_incomplete"), (TRUE, "no_contact")]
    assert found[0].due == date(2026, 4, 1)


def test_a_record_in_hand_of_any_of_these_feeds_may_be_the_contact() -> None:
    hand = InHand(own=frozenset({Source.DISABILITY}))

    assert asked(NO_CONTACT, "2026-02-03", known(hand=hand)).reason_code == "record_in_hand"


def seen(*observed: tuple[Observation, str], checked: str = "2025-02-03") -> ChildFacts:
    found = [Observed(what, date.fromisoformat(day), event(90 + number)) for number, (what, day) in enumerate(observed)]
    return replace(known(checkup(checked)), observed=tuple(found))


ELSEWHERE, NOWHERE, MET = Observation.ENROLLED_ELSEWHERE, Observation.ENROLLED_NOWHERE, Observation.MET


def test_a_child_whom_staff_found_enrolled_elsewhere_is_enrolled_for_the_school_year_and_was_heard_of_s13() -> None:
    found = seen((ELSEWHERE, "2026-02-20"))

    assert [asked(ENROLLED_NOWHERE, day, found).value for day in ("2026-02-19", "2026-02-20", "2026-03-31", "2026-04-01")] == [
        *(TRUE, FALSE, FALSE, TRUE)
    ]
    given = asked(ENROLLED_NOWHERE, "2026-03-01", found)
    assert (given.reason_code, given.valid_from, given.valid_to, given.evidence) == (
        *("seen_elsewhere", date(2026, 2, 20), date(2026, 4, 1)),
        (event(90),),
    )
    assert [asked(NO_CONTACT, day, found).value for day in ("2026-02-19", "2026-02-20", "2027-02-19", "2027-02-20")] == [
        *(TRUE, FALSE, FALSE, TRUE)
    ]
    assert asked(NO_CONTACT, "2026-04-01", found).reason_code == "contact"


def test_what_was_seen_later_counts_and_of_one_day_what_was_recorded_last() -> None:
    corrected = seen((ELSEWHERE, "2026-02-20"), (NOWHERE, "2026-02-20"))
    left = seen((ELSEWHERE, "2026-02-20"), (NOWHERE, "2026-03-10"))

    assert asked(ENROLLED_NOWHERE, "2026-02-20", corrected).value is TRUE
    assert [asked(ENROLLED_NOWHERE, day, left).value for day in ("2026-03-09", "2026-03-10")] == [FALSE, TRUE]
    assert asked(ENROLLED_NOWHERE, "2026-03-10", left).valid_from == date(2026, 3, 10)
    # Somebody met the child all the same.
    assert asked(NO_CONTACT, "2026-03-10", left).value is FALSE


@pytest.mark.parametrize("what", [MET, Observation.SUPPORTED])
def test_support_that_casework_knows_of_is_a_contact_of_twelve_months_and_no_enrolment(what: Observation) -> None:
    found = seen((what, "2026-02-20"))

    assert [asked(NO_CONTACT, day, found).value for day in ("2026-02-19", "2026-02-20", "2027-02-19", "2027-02-20")] == [
        *(TRUE, FALSE, FALSE, TRUE)
    ]
    assert asked(ENROLLED_NOWHERE, "2026-03-01", found).value is TRUE
    # A record by which staff met somebody does not age with a feed (§2.8-1).
    assert asked(NO_CONTACT, "2026-03-01", found, childcare="2026-01-01").value is FALSE
