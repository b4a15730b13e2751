"""What the log does: append what it hears, seal what it has. Read, decide, save."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from infra.postgres import Database
from services.audit import store
from services.audit.domain.admission import admit, number_of
from services.audit.domain.leaf import Recorded
from services.audit.domain.merkle import Span
from services.audit.signer import Signer

log = structlog.get_logger()


class HistoryChanged(Exception):
    """The log no longer contains what its last checkpoint sealed. It is not sealed again: a signature would bless the change."""


async def append(db: Database, events: Sequence[Recorded], received: datetime) -> Mapping[UUID, str]:
    """Append `events` to the log. Returns the reason for each that can never be an entry."""
    if not events:
        return {}
    await store.lock_log(db)
    size = await store.log_size(db)
    known = await store.known_leaves(db, [number_of(event) for event in events])

    admission = admit(events, known, size, received)

    await store.append(db, size, admission.entries)
    await store.quarantine(db, admission.contradictions, received)
    for each in admission.contradictions:
        columns = each.columns
        number = {"producer": columns.producer, "lane": columns.lane, "sequence": columns.sequence}
        log.error("audit.equivocation", event_id=str(columns.event_id), **number)
    return admission.refused


async def seal(db: Database, signer: Signer, at: datetime) -> int | None:
    """
    Sign a checkpoint if the log grew. Returns the size sealed, or None.

    Raises HistoryChanged if the log does not continue what was sealed last.
    """
    size, last = await store.log_size(db), await store.last_checkpoint(db)
    if last is not None:
        await _expect_continued(db, last, size)
    if size == (last.size if last is not None else 0):
        return None

    root = await store.span_root(db, Span(0, size))

    await store.keep_checkpoint(db, store.StoredCheckpoint(size, root, signer.seal(size, root), at))
    return size


async def _expect_continued(db: Database, last: store.StoredCheckpoint, size: int) -> None:
    if size < last.size:
        raise HistoryChanged(f"sealed with {last.size} entries, the log has {size}")
    if size > last.size and await store.span_root(db, Span(0, last.size)) != last.root:
        raise HistoryChanged(f"the first {last.size} entries no longer lead to the root that was sealed")
