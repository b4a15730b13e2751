"""
The unit of work: one transaction that holds what was decided, what is said of it, and what is kept for the audit.

What a service says is written here and nowhere else; the relay publishes it after the commit.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import asyncpg

from contracts import topology
from contracts.messages import AccessRecorded, Actor, DecisionRecorded, Message, Thing
from contracts.values import ServiceName, Source
from infra.clock import JST, Clock
from infra.identifiers import Identifiers, caused
from infra.postgres import Database
from infra.sql import queries
from infra.telemetry import current_traceparent

SQL = queries(__file__, "runtime.sql")
PARCEL_EVENTS = 200
_BARRIERS = (".protection.", ".watermark.")
PARCEL_BYTES = 256 * 1024
AUDIT_LANES = 8


@dataclass(frozen=True, slots=True)
class _Said:
    exchange: str
    routing_key: str
    partition_key: str
    type: str | None
    payload: str
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class _Note:
    kind: type[AccessRecorded] | type[DecisionRecorded]
    event_id: UUID
    caused: bool
    facts: dict[str, Any]


@dataclass(slots=True)
class _Run:
    first: _Said
    payloads: list[str] = field(default_factory=list)
    size: int = 0


class UnitOfWork:
    """What an action works with: the open transaction, the time, and a mouth."""

    def __init__(self, db: Database, *, service: ServiceName, clock: Clock, identifiers: Identifiers, partitions: int = 1) -> None:
        # A lent connection does all that an owned one does; actions need not know which they have.
        self.db = cast("asyncpg.Connection", db)
        self.service = service
        self.identifiers = identifiers
        self.now: datetime = clock.now()
        self.today: date = self.now.astimezone(JST).date()
        self._partitions = partitions
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

    def announce_everywhere(self, message: Message) -> None:
        """Say `message` on every partition, each with an id of its own."""
        for partition in range(self._partitions):
            copy = message if partition == 0 else message.model_copy(update={"event_id": caused(message.event_id, f"p{partition}")})
            self._say(copy, f"p{partition}", partition)

    def reply(self, source: Source, outcomes: Sequence[Mapping[str, Any]], *, about: Mapping[str, str] | None = None) -> None:
        """Tell a source system what became of its events; a message without any is answered too. `about` tells which message it was."""
        verdicts = {"refused" if outcome["outcome"] == "refused" else "accepted" for outcome in outcomes} or {"accepted"}
        for verdict in sorted(verdicts):
            part = [outcome for outcome in outcomes if (outcome["outcome"] == "refused") == (verdict == "refused")]
            payload = json.dumps({"source": source, **(about or {}), "outcomes": part}, ensure_ascii=False, default=str)
            self._said.append(_Said(topology.REPLIES_EXCHANGE, f"{source}.{verdict}", source, None, payload, None))

    def access(self, *, actor: Actor, action: str, thing: Thing, cause: UUID | None = None, **facts: Any) -> UUID:
        """
        Keep for the audit that somebody saw, or was refused to see, something. Returns the entry's id.

        `facts` are further fields of `contracts.messages.AuditMessage`: names of fields, codes and ids, never values.
        """
        return self._note(AccessRecorded, actor, action, thing, cause, facts)

    def decision(self, *, actor: Actor, action: str, thing: Thing, cause: UUID | None = None, **facts: Any) -> UUID:
        """Keep for the audit that somebody, or a rule, decided something. Returns the entry's id."""
        return self._note(DecisionRecorded, actor, action, thing, cause, {"decision": "done", **facts})

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
        )
        self._said.clear()

    def _say(self, message: Message, key: str, partition: int) -> None:
        traceparent = message.traceparent or current_traceparent()
        if traceparent is not None and message.traceparent is None:
            message = message.model_copy(update={"traceparent": traceparent})
        routing_key = topology.routing_key(self.service, message.family, partition)
        self._said.append(_Said(topology.EVENTS_EXCHANGE, routing_key, key, type(message).__name__, message.model_dump_json(), traceparent))

    def _note(
        self,
        kind: type[AccessRecorded] | type[DecisionRecorded],
        actor: Actor,
        action: str,
        thing: Thing,
        cause: UUID | None,
        facts: dict[str, Any],
    ) -> UUID:
        event_id = caused(cause, f"{action}:{thing.kind}:{thing.id}") if cause is not None else self.identifiers.random()
        self._notes.append(_Note(kind, event_id, cause is not None, {"actor": actor, "action": action, "thing": thing, **facts}))
        return event_id

    async def _number_notes(self) -> None:
        notes = await self._new_notes()
        self._notes.clear()
        if not notes:
            return
        # One lane per connection, so that accesses through several connections do not wait for each other.
        lane = self.db.get_server_pid() % AUDIT_LANES
        last = await self.db.fetchval(SQL.take_audit_numbers, lane, len(notes))
        for number, note in enumerate(notes, start=last - len(notes) + 1):
            message = note.kind(
                event_id=note.event_id,
                occurred_at=self.now,
                producer=self.service,
                lane=lane,
                sequence=number,
                type=note.kind.__name__,
                **note.facts,
            )
            key = message.thing.id or "-"
            self._say(message, key, topology.partition_of(key, self._partitions))

    async def _new_notes(self) -> list[_Note]:
        """
        Return the notes that never had a number.

        A number is taken for a new entry only: the log knows an entry by its id and keeps the first, so that the number of a second
        would be missing for ever. What was numbered was also said, in the same transaction; it needs not be said again.
        """
        caused_ids = [note.event_id for note in self._notes if note.caused]
        new = {row["entry_id"] for row in await self.db.fetch(SQL.number_entries, caused_ids)} if caused_ids else set()
        notes = []
        for note in self._notes:
            if note.caused and note.event_id not in new:
                continue
            new.discard(note.event_id)  # the same entry may be noted twice in one unit of work
            notes.append(note)
        return notes


def is_barrier(routing_key: str) -> bool:
    """Whether nothing that was said before or after may be packed past it: measures, and watermarks vouching for what went before."""
    return any(family in routing_key for family in _BARRIERS)


def _runs(said: Sequence[_Said]) -> list[_Run]:
    runs: list[_Run] = []
    last: dict[str, _Run] = {}
    for each in said:
        if is_barrier(each.routing_key):
            last.clear()
        run = last.get(each.routing_key)
        if run is None or len(run.payloads) >= PARCEL_EVENTS or run.size + len(each.payload) > PARCEL_BYTES:
            run = last[each.routing_key] = _Run(each)
            runs.append(run)
        run.payloads.append(each.payload)
        run.size += len(each.payload) + 1
    return runs
