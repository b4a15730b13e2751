"""What would follow from an answer, before it is given: the same reckoning as when it is carried out, and nothing is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.ids import PersonId
from contracts.values import Source
from infra.work import UnitOfWork
from services.linker import judged, matched, store
from services.linker.domain.judgements import Word
from services.linker.domain.linking import PUPIL_TWICE
from services.linker.domain.lists import list_of
from services.linker.domain.records import OF_REGISTER, PupilKey, subject_number
from services.linker.domain.reviewing.consequences import Moves, changes, moves
from services.linker.domain.reviewing.questions import Answer, Kind, decision_of
from services.linker.domain.subjects import entry_subject
from services.linker.judging import WhyNot, judgement_of, now_of, world_after
from services.linker.naming import names_in
from services.linker.review.pairs import Pair
from services.linker.unjudging import word_before

_FORESEEN = "foreseen"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What would follow: which records would be told of whom, how many would be linked, or stay held; or why it cannot be."""

    moves: Sequence[Moves] = ()
    linked: Mapping[Source, int] = field(default_factory=dict)
    held: Mapping[Source, int] = field(default_factory=dict)
    freed: Mapping[Source, int] = field(default_factory=dict)
    """How many would be linked of another pupil, whom nothing else keeps from the same child."""
    reopened: Mapping[Source, int] = field(default_factory=dict)
    """How many would be decided again as if nobody had said anything."""
    persons: frozenset[PersonId] = frozenset()
    """Whose facts change: what is concluded of them is concluded anew."""
    why_not: WhyNot | None = None

    @property
    def moved(self) -> Mapping[Source, int]:
        """How many records move, by source."""
        counts: Counter[Source] = Counter()
        for each in self.moves:
            counts[each.source] += each.records
        return counts


async def foresee(work: UnitOfWork, pair: Pair) -> dict[Answer, Consequences]:
    """Return what would follow from each answer that decides."""
    match pair.asked.kind:
        case Kind.NUMBER:
            return await _of_number(work, pair)
        case Kind.PUPIL:
            return await _of_pupil(work, pair)
        case Kind.REVISION:
            return _of_revision(pair)
        case Kind.ENTRIES:
            return {Answer.MATCH: await _of_entries(work, pair, Word.SAME), Answer.NOT: Consequences()}
        case Kind.JOINED:
            return {Answer.MATCH: Consequences(), Answer.NOT: await _of_entries(work, pair, Word.NOT_SAME)}


async def foresee_back(work: UnitOfWork, pair: Pair) -> Consequences:
    """Return what would follow if the decision were taken back that holds."""
    decision, person = decision_of(pair.given), pair.other.subject_id
    persons = frozenset({person} if person is not None else ())
    match pair.asked.kind:
        case Kind.ENTRIES | Kind.JOINED:
            stayed = pair.asked.kind is Kind.JOINED and decision is not None and decision.why.answer is Answer.MATCH
            return Consequences() if stayed else await _of_entries(work, pair, None if pair.asked.kind is Kind.JOINED else Word.OPEN)
        case Kind.PUPIL:
            told = await store.records_named(work.db, (), (), {pair.one.pupil} if pair.one.pupil is not None else ())
            return Consequences(reopened=Counter(key.source for key, each in told.items() if each.stands), persons=persons)
        case Kind.REVISION:
            return _of_revision(pair)[Answer.MATCH]
        case Kind.NUMBER:
            number = pair.one.subject_no
            named = await store.naming_number(work.db, number or "")
            named |= {key: each for key, each in (await store.records_of(work.db, persons)).items() if each.subject_no == number}
            return Consequences(reopened=Counter(key.source for key in named if key.event_type not in OF_REGISTER), persons=persons)


async def _of_number(work: UnitOfWork, pair: Pair) -> dict[Answer, Consequences]:
    named = await store.naming_number(work.db, pair.one.subject_no or "")
    counts = Counter(key.source for key in named)
    person = pair.other.subject_id
    return {
        Answer.MATCH: Consequences(linked=counts, persons=frozenset({person} if person is not None else ())),
        Answer.NOT: Consequences(held=counts),
    }


async def _of_pupil(work: UnitOfWork, pair: Pair) -> dict[Answer, Consequences]:
    open_ones = await _held_of(work, pair.one.pupil)
    person = pair.other.subject_id
    return {
        Answer.MATCH: Consequences(linked=open_ones, persons=frozenset({person} if person is not None else ())),
        Answer.NOT: Consequences(held=open_ones, freed=await _freed(work, pair)),
    }


async def _held_of(work: UnitOfWork, pupil: PupilKey | None) -> Counter[Source]:
    named = await store.records_named(work.db, (), (), {pupil} if pupil is not None else ())
    return Counter(key.source for key, each in named.items() if each.stands and each.link is not None and each.link.is_held_up)


async def _freed(work: UnitOfWork, pair: Pair) -> Counter[Source]:
    """Where two pupils of a list mean one child and one of them is not it, the other is."""
    pupil, person = pair.one.pupil, pair.other.subject_id
    if pair.reason != PUPIL_TWICE or pupil is None or person is None:
        return Counter()
    naming = await names_in(work)
    others = await matched.claimants(work.db, {(list_of(pupil), person)}, {pupil}, naming.pupils_of({person}))
    mates = {each.pupil for each in others if not each.by_machine or person not in naming.said_of(each.pupil).apart}
    return await _held_of(work, mates.pop()) if len(mates) == 1 else Counter()


def _of_revision(pair: Pair) -> dict[Answer, Consequences]:
    persons = frozenset(each for each in (pair.one.subject_id, pair.other.subject_id) if each is not None)
    return {Answer.MATCH: Consequences(persons=persons), Answer.NOT: Consequences()}


async def _of_entries(work: UnitOfWork, pair: Pair, word: Word | None) -> Consequences:
    """What would follow from a word about two entries; None: from the one that was said before."""
    numbers = [subject_number(each.key.event_type, each.data or {}, each.subject_no) for each in (pair.one, pair.other)]
    if None in numbers:
        return Consequences(why_not=WhyNot.NO_ENTRY)
    one, other = (entry_subject(str(each)) for each in numbers)
    before, log = await names_in(work), await judged.judgements(work.db)
    both, word = ((one, other), word) if word is not None else word_before(log, (one, other))
    said = await judgement_of(work, before, log, both, word, _FORESEEN)
    if isinstance(said, WhyNot):
        return Consequences(why_not=said)
    after = await world_after(work, before, log, [said])
    if after is None:
        return Consequences(why_not=WhyNot.CONTRADICTS)
    was = {each: before.of(each) for each in after.given}
    moving = changes(was, after)
    persons = {who for each in moving for who in (was[each], after.now[each])}
    naming = before.after(after.now)
    records = (await store.records_of(work.db, persons)).values()
    return Consequences(moves(records, lambda each: now_of(each, naming, {}).subject_id), persons=frozenset(persons))
