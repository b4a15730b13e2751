"""Where events wait that could not be handled: encrypted, listed, replayed, discarded, each by a decision that is kept."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.outcomes import Park, RetryLater
from infra.sql import queries

SQL = queries(str(Path(__file__).parent), "runtime.sql")
_NONCE_BYTES = 12


class ParkingBody:
    """Encrypts the bodies of parked events (AES-256-GCM), bound to their event id."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, event_id: UUID, body: bytes) -> bytes:
        """Encrypt `body`. A nonce is drawn anew each time, so the same body never looks the same."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, body, event_id.bytes)

    def open(self, event_id: UUID, sealed: bytes) -> bytes:
        """Decrypt what `seal` made. Raises cryptography.exceptions.InvalidTag when it was altered or belongs elsewhere."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], event_id.bytes)


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked event without its body."""

    event_id: UUID
    type: str
    reason: str
    path: str | None
    attempts: int
    parked_at: datetime
    retry_at: datetime | None
    discarded: bool


async def park(
    db: asyncpg.Connection, event_id: UUID, event_type: str, sealed: bytes, why: Park | RetryLater, *, partition: int = 0
) -> bool:
    """Put an event aside; return whether it was not parked before. RetryLater sets when it is tried again by itself."""
    seconds = why.after.total_seconds() if isinstance(why, RetryLater) else None
    path = why.path if isinstance(why, Park) else None
    return bool(await db.fetchval(SQL.park, event_id, event_type, why.reason, path, sealed, seconds, partition))


async def listed(db: asyncpg.Connection) -> list[Parked]:
    """Return everything parked, oldest first."""
    return [Parked(**row) for row in await db.fetch(SQL.list_parked)]
