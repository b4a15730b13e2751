"""
What the scorer does: keep what it hears, evaluate whom it concerns, say what the ward must know.

Every action costs the same number of statements for one child and for two hundred.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

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
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.scorer import store
from services.scorer.domain.evaluation import due, evaluate, in_scope
from services.scorer.domain.facts import Watermarks
from services.scorer.domain.indicator import SOURCE_OF, Indicator
from services.scorer.domain.news import newest
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.reading import READ, child_facts
from services.scorer.domain.review import Announcement, Say, announcement
from services.scorer.domain.rulesets import SP_1, Ruleset, judge

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A child's answers, since when each is known, and what is to be told of them."""

    case: store.Case
    answers: tuple[Indicator, ...]
    known_at: tuple[datetime, ...]
    news: Announcement | None


@dataclass(slots=True)
class _Changes:
    superseded: list[int] = field(default_factory=list)
    answers: list[tuple[UUID, Indicator]] = field(default_factory=list)


async def take_in(work: UnitOfWork, messages: Sequence[Message], parameters: Parameters = FUKUOKA, ruleset: Ruleset = SP_1) -> None:
    """Keep what `messages` say, in whatever order they came, and evaluate every child whom they reach."""
    raised = newest(_of(FeedWatermark, messages), lambda w: w.source, lambda w: w.complete_through)
    await store.hold_watermarks(work.db, alone=bool(raised))
    touched = await _keep(work, messages)
    if raised:
        await store.raise_watermarks(work.db, raised, work.today)

    if touched.persons or touched.pregnancies:
        children = await store.affected_children(work.db, touched, parameters.scored_born_from)
        await _evaluate_all(work, children, parameters, ruleset, locked=False)


async def evaluate_due(work: UnitOfWork, limit: int, parameters: Parameters = FUKUOKA, ruleset: Ruleset = SP_1) -> int:
    """Evaluate up to `limit` children whose answers change by the passing of time. Returns how many there were."""
    await store.hold_watermarks(work.db, alone=False)
    children = await store.claim_due(work.db, work.today, limit)

    await _evaluate_all(work, children, parameters, ruleset, locked=True)
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
    await store.hear_persons(work.db, persons, children | {d.mother_id for k in kinships for d in k.deliveries})
    await store.hear_cases(work.db, cases)
    return store.Touched(children, told.pregnancies)


async def _evaluate_all(work: UnitOfWork, children: Sequence[UUID], parameters: Parameters, ruleset: Ruleset, *, locked: bool) -> None:
    if not children:
        return
    if not locked:
        await store.lock_children(work.db, children)
    cases = await store.load(work.db, children)
    watermarks = await store.watermarks(work.db)

    evaluated = [_evaluate(case, watermarks, work, parameters, ruleset) for case in cases]

    changes = _changes(evaluated)
    await store.save_evaluations(work.db, changes.superseded, changes.answers, parameters.version, work.now)
    await store.save_due(work.db, {e.case.person_id: due(e.answers) for e in evaluated})
    await store.save_signals(work.db, {e.case.person_id: e.news.signal for e in evaluated if e.news}, ruleset.name, work.now)
    for each in evaluated:
        if each.news:
            _tell(work, each, each.news, watermarks, ruleset)


def _evaluate(case: store.Case, watermarks: Watermarks, work: UnitOfWork, parameters: Parameters, ruleset: Ruleset) -> Evaluated:
    facts = child_facts(case.child.birth_date, case.own, case.deliveries, parameters)
    answers = evaluate(case.child, facts, watermarks, work.today, parameters)
    verdict = judge(ruleset, answers, in_scope=in_scope(case.child, work.today))
    return Evaluated(case, answers, tuple(_known_at(case, answer, work.now) for answer in answers), announcement(case.told, verdict))


def _known_at(case: store.Case, answer: Indicator, now: datetime) -> datetime:
    """Return since when the answer is known: an unchanged one keeps its day, however often it is asked again."""
    held = case.held.get(answer.item)
    return held.known_at if held and held.indicator == answer else now


def _changes(evaluated: Iterable[Evaluated]) -> _Changes:
    changes = _Changes()
    for each in evaluated:
        for answer in each.answers:
            held = each.case.held.get(answer.item)
            if held and held.indicator == answer:
                continue
            changes.answers.append((each.case.person_id, answer))
            if held:
                changes.superseded.append(held.evaluation_id)
    return changes


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
