"""
An event on its way through the admission, a value at each stage.

`Arrival`: which one it is and how often it came before. Then either `Repetition`, of what was entered already, or `Judged`: what it
came to this time, which is what the ledger keeps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

from contracts.quick import quick
from contracts.values import Source
from infra.work import UnitOfWork
from services.ingest import store
from services.ingest.domain import ledger
from services.ingest.domain.admission import Admitted, Door, Inlet, Verdict
from services.ingest.domain.compiled import Glance
from services.ingest.domain.completeness import Reach
from services.ingest.domain.envelope import trace_context
from services.ingest.domain.ledger import Entry, Identity, Outcome
from services.ingest.domain.refusals import Fault, Refusal
from services.ingest.submissions import Submission, key_at


@quick(frozen=True, slots=True)
class Arrival:
    """One event as it came in: where it stood, what it is, whether it may come in, and how often it came before (`attempt`)."""

    submission: int
    position: int
    source: Source
    inlet: Inlet
    key: UUID
    identity: Identity
    verdict: Verdict
    traceparent: str | None
    attempt: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """In which submission, and where in it."""
        return self.submission, self.position


@quick(frozen=True, slots=True)
class Repetition:
    """It came before: it is what it was then (`entry`), or, where that is empty, what the one before it in this transaction comes to."""

    arrival: Arrival
    entry: Entry | None


@quick(frozen=True, slots=True)
class Judged:
    """What an event came to this time. `person_no` is whom its record is about, as far as this or an earlier revision says."""

    arrival: Arrival
    entry: Entry
    person_no: str | None = None
    reach: Reach | None = None
    """Of a watermark: how far its source is complete from now on."""


Met: TypeAlias = Arrival | Repetition
"""An arrival is still to be judged, a repetition is not."""


def arrivals_of(number: int, submission: Submission, door: Door) -> Iterator[Arrival]:
    """The events of one submission, each with whether it may come in."""
    if isinstance(submission.events, Refusal):
        yield unreadable(submission, submission.events, number)
        return
    glance, traced = Glance(door), trace_context(submission.traceparent)
    for position, raw in enumerate(submission.events):
        verdict = glance.judged(raw)
        identity = ledger.identity_of(raw.content, submission.source, verdict)
        trace = (verdict.envelope.traceparent if isinstance(verdict, Admitted) else None) or traced
        yield Arrival(number, position, submission.source, submission.inlet, key_at(submission, position), identity, verdict, trace)


def unreadable(submission: Submission, refusal: Refusal, number: int = 0) -> Arrival:
    """A submission of which nothing may be told but why it is not taken."""
    nobody = Identity(None, None, None, None)
    return Arrival(number, 0, submission.source, submission.inlet, key_at(submission, 0), nobody, refusal, None)


async def recognise(work: UnitOfWork, arrivals: Iterable[Arrival]) -> tuple[list[Arrival], dict[UUID, Entry]]:
    """
    Return the arrivals, each under the key that it is entered by, and what the ledger knows of them.

    An id that was used for something else gets a key of its own, and is refused.
    """
    arrivals = list(arrivals)
    known = await store.known_events(work.db, {arrival.key: arrival.source for arrival in arrivals})
    first: dict[UUID, Identity] = {key: entry.identity for key, entry in known.items() if entry.outcome.final}
    reused: dict[UUID, Source] = {}
    for index, arrival in enumerate(arrivals):
        identity = first.setdefault(arrival.key, arrival.identity) if isinstance(arrival.verdict, Admitted) else first.get(arrival.key)
        if identity is not None and not ledger.is_same_event(identity, arrival.verdict):
            arrivals[index] = other = _under_its_own_key(arrival, identity)
            reused[other.key] = other.source
    return arrivals, known | (await store.known_events(work.db, reused) if reused else {})


def _under_its_own_key(arrival: Arrival, first: Identity) -> Arrival:
    verdict = arrival.verdict if isinstance(arrival.verdict, Refusal) else ledger.reuse(first, arrival.verdict)
    return replace(arrival, key=ledger.reused_key(arrival.key), verdict=verdict)


def met_before(arrivals: Iterable[Arrival], known: dict[UUID, Entry]) -> Iterator[Met]:
    """Tell repetitions from what is to be judged: first comers, and those that were not taken the last time."""
    seen: dict[UUID, Arrival] = {}
    came = {key: 1 + entry.repeats for key, entry in known.items()}
    for each in arrivals:
        earlier, before = known.get(each.key) if known else None, seen.get(each.key)
        if earlier is None and before is None:
            seen[each.key] = each
            yield each
            continue
        attempt = came.get(each.key, 1)
        came[each.key] = attempt + 1
        arrival = replace(each, attempt=attempt)
        if earlier is not None and earlier.outcome.final:
            yield Repetition(arrival, earlier)
        elif before is None or _is_other_than_refused(arrival.verdict, before.verdict):
            seen[arrival.key] = arrival
            yield arrival
        else:
            yield Repetition(arrival, None)


def _is_other_than_refused(verdict: Verdict, before: Verdict) -> bool:
    """Whether an event that was refused a moment ago, in the same transaction, comes mended or with another mistake."""
    return isinstance(before, Refusal) and (not isinstance(verdict, Refusal) or verdict != before)


def entered(arrival: Arrival, outcome: Outcome, refusal: Refusal | None = None, person_no: str | None = None) -> Judged:
    """What an arrival came to."""
    return Judged(arrival, Entry(arrival.key, arrival.source, arrival.identity, outcome, refusal), person_no)


def news_among(judged: Sequence[Judged], known: dict[UUID, Entry]) -> Iterator[Judged]:
    """What came to something else than the same event did the time before."""
    last = dict(known)
    for each in judged:
        before = last.setdefault(each.entry.key, each.entry)
        if before is each.entry:
            yield each
            continue
        last[each.entry.key] = each.entry
        if _said_of(each.entry) != _said_of(before):
            yield each


def _said_of(entry: Entry) -> tuple[Outcome, tuple[Fault, ...], str | None]:
    return (entry.outcome, entry.refusal.faults, entry.refusal.item) if entry.refusal else (entry.outcome, (), None)
