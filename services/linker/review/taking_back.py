"""
Takes a decision back that people made on the pages: one more judgement says nothing of the two any more, and it is asked again.

What was merged is parted, what was parted is merged again, what was linked is decided as if nobody had said it, and of a revision of the
register all revisions are looked at again without the decision (`judging.py`). Two people take back what takes two to decide, or joins.
"""

from infra.work import UnitOfWork
from services.linker import judged, locks, store
from services.linker.domain.judgements import Word
from services.linker.domain.reviewing.questions import (
    Answer,
    Asked,
    Kind,
    Step,
    Why,
    decision_of,
    needs_two_back,
    why_not_second_back,
    why_not_take_back,
)
from services.linker.domain.subjects import entry_subject, number_subject
from services.linker.judging import (
    Move,
    WhyNot,
    is_said,
    judge_entries,
    judge_pupil,
    judgement_on,
    keep_judged,
    number_anew,
    say_anew,
)
from services.linker.naming import names_in
from services.linker.review.answering import Answerer, NotTaken, keep
from services.linker.review.pairs import Pair, decided
from services.linker.unjudging import judge_as_before, unjudge


async def take_back(work: UnitOfWork, who: Answerer, asked: Asked, why: Why, seen: str) -> Step | NotTaken | None:
    """Take a decision back, or propose it where it takes two. Returns what it did; None where no decision stands."""
    found = await _alone(work, asked)
    decision = decision_of(found.given) if found is not None else None
    if found is None or decision is None:
        return None
    if (not_now := why_not_take_back(found.given, found.seen, seen)) is not None:
        return not_now
    if needs_two_back(asked.kind, decision.why.answer, protected=found.is_protected):
        return await keep(work, who, found, Step.BACK_PROPOSED, why)
    return await _carry_out(work, found, why) or await keep(work, who, found, Step.TAKEN_BACK, why)


async def second_back(work: UnitOfWork, who: Answerer, asked: Asked, seen: str, *, confirms: bool) -> Step | NotTaken | None:
    """Take what a second person says of taking a decision back. Returns what it did; None where no decision stands."""
    found = await _alone(work, asked)
    if found is None:
        return None
    if (not_now := why_not_second_back(found.given, found.seen, seen, who.staff_id, confirms=confirms)) is not None:
        return not_now
    why = found.given[-1].why
    if not confirms:
        return await keep(work, who, found, Step.BACK_DECLINED, why)
    return await _carry_out(work, found, why) or await keep(work, who, found, Step.TAKEN_BACK, why)


async def _alone(work: UnitOfWork, asked: Asked) -> Pair | None:
    await locks.lock_all(work.db)
    return await decided(work.db, asked)


async def _carry_out(work: UnitOfWork, found: Pair, why: Why) -> WhyNot | None:
    entry = found.other.key.record_id
    match found.asked.kind:
        case Kind.NUMBER:
            return await _number(work, found, why)
        case Kind.PUPIL:
            return await judge_pupil(work, found.one, Word.OPEN, entry, why.code)
        case Kind.ENTRIES:
            return await judge_entries(work, (found.one.key.record_id, entry), Word.OPEN, why.code)
        case Kind.JOINED:
            decision = decision_of(found.given)
            # That two stay one was no judgement: it is only asked again.
            stayed = decision is not None and decision.why.answer is Answer.MATCH
            return None if stayed else await judge_as_before(work, (found.one.key.record_id, entry), why.code)
        case Kind.REVISION:
            return None if await unjudge(work, found.one.key, int(found.asked.other)) else WhyNot.SAID_ALREADY


async def _number(work: UnitOfWork, found: Pair, why: Why) -> WhyNot | None:
    number, numbers = found.one.subject_no, await store.number_in_entry(work.db, found.other.key.record_id)
    if number is None or not numbers:
        return WhyNot.NO_ENTRY
    pair, log = (entry_subject(numbers[0]), number_subject(number)), await judged.judgements(work.db)
    if not is_said(log, pair):
        return WhyNot.SAID_ALREADY
    said = judgement_on(work, log, pair, Word.OPEN, why.code)
    before = await names_in(work)
    if await keep_judged(work, before, log, [said]) is None:
        return WhyNot.CONTRADICTS
    was, now = before.person(number), (await names_in(work)).person(number)
    if was != now:
        # A number of which nothing is said is whoever has, or had, the register's entry under it.
        await say_anew(work, [Move(pair[1], before.first(number), was, now, 0)], said.judgement_id, of_persons=False)
    await number_anew(work, found.one, number)
    return None
