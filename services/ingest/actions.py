"""
Admits what sources submit: judge, compare with what is held, save, announce, answer; all in one transaction.

What comes by AMQP and by HTTP meets here. Submissions of several senders are admitted together, set-based, in the order in
which they came.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import FeedWatermark, RecordAccepted, RecordHeldBack, RecordVoided, Thing
from contracts.values import Operation, Source
from infra import parking
from infra.identifiers import caused
from infra.outcomes import Park
from infra.work import UnitOfWork
from services.ingest import feeds, store
from services.ingest.domain import characters, ledger
from services.ingest.domain.admission import Admitted, Door, Inlet, Verdict, judge, kind_of
from services.ingest.domain.denial import denial_in
from services.ingest.domain.envelope import trace_context
from services.ingest.domain.ledger import Entry, Identity, Outcome
from services.ingest.domain.newness import Newness, key_of, settled
from services.ingest.domain.reading import RawEvent, examine
from services.ingest.domain.refusals import Fault, Refusal, refuse
from services.ingest.domain.watch import Place, Rates, numbers_in, numbers_kept, without_numbers
from services.ingest.feeds import FEED_STOPPED

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

Answers: TypeAlias = list[dict[str, Any]]


class NothingKept(Exception):
    """A parked event of which nothing was kept, because something in it is denied or could not be looked through."""


@dataclass(frozen=True, slots=True)
class Submission:
    """
    One message or request of one source: its events, or why it could not be read.

    `name`, with the place in it counted from `offset`, stands for an event that has no id of its own; a redelivery must have the same.
    """

    source: Source
    inlet: Inlet
    events: tuple[RawEvent, ...] | Refusal
    name: str
    traceparent: str | None = None
    offset: int = 0
    octets: int = 0
    """How long the body was."""
    again: bool = False
    """Whether it lay in the parking and is taken up again."""
    message_id: str | None = None
    """What the sender called the message: told back, so that it knows which one an answer is about."""

    @property
    def size(self) -> int:
        """How many events the ledger will count for it."""
        return 1 if isinstance(self.events, Refusal) else len(self.events)


@dataclass(slots=True)
class _Arrival:
    """One event on its way through the admission: where it stood, and how often it came before (`attempt`)."""

    submission: int
    position: int
    source: Source
    inlet: Inlet
    key: UUID
    identity: Identity
    verdict: Verdict
    traceparent: str | None
    entry: Entry | None = None
    attempt: int = 0
    judged: bool = False
    person_no: str | None = None


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
        for arrival in _arrivals(number, submission, Door(submission.source, submission.inlet, work.today, work.now + ahead, purposes))
    ]
    known = await _recognise(work, arrivals)

    fresh = list(_fresh(arrivals, known))
    held = await _stop(work, fresh, stopped, rates)
    taken = await _compare(work, [arrival for arrival in fresh if arrival.entry is None])

    news = list(_news(fresh, known))
    # The last one of a key counts: a refused event and its mended second sending may meet in one transaction.
    await store.enter(work.db, list({arrival.key: arrival.entry for arrival in news if arrival.entry}.values()), at=work.now)
    await store.count_repeats(work.db, Counter(arrival.key for arrival in arrivals if arrival.attempt))
    await store.save_records(work.db, taken.records.values())
    await store.save_watermarks(work.db, taken.marks)

    for arrival in news:
        _say(work, arrival)
    await _hold(work, submissions, held, body)
    await let_go(work, _parked_before(submissions, arrivals, known) - held.keys())
    return _answered(work, submissions, arrivals)


async def park(work: UnitOfWork, submission: Submission, body: parking.ParkingBody, reason: str) -> Answers:
    """
    Put the only event of a submission aside, because a mistake of ours keeps it from being handled.

    Its body is kept encrypted, unless something in it is denied: that is kept by nobody, whatever fails. Nothing that the sender
    wrote is kept in the clear, because it may be what broke the handling.
    """
    refusal = refuse("", "parked")
    nobody = Identity(None, None, None, None)
    arrival = _Arrival(0, 0, submission.source, submission.inlet, _key(submission, 0), nobody, refusal, None, judged=True)
    arrival.entry = Entry(arrival.key, arrival.source, nobody, Outcome.PARKED, refusal)
    await store.enter(work.db, [arrival.entry], at=work.now)
    if await parking.park(work.db, arrival.key, PARKED_TYPE, body.seal(arrival.key, _parked_body(submission)), Park(reason)):
        _say_held(work, arrival.key, arrival.source, held=True)
    return _answered(work, [submission], [arrival])[0]


async def let_go(work: UnitOfWork, keys: Collection[UUID]) -> None:
    """Take events out of the parking, because they are handled at last or discarded, and say that they are held no longer."""
    for key, source in await store.unpark(work.db, keys):
        _say_held(work, key, source, held=False)


def _parked_before(submissions: Sequence[Submission], arrivals: Sequence[_Arrival], known: dict[UUID, Entry]) -> set[UUID]:
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


def unparked(body: bytes) -> Submission:
    """The submission of an event that was parked. Raises NothingKept; other errors where the body is not what `park` wrote."""
    kept = json.loads(body)
    if kept["event"] is None:
        raise NothingKept
    return Submission(
        Source(kept["source"]), Inlet(kept["inlet"]), (examine(kept["event"]),), kept["name"], offset=kept["offset"], again=True
    )


def _parked_body(submission: Submission) -> bytes:
    event = None if isinstance(submission.events, Refusal) else _keepable(submission.events[0], submission.source)
    kept = {
        "source": submission.source.value,
        "inlet": submission.inlet.value,
        "name": submission.name,
        "offset": submission.offset,
        "event": event,
    }
    return json.dumps(kept).encode()


def _keepable(raw: RawEvent, source: Source) -> dict[str, Any] | None:
    try:
        return raw.content if raw.defect is None and denial_in(raw.content, kind_of(raw.content, source)) is None else None
    except Exception:  # noqa: BLE001 -- what cannot even be looked through may hold anything
        return None


def _arrivals(number: int, submission: Submission, door: Door) -> Iterator[_Arrival]:
    if isinstance(submission.events, Refusal):
        nobody = Identity(None, None, None, None)
        yield _Arrival(number, 0, submission.source, submission.inlet, _key(submission, 0), nobody, submission.events, None)
        return
    for position, raw in enumerate(submission.events):
        verdict = judge(raw, door)
        identity = ledger.identity_of(raw.content, submission.source, verdict)
        trace = (verdict.envelope.traceparent if isinstance(verdict, Admitted) else None) or trace_context(submission.traceparent)
        yield _Arrival(number, position, submission.source, submission.inlet, _key(submission, position), identity, verdict, trace)


def _key(submission: Submission, position: int) -> UUID:
    event_id = None if isinstance(submission.events, Refusal) else ledger.readable_id(submission.events[position].content)
    if event_id is None:
        return ledger.nameless_key(submission.source, submission.name, submission.offset + position)
    return ledger.event_key(submission.source, event_id)


async def _recognise(work: UnitOfWork, arrivals: Sequence[_Arrival]) -> dict[UUID, Entry]:
    """What the ledger knows of the arrivals. An id that was used for something else gets a key of its own first."""
    known = await store.known_events(work.db, {arrival.key: arrival.source for arrival in arrivals})
    first: dict[UUID, Identity] = {key: entry.identity for key, entry in known.items() if entry.outcome.final}
    reused = []
    for arrival in arrivals:
        identity = first.setdefault(arrival.key, arrival.identity) if isinstance(arrival.verdict, Admitted) else first.get(arrival.key)
        if identity is not None and not ledger.is_same_event(identity, arrival.verdict):
            arrival.key = ledger.reused_key(arrival.key)
            arrival.verdict = arrival.verdict if isinstance(arrival.verdict, Refusal) else ledger.reuse(identity, arrival.verdict)
            reused.append(arrival)
    return known | (await store.known_events(work.db, {arrival.key: arrival.source for arrival in reused}) if reused else {})


def _fresh(arrivals: Sequence[_Arrival], known: dict[UUID, Entry]) -> Iterator[_Arrival]:
    """Arrivals to be judged: first comers, and those that were not taken the last time. The others are repetitions."""
    seen: dict[UUID, _Arrival] = {}
    came = Counter({key: 1 + entry.repeats for key, entry in known.items()})
    for arrival in arrivals:
        arrival.attempt = came[arrival.key]
        came[arrival.key] += 1
        earlier = known.get(arrival.key)
        if earlier is not None and earlier.outcome.final:
            arrival.entry = earlier
        elif arrival.key not in seen or _is_other_than_refused(arrival.verdict, seen[arrival.key].verdict):
            seen[arrival.key] = arrival
            yield arrival


def _is_other_than_refused(verdict: Verdict, before: Verdict) -> bool:
    """Whether an event that was refused a moment ago, in the same transaction, comes mended or with another mistake."""
    return isinstance(before, Refusal) and (not isinstance(verdict, Refusal) or verdict != before)


async def _stop(work: UnitOfWork, fresh: Sequence[_Arrival], stopped: dict[Source, str], rates: Rates) -> dict[UUID, _Arrival]:
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


def _numbers(arrival: _Arrival) -> Iterator[tuple[Place, str]]:
    if isinstance(arrival.verdict, Admitted):
        return numbers_in(arrival.verdict)
    return numbers_kept(arrival.source, arrival.identity)


async def _hold(work: UnitOfWork, submissions: Sequence[Submission], held: dict[UUID, _Arrival], body: parking.ParkingBody) -> None:
    """Put aside what came of a stopped feed: sealed, so that nothing is lost and nobody can read a number."""
    sealed = {}
    for key, arrival in held.items():
        whole = submissions[arrival.submission]
        if isinstance(whole.events, tuple):
            single = replace(whole, events=(whole.events[arrival.position],), offset=whole.offset + arrival.position)
            sealed[key] = body.seal(key, _parked_body(single))
    for key in sorted(await store.hold(work.db, PARKED_TYPE, FEED_STOPPED, sealed)):
        _say_held(work, key, held[key].source, held=True)


async def _compare(work: UnitOfWork, fresh: Sequence[_Arrival]) -> _Taken:
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


def _news(fresh: Sequence[_Arrival], known: dict[UUID, Entry]) -> Iterator[_Arrival]:
    """Arrivals that came to something else than the same event did the time before."""
    last = dict(known)
    for arrival in fresh:
        if arrival.entry is not None:
            before = last.get(arrival.key)
            last[arrival.key] = arrival.entry
            if before is None or _said_of(arrival.entry) != _said_of(before):
                yield arrival


def _said_of(entry: Entry) -> tuple[Outcome, tuple[Fault, ...], str | None]:
    return (entry.outcome, entry.refusal.faults, entry.refusal.item) if entry.refusal else (entry.outcome, (), None)


def _entry(arrival: _Arrival, outcome: Outcome, refusal: Refusal | None = None) -> Entry:
    return Entry(arrival.key, arrival.source, arrival.identity, outcome, refusal)


def _say(work: UnitOfWork, arrival: _Arrival) -> None:
    entry, verdict = arrival.entry, arrival.verdict
    if entry is None:
        return
    if entry.outcome is Outcome.ACCEPTED and isinstance(verdict, Admitted):
        _announce(work, arrival, verdict)
    elif entry.refusal is not None and entry.refusal.item is not None:
        _tell_audit(work, arrival, entry.refusal)


def _announce(work: UnitOfWork, arrival: _Arrival, admitted: Admitted) -> None:
    if admitted.is_watermark:
        work.announce_everywhere(_watermark(work, arrival, admitted))
        return
    # One person's records in order where it is known whose they are; else one record's revisions.
    key = arrival.person_no or admitted.envelope.subject
    voided = admitted.envelope.operation is Operation.VOID
    work.announce(_voided(work, arrival, admitted) if voided else _accepted(work, arrival, admitted), key=key)


def _watermark(work: UnitOfWork, arrival: _Arrival, admitted: Admitted) -> FeedWatermark:
    return FeedWatermark(
        event_id=caused(arrival.key, "FeedWatermark"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=admitted.source,
        complete_through=date.fromisoformat(admitted.data["complete_through"]),
    )


def _accepted(work: UnitOfWork, arrival: _Arrival, admitted: Admitted) -> RecordAccepted:
    envelope = admitted.envelope
    return RecordAccepted(
        event_id=caused(arrival.key, "RecordAccepted"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=admitted.source,
        event_type=envelope.type,
        record_id=envelope.subject,
        revision=envelope.revision,
        effective_on=envelope.effective_on,
        recorded_at=envelope.recorded_at,
        person_no=arrival.person_no,
        data=admitted.data,
    )


def _voided(work: UnitOfWork, arrival: _Arrival, admitted: Admitted) -> RecordVoided:
    envelope = admitted.envelope
    return RecordVoided(
        event_id=caused(arrival.key, "RecordVoided"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=admitted.source,
        event_type=envelope.type,
        record_id=envelope.subject,
        revision=envelope.revision,
        effective_on=envelope.effective_on,
        recorded_at=envelope.recorded_at,
        person_no=arrival.person_no,
    )


def _tell_audit(work: UnitOfWork, arrival: _Arrival, refusal: Refusal) -> None:
    """
    A 無し item came in: kept for the audit, with the path and the item, without the value (ITEM-21, S18).

    An entry for each sending that was refused for something else than the one before; each needs an id of its own, because the
    audit drops an id that it has heard, and the dropped one's number would be a gap for ever.
    """
    work.keep(
        deeds.DISALLOWED_ITEM_REJECTED,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.SOURCE_EVENT, id=str(arrival.key)),
        cause=caused(arrival.key, f"{refusal.path}|{refusal.item}|{arrival.attempt}"),
        fields=(refusal.path,),
        refused=True,
        reason_code=refusal.item,
        correlation=arrival.source.value,
        origin=arrival.inlet.value,
    )


def _warned(arrival: _Arrival, entry: Entry) -> dict[str, Any]:
    remarks = arrival.verdict.remarks if isinstance(arrival.verdict, Admitted) and entry.outcome.final else ()
    return {"warnings": characters.told(remarks)} if remarks else {}


def _answered(work: UnitOfWork, submissions: Sequence[Submission], arrivals: Sequence[_Arrival]) -> list[Answers]:
    """Answer every event: in the reply to its source, and to whoever waits for the submission."""
    last: dict[UUID, Entry] = {}
    answers: list[Answers] = [[] for _ in submissions]
    for arrival in arrivals:
        # A repetition within the transaction came to what the one before it came to.
        entry = last[arrival.key] = arrival.entry or last[arrival.key]
        # Of what is put aside nothing is told but what the ledger keeps: its number may be what was wrong with it.
        identity = entry.identity if entry.outcome is Outcome.PARKED else arrival.identity
        named = Entry(entry.key, entry.source, identity, entry.outcome, entry.refusal)
        submission, answered = submissions[arrival.submission], answers[arrival.submission]
        place = ledger.place_of(submission.message_id, submission.offset + len(answered))
        answered.append({**ledger.answer(named, again=not arrival.judged), **_warned(arrival, entry), **place})
    for submission, said in zip(submissions, answers, strict=True):
        work.reply(submission.source, said, about=ledger.message_of(submission.message_id))
    return answers
