"""
What the scorer does: keep what it hears, evaluate whom it concerns, say what the ward must know.

Every action costs the same number of statements for one child and for two hundred.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import structlog

from contracts.messages import (
    CaseMoved,
    CaseOpened,
    FeedWatermark,
    IndicatorState,
    KinshipChanged,
    Message,
    PersonChanged,
    RecordLinked,
    ReviewBasisChanged,
    ReviewNeeded,
    Thing,
)
from contracts.values import Operation
from infra.identifiers import caused
from infra.logs import whereabouts
from infra.outcomes import Outcome, Park
from infra.postgres import is_transient
from infra.work import UnitOfWork
from services.scorer import store
from services.scorer.domain.ages import DAY
from services.scorer.domain.evaluation import due, evaluate, in_scope
from services.scorer.domain.facts import Watermarks
from services.scorer.domain.indicator import SOURCE_OF, Indicator
from services.scorer.domain.news import newest
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.reading import READ, Record, Unreadable, check, child_facts, is_plausible
from services.scorer.domain.review import Announcement, Say, announcement
from services.scorer.domain.rulesets import SP_1, Ruleset, judge

M = TypeVar("M", bound=Message)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A child's answers, as rows too, since when each is known, and what is to be told of them."""

    case: store.Case
    answers: tuple[Indicator, ...]
    rows: tuple[store.Row, ...]
    known_at: tuple[datetime, ...]
    news: Announcement | None


async def take_in(
    work: UnitOfWork, messages: Sequence[Message], parameters: Parameters = FUKUOKA, ruleset: Ruleset = SP_1, *, put_off: bool = False
) -> None:
    """
    Keep what `messages` say, in whatever order they came, and evaluate every child whom they reach.

    With `put_off` these children become due today instead, and `evaluate_due` does them: in a flood, once for many messages.
    """
    marks = _of(FeedWatermark, messages)
    await store.hold_watermarks(work.db, alone=bool(marks))
    touched = await _keep(work, messages)
    if marks:
        await store.raise_watermarks(work.db, marks, work.partitions, work.today)

    if not touched.persons and not touched.pregnancies:
        return
    if put_off:
        await store.put_off(work.db, touched, parameters.scored_born_from, work.today)
        return
    children = await store.affected_children(work.db, touched, parameters.scored_born_from)
    await store.lock_children(work.db, children)
    await _evaluate_all(work, children, parameters, ruleset)


async def evaluate_due(work: UnitOfWork, limit: int, parameters: Parameters = FUKUOKA, ruleset: Ruleset = SP_1) -> int:
    """Evaluate up to `limit` children whose answers change by the passing of time. Returns how many there were."""
    await store.hold_watermarks(work.db, alone=False)
    children = await store.claim_due(work.db, work.today, limit)

    await _evaluate_all(work, children, parameters, ruleset)
    return len(children)


async def evaluate_due_singly(work: UnitOfWork, limit: int, parameters: Parameters = FUKUOKA, ruleset: Ruleset = SP_1) -> int:
    """Do what `evaluate_due` does, one child at a time: one who cannot be evaluated is left until tomorrow, the others are done."""
    await store.hold_watermarks(work.db, alone=False)
    children = await store.claim_due(work.db, work.today, limit)
    for child in children:
        mark = work.mark()
        try:
            async with work.db.transaction():
                await _evaluate_all(work, [child], parameters, ruleset)
        except Exception as error:
            if is_transient(error):
                raise
            work.forget_since(mark)
            log.error("scorer.child_not_evaluated", person_id=str(child), **whereabouts(error))
            await store.save_due(work.db, {child: work.today + DAY})
    return len(children)


async def _keep(work: UnitOfWork, messages: Sequence[Message]) -> store.Touched:
    """Save facts, kinship, persons and cases. Returns whom they concern, every person of them locked."""
    facts = newest((f for f in _of(RecordLinked, messages) if f.event_type in READ), _record, _said)
    kinships = newest(_of(KinshipChanged, messages), lambda k: k.child_id, lambda k: k.version)
    persons = newest(_of(PersonChanged, messages), lambda p: p.person_id, lambda p: p.version)
    cases = newest([m for m in messages if isinstance(m, CaseOpened | CaseMoved)], lambda c: c.case_id, _case_version)

    told = await store.hear_facts(work.db, facts)
    await store.hear_kinships(work.db, kinships)
    children = told.persons | {k.child_id for k in kinships} | {p.person_id for p in persons}
    await store.hear_persons(work.db, persons, children | {d.mother_id for k in kinships for d in k.deliveries if d.mother_id is not None})
    await store.hear_cases(work.db, cases)
    return store.Touched(children, told.pregnancies)


async def _evaluate_all(work: UnitOfWork, children: Sequence[UUID], parameters: Parameters, ruleset: Ruleset) -> None:
    """Evaluate `children`, who are locked, and save and tell what is new."""
    if not children:
        return
    cases = await store.load(work.db, children)
    watermarks = await store.watermarks(work.db)

    evaluated = [_evaluate(case, watermarks, work, parameters, ruleset) for case in cases]

    superseded, rows = _changes(evaluated)
    await store.save_evaluations(work.db, superseded, rows, parameters.version, work.now)
    await store.save_due(work.db, {e.case.person_id: due(e.answers) for e in evaluated})
    await store.save_signals(work.db, {e.case.person_id: e.news.signal for e in evaluated if e.news}, ruleset.name, work.now)
    for each in evaluated:
        if each.news:
            _tell(work, each, each.news, watermarks, ruleset)


def _evaluate(case: store.Case, watermarks: Watermarks, work: UnitOfWork, parameters: Parameters, ruleset: Ruleset) -> Evaluated:
    facts = child_facts(case.child.birth_date, case.own, case.deliveries, parameters)
    answers = evaluate(case.child, facts, watermarks, work.today, parameters)
    verdict = judge(ruleset, answers, in_scope=in_scope(case.child, work.today))
    rows = tuple(store.row_of(case.person_id, answer) for answer in answers)
    known_at = tuple(_known_at(case.held.get(a.item), row, work.now) for a, row in zip(answers, rows, strict=True))
    return Evaluated(case, answers, rows, known_at, announcement(case.told, verdict))


def unreadable(messages: Iterable[Message]) -> dict[UUID, Outcome]:
    """Return which of `messages` can never be evaluated, and why: they must not be kept."""
    why = ((message.event_id, _trouble(message)) for message in messages)
    return {event_id: trouble for event_id, trouble in why if trouble is not None}


def _trouble(message: Message) -> Park | None:
    if isinstance(message, PersonChanged) and not is_plausible(message.birth_date):
        return Park("implausible_date", "birth_date")
    if isinstance(message, RecordLinked) and message.event_type in READ and message.operation is Operation.UPSERT:
        try:
            check(Record(message.event_type, message.record_id, message.event_id, message.data))
        except Unreadable as error:
            return Park("unreadable_fact", error.path)
    return None


def _known_at(held: store.Held | None, row: store.Row, now: datetime) -> datetime:
    """Return since when the answer is known: an unchanged one keeps its day, however often it is asked again."""
    return held.known_at if held and held.row == row else now


def _changes(evaluated: Iterable[Evaluated]) -> tuple[list[int], list[store.Row]]:
    """Return the ids of what is believed no longer, and the rows of what is believed now."""
    superseded: list[int] = []
    rows: list[store.Row] = []
    for each in evaluated:
        for answer, row in zip(each.answers, each.rows, strict=True):
            held = each.case.held.get(answer.item)
            if held and held.row == row:
                continue
            rows.append(row)
            if held:
                superseded.append(held.evaluation_id)
    return superseded, rows


def _tell(work: UnitOfWork, each: Evaluated, news: Announcement, watermarks: Watermarks, ruleset: Ruleset) -> None:
    """Announce a review, or that its basis changed. Its id follows from child and version: a replay says the same one."""
    person_id, signal = each.case.person_id, news.signal
    event_id = caused(person_id, f"scorer.review.{signal.version}")
    indicators = tuple(_state(a, known, watermarks) for a, known in zip(each.answers, each.known_at, strict=True))
    said = {
        "event_id": event_id,
        "occurred_at": work.now,
        "person_id": person_id,
        "version": signal.version,
        "ruleset": ruleset.name,
        "as_of": work.today,
        "groups": signal.groups,
        "indicators": indicators,
    }
    if news.say is Say.BASIS_CHANGED:
        work.announce(ReviewBasisChanged(**said, needed=signal.needed), key=str(person_id))
        return
    work.announce(ReviewNeeded(**said), key=str(person_id))
    work.decision(
        actor=work.service_actor(),
        action="scorer.review_needed",
        thing=Thing(kind="child", id=str(person_id)),
        cause=event_id,
        reason_code=ruleset.name,
    )


def _state(answer: Indicator, known_at: datetime, watermarks: Watermarks) -> IndicatorState:
    source = SOURCE_OF[answer.item]
    return IndicatorState(
        item=answer.item,
        value=answer.value,
        klass=answer.klass,
        counted=answer.counted,
        valid_from=answer.valid_from,
        valid_to=answer.valid_to,
        known_at=known_at,
        reason_code=answer.reason_code,
        source=source,
        evidence=answer.evidence,
        detail=dict(answer.detail),
        fresh_through=watermarks.get(source),
    )


def _of(kind: type[M], messages: Iterable[Message]) -> list[M]:
    return [message for message in messages if isinstance(message, kind)]


def _record(fact: RecordLinked) -> tuple[str, str, str]:
    return fact.source, fact.event_type, fact.record_id


def _said(fact: RecordLinked) -> tuple[int, int]:
    """Which of two statements of one record is newer; the same order as in `hear_facts`."""
    return fact.revision, fact.said


def _case_version(case: CaseOpened | CaseMoved) -> int:
    return case.version if isinstance(case, CaseMoved) else 0
