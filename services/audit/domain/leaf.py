"""
The leaf: the bytes that the tree seals, and what the log's columns must therefore say.

A leaf is canonical JSON (RFC 8785) under a profile that the standard library writes by itself: ASCII keys, integers below
2**53, no floats. The tree protects only these bytes; a column that people search by is worth nothing unless it is checked to
equal what the leaf says (`columns_of`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.ids import EventId, StaffId

LEAF_VERSION = 1
LARGEST_INTEGER = 2**53 - 1
"""Beyond it, JSON readers of other languages round (RFC 8785 §3.2.2.3)."""

LARGEST_LEAF_BYTES = 8192
"""A leaf larger than this is refused: whoever writes so much writes data, not who saw what."""


class NotCanonical(Exception):
    """The value cannot be written, or the bytes are not written, in the one form that the log accepts."""


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


def leaf_of(event: Mapping[str, Any], received: datetime) -> bytes:
    """The leaf of an event that the log received at an instant. Raises NotCanonical, also where it would be too large."""
    leaf = canonical({"event": event, "received": instant_text(received), "v": LEAF_VERSION})
    if len(leaf) > LARGEST_LEAF_BYTES:
        raise NotCanonical(f"a leaf has at most {LARGEST_LEAF_BYTES} bytes, got {len(leaf)}")
    return leaf


def event_in(leaf: bytes) -> dict[str, Any]:
    """The event inside a leaf. Raises NotCanonical or LeafMalformed."""
    return _opened(leaf)["event"]  # type: ignore[no-any-return]


def columns_of(leaf: bytes) -> Columns:
    """The columns that belong to a leaf. Raises NotCanonical or LeafMalformed: a leaf that means nothing seals nothing."""
    opened = _opened(leaf)
    event = opened["event"]
    try:
        return Columns(
            event_id=EventId(UUID(event["event_id"])),
            type=event["type"],
            ts=_instant(event["occurred_at"]),
            received=_instant(opened["received"]),
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
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LeafMalformed(f"not an audit event: {type(error).__name__}") from error


def readable(leaf: bytes) -> Columns | None:
    """The columns that belong to a leaf; None where it cannot be read."""
    try:
        return columns_of(leaf)
    except (NotCanonical, LeafMalformed):
        return None


def canonical(value: Any) -> bytes:
    """`value` as canonical JSON. Raises NotCanonical where the profile (see above) does not cover it."""
    _check_profile(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("a lone surrogate is not a character") from error


def instant_text(instant: datetime) -> str:
    """An instant as the log writes it: UTC, always six decimals. A naive one is refused (ValueError): it names no instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC).strftime(_INSTANT)


def _opened(leaf: bytes) -> dict[str, Any]:
    try:
        opened = json.loads(leaf)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("the leaf is not JSON") from error
    # Reading JSON drops a key given twice and forgives spaces; writing it again shows both.
    if canonical(opened) != leaf:
        raise NotCanonical("the leaf is not in canonical form")
    if not isinstance(opened, dict) or opened.keys() != {"event", "received", "v"} or opened["v"] != LEAF_VERSION:
        raise LeafMalformed(f"not a leaf of version {LEAF_VERSION}")
    return opened


def _check_profile(value: Any) -> None:
    match value:
        case None | str() | bool():
            return
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise NotCanonical("an integer beyond 2**53 - 1")
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise NotCanonical("a key that is not ASCII")
                _check_profile(inner)
        case list() | tuple():
            for inner in value:
                _check_profile(inner)
        case _:
            raise NotCanonical(f"a {type(value).__name__} has no place in a leaf")


def _instant(text: str) -> datetime:
    instant = datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)
    if instant.strftime(_INSTANT) != text:
        raise ValueError("an instant has six decimals")
    return instant


_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
