"""
Receipts of requests whose sender need not wait for the answer (RFC 7240, `respond-async`).

A receipt is written in the transaction that admits the events, and given after its commit: so what it stands for is safe, and decided.
Bodies are not put aside to be looked at later, because nothing may be stored before it is known that nothing in it is denied.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.values import Source
from infra.postgres import Database
from infra.service import Service
from infra.sql import queries
from services.ingest import store
from services.ingest.domain.answers import Answers, answer
from services.ingest.domain.ledger import Entry, Outcome
from services.ingest.replies import answer_json
from services.ingest.submissions import Submission

SQL = queries(__file__, "receipts.sql")

KEPT = timedelta(days=7)
KEPT_OF_A_SOURCE = 10_000
FORGET_SECONDS = 600.0


async def give(db: Database, submissions: Sequence[Submission], answers: Sequence[Answers], *, at: datetime) -> None:
    """Write the receipts of those submissions that asked for one."""
    for submission, told in zip(submissions, answers, strict=True):
        if submission.receipt is not None:
            columns = [each.event for each in told], [each.id for each in told], [each.outcome.value for each in told]
            await db.execute(SQL.give, submission.receipt, submission.offset, submission.source.value, at, *columns)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt stands for: each event's key, the id that it was sent with, and what was said of it then."""

    made_at: datetime
    events: tuple[tuple[UUID, str | None, Outcome], ...]
    known: dict[UUID, Entry]
    """What the ledger says of them by now."""

    def as_json(self) -> dict[str, Any]:
        """What became of each event. One that was put aside and taken since is told as it is now."""
        outcomes = [self._outcome(position, *each) for position, each in enumerate(self.events)]
        return {"totals": dict(Counter(each["outcome"] for each in outcomes)), "outcomes": outcomes}

    def _outcome(self, position: int, key: UUID, event_id: str | None, said: Outcome) -> dict[str, Any]:
        entry = self.known.get(key)
        if entry is None:
            return {"id": event_id, "event": str(key), "outcome": said.value, "code": None, "path": None, "position": position}
        named = replace(entry, identity=replace(entry.identity, event_id=event_id))
        return answer_json(answer(named, again=said is Outcome.DUPLICATE, position=position))


async def find(db: Database, receipt: UUID, source: Source) -> Receipt | None:
    """A receipt of a source, with what became of its events by now; None where that source has none such, or none any more."""
    rows = await db.fetch(SQL.find, receipt, source.value)
    if not rows:
        return None
    events = [each for row in rows for each in zip(row["keys"], row["ids"], map(Outcome, row["told"]), strict=True)]
    known = await store.seen_events(db, {key: source for key, _, _ in events})
    return Receipt(rows[0]["made_at"], tuple(events), known)


class Receipts:
    """Keeps them few: a week's, and of each source the newest."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def forget(self) -> None:
        """Forget what is old, or too much."""
        await self._service.pool.execute(SQL.forget, self._service.clock.now() - KEPT)
        await self._service.pool.execute(SQL.forget_beyond, KEPT_OF_A_SOURCE)
