"""
Children of whom some of their own records are news, and nothing else: only the items that read these are asked.

From one evaluation to its next due day no answer changes by time, and an answer rests on records of the event types that its item says it
reads (`domain/indicators`): property tests hold every item to both. So all other answers are what is held. News of anything else (who the
child is, its family, a record of somebody else, what is in hand, what staff saw, a measure) is news of the whole child, and so is a day
that has come: watermarks, rulesets and parameters make children due.

Nobody is told anything here: of whom the ward was told, or would be now, and whose reasons change, is evaluated as a whole.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from contracts.ids import PersonId
from contracts.quick import quick
from contracts.values import IndicatorValue, Item
from infra.work import UnitOfWork
from services.scorer import loading, store
from services.scorer.domain.evaluation import Alike, due_apart_from_silence, evaluate
from services.scorer.domain.indicators import READING
from services.scorer.domain.programme import Programme
from services.scorer.domain.rulesets import Ruleset, asks


@quick(frozen=True, slots=True)
class _Asked:
    """What is new of a child: rows beside what is held, and the next day on which one of these answers changes by time."""

    person_id: PersonId
    was_told_of: bool
    """Whether the ward was ever told of the child by the ruleset."""
    changed: Sequence[tuple[store.Row, store.Held]]
    due: date | None


async def evaluate_partly(
    work: UnitOfWork, turns: Sequence[store.Turn], programme: Programme, feeds: loading.Feeds, alike: Alike
) -> list[PersonId]:
    """Evaluate those of the children, who are locked, of whom that is enough, and save what is new. Returns whoever is left."""
    items = {turn.person_id: _reading(turn) for turn in turns if turn.event_types is not None}
    if not items:
        return [turn.person_id for turn in turns]
    concerned = frozenset[Item]().union(*items.values())
    cases = await loading.load(work.db, list(items), programme, feeds, only=concerned, on=work.today)
    held = await loading.answers_held(work.db, list(items), concerned)

    asked = [_ask(case, items[case.person_id], held.get(case.person_id, {}), alike, feeds) for case in cases]
    concerned_by = [each.person_id for each in asked if each is not None and _concerns(programme.ruleset, each)]
    counted = await store.counted(work.db, concerned_by)
    ruleset = programme.ruleset.on(work.today)
    done = [each for each in asked if each is not None and not _is_to_be_told(ruleset, each, counted.get(each.person_id))]
    await _save(work, done, programme)
    are_done = {each.person_id for each in done}
    return [turn.person_id for turn in turns if turn.person_id not in are_done]


def _reading(turn: store.Turn) -> frozenset[Item]:
    return frozenset[Item]().union(*(READING[event_type] for event_type in turn.event_types or ()))


def _ask(case: loading.Case, items: frozenset[Item], held: Mapping[str, store.Held], alike: Alike, feeds: loading.Feeds) -> _Asked | None:
    """None where something of the child is in hand, which concerns every item, or where it was never evaluated."""
    if case.in_hand.own or not items <= held.keys():
        return None
    facts = case.facts(alike.parameters)
    answers = evaluate(case.child, facts, alike.watermarks, alike.as_of, alike.parameters, only=items, alike=alike)
    rows = [store.row_of(case.person_id, answer) for answer in answers]
    changed = [(row, held[row.item]) for row in rows if held[row.item].row != row]
    return _Asked(case.person_id, case.told is not None, changed, due_apart_from_silence(answers, feeds.silent))


def _concerns(ruleset: Ruleset, asked: _Asked) -> bool:
    """Whether a reason, or support, is another one than it was."""
    named = ruleset.group_of.keys() | ruleset.suppressors
    return any(row.item in named and (_counts(row) or _counts(held.row)) for row, held in asked.changed)


def _is_to_be_told(ruleset: Ruleset, asked: _Asked, counted: frozenset[Item] | None) -> bool:
    """Whether it may be news to the ward; `counted` is what is TRUE and counts of a child whose reasons change, as it is held."""
    if counted is None:
        return False
    others = counted - {Item(row.item) for row, _ in asked.changed}
    return asked.was_told_of or asks(ruleset, others | {Item(row.item) for row, _ in asked.changed if _counts(row)})


def _counts(row: store.Row) -> bool:
    return row.counted and row.value == IndicatorValue.TRUE


async def _save(work: UnitOfWork, done: Sequence[_Asked], programme: Programme) -> None:
    superseded = [held.evaluation_id for each in done for _, held in each.changed]
    rows = [(row, _known_at(held, row, work.now)) for each in done for row, held in each.changed]
    await store.save_evaluations(work.db, superseded, rows, programme.parameters.version, work.now)
    await store.bring_due_forward(work.db, {each.person_id: (each.due, bool(each.changed)) for each in done})


def _known_at(held: store.Held, row: store.Row, now: datetime) -> datetime:
    return held.known_at if held.says(row) else now
