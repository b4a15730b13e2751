"""What a simulation does not compute again does not change: a parameter concerns the items, and the answers, that it is said to."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import IndicatorValue, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.evaluation import evaluate
from services.scorer.domain.facts import Child, ChildFacts
from services.scorer.domain.parameters import FUKUOKA
from services.scorer.domain.rulesets.concerns import TUNINGS, Between, Tuning, between, concerned
from services.scorer.domain.rulesets.tuning import WINDOWS, bounds, tuned
from tests.unit.scorer.test_evaluation_laws import children, days, known, watermarks


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, Any]:
    """A parameter that is described, and what a ruleset sets it to."""
    name = draw(st.sampled_from(sorted(name for name in TUNINGS if name == "windows" or isinstance(getattr(FUKUOKA, name), int))))
    return name, draw(st.sampled_from(sorted(WINDOWS)) if name == "windows" else st.integers(*bounds(name)))


def counts(answer: Answer) -> bool:
    return answer.value is IndicatorValue.TRUE and answer.counted


def is_computed_again(answer: Answer, tuning: Tuning) -> bool:
    """The condition of `answered` in simulation.sql."""
    rests = answer.counted and (bool(answer.evidence) or answer.reason_code == "record_in_hand")
    return answer.item in tuning.items and (rests or not tuning.by_record)


@settings(max_examples=200, deadline=None)
@given(children, known, watermarks, days, changes())
def test_an_answer_that_is_not_computed_again_counts_as_before(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date, change: tuple[str, Any]
) -> None:
    name, setting = change
    tuning, other = concerned({name}), tuned("FK-2", {name: setting})

    before, after = evaluate(child, facts, delivered, as_of, FUKUOKA), evaluate(child, facts, delivered, as_of, other)

    changed = [then for now, then in zip(before, after, strict=True) if counts(now) != counts(then) and not is_computed_again(now, tuning)]
    assert changed == []


FIGURES = {name: tuning for name, tuning in TUNINGS.items() if tuning.figure is not None}


def is_asked_by_its_figure(child: Child, answer: Answer, some: Between) -> bool:
    """The condition of `answered_between` in simulation.sql."""
    figure = answer.detail.get(some.figure)
    is_true = answer.value is IndicatorValue.TRUE
    settled = isinstance(figure, int) and (figure >= some.most if is_true else figure < some.least)
    return child.birth_date >= some.born_from and not settled


@settings(max_examples=75, deadline=None)
@given(children, known, watermarks, days, st.sampled_from(sorted(FIGURES)), st.data())
def test_whose_stored_figure_is_on_one_side_of_both_thresholds_counts_as_before(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date, name: str, data: st.DataObject
) -> None:
    tuning = FIGURES[name]
    now, then = (tuned("FK-2", {name: data.draw(st.integers(*bounds(name)))}) for _ in range(2))
    some = between(tuning, now, then, as_of)
    assert some is not None

    before, after = (evaluate(child, facts, delivered, as_of, each, only=tuning.items) for each in (now, then))

    changed = [
        one
        for one, other in zip(before, after, strict=True)
        if counts(one) != counts(other) and not (is_computed_again(one, tuning) and is_asked_by_its_figure(child, one, some))
    ]
    assert changed == []


@settings(max_examples=100, deadline=None)
@given(children, known, watermarks, days, changes())
def test_to_ask_some_items_alone_gives_their_answers(
    child: Child, facts: ChildFacts, delivered: dict[Source, date], as_of: date, change: tuple[str, Any]
) -> None:
    some = concerned({change[0]}).items

    assert evaluate(child, facts, delivered, as_of, only=some) == tuple(
        answer for answer in evaluate(child, facts, delivered, as_of) if answer.item in some
    )
