"""An event on its way through the admission: which one it is, whether it came before, and whether it came to anything new."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.values import Source
from infra.work import UnitOfWork
from services.ingest import store
from services.ingest.domain import ledger
from services.ingest.domain.admission import Admitted, Door, Inlet, Verdict, judge
from services.ingest.domain.envelope import trace_context
from services.ingest.domain.ledger import Entry, Identity, Outcome
from services.ingest.domain.refusals import Fault, Refusal
from services.ingest.submissions import Submission, key_at


@dataclass(slots=True)
class Arrival:
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


def arrivals_of(number: int, submission: Submission, door: Door) -> Iterator[Arrival]:
    """The events of one submission, judged each for itself."""
    if isinstance(submission.events, Refusal):
        nobody = Identity(None, None, None, None)
        yield Arrival(number, 0, submission.source, submission.inlet, key_at(submission, 0), nobody, submission.events, None)
        return
    for position, raw in enumerate(submission.events):
        verdict = judge(raw, door)
        identity = ledger.identity_of(raw.content, submission.source, verdict)
        trace = (verdict.envelope.traceparent if isinstance(verdict, Admitted) else None) or trace_context(submission.traceparent)
        yield Arrival(number, position, submission.source, submission.inlet, key_at(submission, position), identity, verdict, trace)


async def recognise(work: UnitOfWork, arrivals: Sequence[Arrival]) -> dict[UUID, Entry]:
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


def fresh_among(arrivals: Sequence[Arrival], known: dict[UUID, Entry]) -> Iterator[Arrival]:
    """Arrivals to be judged: first comers, and those that were not taken the last time. The others are repetitions."""
    seen: dict[UUID, Arrival] = {}
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


def news_among(fresh: Sequence[Arrival], known: dict[UUID, Entry]) -> Iterator[Arrival]:
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
