"""
Admits what sources submit: judge, compare with what is held, save, announce, answer; all in one transaction.

What comes by AMQP and by HTTP meets here. Submissions of several senders are admitted together, set-based, in the order in
which they came.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from contracts.ids import EventId, HoldId
from contracts.messages import RecordHeldBack
from contracts.values import Source
from infra import parking
from infra.clock import JST
from infra.outcomes import Park
from infra.work import UnitOfWork
from services.ingest import feeds, receipts, store, watermarks
from services.ingest.announcing import say
from services.ingest.answering import answered_to
from services.ingest.arrivals import Arrival, Judged, Met, Repetition, arrivals_of, entered, met_before, news_among, recognise, unreadable
from services.ingest.domain.admission import Admitted, Door
from services.ingest.domain.answers import Answers
from services.ingest.domain.ledger import Entry, Outcome
from services.ingest.domain.newness import Newness, RecordKey, key_of, settled
from services.ingest.domain.refusals import Refusal, refuse
from services.ingest.domain.watch import Place, Rates, numbers_in, numbers_kept, without_numbers
from services.ingest.feeds import FEED_STOPPED
from services.ingest.gaiji import with_gaiji
from services.ingest.quality import marks_of
from services.ingest.submissions import Submission, parked_body

PARKED_TYPE = "source_event"
RATES = Rates()
AHEAD = timedelta(minutes=5)
"""How far a source's clock may run ahead, unless the settings say otherwise."""

_COMES_TO: dict[Newness, tuple[Outcome, str | None]] = {
    Newness.NEWER: (Outcome.ACCEPTED, None),
    Newness.SAME: (Outcome.DUPLICATE, None),
    Newness.OLDER: (Outcome.SUPERSEDED, None),
    Newness.CONFLICTING: (Outcome.REFUSED, "revision_conflict"),
}
"""What a record comes to beside what is held of it, and the code where it is refused."""


TURN_OF_THE_MONTH = timedelta(minutes=2)


@dataclass(slots=True)
class _Taken:
    """What is to be saved. `held` are the records of which an older revision is."""

    records: dict[RecordKey, store.Saved] = field(default_factory=dict)
    held: Collection[RecordKey] = ()
    marks: watermarks.Said = field(default_factory=watermarks.Said)


async def admit(
    work: UnitOfWork,
    submissions: Sequence[Submission],
    body: parking.ParkingBody,
    rates: Rates = RATES,
    *,
    ahead: timedelta = AHEAD,
    alone: bool = False,
) -> list[Answers]:
    """
    Admit submissions in their order, beside other processes, or (`alone`) while none other does. Returns an answer for each event.

    `body` seals what is held of a stopped feed; `ahead` is by how much a source's clock may run ahead. Raises `store.Overtaken` where
    another process took the same event or record meanwhile: what was decided here did not know of it.
    """
    await _begin(work, submissions, alone=alone)
    purposes, stopped = await store.purposes(work.db)
    came = (
        arrival
        for number, submission in enumerate(submissions)
        for arrival in arrivals_of(number, submission, Door(submission.source, submission.inlet, work.today, work.now + ahead, purposes))
    )
    arrivals, known = await recognise(work, came)
    met = list(met_before(await with_gaiji(work.db, arrivals), known))
    going_on, held = await _stop(work, [each for each in met if isinstance(each, Arrival)], stopped, rates)
    compared, taken = await _compare(work, going_on)
    judged = sorted((*held.values(), *compared), key=lambda each: each.arrival.place)

    news = list(news_among(judged, known))
    # The last one of a key counts: a refused event and its mended second sending may meet in one transaction.
    await store.enter(work.db, {each.entry.key: each.entry for each in news}.values(), known, at=work.now)
    await store.count_repeats(work.db, Counter(arrival.key for arrival in map(_arrival, met) if arrival.attempt))
    await store.save_records(work.db, taken.records.values(), taken.held)
    await watermarks.save(work.db, taken.marks, on=work.today)

    say(work, news)
    await _hold(work, submissions, held.values(), body)
    await let_go(work, _parked_before(submissions, arrivals, known) - held.keys())
    at_place = {each.arrival.place: each for each in judged}
    return await _answered(work, submissions, [each if isinstance(each, Repetition) else at_place[each.place] for each in met])


async def _answered(work: UnitOfWork, submissions: Sequence[Submission], came: Sequence[Judged | Repetition]) -> list[Answers]:
    answers = answered_to(work, submissions, came)
    await receipts.give(work.db, submissions, answers, at=work.now)
    return answers


def must_be_alone(submissions: Sequence[Submission], now: datetime) -> bool:
    """
    Whether no other process may admit meanwhile.

    A watermark vouches for all that its source sent before, so whatever others took of it must be said already. And at the turn of a month
    two processes might enter the same event in the ledgers of two months.
    """
    month = {(now.astimezone(JST) + apart).month for apart in (-TURN_OF_THE_MONTH, TURN_OF_THE_MONTH)}
    return len(month) > 1 or any(submission.tells_watermark for submission in submissions)


async def _begin(work: UnitOfWork, submissions: Sequence[Submission], *, alone: bool) -> None:
    """Take a lane, or all of them; and see to it that the ledger has the part of this month."""
    await (store.take_all_lanes if alone or must_be_alone(submissions, work.now) else store.take_lane)(work.db)
    await store.open_month(work.db, work.today)


async def park(work: UnitOfWork, submission: Submission, body: parking.ParkingBody, reason: str) -> Answers:
    """
    Put the only event of a submission aside, because a mistake of ours keeps it from being handled.

    Its body is kept encrypted, unless something in it is denied: that is kept by nobody, whatever fails. Nothing that the sender
    wrote is kept in the clear, because it may be what broke the handling.
    """
    refusal = refuse("", "parked")
    parked = entered(unreadable(submission, refusal), Outcome.PARKED, refusal)
    key = parked.entry.key
    await store.take_lane(work.db)
    await store.open_month(work.db, work.today)
    await store.enter(work.db, [parked.entry], await store.known_events(work.db, {key: submission.source}), at=work.now)
    if await parking.park(work.db, key, PARKED_TYPE, body.seal(key, parked_body(submission)), Park(reason)):
        _say_held(work, key, submission.source, held=True)
    return (await _answered(work, [submission], [parked]))[0]


async def let_go(work: UnitOfWork, keys: Collection[UUID]) -> None:
    """Take events out of the parking, because they are handled at last or discarded, and say that they are held no longer."""
    for key, source in await store.unpark(work.db, keys):
        _say_held(work, key, source, held=False)


def _parked_before(submissions: Sequence[Submission], arrivals: Sequence[Arrival], known: dict[UUID, Entry]) -> set[UUID]:
    """Keys of what may lie in the parking: what is taken up from there, and what its sender sent again meanwhile."""
    return {
        arrival.key
        for arrival in arrivals
        if submissions[arrival.submission].again or (known and arrival.key in known and known[arrival.key].outcome is Outcome.PARKED)
    }


def _say_held(work: UnitOfWork, key: UUID, source: Source, *, held: bool) -> None:
    """Whom it concerns is not told: nothing of a parked event may be kept in the clear. The id is new, for it may be held twice."""
    work.announce_everywhere(
        RecordHeldBack(
            event_id=EventId(work.identifiers.random()), occurred_at=work.now, hold_id=HoldId(key), source=source, person_no=None, held=held
        )
    )


def _arrival(met: Met) -> Arrival:
    return met.arrival if isinstance(met, Repetition) else met


async def _stop(
    work: UnitOfWork, fresh: Sequence[Arrival], stopped: dict[Source, str], rates: Rates
) -> tuple[list[Arrival], dict[UUID, Judged]]:
    """
    Return what may go on, and, by key, what must be held, because its feed is stopped or stops with it.

    What is refused anyway is not held: nothing is kept of it, and where its feed is stopped none of its numbers either.
    """
    told = [(arrival.source, _numbers(arrival)) for arrival in fresh]
    going_on: list[Arrival] = []
    held: dict[UUID, Judged] = {}
    for arrival, stopped_for in zip(fresh, await feeds.watch(work, told, stopped, rates), strict=True):
        if stopped_for is None:
            going_on.append(arrival)
            continue
        without = replace(arrival, identity=without_numbers(arrival.identity))
        if isinstance(without.verdict, Admitted):
            held[without.key] = entered(without, Outcome.PARKED, refuse(stopped_for, FEED_STOPPED))
        else:
            going_on.append(without)
    return going_on, held


def _numbers(arrival: Arrival) -> list[tuple[Place, str]]:
    if isinstance(arrival.verdict, Admitted):
        return numbers_in(arrival.verdict)
    return numbers_kept(arrival.source, arrival.identity)


async def _hold(work: UnitOfWork, submissions: Sequence[Submission], held: Iterable[Judged], body: parking.ParkingBody) -> None:
    """Put aside what came of a stopped feed: sealed, so that nothing is lost and nobody can read a number."""
    sealed: dict[UUID, bytes] = {}
    source_of: dict[UUID, Source] = {}
    for arrival in (each.arrival for each in held):
        whole = submissions[arrival.submission]
        if isinstance(whole.events, tuple):
            single = replace(whole, events=(whole.events[arrival.position],), offset=whole.offset + arrival.position)
            sealed[arrival.key] = body.seal(arrival.key, parked_body(single))
            source_of[arrival.key] = arrival.source
    for key in sorted(await store.hold(work.db, PARKED_TYPE, FEED_STOPPED, sealed)):
        _say_held(work, key, source_of[key], held=True)


async def _compare(work: UnitOfWork, fresh: Sequence[Arrival]) -> tuple[list[Judged], _Taken]:
    """Return what each arrival comes to, and what is to be saved."""
    taken = _Taken()
    refused: list[Judged] = []
    records: list[tuple[Arrival, Admitted]] = []
    marks: list[tuple[Arrival, Admitted]] = []
    for arrival in fresh:
        match arrival.verdict:
            case Refusal() as refusal:
                refused.append(entered(arrival, Outcome.REFUSED, refusal))
            case Admitted(is_watermark=True) as admitted:
                marks.append((arrival, admitted))
            case Admitted() as admitted:
                records.append((arrival, admitted))
            case _:
                assert_never(arrival.verdict)
    of_marks, taken.marks = await watermarks.compare(work.db, marks)
    return [*refused, *await _compare_records(work, records, taken), *of_marks], taken


async def _compare_records(work: UnitOfWork, records: Sequence[tuple[Arrival, Admitted]], taken: _Taken) -> list[Judged]:
    keys = [key_of(admitted) for _, admitted in records]
    held = taken.held = await store.held_records(work.db, keys)
    judged = []
    for key, (arrival, admitted), found in zip(keys, records, settled(held, (admitted for _, admitted in records)), strict=True):
        outcome, code = _COMES_TO[found.newness]
        judged.append(entered(arrival, outcome, refuse("revision", code) if code else None, found.held.person_no))
        if outcome is Outcome.ACCEPTED:
            taken.records[key] = store.Saved(admitted, found.held, marks_of(work.identifiers, admitted))
    return judged
