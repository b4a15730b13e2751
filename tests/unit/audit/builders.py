"""Audit messages for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from contracts.ids import StaffId
from contracts.messages import AccessRecorded, Actor, DecisionRecorded, LanesTold, SignedMessage, Thing
from contracts.values import ServiceName, Ward
from infra.signing import ProducerKey
from services.audit.offline.attesting import Register

S = TypeVar("S", bound=SignedMessage)
SPACE = UUID("6f1c2f0e-8a44-4f6b-9a42-0d9d0f0f5b11")
NOON = datetime(2026, 4, 11, 3, tzinfo=UTC)
CLERK = StaffId(uuid5(SPACE, "clerk"))
CHILD = str(uuid5(SPACE, "child"))


def access(sequence: int = 1, **changes: Any) -> AccessRecorded:
    """A ward clerk opened a child's page, as the `sequence`-th entry of lane 0."""
    told: dict[str, Any] = {
        "event_id": uuid5(SPACE, f"{changes.get('producer', 'casework')} {changes.get('lane', 0)} {sequence}"),
        "occurred_at": NOON + timedelta(seconds=sequence),
        "producer": ServiceName.CASEWORK,
        "lane": 0,
        "sequence": sequence,
        "actor": Actor(id=CLERK, role="ward_clerk", ward=Ward.HAKATA, session="a1b2c3"),
        "action": "casework.child_opened",
        "thing": Thing(kind="child", id=CHILD, ward=Ward.HAKATA),
        "fields": ("name", "address_code"),
        "relation": "assigned",
    }
    return AccessRecorded(**(told | changes))


def decision(sequence: int = 1, **changes: Any) -> DecisionRecorded:
    """The scorer found that a child needs a review."""
    told: dict[str, Any] = {
        "event_id": uuid5(SPACE, f"scorer {changes.get('lane', 0)} {sequence}"),
        "occurred_at": NOON + timedelta(seconds=sequence),
        "producer": ServiceName.SCORER,
        "lane": 0,
        "sequence": sequence,
        "actor": Actor(id=None, role="service"),
        "action": "scorer.review_needed",
        "thing": Thing(kind="child", id=CHILD, ward=Ward.HAKATA),
        "decision": "done",
        "reason_code": "SP-1",
    }
    return DecisionRecorded(**(told | changes))


def event_of(message: SignedMessage) -> dict[str, Any]:
    """What is kept of a message."""
    return message.told()


KEYS = {service: ProducerKey(service, bytes([number]) * 32) for number, service in enumerate(ServiceName, start=1)}
"""Each service's key, for tests of what is signed."""

REGISTER = Register.read("".join(f"{key.line}\n" for key in KEYS.values()))


def signed(message: S) -> S:
    """The message as its producer signs it."""
    return KEYS[message.producer].signed(message)


def lanes_told(**changes: Any) -> LanesTold:
    """Casework told that it gave 620 numbers in lane 0."""
    told: dict[str, Any] = {
        "event_id": uuid5(SPACE, f"lanes {changes}"),
        "occurred_at": NOON,
        "producer": ServiceName.CASEWORK,
        "lanes": {"0": 620},
    }
    return LanesTold(**(told | changes))
