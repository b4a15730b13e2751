"""
City item: the child's address changed often (`domain.md` §2.6).

Context. A household moves together: the child's own entry of the register tells it, whoever lives with it. Moves elsewhere, before the
child came to the city, nobody here knows: so many that are known are many, and few are few only of who was here all the time.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import add_months
from services.scorer.domain.answer import Answer, Common, Detail, Question, first_after
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay

SOURCE = Source.RESIDENT_REGISTRY


class MovesReason(StrEnum):
    """What is known of moves."""

    MANY_MOVES = "many_moves"
    FEW_MOVES = "few_moves"
    RESIDENCE_INCOMPLETE = "residence_incomplete"
    MOVES_NOT_TOLD = "moves_not_told"


def frequent_moves(question: Question) -> Answer:
    """TRUE on days on which the last months hold so many moves. One counts from its day on, also where it was announced earlier."""
    moves = question.child.moves
    if moves is None:
        return Answer(Item.FREQUENT_MOVES, IndicatorValue.UNKNOWN, MovesReason.MOVES_NOT_TOLD, counted=True, due=question.wake())
    spans = [Stay(day, add_months(day, question.parameters.moves_months)) for day in moves]
    if _count(spans, question.as_of) >= question.parameters.moves_from:
        return _answer(question, spans, IndicatorValue.TRUE, MovesReason.MANY_MOVES, _spell(question, spans))
    settled = _settled(question)
    if settled is None or question.as_of < settled:
        return _answer(question, spans, IndicatorValue.UNKNOWN, MovesReason.RESIDENCE_INCOMPLETE)
    return _few(question, spans, settled)


def _few(question: Question, spans: Sequence[Stay], settled: date) -> Answer:
    """There were no more: by absence, in the whole time."""
    since = max([settled, *(end for each in spans if (end := each.end) is not None and end <= question.as_of)])
    complete = _complete_on(question)
    if complete is not None and question.as_of < complete:
        return _answer(question, spans, IndicatorValue.UNKNOWN, Common.BEFORE_FEED)
    gap = question.gap(SOURCE, question.as_of, settled)
    if gap is not None:
        return _answer(question, spans, IndicatorValue.UNKNOWN, gap.reason, needed_on=gap.needed_on)
    return _answer(question, spans, IndicatorValue.FALSE, MovesReason.FEW_MOVES, Stay(max(since, complete or since), None), rests=True)


def _settled(question: Question) -> date | None:
    """From when on the whole time was spent here; None where it is not known since when the child lives here."""
    birth, came = question.child.birth_date, question.stay.start
    if came is None:
        return None
    return birth if came <= birth else add_months(came, question.parameters.moves_months)


def _complete_on(question: Question) -> date | None:
    """From when on the register has told of the whole time, where it has a beginning after the child's."""
    begun = question.parameters.complete_from.get(SOURCE)
    if begun is None or begun <= question.child.birth_date:
        return None
    return add_months(begun, question.parameters.moves_months)


def _count(spans: Sequence[Stay], day: date) -> int:
    return sum(each.holds(day) for each in spans)


def _spell(question: Question, spans: Sequence[Stay]) -> Stay:
    """The days around today on which there are so many."""
    turns = sorted({day for each in spans for day in (each.start, each.end) if day is not None})
    is_many = {day: _count(spans, day) >= question.parameters.moves_from for day in turns}
    start = question.as_of
    for day in reversed([day for day in turns if day <= question.as_of]):
        if not is_many[day]:
            break
        start = day
    return Stay(start, next((day for day in turns if day > question.as_of and not is_many[day]), None))


def _answer(
    question: Question,
    spans: Sequence[Stay],
    value: IndicatorValue,
    reason: StrEnum,
    holds: Stay | None = None,
    *,
    needed_on: date | None = None,
    rests: bool = False,
) -> Answer:
    recent = [each.start for each in spans if each.start is not None and each.holds(question.as_of)]
    detail: Detail = {"moves": len(recent), "months": question.parameters.moves_months}
    last = {"last_move": max(recent).isoformat()} if recent else {}
    settled = _settled(question)
    return Answer(
        item=Item.FREQUENT_MOVES,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=holds.start if holds is not None else None,
        valid_to=holds.end if holds is not None else None,
        detail={**detail, **last},
        needed_on=needed_on,
        rests_on_feed=rests,
        silent_on=question.silent_on(SOURCE) if rests else None,
        due=first_after(
            question.as_of,
            question.wake(question.parameters.complete_from.get(SOURCE), _complete_on(question), settled),
            *(day for each in spans for day in (each.start, each.end)),
        ),
    )


FREQUENT_MOVES = Indicator(
    Item.FREQUENT_MOVES,
    (Input(EventKind.RESIDENT_CHANGED, Reach.REGISTER),),
    MovesReason,
    frequent_moves,
)
