"""Laws that hold for every child: nobody sleeps past a change, and the order of records never matters."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.catalogue.facts import Fact
from contracts.facts import (
    AllowanceEntitlementChanged,
    AttendanceMonthReported,
    ChildcareUseChanged,
    ConsultationStatusChanged,
    DisabilityCertificateChanged,
    LoanChanged,
    LongTermCareCertificationChanged,
    LunchFeeArrearsChanged,
    MedicalSubsidyChanged,
    PupilRegistered,
    SchoolAidDecided,
    SchoolHealthExamRecorded,
    SpecialAllowanceEntitlementChanged,
    SurveyResultRecorded,
)
from contracts.ids import EventId, PersonId
from contracts.values import IndicatorValue, Item, Observation, Sex, Source
from services.scorer.domain.ages import attains, scope_end
from services.scorer.domain.answer import Answer
from services.scorer.domain.evaluation import Alike, due, evaluate
from services.scorer.domain.facts import (
    Checkup,
    Child,
    ChildFacts,
    Exam,
    Housemate,
    InHand,
    Membership,
    Notification,
    Observed,
    Postpartum,
    Pregnancy,
    Separation,
    Telling,
    Told,
)
from services.scorer.domain.indicators import FEEDS_OF, OWN, READING, SOURCE_OF
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.reach import Reach
from services.scorer.domain.reading import ASSISTANCE, CHECKUP, NOTIFIED, POSTPARTUM, PRENATAL, DeliveryRecords, Record, child_facts
from services.scorer.domain.residence import Stay, merged, stay_on

CLOSED = {"month_missing", "before_feed"}
"""What is said of a school year of which a month closed without its row."""

FROM_ABSENCE = {"not_received", "no_exam_on_record", "no_notification_no_exam", "no_record"}
FRESH_DAYS = {Source.SCHOOL_AFFAIRS: 45, Source.SCHOOL_LUNCH_FEE: 45, Source.LIFESTYLE_LEARNING_SURVEY: 400}
"""Of the feeds that come by the month and by the year; every other is fresh for seven days (`domain.md` §2.8-12)."""
FIRST, LAST = date(2018, 1, 1), date(2030, 1, 1)
days = st.dates(FIRST, LAST)
maybe_days = st.none() | days
ids = st.integers(1, 50).map(lambda number: UUID(int=number))
stays = st.lists(st.builds(Stay, maybe_days, maybe_days), max_size=4).map(merged)
moves = st.none() | st.lists(days, max_size=6, unique=True).map(sorted).map(tuple)
children = st.builds(
    Child, birth_date=st.dates(date(2008, 1, 1), LAST), sex=st.sampled_from(Sex), stays=stays, exists=st.just(value=True), moves=moves
)
weights = st.none() | st.floats(0.5, 70)
checkups = st.builds(Checkup, st.sampled_from(["4m", "10m", "18m", "3y"]), days, ids, weights, weights, st.none() | st.integers(24, 42))
weeks = st.none() | st.integers(4, 42)
notifications = st.builds(Notification, maybe_days, st.sampled_from(["new", "reissue", "moved_in"]), weeks, weeks, maybe_days, ids)
exams = st.builds(Exam, days, ids)
postpartum = st.builds(Postpartum, days, st.none() | st.integers(0, 30), ids)
pregnancies = st.builds(
    Pregnancy,
    stays,
    st.lists(notifications, max_size=2).map(tuple),
    st.lists(exams, max_size=2).map(tuple),
    st.lists(postpartum, max_size=2).map(tuple),
    st.booleans(),
    st.booleans(),
)


def by_date(told: list[Checkup]) -> tuple[Checkup, ...]:
    return tuple(sorted(told, key=lambda each: each.exam_date))


cases = st.none() | ids
memberships = st.builds(Membership, maybe_days, maybe_days, days, maybe_days, maybe_days, maybe_days, ids, cases, maybe_days)
terms = st.builds(Stay, days, maybe_days)
separations = st.builds(Separation, ids, terms, terms)
FEEDS = sorted(frozenset[Source]().union(*FEEDS_OF.values()))
held = st.frozensets(st.sampled_from(FEEDS))
hands = st.builds(InHand, held, held, held, held, held, st.booleans()) | st.just(InHand())
counts = st.integers(0, 31)
months = st.builds(
    AttendanceMonthReported,
    fiscal_year=st.integers(2017, 2030),
    month=st.integers(1, 12),
    school_days=counts,
    absent_days=counts,
    suspended_days=st.none() | counts,
    tardy_count=st.none() | counts,
)
pupils = st.builds(PupilRegistered, fiscal_year=st.integers(2017, 2030))


def by_kind(*told: Told[Fact]) -> Telling:
    found: defaultdict[tuple[Reach, type[Fact]], list[Told[Fact]]] = defaultdict(list)
    for each in told:
        found[Reach.CHILD, type(each.fact)].append(each)
    return {way: tuple(each) for way, each in found.items()}


def rows(fact: st.SearchStrategy[Fact], size: int) -> st.SearchStrategy[list[Told[Fact]]]:
    return st.lists(st.builds(Told, fact, ids, maybe_days), max_size=size)


def whole_year(year: int, absent: dict[int, int]) -> list[Told[Fact]]:
    return [Told(attended(year, month, days), EventId(UUID(int=month))) for month, days in absent.items()]


def attended(year: int, month: int, absent: int) -> AttendanceMonthReported:
    return AttendanceMonthReported(fiscal_year=year, month=month, school_days=20, absent_days=absent, tardy_count=absent)


whole_years = st.builds(whole_year, st.integers(2017, 2030), st.dictionaries(st.integers(1, 12), st.integers(0, 20), min_size=2))


def together(*parts: list[Told[Fact]]) -> Telling:
    return by_kind(*(each for part in parts for each in part))


school_exams = st.builds(
    SchoolHealthExamRecorded,
    fiscal_year=st.just(2026),
    exam_date=days,
    height_cm=st.floats(0, 200),
    weight_kg=st.floats(0, 120),
)
papers = st.builds(
    DisabilityCertificateChanged,
    kind=st.sampled_from(["mental_health_handbook", "day_support_certificate"]),
    decided_on=maybe_days,
    valid_from=days,
    valid_to=maybe_days,
    developmental_disorder_flag=st.none() | st.booleans(),
    status=st.sampled_from(["issued", "returned", "expired"]),
)
consultations = st.builds(ConsultationStatusChanged, status=st.sampled_from(["open", "closed"]), opened_on=days, closed_on=maybe_days)
uses = st.builds(
    ChildcareUseChanged,
    kind=st.just("kindergarten"),
    valid_from=days,
    valid_to=maybe_days,
    status=st.sampled_from(["active", "ended", "cancelled"]),
)
states = st.sampled_from(["active", "ended", "cancelled"])
subsidy_kinds = st.sampled_from(["single_parent", "disability"])
subsidies = st.builds(MedicalSubsidyChanged, kind=subsidy_kinds, valid_from=days, valid_to=maybe_days, status=states)
decisions = st.sampled_from(["approved", "rejected", "cancelled"])
aid = st.builds(SchoolAidDecided, fiscal_year=st.integers(2017, 2030), decision=decisions, valid_from=days, valid_to=maybe_days)
dues = st.builds(
    LunchFeeArrearsChanged,
    fiscal_year=st.just(2026),
    month=st.integers(1, 12),
    due_on=days,
    status=st.sampled_from(["unpaid", "unpaid", "paid"]),
    settled_on=maybe_days,
)
results = st.builds(
    SurveyResultRecorded,
    fiscal_year=st.integers(2017, 2030),
    survey=st.sampled_from(["lifestyle", "learning"]),
    surveyed_on=days,
    concern_count=st.none() | st.integers(0, 9),
    standard_score=st.none() | st.floats(20, 80),
)
tellings = st.builds(
    together,
    rows(months, 3),
    st.just([]) | whole_years,
    rows(pupils, 1),
    rows(school_exams, 3),
    rows(papers, 3),
    rows(consultations, 2),
    rows(uses, 2),
    rows(subsidies, 2),
    rows(aid, 2),
    rows(dues, 4),
    rows(results, 3),
)
known = st.builds(
    ChildFacts,
    st.lists(checkups, max_size=3).map(by_date),
    st.lists(pregnancies, max_size=1).map(tuple),
    st.lists(memberships, max_size=2).map(tuple),
    st.none() | pregnancies,
    st.lists(separations, max_size=2).map(tuple),
    hands,
    tellings,
)
allowances = st.builds(
    AllowanceEntitlementChanged,
    kind=st.sampled_from(["child", "child_rearing", "child_rearing"]),
    entitled_from=days,
    entitled_to=maybe_days,
    payment_status=st.sampled_from(["full", "suspended_all", None]),
)
lists = st.lists(st.builds(Told, allowances, ids, maybe_days, during=stays), max_size=2).map(tuple)
loans = st.builds(LoanChanged, valid_from=days, valid_to=maybe_days, status=states)
special = st.builds(SpecialAllowanceEntitlementChanged, kind=st.just("special_child"), entitled_from=days, entitled_to=maybe_days)
other_lists = st.lists(st.builds(Told, loans | special | subsidies, ids, maybe_days, during=stays), max_size=2)


def with_lists(facts: ChildFacts, told: tuple[Told[Fact], ...], parted: tuple[Told[Fact], ...], others: list[Told[Fact]]) -> ChildFacts:
    """With what reaches the child by guardians, and lists of opponents."""
    way = (Reach.GUARDIAN, AllowanceEntitlementChanged)
    kinds = {type(each.fact) for each in others}
    by_guardian = {(Reach.GUARDIAN, kind): tuple(each for each in others if type(each.fact) is kind) for kind in kinds}
    return replace(facts, told={**facts.told, **by_guardian, way: told}, parted={way: parted})


certifications = st.builds(
    LongTermCareCertificationChanged,
    class_=st.sampled_from(["support_2", "care_1", "care_2", "care_5"]),
    valid_from=days,
    valid_to=maybe_days,
    status=states,
)
severe = st.builds(
    DisabilityCertificateChanged,
    kind=st.sampled_from(["mental_health_handbook", "physical_disability_handbook"]),
    valid_from=days,
    valid_to=maybe_days,
    severe=st.booleans(),
    status=st.just("issued"),
)
whom = st.integers(1, 3).map(lambda number: UUID(int=number))
born = st.none() | st.dates(date(1940, 1, 1), date(2015, 1, 1))
mates = st.builds(Housemate, whom, born, stays, described=st.sampled_from([True, True, True, False]))
homes = st.lists(mates, max_size=3, unique_by=lambda mate: mate.person_id)
needs = st.lists(st.builds(Told, certifications | severe, ids, maybe_days, during=stays, whose=whom), max_size=3)


seen = st.lists(st.builds(Observed, st.sampled_from(Observation), days, ids), max_size=3).map(
    lambda found: tuple(sorted(found, key=lambda each: each.day))
)


def with_home(
    facts: ChildFacts, own: tuple[Stay, ...], others: list[Housemate], told: list[Told[Fact]], observed: tuple[Observed, ...]
) -> ChildFacts:
    """With those who live with the child, what they need, and what staff saw."""
    kinds = {type(each.fact) for each in told}
    by_household = {(Reach.HOUSEHOLD, kind): tuple(each for each in told if type(each.fact) is kind) for kind in kinds}
    mates = (Housemate(PersonId(UUID(int=99)), None, own, is_child=True), *others)
    return replace(facts, told={**facts.told, **by_household}, housemates=mates, observed=observed)


known = st.builds(with_lists, known, lists, lists, other_lists)
known = st.builds(with_home, known, stays | st.just((Stay(None, None),)), homes, needs, seen)
parameters = st.builds(
    Parameters,
    complete_from=st.dictionaries(st.sampled_from(FEEDS), days, max_size=2),
    notifications_from=days,
    approved=st.just(FUKUOKA.approved) | st.dictionaries(st.sampled_from(list(FUKUOKA.approved)), days),
)
watermarks = st.dictionaries(st.sampled_from(FEEDS), days)


@settings(max_examples=120, deadline=None)
@given(children, known, watermarks, days, parameters, st.data())
def test_no_answer_changes_before_its_due_day(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date, tuned: Parameters, data: st.DataObject
) -> None:
    now = evaluate(child, facts, delivered, as_of, tuned)
    wake = due(now)
    eve = wake - timedelta(days=1) if wake else LAST + timedelta(days=5000)
    other = data.draw(st.dates(as_of, eve))

    assert wake is None or wake > as_of
    for later in (other, eve):
        then = evaluate(child, facts, delivered, later, tuned)
        assert now == then
        assert [(a.stale_since, a.needed_on) for a in now] == [(a.stale_since, a.needed_on) for a in then]


@pytest.mark.parametrize("birth", ["2012-02-29", "2020-02-29", "2020-03-01", "2020-03-31", "2020-04-01", "2020-04-02"])
def test_whoever_is_asked_on_due_days_alone_has_the_answers_of_every_day_to_the_end_of_school(birth: str) -> None:
    """Also over 29 February, 1 April, and the day before a birthday, on which an age is reached (`domain.md` §2.1)."""
    born = date.fromisoformat(birth)
    child = Child(born, Sex.MALE, (Stay(None, None),), moves=())
    facts = with_home(ChildFacts(), (Stay(None, None),), [], [], ())
    delivered = dict.fromkeys(Source, date(2045, 1, 1))
    ends = [
        date(year, month, day) for year in range(born.year, born.year + 17) for month, day in ((2, 28), (3, 1), (3, 31), (4, 1), (4, 2))
    ]
    leap = [date(year, 2, 29) for year in range(born.year, born.year + 17) if year % 4 == 0]
    birthdays = [attains(born, age) + timedelta(after) for age in range(1, 16) for after in (-1, 0, 1, 2)]
    asked_on, last = [born], evaluate(child, facts, delivered, born)
    while (next_day := due(last)) is not None:
        last = evaluate(child, facts, delivered, next_day)
        asked_on.append(next_day)

    assert asked_on[-1] == scope_end(born) + timedelta(days=1)
    assert len(asked_on) < 150, "of fifteen years those days alone, most of them ends of school months"
    for day in sorted({*ends, *leap, *birthdays}):
        if born <= day:
            before = max(each for each in asked_on if each <= day)
            assert evaluate(child, facts, delivered, day) == evaluate(child, facts, delivered, before), day


@settings(max_examples=100, deadline=None)
@given(children, known, known, watermarks, days, parameters, st.booleans())
def test_what_children_have_in_common_is_what_each_rule_says_of_each(
    child: Child, facts: ChildFacts, neighbour: ChildFacts, delivered: dict[Source, date], as_of: date, tuned: Parameters, starts: bool
) -> None:
    """The quick way of a whole city: of every item, beside the rule itself, with another child of the same day asked before."""
    here = replace(child, stays=(Stay(child.birth_date if starts else None, None),))
    twin = replace(here, sex=next(sex for sex in Sex if sex is not child.sex))
    alike = Alike(delivered, as_of, tuned)
    evaluate(twin, replace(neighbour, in_hand=facts.in_hand), delivered, as_of, tuned, alike=alike)

    quick = evaluate(here, facts, delivered, as_of, tuned, alike=alike)

    alone = evaluate(here, facts, delivered, as_of, tuned)
    assert quick == alone
    assert list(map(whole, quick)) == list(map(whole, alone))


def without(facts: ChildFacts, event_type: str) -> ChildFacts:
    """The same without the child's own records of a type."""
    told = {way: rows for way, rows in facts.told.items() if way[0] is not Reach.CHILD or way[1].event_kind != event_type}
    checkups = () if event_type == CHECKUP else facts.checkups
    return replace(facts, told=told, checkups=checkups, memberships=() if event_type == ASSISTANCE else facts.memberships)


@settings(max_examples=25, deadline=None)
@given(children, known, watermarks, days, parameters)
def test_a_childs_own_records_of_a_type_change_the_answers_alone_of_items_that_read_it(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date, tuned: Parameters
) -> None:
    """By this, news of such records asks no other item (`partly.py`)."""
    answers = evaluate(child, facts, delivered, as_of, tuned)
    types = {way[1].event_kind for way in facts.told if way[0] is Reach.CHILD} | {CHECKUP, ASSISTANCE}
    for event_type in sorted(types & OWN):
        others = evaluate(child, without(facts, event_type), delivered, as_of, tuned)
        for one, other in zip(answers, others, strict=True):
            assert one.item in READING[event_type] or (one, whole(one)) == (other, whole(other)), event_type


def whole(answer: Answer) -> tuple[object, ...]:
    """An answer with all that is not a part of it."""
    return answer.needed_on, answer.stale_since, answer.rests_on_feed, answer.silent_on, answer.due


@settings(max_examples=120, deadline=None)
@given(children, known, watermarks, days)
def test_nothing_is_concluded_from_absence_while_a_record_is_in_hand(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date
) -> None:
    everything = frozenset(Source)
    for hand in (InHand(own=everything), InHand(anybody=everything)):
        answers = {a.item: a for a in evaluate(child, replace(facts, in_hand=hand), delivered, as_of)}

        assert not any(answers[item].value is IndicatorValue.TRUE for item in (Item.NOT_ENROLLED, Item.NO_MUNICIPAL_CONTACT))
        assert not any(a.value is IndicatorValue.TRUE and a.reason_code in FROM_ABSENCE for a in answers.values())
        assert answers[Item.HOUSEHOLD_PUBLIC_ASSISTANCE].value is not IndicatorValue.FALSE
        assert answers[Item.GUARDIAN_CHILD_REARING_ALLOWANCE].value is not IndicatorValue.FALSE


@settings(max_examples=120, deadline=None)
@given(children, known, watermarks, days)
def test_an_exam_of_a_pregnancy_that_was_not_notified_leaves_open_only_16_without_a_notification(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date
) -> None:
    without, with_one = (
        evaluate(child, replace(facts, in_hand=replace(facts.in_hand, unnotified=some)), delivered, as_of) for some in (False, True)
    )

    for before, now in zip(without, with_one, strict=True):
        held = now.reason_code == "record_in_hand" and before.value in {IndicatorValue.TRUE, IndicatorValue.UNKNOWN}
        assert before == now or (now.item is Item.NO_PRENATAL_CHECKUPS and held)
        assert now.reason_code != "no_notification_no_exam"


@settings(max_examples=120, deadline=None)
@given(children, known, watermarks, days)
def test_absence_is_concluded_only_of_a_feed_that_delivered_and_is_fresh_and_marked_so(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date
) -> None:
    for answer in evaluate(child, facts, delivered, as_of):
        if answer.reason_code in FROM_ABSENCE:
            source = SOURCE_OF[answer.item]
            fresh = timedelta(days=FRESH_DAYS.get(source, 7))
            through = delivered[source]
            assert as_of <= through + fresh
            assert answer.rests_on_feed
            assert answer.silent_on == through + fresh + timedelta(days=1)


@settings(max_examples=100, deadline=None)
@given(children, known, watermarks, days)
def test_no_day_without_residence_has_an_answer(child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date) -> None:
    answers = evaluate(child, facts, delivered, as_of)

    if stay_on(child.stays, as_of) is None:
        assert {(a.value, a.counted) for a in answers} == {(IndicatorValue.NOT_APPLICABLE, False)}


@settings(max_examples=100, deadline=None)
@given(children, known, watermarks, days, st.sampled_from(FEEDS), days)
def test_a_watermark_changes_only_answers_that_wait_for_it(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date, source: Source, reached: date
) -> None:
    grown = delivered | {source: max(reached, delivered.get(source, reached))}

    before, after = evaluate(child, facts, delivered, as_of), evaluate(child, facts, grown, as_of)

    for old, new in zip(before, after, strict=True):
        # Whoever needs no more than the feed told before waits for another one: such children are not asked again (`wake_waiting`).
        waited = old.needed_on is not None and delivered.get(source, date.min) < old.needed_on <= grown[source]
        # A month that closes without its row is the one thing that a watermark takes away (`domain.md` §2.8-17).
        is_known, is_lost = new.value is not IndicatorValue.UNKNOWN, new.reason_code in CLOSED
        assert old == new or (waited and (is_lost if old.value is not IndicatorValue.UNKNOWN else is_known))


@settings(max_examples=120, deadline=None)
@given(children, known, watermarks, days, st.sampled_from(FEEDS), days, parameters)
def test_an_outage_never_makes_anything_true(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date, source: Source, reached: date, tuned: Parameters
) -> None:
    grown = delivered | {source: max(reached, delivered.get(source, reached))}

    outage, running = evaluate(child, facts, delivered, as_of, tuned), evaluate(child, facts, grown, as_of, tuned)

    for without, with_it in zip(outage, running, strict=True):
        if without.value is IndicatorValue.TRUE:
            assert with_it.value is IndicatorValue.TRUE or with_it.reason_code in CLOSED


@settings(max_examples=100, deadline=None)
@given(children, known, watermarks, days)
def test_every_child_has_every_item_once_and_truth_has_a_beginning(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date
) -> None:
    answers = evaluate(child, facts, delivered, as_of)

    assert list(Item) == [answer.item for answer in answers]
    assert all(answer.valid_from is not None for answer in answers if answer.value is IndicatorValue.TRUE)
    assert not any(answer.counted for answer in answers if answer.value is IndicatorValue.NOT_APPLICABLE)


texts = days.map(date.isoformat)
record_ids = st.integers(1, 10_000).map(str)
own_records = st.one_of(
    st.builds(
        Record,
        st.just(Source.MATERNAL_CHILD_HEALTH),
        st.just(CHECKUP),
        record_ids,
        ids,
        st.fixed_dictionaries({"checkup_type": st.sampled_from(["4m", "18m"]), "exam_date": texts}),
    ),
    st.builds(
        Record,
        st.just(Source.PUBLIC_ASSISTANCE),
        st.just(ASSISTANCE),
        record_ids,
        ids,
        st.fixed_dictionaries({"started_on": texts}, optional={"abolished_on": texts}),
    ),
)
mother_records = st.one_of(
    st.builds(
        Record, st.just(Source.MATERNAL_CHILD_HEALTH), st.just(PRENATAL), record_ids, ids, st.fixed_dictionaries({"exam_date": texts})
    ),
    st.builds(
        Record,
        st.just(Source.MATERNAL_CHILD_HEALTH),
        st.just(POSTPARTUM),
        record_ids,
        ids,
        st.fixed_dictionaries({"exam_date": texts, "epds_total": st.integers(0, 30)}),
    ),
    st.builds(
        Record,
        st.just(Source.MATERNAL_CHILD_HEALTH),
        st.just(NOTIFIED),
        record_ids,
        ids,
        st.fixed_dictionaries({"handbook_issued_on": texts, "gestational_weeks": st.just(14)}),
    ),
)


def different(records: st.SearchStrategy[Record]) -> st.SearchStrategy[list[Record]]:
    return st.lists(records, max_size=6, unique_by=lambda record: record.record_id)


@settings(max_examples=100, deadline=None)
@given(different(own_records), different(mother_records), different(mother_records), days, st.randoms(use_true_random=False))
def test_the_order_of_records_never_matters(
    own: list[Record], linked: list[Record], loose: list[Record], birth: date, chance: Random
) -> None:
    def shuffled(records: list[Record]) -> list[Record]:
        return chance.sample(records, len(records))

    in_order = child_facts(birth, own, [DeliveryRecords((), linked, loose)])
    in_disorder = child_facts(birth, shuffled(own), [DeliveryRecords((), shuffled(linked), shuffled(loose))])

    assert in_order == in_disorder
