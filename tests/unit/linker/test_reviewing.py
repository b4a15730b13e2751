"""What people are asked about who is who: what they may answer and when, what speaks for it, and what would follow. Pure."""

from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PersonId, StaffId
from services.linker.domain.judgements import By, Judgement, JudgementId, Word, clusters
from services.linker.domain.matches import Match, heeding
from services.linker.domain.matching.levels import Level
from services.linker.domain.matching.snapshots import SCALE
from services.linker.domain.pupils import SaidOfPupil
from services.linker.domain.reviewing.consequences import changes, founders, world
from services.linker.domain.reviewing.evidence import WHEREABOUTS, evidence, lines, waterfall
from services.linker.domain.reviewing.questions import (
    Answer,
    Given,
    Kind,
    NotNow,
    State,
    Step,
    Why,
    decision_of,
    needs_two,
    state_of,
    waits_for_second,
    why_not_answer,
    why_not_second,
    why_not_second_back,
    why_not_take_back,
)
from services.linker.domain.subjects import SubjectId, entry_subject

FIRST, SECOND = StaffId(UUID(int=1)), StaffId(UUID(int=2))
SAID = {
    "name": "架空 はな",
    "kana": "カクウ ハナ",
    "birth_date": "2019-06-01",
    "sex": "female",
    "household_no": "H1",
    "address_code": "40134-001",
}
steps = st.lists(st.tuples(st.sampled_from(Step), st.sampled_from([FIRST, SECOND]), st.sampled_from(["a", "b"])), max_size=6)


def answered(told: list[tuple[Step, StaffId, str]]) -> list[Given]:
    return [Given(step, Why.MATCH_PAPERS, by, "label", datetime(2026, 4, 1, tzinfo=UTC), seen) for step, by, seen in told]


@given(steps, st.sampled_from([FIRST, SECOND]))
def test_nobody_confirms_what_they_proposed_and_nothing_that_was_proposed_of_other_records(
    told: list[tuple[Step, StaffId, str]], by: StaffId
) -> None:
    before = answered(told)
    if why_not_second(before, "a", "a", by, confirms=True) is None:
        last = before[-1]
        assert (last.step, last.by == by, last.seen) == (Step.PROPOSED, False, "a")


@given(steps)
def test_a_first_answer_is_taken_unless_one_waits_or_the_records_are_others_by_now(told: list[tuple[Step, StaffId, str]]) -> None:
    before = answered(told)
    assert why_not_answer(before, "a", "b") is NotNow.CHANGED
    assert (why_not_answer(before, "a", "a") is NotNow.PROPOSED) == (state_of(before, "a") is State.PROPOSED)


def test_whoever_proposed_may_take_it_back_and_what_was_declined_is_open_again() -> None:
    before = answered([(Step.PROPOSED, FIRST, "a")])
    assert why_not_second(before, "a", "a", FIRST, confirms=False) is None
    assert why_not_second(before, "a", "a", FIRST, confirms=True) is NotNow.ONE_PERSON
    assert state_of([*before, *answered([(Step.DECLINED, FIRST, "a")])], "a") is State.OPEN


@given(steps, st.sampled_from([FIRST, SECOND]))
def test_a_decision_is_taken_back_as_it_was_made_and_never_by_one_person_where_it_takes_two(
    told: list[tuple[Step, StaffId, str]], by: StaffId
) -> None:
    before = answered(told)
    if why_not_second_back(before, "a", "a", by, confirms=True) is None:
        last = before[-1]
        assert (last.step, last.by == by, last.seen) == (Step.BACK_PROPOSED, False, "a")
    assert why_not_take_back(before, "a", "b") is NotNow.CHANGED
    assert (why_not_take_back(before, "a", "a") is NotNow.PROPOSED) == waits_for_second(before, "a")


@given(steps)
def test_a_decision_holds_until_it_is_taken_back_or_asked_anew(told: list[tuple[Step, StaffId, str]]) -> None:
    before = [each for each in answered(told) if each.step not in (Step.BACK_PROPOSED, Step.BACK_DECLINED)]
    holds = bool(before) and before[-1].step in (Step.DECIDED, Step.CONFIRMED)
    assert decision_of(answered(told)) == (before[-1] if holds else None)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("answer", Answer)
def test_two_people_decide_about_protected_persons_and_that_two_persons_are_one(kind: Kind, answer: Answer) -> None:
    # linkage.md §4: two-person rule for merges and DV
    decides = answer is not Answer.CANT_TELL
    assert needs_two(kind, answer, protected=True) is decides
    assert needs_two(kind, answer, protected=False) is (decides and (kind, answer) == (Kind.ENTRIES, Answer.MATCH))


def test_every_reason_says_its_answer_and_every_answer_has_one() -> None:
    assert {each.answer for each in Why if not each.takes_back} == set(Answer)


def test_the_waterfall_ends_where_all_that_was_weighed_ends() -> None:
    found = evidence(SAID, SAID | {"name": "架空 花", "sex": "male"}, SCALE, hidden=False)
    bars = waterfall(found)
    assert bars[-1].end == pytest.approx(found.bits)
    inner = bars[:-1]
    assert all(one.end == pytest.approx(after.start) for one, after in pairwise(inner))


def test_whereabouts_of_the_protected_are_not_shown_and_weigh_nothing() -> None:
    # domain.md §4.4; linkage.md §4: never use a protected address as evidence
    shown = list(lines(SAID, SAID | {"address_code": "40131-999"}, hidden=True))
    assert {each.name for each in shown if each.hidden} == WHEREABOUTS & SAID.keys()
    assert all(each.one is each.other is None and not each.differs for each in shown if each.hidden)
    here, elsewhere = (evidence(SAID, SAID | {"address_code": code, "household_no": code}, SCALE, hidden=True) for code in ("x", "y"))
    assert here == elsewhere
    assert {each.level for each in here.claims if each.field in ("address", "household", "guardian")} == {Level.UNKNOWN}


def test_what_is_foreseen_is_what_the_clusters_say_afterwards() -> None:
    one, other, third = (entry_subject(number) for number in ("1", "2", "3"))
    ids = {each: PersonId(UUID(int=place)) for place, each in enumerate((one, other, third), start=1)}
    log = [same(other, third)]
    said = [same(one, other)]

    after = world(founders(log, said) or {}, ids)

    assert {each: ids[founder] for each, founder in clusters([*log, *said]).items()} == dict(after.now)
    was = {one: ids[one], other: ids[other], third: ids[other]}
    assert changes(was, after) == [other, third]
    assert founders([*log, judged(one, third, Word.NOT_SAME)], said) is None


def same(one: SubjectId, other: SubjectId) -> Judgement:
    return judged(one, other, Word.SAME)


def judged(one: SubjectId, other: SubjectId, word: Word) -> Judgement:
    return Judgement(JudgementId(uuid4()), one, other, word, By.CLERK, "test")


def test_what_people_say_of_a_pupil_outranks_the_machine() -> None:
    one, other = PersonId(UUID(int=1)), PersonId(UUID(int=2))
    by_machine, left = Match("claims", one), Match(None, None, frozenset({one, other}))
    assert heeding(by_machine, SaidOfPupil(other), "said") == heeding(left, SaidOfPupil(other), "said") == Match("said", other)
    assert heeding(by_machine, SaidOfPupil(None, frozenset({one})), "said") == Match()
    assert heeding(left, SaidOfPupil(None, frozenset({one})), "said") == Match(None, None, frozenset({other}))
    assert heeding(by_machine, SaidOfPupil(None, frozenset({other})), "said") == by_machine
