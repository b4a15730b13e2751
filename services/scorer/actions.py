"""
What the scorer does with what it hears: keep it, and evaluate whom it concerns, or leave them to the ticker.

Every action costs the same number of statements for one child and for two hundred.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar, cast

from contracts.catalogue import EVENT_TYPES, NotInCatalogue
from contracts.catalogue.facts import Unreadable
from contracts.days import is_countable
from contracts.ids import EventId, PersonId
from contracts.messages import (
    CaseMoved,
    CaseOpened,
    FeedWatermark,
    HouseholdChanged,
    KinshipChanged,
    Message,
    ObservationRecorded,
    PersonChanged,
    ProtectionChanged,
    ReasonDisputed,
    RecordLinked,
    RecordsInHand,
    ReviewClosed,
    SampleDrawn,
    SampleJudged,
)
from contracts.values import Operation, Source
from infra.outcomes import Outcome, Park
from infra.work import UnitOfWork
from services.scorer import disputes, keeping, observations, outcomes, rulesets, store
from services.scorer.domain.indicators import CARE, HOUSEMATES, READ
from services.scorer.domain.news import newest
from services.scorer.domain.programme import Programme
from services.scorer.domain.reading import Record, check
from services.scorer.evaluating import evaluate_now

M = TypeVar("M", bound=Message)
_OF_HOUSEMATES = frozenset(each.source for each in EVENT_TYPES if each.type in HOUSEMATES)
"""Whose records may reach a child by its household."""

Heard: TypeAlias = Mapping[type[Message], list[Message]]
"""Messages by their class."""


async def take_in(
    work: UnitOfWork,
    messages: Sequence[Message],
    programme: Programme | None = None,
    *,
    put_off: bool = False,
    rested: Callable[[Sequence[PersonId]], Sequence[PersonId]] = lambda _: (),
) -> None:
    """
    Keep what `messages` say, in whatever order they came, and evaluate every child whom they reach.

    With `put_off` that there is news of these children is kept instead, and `evaluate_due` does them: in a flood, once for many messages.
    Evaluated at once all the same is whoever has an announced review: nobody shall start on one whose reasons are gone. And some of the
    `rested` who were evaluated before: nothing else may come of them, so that a single event does not wait behind a flood of others.
    """
    heard = _by_kind(messages)
    marks = _of(FeedWatermark, heard)
    hands = [hand for hand in _of(RecordsInHand, heard) if hand.person_id is None]
    await keeping.hold_watermarks(work.db, work.now, alone=bool(marks or hands))
    programme = programme or await rulesets.in_use(work.db)
    touched = await _keep(work, heard, programme)
    await disputes.pass_on(work, _of(ReasonDisputed, heard))
    if marks:
        await keeping.move_watermarks(work.db, marks, programme.parameters, work.partitions, work.today)
    if hands:
        await keeping.hear_in_hand_anybody(work.db, hands, work.partitions, work.today)

    if not touched.persons and not touched.pregnancies:
        return
    children = await store.affected_children(work.db, touched, programme.parameters.scored_born_from)
    if put_off:
        await evaluate_now(work, await store.put_off(work.db, children, programme.ruleset.name, rested(list(children))), programme)
        return
    await evaluate_now(work, list(children), programme)


async def hold(work: UnitOfWork, message: Message, held: bool, programme: Programme | None = None) -> None:
    """
    Keep that `message` was put aside, or (`held` False) is not any more: meanwhile nothing is concluded from absence for its person.

    A fact counts as heard when it is put aside: whether it is handled later or thrown away, it is not on its way any more.
    """
    persons, source = _concerned(message)
    if not persons:
        return
    await keeping.hold_watermarks(work.db, work.now, alone=False)
    programme = programme or await rulesets.in_use(work.db)
    if held:
        await keeping.count_facts(work.db, _of(RecordLinked, _by_kind([message])), [])
        await keeping.hold(work.db, message.event_id, persons, source)
    else:
        await keeping.release(work.db, message.event_id)
    touched = keeping.Touched(persons, frozenset(), at_home=persons)
    await keeping.hear_persons(work.db, [], touched.persons, work.now, programme.parameters.scored_born_from)
    children = await store.affected_children(work.db, touched, programme.parameters.scored_born_from)
    # Whoever has an announced review does not wait, here either.
    await evaluate_now(work, await store.put_off(work.db, children, programme.ruleset.name), programme)


def _concerned(message: Message) -> tuple[frozenset[PersonId], Source | None]:
    """Whom a message that was put aside may concern, and in which source; in all of them where it says none."""
    match message:
        case RecordLinked():
            return frozenset({message.person_id, *(message.care.children if message.care else ())}), message.source
        case RecordsInHand() if message.person_id is not None:
            return frozenset({message.person_id}), message.source
        case PersonChanged(person_id=person_id) | KinshipChanged(child_id=person_id):
            return frozenset({person_id}), None
        case ObservationRecorded():
            # It may be the contact of whose absence all feeds tell.
            return frozenset({message.person_id}), Source.CHILDCARE
        case HouseholdChanged() if HOUSEMATES:
            return frozenset(member.person_id for member in message.members), None
        case _:
            return frozenset(), None


async def _keep(work: UnitOfWork, heard: Heard, programme: Programme) -> keeping.Touched:
    """Save facts, kinship, persons, cases and what reviews came to. Returns whom they concern, every person of them locked."""
    linked = _of(RecordLinked, heard)
    facts = newest((f for f in linked if f.event_type in READ), _record, _said)
    kinships = newest(_of(KinshipChanged, heard), lambda k: k.child_id, lambda k: k.version)
    persons = newest(_of(PersonChanged, heard), lambda p: p.person_id, lambda p: p.version)
    households = newest(_of(HouseholdChanged, heard) if HOUSEMATES else (), lambda h: h.household_id, lambda h: h.version)
    moves: list[CaseOpened | CaseMoved] = [*_of(CaseOpened, heard), *_of(CaseMoved, heard)]
    cases = newest(moves, lambda c: c.case_id, _case_version)

    measures = newest(_of(ProtectionChanged, heard), lambda m: m.measure_id, lambda m: m.version)
    hands = newest((h for h in _of(RecordsInHand, heard) if h.person_id is not None), lambda h: (h.source, h.person_id), _version)

    told = await keeping.hear_facts(work.db, facts)
    in_care = await keeping.hear_care(work.db, [fact for fact in facts if fact.event_type in CARE])
    arrived = await keeping.count_facts(work.db, linked, _counts(heard))
    in_hand = await keeping.hear_in_hand(work.db, hands)
    protected = await keeping.hear_protections(work.db, measures)
    await keeping.hear_kinships(work.db, kinships)
    housemates = await keeping.hear_households(work.db, households)
    seen = await observations.hear_observations(work.db, _of(ObservationRecorded, heard))
    relatives = frozenset({k.child_id for k in kinships} | {p.person_id for p in persons})
    concerned = told.persons | in_care | arrived | in_hand | protected | housemates | seen | relatives
    await keeping.hear_persons(work.db, persons, concerned | _mothers(kinships), work.now, programme.parameters.scored_born_from)
    await keeping.hear_cases(work.db, cases)
    await outcomes.hear_outcomes(work.db, _of(ReviewClosed, heard))
    await outcomes.hear_drawn(work.db, _of(SampleDrawn, heard))
    await outcomes.hear_judgements(work.db, _of(SampleJudged, heard))
    held = {h.person_id for h in hands if h.person_id is not None and h.source in _OF_HOUSEMATES}
    at_home = told.at_home | arrived | housemates | (in_hand & held) | {p.person_id for p in persons}
    more = in_care | arrived | in_hand | protected | housemates | seen | relatives
    own_records = {who: types for who, types in told.own_records.items() if who not in more}
    return keeping.Touched(concerned, told.pregnancies, relatives, at_home, own_records)


def _counts(heard: Heard) -> list[tuple[PersonId, int]]:
    """How many facts the linker has said of each person so far. The number only grows, so that the highest is the newest."""
    told = [(p.person_id, p.facts_said) for p in _of(PersonChanged, heard)]
    for kinship in _of(KinshipChanged, heard):
        told.extend((d.mother_id, d.facts_said) for d in kinship.deliveries if d.mother_id is not None)
        if kinship.mother_id is not None:
            told.append((kinship.mother_id, kinship.mother_facts_said))
    # What is held no longer may be a fact by now, which is told of a guardian on another partition.
    told.extend((hand.person_id, hand.facts_said) for hand in _of(RecordsInHand, heard) if hand.person_id is not None)
    return [(person_id, n) for person_id, n in told if n]


def _mothers(kinships: Iterable[KinshipChanged]) -> frozenset[PersonId]:
    named = (mother_id for k in kinships for mother_id in (k.mother_id, *(d.mother_id for d in k.deliveries)))
    return frozenset(mother_id for mother_id in named if mother_id is not None)


def unreadable(messages: Iterable[Message]) -> dict[EventId, Outcome]:
    """Return which of `messages` can never be evaluated, and why: they must not be kept."""
    why = ((message.event_id, _trouble(message)) for message in messages)
    return {event_id: trouble for event_id, trouble in why if trouble is not None}


def _trouble(message: Message) -> Park | None:
    # The most frequent first: that a message is none of a class costs, that it is one does not.
    if isinstance(message, RecordLinked):
        return _trouble_reading(message)
    if isinstance(message, PersonChanged) and not is_countable(message.birth_date):
        return Park("implausible_date", "birth_date")
    return None


def _trouble_reading(fact: RecordLinked) -> Park | None:
    if fact.event_type not in READ or fact.operation is not Operation.UPSERT:
        return None
    try:
        check(Record(fact.source, fact.event_type, fact.record_id, fact.event_id, fact.data))
    except Unreadable as error:
        return Park("unreadable_fact", error.path)
    except NotInCatalogue:
        return Park("unreadable_fact", "event_type")
    return None


def _by_kind(messages: Iterable[Message]) -> Heard:
    """Sort messages out once: to ask each of them for every kind whether it is one costs more than to keep it."""
    heard: defaultdict[type[Message], list[Message]] = defaultdict(list)
    for message in messages:
        heard[type(message)].append(message)
    return heard


def _of(kind: type[M], heard: Heard) -> list[M]:
    return cast("list[M]", heard.get(kind, []))


def _record(fact: RecordLinked) -> tuple[str, str, str]:
    return fact.source, fact.event_type, fact.record_id


def _said(fact: RecordLinked) -> tuple[int, int]:
    """Which of two statements of one record is newer; the same order as in `hear_facts`."""
    return fact.revision, fact.said


def _version(hand: RecordsInHand) -> int:
    return hand.version


def _case_version(case: CaseOpened | CaseMoved) -> int:
    return case.version if isinstance(case, CaseMoved) else 0
