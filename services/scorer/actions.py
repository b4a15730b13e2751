"""
What the scorer does: keep what it hears, evaluate whom it concerns, say what the ward must know.

Every action costs the same number of statements for one child and for two hundred.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import structlog

from contracts.days import is_countable
from contracts.deeds import scorer as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import (
    CaseMoved,
    CaseOpened,
    EvaluationOverdue,
    FeedWatermark,
    IndicatorState,
    KinshipChanged,
    Message,
    PersonChanged,
    ProtectionChanged,
    RecordLinked,
    RecordsInHand,
    ReviewBasisChanged,
    ReviewNeeded,
    Thing,
)
from contracts.values import Operation, Source
from infra.identifiers import caused
from infra.logs import whereabouts
from infra.outcomes import Outcome, Park
from infra.postgres import is_transient
from infra.work import UnitOfWork
from services.scorer import store
from services.scorer.domain.ages import DAY
from services.scorer.domain.evaluation import due_apart_from_silence, evaluate, in_scope
from services.scorer.domain.indicator import SOURCE_OF, Indicator
from services.scorer.domain.news import newest
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.reading import READ, Record, Unreadable, check
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

    With `put_off` these children become due today instead, and `evaluate_due` does them: in a flood, once for many messages. Only
    whoever has an announced review is evaluated at once all the same: nobody shall start on one whose reasons are gone.
    """
    marks = _of(FeedWatermark, messages)
    hands = [hand for hand in _of(RecordsInHand, messages) if hand.person_id is None]
    await store.hold_watermarks(work.db, alone=bool(marks or hands))
    touched = await _keep(work, messages)
    if marks:
        await store.raise_watermarks(work.db, marks, parameters, work.partitions, work.today)
    if hands:
        await store.hear_in_hand_anybody(work.db, hands, work.partitions, work.today)

    if not touched.persons and not touched.pregnancies:
        return
    children = await store.affected_children(work.db, touched, parameters.scored_born_from)
    if put_off:
        children = await store.put_off(work.db, children, work.today)
    await _evaluate_now(work, children, parameters, ruleset)


async def hold(work: UnitOfWork, message: Message, held: bool, parameters: Parameters = FUKUOKA) -> None:
    """
    Keep that `message` was put aside, or (`held` False) is not any more: meanwhile nothing is concluded from absence for its person.

    A fact counts as heard when it is put aside: whether it is handled later or thrown away, it is not on its way any more.
    """
    about = _concerned(message)
    if about is None:
        return
    person_id, source = about
    await store.hold_watermarks(work.db, alone=False)
    if held:
        await store.count_facts(work.db, _of(RecordLinked, [message]), [])
        await store.hold(work.db, message.event_id, person_id, source)
    else:
        await store.release(work.db, message.event_id)
    touched = store.Touched(frozenset({person_id}), frozenset())
    await store.hear_persons(work.db, [], touched.persons)
    children = await store.affected_children(work.db, touched, parameters.scored_born_from)
    await store.put_off(work.db, children, work.today)


def _concerned(message: Message) -> tuple[UUID, Source | None] | None:
    """Whom a message that was put aside may concern, and in which source; in all of them where it says none."""
    if isinstance(message, RecordLinked):
        return message.person_id, message.source
    if isinstance(message, RecordsInHand) and message.person_id is not None:
        return message.person_id, message.source
    if isinstance(message, PersonChanged):
        return message.person_id, None
    return (message.child_id, None) if isinstance(message, KinshipChanged) else None


async def evaluate_due(work: UnitOfWork, limit: int, parameters: Parameters = FUKUOKA, ruleset: Ruleset = SP_1) -> int:
    """Evaluate up to `limit` children whose answers change by the passing of time. Returns how many there were."""
    await _watch_feeds(work)
    children = await store.claim_due(work.db, work.today, limit)

    await _evaluate_all(work, children, parameters, ruleset)
    return len(children)


async def _watch_feeds(work: UnitOfWork) -> None:
    """Hold the watermarks as they are, and tell whoever rests on a feed that has fallen silent: once, and not with every watermark."""
    silent = await store.silence_is_due(work.db, work.today)
    await store.hold_watermarks(work.db, alone=silent)
    if silent:
        await store.fall_silent(work.db, work.today)


async def evaluate_due_singly(
    work: UnitOfWork,
    limit: int,
    parameters: Parameters = FUKUOKA,
    ruleset: Ruleset = SP_1,
    failed: Callable[[], None] = lambda: None,
) -> int:
    """
    Do what `evaluate_due` does, one child at a time: one who cannot be evaluated is left until tomorrow, the others are done.

    `failed` is called for each one who could not be; the ward is told that its answers are of an older day.
    """
    await _watch_feeds(work)
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
            failed()
            await store.save_due(work.db, {child: work.today + DAY})
            news = await store.mark_overdue(work.db, child, work.today)
            if news:
                _tell_overdue(work, child, *news)
    return len(children)


async def _keep(work: UnitOfWork, messages: Sequence[Message]) -> store.Touched:
    """Save facts, kinship, persons and cases. Returns whom they concern, every person of them locked."""
    linked = _of(RecordLinked, messages)
    facts = newest((f for f in linked if f.event_type in READ), _record, _said)
    kinships = newest(_of(KinshipChanged, messages), lambda k: k.child_id, lambda k: k.version)
    persons = newest(_of(PersonChanged, messages), lambda p: p.person_id, lambda p: p.version)
    cases = newest([m for m in messages if isinstance(m, CaseOpened | CaseMoved)], lambda c: c.case_id, _case_version)

    measures = newest(_of(ProtectionChanged, messages), lambda m: m.measure_id, lambda m: m.version)
    hands = newest((h for h in _of(RecordsInHand, messages) if h.person_id is not None), lambda h: (h.source, h.person_id), _version)

    told = await store.hear_facts(work.db, facts)
    arrived = await store.count_facts(work.db, linked, _counts(messages))
    in_hand = await store.hear_in_hand(work.db, hands)
    protected = await store.hear_protections(work.db, measures)
    await store.hear_kinships(work.db, kinships)
    relatives = frozenset({k.child_id for k in kinships} | {p.person_id for p in persons})
    concerned = told.persons | arrived | in_hand | protected | relatives
    await store.hear_persons(work.db, persons, concerned | _mothers(kinships))
    await store.hear_cases(work.db, cases)
    return store.Touched(concerned, told.pregnancies, relatives)


def _counts(messages: Iterable[Message]) -> list[tuple[UUID, int]]:
    """How many facts the linker has said of each person so far. The number only grows, so that the highest is the newest."""
    told = [(p.person_id, p.facts_said) for p in _of(PersonChanged, messages)]
    for kinship in _of(KinshipChanged, messages):
        told.extend((d.mother_id, d.facts_said) for d in kinship.deliveries if d.mother_id is not None)
        if kinship.mother_id is not None:
            told.append((kinship.mother_id, kinship.mother_facts_said))
    return [(person_id, n) for person_id, n in told if n]


def _mothers(kinships: Iterable[KinshipChanged]) -> frozenset[UUID]:
    named = (mother_id for k in kinships for mother_id in (k.mother_id, *(d.mother_id for d in k.deliveries)))
    return frozenset(mother_id for mother_id in named if mother_id is not None)


async def _evaluate_now(work: UnitOfWork, children: Sequence[UUID], parameters: Parameters, ruleset: Ruleset) -> None:
    """Lock and evaluate `children`. If that fails, what was heard is kept, and the ticker finds out whose fault it is."""
    if not children:
        return
    await store.lock_children(work.db, children)
    mark = work.mark()
    try:
        async with work.db.transaction():
            await _evaluate_all(work, children, parameters, ruleset)
    except Exception as error:
        if is_transient(error):
            raise
        work.forget_since(mark)
        log.error("scorer.children_not_evaluated", **whereabouts(error))
        await store.put_off(work.db, children, work.today)


async def _evaluate_all(work: UnitOfWork, children: Sequence[UUID], parameters: Parameters, ruleset: Ruleset) -> None:
    """Evaluate `children`, who are locked, and save and tell what is new."""
    if not children:
        return
    feeds = await store.feeds(work.db)
    cases = await store.load(work.db, children, parameters, feeds)

    evaluated = [_evaluate(case, feeds, work, parameters, ruleset) for case in cases]

    superseded, rows = _changes(evaluated)
    await store.save_evaluations(work.db, superseded, rows, parameters.version, work.now)
    await store.save_due(work.db, {e.case.person_id: due_apart_from_silence(e.answers, feeds.silent) for e in evaluated})
    for person_id, version in (await store.no_longer_overdue(work.db, children)).items():
        _tell_overdue(work, person_id, None, version)
    await store.save_signals(work.db, {e.case.person_id: e.news.signal for e in evaluated if e.news}, ruleset.name, work.now)
    for each in evaluated:
        if each.news:
            _tell(work, each, each.news, feeds, ruleset)


def _evaluate(case: store.Case, feeds: store.Feeds, work: UnitOfWork, parameters: Parameters, ruleset: Ruleset) -> Evaluated:
    answers = evaluate(case.child, case.facts(parameters), feeds.watermarks, work.today, parameters)
    verdict = judge(ruleset, answers, in_scope=in_scope(case.child, work.today))
    rows = tuple(store.row_of(case.person_id, answer) for answer in answers)
    known_at = tuple(_known_at(case.held.get(a.item), row, work.now) for a, row in zip(answers, rows, strict=True))
    return Evaluated(case, answers, rows, known_at, announcement(case.told, verdict))


def unreadable(messages: Iterable[Message]) -> dict[UUID, Outcome]:
    """Return which of `messages` can never be evaluated, and why: they must not be kept."""
    why = ((message.event_id, _trouble(message)) for message in messages)
    return {event_id: trouble for event_id, trouble in why if trouble is not None}


def _trouble(message: Message) -> Park | None:
    if isinstance(message, PersonChanged) and not is_countable(message.birth_date):
        return Park("implausible_date", "birth_date")
    if isinstance(message, RecordLinked) and message.event_type in READ and message.operation is Operation.UPSERT:
        try:
            check(Record(message.event_type, message.record_id, message.event_id, message.data))
        except Unreadable as error:
            return Park("unreadable_fact", error.path)
    return None


def _known_at(held: store.Held | None, row: store.Row, now: datetime) -> datetime:
    """Return since when the answer is known: an unchanged one keeps its day, however often it is asked again, and whatever adds to it."""
    return held.known_at if held and held.says(row) else now


def _changes(evaluated: Iterable[Evaluated]) -> tuple[list[int], list[tuple[store.Row, datetime]]]:
    """Return the ids of what is believed no longer, and the rows of what is believed now."""
    superseded: list[int] = []
    rows: list[tuple[store.Row, datetime]] = []
    for each in evaluated:
        for answer, row, known_at in zip(each.answers, each.rows, each.known_at, strict=True):
            held = each.case.held.get(answer.item)
            if held and held.row == row:
                continue
            rows.append((row, known_at))
            if held:
                superseded.append(held.evaluation_id)
    return superseded, rows


def _tell(work: UnitOfWork, each: Evaluated, news: Announcement, feeds: store.Feeds, ruleset: Ruleset) -> None:
    """Announce a review, or that its basis changed. Its id follows from child and version: a replay says the same one."""
    person_id, signal = each.case.person_id, news.signal
    event_id = caused(person_id, f"scorer.review.{signal.version}")
    indicators = tuple(_state(a, known, feeds) for a, known in zip(each.answers, each.known_at, strict=True))
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
    work.keep(
        deeds.REVIEW_NEEDED,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.CHILD, id=str(person_id)),
        cause=event_id,
        reason_code=ruleset.name,
    )


def _tell_overdue(work: UnitOfWork, person_id: UUID, since: date | None, version: int) -> None:
    """Tell the ward that a child's answers are of an older day, or (without `since`) that they are not any more."""
    event_id = caused(person_id, f"scorer.overdue.{version}")
    said = EvaluationOverdue(event_id=event_id, occurred_at=work.now, person_id=person_id, version=version, since=since)
    work.announce(said, key=str(person_id))


def _state(answer: Indicator, known_at: datetime, feeds: store.Feeds) -> IndicatorState:
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
        fresh_through=feeds.watermarks.get(source),
        stale_since=answer.stale_since,
    )


def _of(kind: type[M], messages: Iterable[Message]) -> list[M]:
    return [message for message in messages if isinstance(message, kind)]


def _record(fact: RecordLinked) -> tuple[str, str, str]:
    return fact.source, fact.event_type, fact.record_id


def _said(fact: RecordLinked) -> tuple[int, int]:
    """Which of two statements of one record is newer; the same order as in `hear_facts`."""
    return fact.revision, fact.said


def _version(hand: RecordsInHand) -> int:
    return hand.version


def _case_version(case: CaseOpened | CaseMoved) -> int:
    return case.version if isinstance(case, CaseMoved) else 0
