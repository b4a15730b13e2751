"""
Carries out what people decide about who is who. One at a time: nobody else works on the linker's tables meanwhile.

A judgement is kept, and who is who follows from all of them (`domain/judgements.py`). Only what is about the persons concerned is decided
again: their records are taken back from one and told of the other as ever, facts first (`domain.md` §2.8-2).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from contracts.ids import EventId, PersonId
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.linker import announcements as say
from services.linker import holding, judged, locks, saving, store
from services.linker.actions import settle
from services.linker.domain.care import bare_numbers, listed
from services.linker.domain.judgements import By, Judgement, JudgementId, Word, standing
from services.linker.domain.linking import BY_DECISION, CHILD_ASTRAY
from services.linker.domain.records import OF_REGISTER, Record, RecordKey, subject_number
from services.linker.domain.reviewing.consequences import World, changes, founders, world
from services.linker.domain.revisions import Course, Verdict, course_of
from services.linker.domain.subjects import SubjectId, bare, entry_subject, number_of, number_subject, pupil_subject
from services.linker.gathering import change_of, gather
from services.linker.naming import Names, names_in
from services.linker.reading import subject_of
from services.linker.registering import with_record

_SAYS_NOTHING: dict[Word, tuple[None, ...]] = {Word.OPEN: (None,)}
"""What is not said cannot be taken back."""
_WORDS = {Verdict.SAME: Word.SAME, Verdict.OTHER: Word.NOT_SAME}


class WhyNot(StrEnum):
    """Why a judgement is not taken, in words for whoever gives it."""

    NO_ENTRY = "one of the two is no entry of the register that is about somebody"
    ONE_NUMBER = "both entries are under one number: see tsunagu linker contested"
    SAID_ALREADY = "that is what holds already"
    PARTED = "a measure protects one of the two from the other"
    CONTRADICTS = "that cannot hold beside what was decided before about others: take that back first"


@dataclass(frozen=True, slots=True)
class Move:
    """A subject that changed hands: from whom to whom, and the id that it was given when it was first seen."""

    subject: SubjectId
    given: PersonId
    was: PersonId
    now: PersonId
    version: int


async def judge(work: UnitOfWork, key: RecordKey, revision: int, verdict: Verdict) -> bool:
    """
    Carry out what a person decided about a contested revision, or about a record whose number belongs to somebody else.

    Returns whether there was one to decide about.
    """
    naming = await names_in(work)
    if not await saving.judge(work.db, key, revision, verdict):
        return False
    change = await gather(work, {key: []}, naming)
    if change is not None:
        await settle(work, change)
    return True


async def judge_number(work: UnitOfWork, record: Record, verdict: Verdict, entry: str | None) -> bool:
    """
    Carry out what a person decided about the number of a record that is linked to nobody: it is that of the register's `entry`, or is not.

    Without an entry, it is about whom the record may concern. It holds for every record that names the number. Returns whether there was
    somebody to decide about; for the same person, only one.
    """
    await locks.lock_all(work.db)
    number = record.subject_no
    # Of a list of children in care it is decided about its person's number: what is wrong with a child's is for its source to say right.
    if record.link is not None and record.link.reason == CHILD_ASTRAY:
        return False
    persons = await (store.candidates(work.db, record.key) if entry is None else store.number_of_entry(work.db, entry))
    persons = [each for each in persons if bare(each) not in (bare_numbers(record) or ())]
    if number is None or not persons or (verdict is Verdict.SAME and len(persons) > 1):
        return False
    subject, log = number_subject(number), await judged.judgements(work.db)
    entries = {entry_subject(each) for each in persons}
    # The last word holds: a number that was another one's is not that one's any more.
    former = [each for each in standing(log) if each.other == subject and each.word is Word.SAME and each.one not in entries]
    said = [judgement_on(work, log, (each, subject), _WORDS[verdict], BY_DECISION) for each in sorted(entries)]
    said += [judgement_on(work, log, (each.one, subject), Word.NOT_SAME, BY_DECISION) for each in former]
    moves = await keep_judged(work, await names_in(work), log, said)
    if moves is None:
        return False
    await number_anew(work, record, number, moves)
    return True


async def number_anew(work: UnitOfWork, record: Record, number: str, moves: Sequence[Move] = ()) -> None:
    """Decide again what is held and names a number of which people said something; `record` is the one that they were asked about."""
    naming = await names_in(work)
    named = await store.naming_number(work.db, number)
    again = {key: replace(each, subject_id=subject_of(key.event_type, number, naming)) for key, each in named.items()}
    again = await listing(work, {number}) | again
    if not again:
        return
    change = await change_of(work, again, await store.records_named(work.db, again, ()), {}, naming)
    change.decision = caused(record.event_id, f"decided:{work.now.isoformat()}")
    await holding.tell_of(work, {who for each in moves for who in (each.now, each.given)})
    await settle(work, change)
    await holding.tell_of(work, {who for each in moves for who in (each.was, each.given)})


async def judge_pupil(work: UnitOfWork, row: Record, word: Word, entry: str, basis: str) -> WhyNot | None:
    """
    Carry out what a person decided about a row of a school's list: its pupil is whom the register's `entry` is about, or is not; or that
    nothing is said of the two any more.

    It holds for all that the school tells of the pupil, also what is to come. Returns why not.
    """
    await locks.lock_all(work.db)
    numbers = await (store.number_in_entry if word is Word.OPEN else store.number_of_entry)(work.db, entry)
    if not numbers or row.pupil is None:
        return WhyNot.NO_ENTRY
    pupil, log = pupil_subject(row.pupil), await judged.judgements(work.db)
    of_number = entry_subject(numbers[0])
    if word is Word.OPEN and not is_said(log, (of_number, pupil)):
        return WhyNot.SAID_ALREADY
    former = [each for each in standing(log) if each.other == pupil and each.word is Word.SAME and each.one != of_number]
    said = [judgement_on(work, log, (of_number, pupil), word, basis)]
    said += [judgement_on(work, log, (each.one, pupil), Word.NOT_SAME, basis) for each in former if word is Word.SAME]
    if await keep_judged(work, await names_in(work), log, said) is None:
        return WhyNot.CONTRADICTS
    told = {key: each for key, each in (await store.records_named(work.db, (), (), {row.pupil})).items() if each.stands}
    change = await change_of(work, told, told, {}, await names_in(work))
    change.decision = EventId(said[0].judgement_id)
    await settle(work, change)
    return None


async def judge_entries(work: UnitOfWork, entries: tuple[str, str], word: Word, basis: str) -> WhyNot | None:
    """
    Carry out what a person decided about two entries of the register, by their record ids: they are one person's, or are not; or that
    nothing is said of the two any more.

    Where they are one person's, it is the first one's id that stays. Nothing is forgotten of what either was, and `NOT_SAME` makes it as
    if they had never been taken for one. Returns why not.
    """
    await locks.lock_all(work.db)
    # What was taken for one person's can be parted also when the register has taken an entry back meanwhile.
    asked = store.number_of_entry if word is Word.SAME else store.number_in_entry
    numbers = [number for each in entries for number in await asked(work.db, each)]
    if len(numbers) < len(entries):
        return WhyNot.NO_ENTRY
    before, log = await names_in(work), await judged.judgements(work.db)
    said = await judgement_of(work, before, log, (entry_subject(numbers[0]), entry_subject(numbers[1])), word, basis)
    if isinstance(said, WhyNot):
        return said
    moves = await keep_judged(work, before, log, [said])
    if moves is None:
        return WhyNot.CONTRADICTS
    if moves:
        await say_anew(work, moves, said.judgement_id)
    return None


async def judgement_of(
    work: UnitOfWork, before: Names, log: Sequence[Judgement], pair: tuple[SubjectId, SubjectId], word: Word, basis: str
) -> Judgement | WhyNot:
    """Return what would be kept of a person's word about two entries of the register; or why it is not taken. Nothing is written."""
    one, other = pair
    if one == other:
        return WhyNot.ONE_NUMBER
    said = judgement_on(work, log, pair, word, basis)
    now = next((each.word for each in standing(log) if each.judgement_id == said.supersedes), None)
    if now in (word, *_SAYS_NOTHING.get(word, ())) or (word is Word.SAME and before.of(one) == before.of(other)):
        return WhyNot.SAID_ALREADY
    if word is Word.SAME and await _are_parted(work, before.of(one), before.of(other)):
        return WhyNot.PARTED
    return said


async def _are_parted(work: UnitOfWork, one: PersonId, other: PersonId) -> bool:
    """Whether somebody is protected from whom they would be taken for: the measure would then protect from nobody (`domain.md` §4.4)."""
    against = (await store.measures_against(work.db, {one, other})).values()
    both = {one, other}
    return any(not both.isdisjoint(each.protected) and not both.isdisjoint(each.opponents) for each in against)


def judgement_on(work: UnitOfWork, log: Sequence[Judgement], pair: tuple[SubjectId, SubjectId], word: Word, basis: str) -> Judgement:
    """Return what a person judges of two subjects, in the place of what was judged of them before."""
    before = next((each.judgement_id for each in standing(log) if each.pair == frozenset(pair)), None)
    return Judgement(JudgementId(work.identifiers.random()), *pair, word, By.CLERK, basis, before)


async def keep_judged(work: UnitOfWork, before: Names, log: Sequence[Judgement], said: Sequence[Judgement]) -> list[Move] | None:
    """Keep what was said and who is who by now. Returns the subjects that changed hands; None where it cannot hold beside the rest."""
    after = await world_after(work, before, log, said)
    if after is None:
        return None
    was = {each: before.of(each) for each in after.given}
    await judged.save_judgements(work.db, said, work.now)
    subjects = {each: (given, after.now.get(each)) for each, given in after.given.items()}
    versions = await judged.save_subjects(work.db, subjects, work.identifiers.random())
    return [Move(each, after.given[each], was[each], after.now[each], versions[each]) for each in changes(was, after)]


async def world_after(work: UnitOfWork, before: Names, log: Sequence[Judgement], said: Sequence[Judgement]) -> World | None:
    """Return who would be who if that were said: those around it. None where it cannot hold beside the rest. Nothing is written."""
    founded = founders(log, said)
    if founded is None:
        return None
    known = await judged.given(work.db, founded)
    return world(founded, {each: known.get(each) or before.given(number_of(each)) for each in founded})


async def say_anew(work: UnitOfWork, moves: Sequence[Move], judgement: JudgementId, *, of_persons: bool = True) -> None:
    """
    Decide again what is about the persons concerned: what moves is taken back from one and told of the other.

    Where it is no person who moves (not `of_persons`: only what a number means), nobody is told that two are one, or are not.
    """
    persons = {person for each in moves for person in (each.was, each.now)}
    naming = await names_in(work)
    revisions = [now_of(each, naming, {}) for each in await store.revisions_of(work.db, persons)]
    await saving.move_revisions(work.db, revisions)

    records = await store.records_of(work.db, persons)
    numbers = {who: known.person_no for who, known in (await store.persons(work.db, persons))[0].items()}
    now = {key: now_of(each, naming, numbers) for key, each in records.items()}
    moved = {key: each for key, each in now.items() if each.subject_id != records[key].subject_id}
    measures = await store.measures_naming(work.db, persons)
    pregnancies = await store.pregnancies_around(work.db, persons, ())
    open_ones = await store.records_concerning(work.db, persons)
    held = await store.records_named(work.db, [*moved, *measures, *open_ones], pregnancies)
    lists = await listing(work, {number_of(each.subject) for each in moves})
    again = {key: held[key] for key in (*measures, *open_ones) if key in held} | lists | moved
    held |= lists

    change = await change_of(work, again, held, await _courses(work, again, naming), naming, pregnancies)
    change.decision = EventId(judgement)
    counts = Counter((records[key].subject_id, each.subject_id) for key, each in moved.items())
    # Who is whom is said before a measure moves to whom they are now, and who is nobody else any more after it moved back: so whatever
    # hangs on either is behind the wall all the time (`domain.md` §4.4).
    taken, parted = ([each for each in moves if (each.now == each.given) is apart] for apart in (False, True))
    _announce(work, taken if of_persons else (), judgement, counts)
    # What is held is in hand for whoever it may concern by now before anything is concluded, and for whom it did until all is said.
    await holding.tell_of(work, {who for each in taken for who in (each.now, each.given)})
    await settle(work, change)
    await holding.tell_of(work, {who for each in parted for who in (each.was, each.given)})
    _announce(work, parted if of_persons else (), judgement, counts)


async def listing(work: UnitOfWork, numbers: Collection[str]) -> dict[RecordKey, Record]:
    """Return the records that list one of the numbers as a child in their person's care: they are said anew, with whom it is by now."""
    return {key: each for key, each in (await store.care_lists(work.db, numbers)).items() if not set(listed(each)).isdisjoint(numbers)}


def now_of(record: Record, naming: Names, numbers: Mapping[PersonId, str]) -> Record:
    """Return a record with whom it is about by what was judged. Rows of an old release lack their number: whom they name has it."""
    told = subject_number(record.key.event_type, record.data or {}, record.subject_no)
    number = told or (numbers.get(record.subject_id) if record.subject_id is not None else None)
    if number is None:
        return record
    return replace(record, subject_id=subject_of(record.key.event_type, number, naming), subject_no=number)


async def _courses(work: UnitOfWork, again: Mapping[RecordKey, Record], naming: Names) -> dict[RecordKey, Course]:
    kept = await store.revisions(work.db, [key for key in again if key.event_type in OF_REGISTER])
    return {key: course_of(with_record(revisions, again[key]), naming) for key, revisions in kept.items()}


def is_said(log: Sequence[Judgement], pair: tuple[SubjectId, SubjectId]) -> bool:
    """Whether something stands that people said of two subjects."""
    return any(each.pair == frozenset(pair) and each.word is not Word.OPEN for each in standing(log))


def _announce(
    work: UnitOfWork, moves: Iterable[Move], judgement: JudgementId, records: Counter[tuple[PersonId | None, PersonId | None]]
) -> None:
    """Say on every partition who is whose now: what hangs on two persons is anywhere."""
    for each in moves:
        moved = records[each.was, each.now]
        work.announce_everywhere(
            say.person_split(each.was, each.given, each.version, moved, judgement, work.now)
            if each.now == each.given
            else say.persons_merged(each.now, each.given, each.version, moved, judgement, work.now)
        )
