"""Carries out that what people decided holds no longer: of a revision of the register, and of two entries that were parted."""

from collections.abc import Sequence

from contracts.ids import EventId
from infra.work import UnitOfWork
from services.linker import judged, locks, saving, store
from services.linker.actions import settle
from services.linker.domain.judgements import Judgement, Word, standing
from services.linker.domain.records import RecordKey
from services.linker.domain.subjects import SubjectId, entry_subject
from services.linker.gathering import gather
from services.linker.judging import WhyNot, judge_entries
from services.linker.naming import names_in


async def unjudge(work: UnitOfWork, key: RecordKey, revision: int) -> bool:
    """
    Take back what a person decided about a revision: it waits again, and what holds is what all revisions say without that decision.

    Those that came since were taken in upon it; each is looked at again. Returns whether anything was decided.
    """
    naming = await names_in(work)
    if not await saving.unjudge(work.db, key, revision):
        return False
    change = await gather(work, {key: []}, naming)
    if change is not None:
        change.decision = EventId(work.identifiers.random())
        await settle(work, change)
    return True


async def judge_as_before(work: UnitOfWork, entries: tuple[str, str], basis: str) -> WhyNot | None:
    """
    Take back what a person decided about two entries, by their record ids: what was said of the two before that holds again.

    Where they were one person's by a person's word, they are so again. Returns why not.
    """
    await locks.lock_all(work.db)
    numbers = [number for each in entries for number in await store.number_in_entry(work.db, each)]
    if len(numbers) < len(entries):
        return WhyNot.NO_ENTRY
    (kept, _), word = word_before(await judged.judgements(work.db), (entry_subject(numbers[0]), entry_subject(numbers[1])))
    return await judge_entries(work, entries if kept == entry_subject(numbers[0]) else (entries[1], entries[0]), word, basis)


def word_before(log: Sequence[Judgement], pair: tuple[SubjectId, SubjectId]) -> tuple[tuple[SubjectId, SubjectId], Word]:
    """Return what was said of two subjects before what holds was said, and of whom in which order; `OPEN` where it was nothing."""
    last = next((each for each in standing(log) if each.pair == frozenset(pair)), None)
    before = next((each for each in log if last is not None and each.judgement_id == last.supersedes), None)
    if before is None or before.word is not Word.SAME:
        return pair, Word.OPEN
    return (before.one, before.other), before.word
