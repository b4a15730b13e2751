"""
Takes an answer: carries it out, or keeps it as the first of two. One question at a time, and of one that changed meanwhile nothing.

Whoever answers is alone in the linker's tables until the end of the transaction, so of two answers at once the second sees the first.
"""

from dataclasses import dataclass
from datetime import date

from contracts.deeds import linker as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import StaffId
from contracts.messages import Actor, Thing
from infra.work import UnitOfWork
from services.linker import locks
from services.linker.domain.judgements import Word
from services.linker.domain.reviewing.questions import (
    Answer,
    Asked,
    Kind,
    NotNow,
    Step,
    Why,
    needs_two,
    why_not_answer,
    why_not_second,
)
from services.linker.domain.revisions import Verdict
from services.linker.judging import WhyNot, judge, judge_entries, judge_number, judge_pupil
from services.linker.review.pairs import SQL, Concerned, Pair, pair

ADULT_AGE = 18
_VERDICTS = {Answer.MATCH: Verdict.SAME, Answer.NOT: Verdict.OTHER}
_WORDS = {Answer.MATCH: Word.SAME, Answer.NOT: Word.NOT_SAME}
_DEEDS = {
    Step.DECIDED: deeds.QUESTION_ANSWERED,
    Step.UNSURE: deeds.QUESTION_ANSWERED,
    Step.PROPOSED: deeds.ANSWER_PROPOSED,
    Step.CONFIRMED: deeds.ANSWER_CONFIRMED,
    Step.DECLINED: deeds.ANSWER_DECLINED,
    Step.BACK_PROPOSED: deeds.TAKING_BACK_PROPOSED,
    Step.BACK_DECLINED: deeds.TAKING_BACK_DECLINED,
    Step.TAKEN_BACK: deeds.ANSWER_TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers; `label` is how the log of answers names them for good."""

    actor: Actor
    staff_id: StaffId
    label: str


NotTaken = NotNow | WhyNot
"""Why an answer is not taken. Nothing was written then."""


async def answer(work: UnitOfWork, who: Answerer, asked: Asked, why: Why, seen: str) -> Step | NotTaken | None:
    """Take a first answer, given to what was shown as `seen`. Returns what it did; None where that is not asked any more."""
    found = await _alone(work, asked)
    if found is None:
        return None
    if (not_now := why_not_answer(found.given, found.seen, seen)) is not None:
        return not_now
    if why.answer is Answer.CANT_TELL:
        return await keep(work, who, found, Step.UNSURE, why)
    if needs_two(asked.kind, why.answer, protected=found.is_protected):
        return await keep(work, who, found, Step.PROPOSED, why)
    why_not = await _carry_out(work, found, why)
    return why_not or await keep(work, who, found, Step.DECIDED, why)


async def second(work: UnitOfWork, who: Answerer, asked: Asked, seen: str, *, confirms: bool) -> Step | NotTaken | None:
    """Take what a second person says of the answer that waits. Returns what it did; None where that is not asked any more."""
    found = await _alone(work, asked)
    if found is None:
        return None
    if (not_now := why_not_second(found.given, found.seen, seen, who.staff_id, confirms=confirms)) is not None:
        return not_now
    why = found.given[-1].why
    if not confirms:
        return await keep(work, who, found, Step.DECLINED, why)
    why_not = await _carry_out(work, found, why)
    return why_not or await keep(work, who, found, Step.CONFIRMED, why)


async def _alone(work: UnitOfWork, asked: Asked) -> Pair | None:
    await locks.lock_all(work.db)
    return await pair(work.db, asked)


async def _carry_out(work: UnitOfWork, found: Pair, why: Why) -> WhyNot | None:
    match found.asked.kind:
        case Kind.NUMBER:
            done = await judge_number(work, found.one, _VERDICTS[why.answer], found.other.key.record_id)
            return None if done else WhyNot.CONTRADICTS
        case Kind.PUPIL:
            return await judge_pupil(work, found.one, _WORDS[why.answer], found.other.key.record_id, why.code)
        case Kind.REVISION:
            done = await judge(work, found.one.key, int(found.asked.other), _VERDICTS[why.answer])
            return None if done else WhyNot.SAID_ALREADY
        case Kind.ENTRIES | Kind.JOINED:
            return await _judge_entries(work, found, why)


async def _judge_entries(work: UnitOfWork, found: Pair, why: Why) -> WhyNot | None:
    # That two are one person's who are so already is no judgement: the question is closed until something new contradicts it.
    stays = found.asked.kind is Kind.JOINED and why.answer is Answer.MATCH
    both = (found.one.key.record_id, found.other.key.record_id)
    why_not = None if stays else await judge_entries(work, both, _WORDS[why.answer], why.code)
    if why_not is None:
        await work.db.execute(SQL.close_pair, *found.asked[:2], found.other.key.id)
    return why_not


async def keep(work: UnitOfWork, who: Answerer, found: Pair, step: Step, why: Why) -> Step:
    """Keep an answer in both logs: what was said, and of whom."""
    row = (*found.asked, step, why, who.staff_id, who.label, found.seen, found.since, work.now, found.bits)
    await work.db.execute(SQL.answer, *row)
    _note(work, who, found, _DEEDS[step], why)
    return step


def _note(work: UnitOfWork, who: Answerer, found: Pair, deed: Deed, why: Why) -> None:
    thing = Thing(kind=ThingKind.LINK_QUESTION, id=str(found.asked.id))
    entry = work.keep(deed, actor=who.actor, thing=thing, reason_code=why.code)
    for each in found.persons:
        work.keep(deed, actor=who.actor, thing=thing_of(each, work.today), reason_code=why.code, correlation=str(entry))


def thing_of(person: Concerned, today: date) -> Thing:
    """Return a person as the audit log names one."""
    years = today.year - person.birth_date.year - ((today.month, today.day) < (person.birth_date.month, person.birth_date.day))
    return Thing(kind=ThingKind.ADULT if years >= ADULT_AGE else ThingKind.CHILD, id=str(person.person_id))
