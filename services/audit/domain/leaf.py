"""
The leaf: the bytes that the tree seals, and what the log's columns must therefore say.

A leaf is canonical JSON (RFC 8785) under a profile that the standard library writes by itself: ASCII keys, integers below
2**53, no floats (`contracts/canonical.py`). The tree protects only these bytes; a column that people search by is worth nothing unless
it is checked to equal what the leaf says (`columns_of`).

Since version 2 a leaf holds the producer's signature over the canonical event, and the id of its key. What was told before producers
signed stays as it is, in version 1.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.canonical import NotCanonical, canonical, instant_text
from contracts.ids import EventId, StaffId

UNSIGNED_VERSION, SIGNED_VERSION = 1, 2
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_PARTS = {UNSIGNED_VERSION: {"event", "received", "v"}, SIGNED_VERSION: {"event", "key", "received", "signature", "v"}}
_EVENT_BEGINS, _KEY_BEGINS, _UNSIGNED_END = b'{"event":', b',"key":"', b'"v":1}'
LARGEST_LEAF_BYTES = 8192
"""A leaf larger than this is refused: whoever writes so much writes data, not who saw what."""


class LeafMalformed(Exception):
    """The bytes are canonical, but not an entry of this log."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the log is searched by, besides the index. Every field is a function of the leaf's bytes."""

    event_id: EventId
    type: str
    ts: datetime
    received: datetime
    producer: str
    lane: int
    sequence: int
    actor: StaffId | None
    role: str
    actor_ward: str | None
    session: str | None
    action: str
    thing_kind: str
    thing_id: str | None
    thing_ward: str | None
    fields: tuple[str, ...]
    purpose: str
    decision: str
    relation: str
    reason_code: str | None
    correlation: str | None
    origin: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Signed:
    """What a producer signed, the id of the key that it names (hex), and the signature (base64)."""

    message: bytes
    key: str
    signature: str


def leaf_of(event: Mapping[str, Any], received: datetime, *, key: str | None = None, signature: str | None = None) -> bytes:
    """
    The leaf of an event that the log received at an instant, with its producer's signature where it has one.

    Raises NotCanonical, also where it would be too large.
    """
    told: dict[str, Any] = {"event": event, "received": instant_text(received), "v": UNSIGNED_VERSION}
    if key is not None or signature is not None:
        told |= {"key": key or "", "signature": signature or "", "v": SIGNED_VERSION}
    leaf = canonical(told)
    if len(leaf) > LARGEST_LEAF_BYTES:
        raise NotCanonical(f"a leaf has at most {LARGEST_LEAF_BYTES} bytes, got {len(leaf)}")
    return leaf


def event_in(leaf: bytes) -> dict[str, Any]:
    """The event inside a leaf. Raises NotCanonical or LeafMalformed."""
    return _opened(leaf)["event"]  # type: ignore[no-any-return]


def signed_in(leaf: bytes) -> Signed | None:
    """
    What the producer of a leaf that can be read (`columns_of`) signed; None where it signed nothing. Raises LeafMalformed.

    The bytes of the event are cut out, not written again: what is signed is canonical as a part of what is.
    """
    if leaf.endswith(_UNSIGNED_END):
        return None
    end = leaf.rfind(_KEY_BEGINS)
    try:
        rest = json.loads(b"{" + leaf[end + 1 :])
        key, signature = rest["key"], rest["signature"]
    except (ValueError, KeyError) as error:
        raise LeafMalformed("not a leaf with a signature") from error
    if not (leaf.startswith(_EVENT_BEGINS) and isinstance(key, str) and isinstance(signature, str)):
        raise LeafMalformed("a key and a signature are texts")
    return Signed(leaf[len(_EVENT_BEGINS) : end], key, signature)


def columns_of(leaf: bytes) -> Columns:
    """The columns that belong to a leaf. Raises NotCanonical or LeafMalformed: a leaf that means nothing seals nothing."""
    opened = _opened(leaf)
    try:
        return _columns(opened["event"], instant_in(opened["received"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LeafMalformed(f"not an audit event: {type(error).__name__}") from error


def columns_written(event: Mapping[str, Any], received: datetime) -> Columns:
    """
    The columns of a leaf that was just written of this event (`leaf_of`): those that `columns_of` reads from its bytes.

    Whoever appends need not read what they wrote; whoever verifies reads it. Raises LeafMalformed.
    """
    try:
        return _columns(event, received.astimezone(UTC))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LeafMalformed(f"not an audit event: {type(error).__name__}") from error


def readable(leaf: bytes) -> Columns | None:
    """The columns that belong to a leaf; None where it cannot be read."""
    try:
        return columns_of(leaf)
    except (NotCanonical, LeafMalformed):
        return None


def _columns(event: Mapping[str, Any], received: datetime) -> Columns:
    return Columns(
        event_id=EventId(UUID(event["event_id"])),
        type=event["type"],
        ts=instant_in(event["occurred_at"]),
        received=received,
        producer=event["producer"],
        lane=event["lane"],
        sequence=event["sequence"],
        actor=None if event["actor"]["id"] is None else StaffId(UUID(event["actor"]["id"])),
        role=event["actor"]["role"],
        actor_ward=event["actor"]["ward"],
        session=event["actor"]["session"],
        action=event["action"],
        thing_kind=event["thing"]["kind"],
        thing_id=event["thing"]["id"],
        thing_ward=event["thing"]["ward"],
        fields=tuple(event["fields"]),
        purpose=event["purpose"],
        decision=event["decision"],
        relation=event["relation"],
        reason_code=event["reason_code"],
        correlation=event["correlation"],
        origin=event["origin"],
        count=event["count"],
    )


def _opened(leaf: bytes) -> dict[str, Any]:
    try:
        opened = json.loads(leaf)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("the leaf is not JSON") from error
    # Reading JSON drops a key given twice and forgives spaces; writing it again shows both.
    if canonical(opened) != leaf:
        raise NotCanonical("the leaf is not in canonical form")
    version = opened.get("v") if isinstance(opened, dict) else None
    if type(version) is not int or opened.keys() != _PARTS.get(version):
        raise LeafMalformed(f"not a leaf of version {UNSIGNED_VERSION} or {SIGNED_VERSION}")
    return dict(opened)


def instant_in(text: str) -> datetime:
    """The instant that `instant_text` wrote so. Raises ValueError for any other form."""
    # Of all that `fromisoformat` takes, one form alone; it costs a sixth of `strptime`, twice an entry.
    if _INSTANT.fullmatch(text) is None:
        raise ValueError("an instant is UTC and has six decimals")
    return datetime.fromisoformat(text)
