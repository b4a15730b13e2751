"""
The unit of work: one transaction that holds what was decided, what is said of it, and what is kept for the audit.

What a service says is written here and nowhere else; the relay publishes it after the commit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias, TypeVar, cast
from uuid import UUID

import asyncpg

from contracts import topology
from contracts.deeds.deed import Deed, Keeping
from contracts.ids import EventId
from contracts.messages import AccessRecorded, Actor, DecisionRecorded, LanesTold, Message, SignedMessage, Thing
from contracts.quick import quick
from contracts.values import ServiceName
from infra.clock import JST, Clock
from infra.identifiers import Identifiers, caused
from infra.postgres import Database
from infra.signing import ProducerKey
from infra.sql import queries
from infra.telemetry import current_traceparent

SQL = queries(__file__, "runtime.sql")
PARCEL_EVENTS = 200
PARCEL_BYTES = 256 * 1024
AUDIT_LANES = 32
"""At least as many as units of work of a service run side by side: its connections, of two processes."""

S = TypeVar("S", bound=SignedMessage)
Relation: TypeAlias = Literal["assigned", "team", "none"]
"""What ties whoever acts to what is acted on."""


@quick(frozen=True, slots=True)
class _Said:
    partition: int
    exchange: str
    routing_key: str
    partition_key: str
    type: str | None
    payload: str
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class _Facts:
    deed: Deed
    actor: Actor
    thing: Thing
    fields: tuple[str, ...]
    refused: bool
    relation: Relation
    reason_code: str | None
    correlation: str | None
    count: int | None
    origin: str | None


@dataclass(frozen=True, slots=True)
class _Note:
    entry_id: EventId
    caused: bool
    facts: _Facts


@dataclass(slots=True)
class _Run:
    first: _Said
    payloads: list[str] = field(default_factory=list)
    size: int = 0


class UnitOfWork:
    """What an action works with: the open transaction, the time, and a mouth."""

    def __init__(
        self,
        db: Database,
        *,
        service: ServiceName,
        clock: Clock,
        identifiers: Identifiers,
        partitions: int = 1,
        producer_key: ProducerKey | None = None,
    ) -> None:
        # A lent connection does all that an owned one does; actions need not know which they have.
        self.db = cast("asyncpg.Connection", db)
        self.service = service
        self.identifiers = identifiers
        self.now: datetime = clock.now()
        self.today: date = self.now.astimezone(JST).date()
        self._partitions = partitions
        self._producer_key = producer_key
        self._lane: int | None = None
        self._said: list[_Said] = []
        self._notes: list[_Note] = []

    @property
    def partitions(self) -> int:
        """How many partitions every service has."""
        return self._partitions

    def announce(self, message: Message, *, key: str) -> None:
        """Say `message` to whoever hears its family, in order with others of the same `key`, once this transaction commits."""
        if self.service not in (message.said_by, *message.passed_on_by):
            raise ValueError(f"{self.service} does not say {type(message).__name__}")
        self._say(message, key, topology.partition_of(key, self._partitions))

    def announce_written(self, said: type[Message], payload: str, *, key: str, traceparent: str | None) -> None:
        """
        As `announce`, of a message that stands as JSON already: `payload` is what an object of the class `said` would be dumped to.

        For a hot path, whose test holds the text to the class. `traceparent` is the text's own.
        """
        if self.service not in (said.said_by, *said.passed_on_by):
            raise ValueError(f"{self.service} does not say {said.__name__}")
        self._put(said, payload, key, topology.partition_of(key, self._partitions), traceparent)

    def announce_everywhere(self, message: Message) -> None:
        """Say `message` on every partition, each with an id of its own."""
        for partition in range(self._partitions):
            copy = message if partition == 0 else message.model_copy(update={"event_id": caused(message.event_id, f"p{partition}")})
            self._say(copy, f"p{partition}", partition)

    def publish(self, payload: str, *, exchange: str, routing_key: str, in_order_of: str) -> None:
        """Publish JSON to an exchange of others once this transaction commits, in order with what is `in_order_of` the same."""
        partition = topology.partition_of(in_order_of, self._partitions)
        self._said.append(_Said(partition, exchange, routing_key, in_order_of, None, payload, None))

    def keep(
        self,
        deed: Deed,
        *,
        actor: Actor,
        thing: Thing,
        cause: UUID | None = None,
        fields: Sequence[str] = (),
        refused: bool = False,
        relation: Relation = "none",
        reason_code: str | None = None,
        correlation: str | None = None,
        count: int | None = None,
        origin: str | None = None,
    ) -> EventId:
        """
        Keep for the audit that somebody, or a rule, did `deed`, or was refused it. Returns the entry's id.

        `fields` are names of what was shown or changed, never values; what follows from a `cause` is kept once, however often it is
        told. Raises ValueError for what the deed has no words for.
        """
        deed.must_allow(thing.kind, fields, reason_code)
        entry_id = caused(cause, f"{deed.code}:{thing.kind}:{thing.id}") if cause is not None else EventId(self.identifiers.random())
        facts = _Facts(deed, actor, thing, tuple(fields), refused, relation, reason_code, correlation, count, origin)
        self._notes.append(_Note(entry_id, cause is not None, facts))
        return entry_id

    def service_actor(self) -> Actor:
        """Return the actor of what a service does by itself."""
        return Actor(id=None, role=f"service:{self.service}")

    def mark(self) -> tuple[int, int]:
        """Return a place to which `forget_since` can go back."""
        return len(self._said), len(self._notes)

    def forget_since(self, mark: tuple[int, int]) -> None:
        """Unsay what was said since `mark`, because its savepoint was rolled back."""
        del self._said[mark[0] :]
        del self._notes[mark[1] :]

    async def tell_lanes(self) -> None:
        """Tell the audit which number was given last in each lane. What was given is committed, and goes before it."""
        rows = await self.db.fetch(SQL.audit_lanes)
        message = LanesTold(
            event_id=EventId(self.identifiers.random()),
            occurred_at=self.now,
            producer=self.service,
            lanes={str(row["lane"]): row["last"] for row in rows},
        )
        self._say(self._signed(message), "lanes", 0)

    async def flush(self, heard: Mapping[str, int] | None = None) -> None:
        """Write what was said, and the tally of it and of `heard` (message types), into the transaction."""
        await self._number_notes()
        tally = Counter({("heard", key): n for key, n in (heard or {}).items()})
        tally.update(("said", said.type) for said in self._said if said.type is not None)
        if not tally and not self._said:
            return
        counted = sorted(tally.items())
        runs = _runs(self._said)
        await self.db.execute(
            SQL.say,
            [kind for (kind, _), _ in counted],
            [key for (_, key), _ in counted],
            [n for _, n in counted],
            [run.first.exchange for run in runs],
            [run.first.routing_key for run in runs],
            [run.first.partition_key for run in runs],
            [len(run.payloads) for run in runs],
            [",".join(run.payloads) for run in runs],
            [run.first.traceparent for run in runs],
            [run.first.partition for run in runs],
        )
        self._said.clear()

    def _say(self, message: Message, key: str, partition: int) -> None:
        traceparent = message.traceparent or current_traceparent()
        if traceparent is not None and message.traceparent is None:
            message = message.model_copy(update={"traceparent": traceparent})
        self._put(type(message), message.as_json(), key, partition, traceparent)

    def _put(self, said: type[Message], payload: str, key: str, partition: int, traceparent: str | None) -> None:
        routing_key = topology.routing_key(self.service, said.family, partition)
        self._said.append(_Said(partition, topology.EVENTS_EXCHANGE, routing_key, key, said.__name__, payload, traceparent))

    async def _number_notes(self) -> None:
        notes = await self._new_notes()
        self._notes.clear()
        if not notes:
            return
        lane, last = await self._take_numbers(len(notes))
        for number, note in enumerate(notes, start=last - len(notes) + 1):
            message = self._signed(self._entry(note, lane, number))
            key = message.thing.id or "-"
            self._say(message, key, topology.partition_of(key, self._partitions))

    async def _take_numbers(self, count: int) -> tuple[int, int]:
        """Take the next numbers of a lane; return it and the last of them. The lane is held to the commit: that makes them gapless."""
        if self._lane is None:
            # One that nobody holds, so that units of work beside this one do not wait for it; all through the same one, so that two of them
            # cannot wait for each other.
            preferred = self.db.get_server_pid() % AUDIT_LANES
            free = await self.db.fetchrow(SQL.take_numbers_of_a_free_lane, preferred, count)
            self._lane = preferred if free is None else free["lane"]
            if free is not None:
                return free["lane"], free["last"]
        return self._lane, await self.db.fetchval(SQL.take_audit_numbers, self._lane, count)

    def _signed(self, message: S) -> S:
        return message if self._producer_key is None else self._producer_key.signed(message)

    def _entry(self, note: _Note, lane: int, number: int) -> AccessRecorded | DecisionRecorded:
        facts, deed = note.facts, note.facts.deed
        is_access = deed.keeping is Keeping.ACCESS
        return (AccessRecorded if is_access else DecisionRecorded)(
            event_id=note.entry_id,
            occurred_at=self.now,
            producer=self.service,
            lane=lane,
            sequence=number,
            actor=facts.actor,
            action=deed.code,
            thing=facts.thing,
            fields=facts.fields,
            purpose=deed.purpose,
            decision="deny" if facts.refused else "permit" if is_access else "done",
            relation=facts.relation,
            reason_code=facts.reason_code,
            correlation=facts.correlation,
            count=facts.count,
            origin=facts.origin,
        )

    async def _new_notes(self) -> list[_Note]:
        """
        Return the notes that never had a number.

        A number is taken for a new entry only: the log knows an entry by its id and keeps the first, so that the number of a second
        would be missing for ever. What was numbered was also said, in the same transaction; it needs not be said again.
        """
        caused_ids = [note.entry_id for note in self._notes if note.caused]
        new = {row["entry_id"] for row in await self.db.fetch(SQL.number_entries, caused_ids)} if caused_ids else set()
        notes = []
        for note in self._notes:
            if note.caused and note.entry_id not in new:
                continue
            new.discard(note.entry_id)  # the same entry may be noted twice in one unit of work
            notes.append(note)
        return notes


def _runs(said: Sequence[_Said]) -> list[_Run]:
    runs: list[_Run] = []
    last: dict[tuple[str, int], _Run] = {}
    for each in said:
        if topology.is_barrier(each.routing_key):
            last.clear()
        run = last.get((each.routing_key, each.partition))
        if run is None or len(run.payloads) >= PARCEL_EVENTS or run.size + len(each.payload) > PARCEL_BYTES:
            run = last[each.routing_key, each.partition] = _Run(each)
            runs.append(run)
        run.payloads.append(each.payload)
        run.size += len(each.payload) + 1
    return runs
