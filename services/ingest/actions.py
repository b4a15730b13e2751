"""
Admits what sources submit: judge, compare with what is held, save, announce, answer; all in one transaction.

What comes by AMQP and by HTTP meets here. Submissions of several senders are admitted together, set-based, in the order in
which they came.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from contracts.messages import RecordHeldBack
from contracts.values import Source
from infra import parking
from infra.outcomes import Park
from infra.work import UnitOfWork
from services.ingest import feeds, store
from services.ingest.announcing import say
from services.ingest.answering import answered_to
from services.ingest.arrivals import Arrival, arrivals_of, fresh_among, news_among, recognise
from services.ingest.domain.admission import Admitted, Door
from services.ingest.domain.answers import Answers
from services.ingest.domain.ledger import Entry, Identity, Outcome
from services.ingest.domain.newness import Newness, key_of, settled
from services.ingest.domain.refusals import Refusal, refuse
from services.ingest.domain.watch import Place, Rates, numbers_in, numbers_kept, without_numbers
from services.ingest.feeds import FEED_STOPPED
from services.ingest.submissions import Submission, key_at, parked_body

PARKED_TYPE = "source_event"
RATES = Rates()
AHEAD = timedelta(minutes=5)
"""How far a source's clock may run ahead, unless the settings say otherwise."""

_OUTCOMES = {
    Newness.NEWER: Outcome.ACCEPTED,
    Newness.SAME: Outcome.DUPLICATE,
    Newness.OLDER: Outcome.SUPERSEDED,
    Newness.CONFLICTING: Outcome.REFUSED,
}


@dataclass(slots=True)
class _Taken:
    """What is to be saved."""

    records: dict[Any, store.Saved] = field(default_factory=dict)
    marks: dict[Source, tuple[date, UUID]] = field(default_factory=dict)


async def admit(
    work: UnitOfWork, submissions: Sequence[Submission], body: parking.ParkingBody, rates: Rates = RATES, *, ahead: timedelta = AHEAD
) -> list[Answers]:
    """
    Admit submissions in their order. Returns an answer for each event of each.

    `body` seals what is held of a stopped feed; `ahead` is by how much a source's clock may run ahead.
    """
    await store.take_turn(work.db)
    purposes, stopped = await store.purposes(work.db)
    arrivals = [
        arrival
        for number, submission in enumerate(submissions)
        for arrival in arrivals_of(number, submission, Door(submission.source, submission.inlet, work.today, work.now + ahead, purposes))
    ]
    known = await recognise(work, arrivals)

    fresh = list(fresh_among(arrivals, known))
    held = await _stop(work, fresh, stopped, rates)
    taken = await _compare(work, [arrival for arrival in fresh if arrival.entry is None])

    news = list(news_among(fresh, known))
    # The last one of a key counts: a refused event and its mended second sending may meet in one transaction.
    await store.enter(work.db, list({arrival.key: arrival.entry for arrival in news if arrival.entry}.values()), at=work.now)
    await store.count_repeats(work.db, Counter(arrival.key for arrival in arrivals if arrival.attempt))
    await store.save_records(work.db, taken.records.values())
    await store.save_watermarks(work.db, taken.marks)

    for arrival in news:
        say(work, arrival)
    await _hold(work, submissions, held, body)
    await let_go(work, _parked_before(submissions, arrivals, known) - held.keys())
    return answered_to(work, submissions, arrivals)


async def park(work: UnitOfWork, submission: Submission, body: parking.ParkingBody, reason: str) -> Answers:
    """
    Put the only event of a submission aside, because a mistake of ours keeps it from being handled.

    Its body is kept encrypted, unless something in it is denied: that is kept by nobody, whatever fails. Nothing that the sender
    wrote is kept in the clear, because it may be what broke the handling.
    """
    refusal = refuse("", "parked")
    nobody = Identity(None, None, None, None)
    arrival = Arrival(0, 0, submission.source, submission.inlet, key_at(submission, 0), nobody, refusal, None, judged=True)
    arrival.entry = Entry(arrival.key, arrival.source, nobody, Outcome.PARKED, refusal)
    await store.enter(work.db, [arrival.entry], at=work.now)
    if await parking.park(work.db, arrival.key, PARKED_TYPE, body.seal(arrival.key, parked_body(submission)), Park(reason)):
        _say_held(work, arrival.key, arrival.source, held=True)
    return answered_to(work, [submission], [arrival])[0]


async def let_go(work: UnitOfWork, keys: Collection[UUID]) -> None:
    """Take events out of the parking, because they are handled at last or discarded, and say that they are held no longer."""
    for key, source in await store.unpark(work.db, keys):
        _say_held(work, key, source, held=False)


def _parked_before(submissions: Sequence[Submission], arrivals: Sequence[Arrival], known: dict[UUID, Entry]) -> set[UUID]:
    """Keys of what may lie in the parking: what is taken up from there, and what its sender sent again meanwhile."""
    return {
        arrival.key
        for arrival in arrivals
        if submissions[arrival.submission].again or (arrival.key in known and known[arrival.key].outcome is Outcome.PARKED)
    }


def _say_held(work: UnitOfWork, key: UUID, source: Source, *, held: bool) -> None:
    """Whom it concerns is not told: nothing of a parked event may be kept in the clear. The id is new, for it may be held twice."""
    work.announce_everywhere(
        RecordHeldBack(event_id=work.identifiers.random(), occurred_at=work.now, hold_id=key, source=source, person_no=None, held=held)
    )


async def _stop(work: UnitOfWork, fresh: Sequence[Arrival], stopped: dict[Source, str], rates: Rates) -> dict[UUID, Arrival]:
    """
    Return what must be held, because its feed is stopped or stops with it.

    What is refused anyway is not held: nothing is kept of it, and where its feed is stopped none of its numbers either.
    """
    told = [(arrival.source, list(_numbers(arrival))) for arrival in fresh]
    held = {}
    for arrival, stopped_for in zip(fresh, await feeds.watch(work, told, stopped, rates), strict=True):
        if stopped_for is not None:
            arrival.identity = without_numbers(arrival.identity)
            if isinstance(arrival.verdict, Admitted):
                arrival.judged = True
                arrival.entry = _entry(arrival, Outcome.PARKED, refuse(stopped_for, FEED_STOPPED))
                held[arrival.key] = arrival
    return held


def _numbers(arrival: Arrival) -> Iterator[tuple[Place, str]]:
    if isinstance(arrival.verdict, Admitted):
        return numbers_in(arrival.verdict)
    return numbers_kept(arrival.source, arrival.identity)


async def _hold(work: UnitOfWork, submissions: Sequence[Submission], held: dict[UUID, Arrival], body: parking.ParkingBody) -> None:
    """Put aside what came of a stopped feed: sealed, so that nothing is lost and nobody can read a number."""
    sealed = {}
    for key, arrival in held.items():
        whole = submissions[arrival.submission]
        if isinstance(whole.events, tuple):
            single = replace(whole, events=(whole.events[arrival.position],), offset=whole.offset + arrival.position)
            sealed[key] = body.seal(key, parked_body(single))
    for key in sorted(await store.hold(work.db, PARKED_TYPE, FEED_STOPPED, sealed)):
        _say_held(work, key, held[key].source, held=True)


async def _compare(work: UnitOfWork, fresh: Sequence[Arrival]) -> _Taken:
    """Give every fresh arrival its ledger entry."""
    taken = _Taken()
    records = [(each, each.verdict) for each in fresh if isinstance(each.verdict, Admitted) and not each.verdict.is_watermark]
    marks = [(each, each.verdict) for each in fresh if isinstance(each.verdict, Admitted) and each.verdict.is_watermark]

    held = await store.held_records(work.db, (key_of(admitted) for _, admitted in records))
    judged = settled(held, (admitted for _, admitted in records))
    for (arrival, admitted), found in zip(records, judged, strict=True):
        conflict = refuse("revision", "revision_conflict") if found.newness is Newness.CONFLICTING else None
        arrival.entry = _entry(arrival, _OUTCOMES[found.newness], conflict)
        arrival.person_no = found.held.person_no
        if found.newness is Newness.NEWER:
            taken.records[key_of(admitted)] = store.Saved(arrival.key, admitted, found.held)

    passed = await store.watermarks(work.db) if marks else {}
    for arrival, admitted in marks:
        through = date.fromisoformat(admitted.data["complete_through"])
        moves = admitted.source not in passed or through > passed[admitted.source]
        arrival.entry = _entry(arrival, Outcome.ACCEPTED if moves else Outcome.SUPERSEDED)
        if moves:
            passed[admitted.source] = through
            taken.marks[admitted.source] = (through, arrival.key)

    for arrival in fresh:
        arrival.judged = True
        if isinstance(arrival.verdict, Refusal):
            arrival.entry = _entry(arrival, Outcome.REFUSED, arrival.verdict)
    return taken


def _entry(arrival: Arrival, outcome: Outcome, refusal: Refusal | None = None) -> Entry:
    return Entry(arrival.key, arrival.source, arrival.identity, outcome, refusal)
