"""Every interval of the items is half-open, for every birthday, leap days and ends of months included (`domain.md` §2.1, §2.8-16)."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import EventId
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import add_months, school_entry
from services.scorer.domain.indicators.checkups import window_of
from services.scorer.domain.parameters import FUKUOKA, GUIDELINE, CheckupWindow, Parameters
from services.scorer.domain.reading import POSTPARTUM, MotherRecords, Record, child_facts
from services.scorer.domain.residence import Stay
from tests.unit.scorer.builders import answer, checkup, child, exam, facts, membership, notification, postpartum, pregnancy, value

TRUE, FALSE, UNKNOWN, NOT_APPLICABLE = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN, IndicatorValue.NOT_APPLICABLE
DAY = timedelta(days=1)
AWKWARD = [date(2024, 2, 29), date(2023, 8, 31), date(2023, 10, 31), date(2020, 4, 1), date(2020, 4, 2), date(2020, 2, 28)]
births = st.sampled_from(AWKWARD) | st.dates(date(2016, 1, 1), date(2026, 1, 1))
rules = st.sampled_from([(FUKUOKA, rule) for rule in FUKUOKA.windows] + [(GUIDELINE, rule) for rule in GUIDELINE.windows])


@settings(max_examples=100, deadline=None)
@given(births, rules)
def test_an_exam_on_the_last_day_of_its_window_is_in_time_and_on_the_windows_end_late(
    birth: date, asked: tuple[Parameters, CheckupWindow]
) -> None:
    parameters, rule = asked
    window = window_of(birth, rule, parameters)
    who = child(birth.isoformat())

    def late(on: date) -> object:
        given = answer(rule.item, who, facts(checkup(rule.checkup_type, on.isoformat())), window.due_on.isoformat(), parameters=parameters)
        assert given.value is FALSE
        return given.detail["late"]

    assert (late(window.end - DAY), late(window.end), late(window.end + DAY)) == (False, True, True)


@settings(max_examples=100, deadline=None)
@given(births, rules)
def test_absence_is_true_from_its_day_on_and_needs_residence_up_to_the_windows_end_and_no_day_more(
    birth: date, asked: tuple[Parameters, CheckupWindow]
) -> None:
    parameters, rule = asked
    window = window_of(birth, rule, parameters)

    def becomes(left: date, on: date) -> IndicatorValue:
        here = child(birth.isoformat(), (birth.isoformat(), left.isoformat()), (window.due_on.isoformat(), None))
        return answer(rule.item, here, facts(), on.isoformat(), parameters=parameters).value

    always = child(birth.isoformat())
    assert answer(rule.item, always, facts(), (window.due_on - DAY).isoformat(), parameters=parameters).value is NOT_APPLICABLE
    assert answer(rule.item, always, facts(), window.due_on.isoformat(), parameters=parameters).value is TRUE
    assert (becomes(window.end, window.due_on), becomes(window.end - DAY, window.due_on)) == (TRUE, UNKNOWN)


@settings(max_examples=100, deadline=None)
@given(births, rules)
def test_an_item_counts_up_to_the_day_on_which_it_stops_and_not_on_it(birth: date, asked: tuple[Parameters, CheckupWindow]) -> None:
    parameters, rule = asked
    who = child(birth.isoformat())
    file = facts(pregnancy(notification(birth.isoformat()), exam(birth.isoformat()), postpartum(birth.isoformat(), 12)))
    stops = {
        rule.item: school_entry(birth),
        Item.LATE_PREGNANCY_NOTIFICATION: add_months(birth, 36),
        Item.NO_PRENATAL_CHECKUPS: add_months(birth, 36),
        Item.EPDS_HIGH: add_months(birth, 12),
    }

    for item, stop in stops.items():
        counted = [answer(item, who, file, day.isoformat(), parameters=parameters).counted for day in (stop - DAY, stop)]
        assert counted == [item is not rule.item or window_of(birth, rule, parameters).due_on <= stop - DAY, False]


@settings(max_examples=100, deadline=None)
@given(births)
def test_no_exam_is_concluded_on_the_120th_day_and_an_exam_on_the_birthday_is_one(birth: date) -> None:
    who, day = child(birth.isoformat()), birth + timedelta(days=120)
    followed = facts(pregnancy(notification((birth - timedelta(days=200)).isoformat(), weeks=9)))
    attended = facts(pregnancy(exam(birth.isoformat())))

    assert value(Item.NO_PRENATAL_CHECKUPS, who, followed, (day - DAY).isoformat())[0] is UNKNOWN
    assert value(Item.NO_PRENATAL_CHECKUPS, who, followed, day.isoformat())[0] is TRUE
    assert value(Item.NO_PRENATAL_CHECKUPS, who, attended, birth.isoformat())[0] is FALSE


@settings(max_examples=100, deadline=None)
@given(births)
def test_a_postpartum_exam_of_the_certain_mother_is_of_this_birth_before_the_first_birthday_and_before_her_next(birth: date) -> None:
    def reaches(on: date, after: date | None = None) -> bool:
        record = Record(
            Source.MATERNAL_CHILD_HEALTH, POSTPARTUM, "E-1", EventId(UUID(int=1)), {"exam_date": on.isoformat(), "epds_total": 12}
        )
        reached = child_facts(birth, (), mother=MotherRecords((Stay(None, None),), [record], after=after)).carried
        return bool(reached and reached.postpartum)

    year = add_months(birth, 12)
    following = birth + timedelta(days=300)
    assert [reaches(on) for on in (birth - DAY, birth, year - DAY, year)] == [False, True, True, False]
    assert [reaches(on, following) for on in (following - DAY, following)] == [True, False]


@settings(max_examples=100, deadline=None)
@given(births, st.integers(1, 400))
def test_assistance_holds_on_its_first_day_and_not_on_the_day_that_ends_it(birth: date, days: int) -> None:
    first, end = birth + timedelta(days=400), birth + timedelta(days=400 + days)
    row = facts(membership(first.isoformat(), abolished_on=end.isoformat()))
    who = child(birth.isoformat())

    held = [value(Item.HOUSEHOLD_PUBLIC_ASSISTANCE, who, row, day.isoformat())[0] for day in (first - DAY, first, end - DAY, end)]

    assert held == [FALSE, TRUE, TRUE, FALSE]
