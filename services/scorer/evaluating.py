"""
Evaluating children: read all that reaches them, ask every indicator, judge, save what changed, tell the ward what is news.

Every action costs the same number of statements for one child and for two hundred.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import asyncpg
import structlog

from contracts.ids import PersonId
from contracts.quick import quick
from infra.logs import whereabouts
from infra.postgres import is_transient
from infra.work import UnitOfWork
from services.scorer import keeping, loading, partly, rulesets, store, telling, turning
from services.scorer.domain.ages import DAY
from services.scorer.domain.answer import Answer
from services.scorer.domain.evaluation import Alike, due_apart_from_silence, evaluate, in_scope
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.patience import NONE, Patience
from services.scorer.domain.programme import Programme
from services.scorer.domain.review import Announcement, Say, announcement
from services.scorer.domain.rulesets import Ruleset, judge

log = structlog.get_logger()


Written = tuple[store.Cells, str]
"""An answer as it is written, and its text for the digest."""


@quick(frozen=True, slots=True)
class Asked:
    """A child's answers, as they are written too, by what they are known, and what is to be told of them."""

    case: loading.Case
    answers: tuple[Answer, ...]
    written: Sequence[Written]
    digest: bytes
    reasons: Sequence[Answer]
    """Those for which the ruleset lists the child, or would with others."""
    news: Announcement | None

    @property
    def is_new(self) -> bool:
        """Whether there is anything to write or to tell."""
        return self.news is not None or self.digest != self.case.digest

    @property
    def asks_for_a_review(self) -> bool:
        """Whether the ward is to be told that people should look."""
        return self.news is not None and self.news.say is Say.REVIEW_NEEDED


@quick(frozen=True, slots=True)
class Evaluated:
    """The same of a child of whom there is anything new, with its rows, what is held, and since when each answer is known."""

    asked: Asked
    held: Mapping[str, store.Held]
    rows: tuple[store.Row, ...]
    known_at: tuple[datetime, ...]


class Memory:
    """What children have in common, from one batch to the next: as long as day, feeds and parameters are the same."""

    def __init__(self) -> None:
        self._alike: Alike | None = None

    def alike(self, feeds: loading.Feeds, today: date, parameters: Parameters) -> Alike:
        """What is remembered by these."""
        if self._alike is None or not self._alike.holds(feeds.watermarks, today, parameters):
            self._alike = Alike(feeds.watermarks, today, parameters)
        return self._alike


async def anybody_waits(pool: asyncpg.Pool, today: date) -> bool:
    """Whether there may be anything for `evaluate_due` to do."""
    async with pool.acquire() as db:
        return await store.anybody_waits(db, today)


async def evaluate_due(
    work: UnitOfWork, limit: int, programme: Programme | None = None, *, patience: Patience = NONE, memory: Memory | None = None
) -> int:
    """
    Evaluate up to `limit` children whose turn has come, by the passing of time or by news of them. Returns how many there were.

    With `memory`, what this batch's children have in common with those of the last one is not asked again.
    """
    await _watch_feeds(work)
    programme = programme or await rulesets.in_use(work.db)
    turns = await store.claim_due(work.db, work.today, limit, programme.ruleset.name, patience)

    await _evaluate_all(work, turns, programme, memory)
    return len(turns)


async def evaluate_due_singly(
    work: UnitOfWork,
    limit: int,
    programme: Programme | None = None,
    failed: Callable[[], None] = lambda: None,
    *,
    patience: Patience = NONE,
) -> int:
    """
    Do what `evaluate_due` does, one child at a time: one who cannot be evaluated is left until tomorrow, the others are done.

    `failed` is called for each one who could not be; the ward is told that its answers are of an older day.
    """
    await _watch_feeds(work)
    programme = programme or await rulesets.in_use(work.db)
    children = [turn.person_id for turn in await store.claim_due(work.db, work.today, limit, programme.ruleset.name, patience)]
    for child in children:
        mark = work.mark()
        try:
            async with work.db.transaction():
                await _evaluate_all(work, [store.Turn(child)], programme)
        except Exception as error:
            if is_transient(error):
                raise
            work.forget_since(mark)
            log.error("scorer.child_not_evaluated", person_id=str(child), **whereabouts(error))
            failed()
            await store.save_due(work.db, {child: (work.today + DAY, None)})
            news = await store.mark_overdue(work.db, child, work.today)
            if news:
                telling.tell_overdue(work, child, *news)
    return len(children)


async def evaluate_now(work: UnitOfWork, children: Sequence[PersonId], programme: Programme) -> None:
    """Lock and evaluate `children`. If that fails, what was heard is kept, and the ticker finds out whose fault it is."""
    if not children:
        return
    await store.lock_children(work.db, children)
    mark = work.mark()
    try:
        async with work.db.transaction():
            await _evaluate_all(work, [store.Turn(child) for child in children], programme)
    except Exception as error:
        if is_transient(error):
            raise
        work.forget_since(mark)
        log.error("scorer.children_not_evaluated", **whereabouts(error))
        await store.put_off(work.db, dict.fromkeys(children))


async def _watch_feeds(work: UnitOfWork) -> None:
    """Hold watermarks and programme as they are, and tell whoever rests on a feed that fell silent: once, and not with every watermark."""
    silent = await keeping.silence_is_due(work.db, work.today)
    await keeping.hold_watermarks(work.db, work.now, alone=silent)
    if silent:
        await keeping.fall_silent(work.db, work.today)


async def _evaluate_all(work: UnitOfWork, turns: Sequence[store.Turn], programme: Programme, memory: Memory | None = None) -> None:
    """Evaluate children, who are locked, and save and tell what is new."""
    if not turns:
        return
    feeds = await loading.feeds(work.db)
    programme = feeds.programme(programme)
    alike = (memory or Memory()).alike(feeds, work.today, programme.parameters)
    children = await partly.evaluate_partly(work, turns, programme, feeds, alike)
    if not children:
        return
    ruleset = programme.ruleset.on(work.today)
    cases = await loading.load(work.db, children, programme, feeds, on=work.today, held=False)

    asked = [_ask(case, alike, ruleset) for case in cases]
    listed = {a.case.person_id: turning.Listed(a.reasons, a.case.told_at) for a in asked if a.asks_for_a_review}
    waiting = await turning.who_waits(work.db, work.now, listed)
    asked = [_wait(each, waiting.get(each.case.person_id), work.today, ruleset) for each in asked]
    # Of most children nothing is new: of them no answer is read again.
    new = [each for each in asked if each.is_new]
    held = await loading.answers_held(work.db, [each.case.person_id for each in new])
    evaluated = [_evaluated(each, held.get(each.case.person_id, {}), work.now) for each in new]

    superseded, rows = _changes(evaluated)
    await store.save_evaluations(work.db, superseded, rows, programme.parameters.version, work.now)
    await store.save_due(work.db, {a.case.person_id: (_due(a, feeds, waiting.get(a.case.person_id)), a.digest) for a in asked})
    for person_id, version in (await store.no_longer_overdue(work.db, children)).items():
        telling.tell_overdue(work, person_id, None, version)
    await store.save_signals(work.db, {a.case.person_id: a.news.signal for a in asked if a.news}, programme.ruleset.name, work.now)
    for each in evaluated:
        if each.asked.news:
            known = tuple(zip(each.asked.answers, each.known_at, strict=True))
            telling.tell_review(work, each.asked.case.person_id, known, each.asked.news, feeds, programme.ruleset)


def _ask(case: loading.Case, alike: Alike, ruleset: Ruleset) -> Asked:
    facts = case.facts(alike.parameters)
    answers = evaluate(case.child, facts, alike.watermarks, alike.as_of, alike.parameters, alike=alike)
    verdict = judge(ruleset, answers, in_scope=in_scope(case.child, alike.as_of))
    written = alike.made_of(answers, _written)
    digest = store.digest_of([text for _, text in written])
    return Asked(case, answers, written, digest, verdict.reasons, announcement(case.told, verdict, case.spoken))


def _wait(asked: Asked, waits: turning.Waits | None, today: date, ruleset: Ruleset) -> Asked:
    """What is said of a child today of whom some reasons wait for another day: as if they were none yet."""
    if waits is None:
        return asked
    others = [answer for answer in asked.answers if answer.item not in waits.items]
    verdict = judge(ruleset, others, in_scope=in_scope(asked.case.child, today))
    return replace(asked, news=announcement(asked.case.told, verdict, asked.case.spoken))


def _due(asked: Asked, feeds: loading.Feeds, waits: turning.Waits | None) -> date | None:
    by_time = due_apart_from_silence(asked.answers, feeds.silent)
    if waits is None:
        return by_time
    return waits.until if by_time is None else min(by_time, waits.until)


def _written(answer: Answer) -> Written:
    cells = store.cells_of(answer)
    return cells, store.text_of(cells)


def _evaluated(asked: Asked, held: Mapping[str, store.Held], now: datetime) -> Evaluated:
    rows = tuple(store.Row(asked.case.person_id, *cells) for cells, _ in asked.written)
    return Evaluated(asked, held, rows, tuple(_known_at(held.get(row.item), row, now) for row in rows))


def _known_at(held: store.Held | None, row: store.Row, now: datetime) -> datetime:
    """Return since when the answer is known: an unchanged one keeps its day, however often it is asked again, and whatever adds to it."""
    return held.known_at if held and held.says(row) else now


def _changes(evaluated: Iterable[Evaluated]) -> tuple[list[int], list[tuple[store.Row, datetime]]]:
    """Return the ids of what is believed no longer, and the rows of what is believed now."""
    superseded: list[int] = []
    rows: list[tuple[store.Row, datetime]] = []
    for each in evaluated:
        for row, known_at in zip(each.rows, each.known_at, strict=True):
            held = each.held.get(row.item)
            if held and held.row == row:
                continue
            rows.append((row, known_at))
            if held:
                superseded.append(held.evaluation_id)
    return superseded, rows
