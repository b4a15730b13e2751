"""
Names on the bus (`architecture.md` §4): exchanges, queues, bindings, and who may do what.

The broker's definitions are generated from here and loaded at boot; services declare nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from contracts.messages import MESSAGES, heard_by
from contracts.values import ServiceName, Source

SOURCE_EXCHANGE = "source"
REPLIES_EXCHANGE = "source.replies"
EVENTS_EXCHANGE = "events"
DEAD_LETTER_EXCHANGE = "dlx"
AGAIN_EXCHANGE = "again"
"""Brings a message back to the one queue that it had reached, as `<service>.p<K>.<its first routing key>`."""
EXCHANGES = (SOURCE_EXCHANGE, REPLIES_EXCHANGE, EVENTS_EXCHANGE, DEAD_LETTER_EXCHANGE, AGAIN_EXCHANGE)
"""All topic exchanges, durable."""


def _families(hearer: ServiceName) -> Iterator[str]:
    for message in heard_by(hearer):
        if message.said_by is None:
            yield from (f"{speaker}.{message.family}" for speaker in ServiceName)
        else:
            ways = (message.said_by, *message.passed_on_by)
            yield f"{ways[ways.index(hearer) - 1] if hearer in ways else ways[-1]}.{message.family}"


HEARS: dict[ServiceName, tuple[str, ...]] = {
    service: tuple(dict.fromkeys(_families(service))) for service in ServiceName if heard_by(service)
}
"""`<service>.<family>` that each service listens to, as its messages say. Ingest listens to the sources, too."""

BARRIERS = frozenset(message.family for message in MESSAGES if message.barrier)
"""Families of messages past which nothing may be packed: measures, and watermarks, which vouch for what went before."""

OF_SOURCES, OF_SERVICES, INGEST_INLETS = 0, 1, 2
"""Ingest's inlet queues: the sources', the other services', and how many there are."""

DELIVERIES = 1_000_000_000
"""
No limit, in the one form that RabbitMQ 3.10 and 4.x both take: 3.10 refuses -1, and 4.x takes 20 where nothing is said.

Every lost connection and every acknowledgement timeout counts as a delivery, so that a limit throws away good events of a service that
waits (`infra/decisions/0015`).
"""

REPLIES_KEPT = 10_000
"""Replies that wait for a source that does not read them; the oldest go first."""

REPLIES_KEPT_BYTES = 16 * 1024 * 1024
"""Their size: one reply to a large batch weighs as much as thousands of small ones."""

_ROUTING_KEY_BYTES = 255
"""The longest that AMQP 0-9-1 allows."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for the queues whose names match `pattern`, and may change while they exist (arguments never may)."""

    name: str
    pattern: str
    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with its arguments and the bindings (exchange, routing key) that fill it."""

    name: str
    arguments: dict[str, Any]
    bindings: tuple[tuple[str, str], ...]


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key: the same in every process and for ever, so `hash()` will not do."""
    return crc32(key.encode()) % partitions


def routing_key(speaker: ServiceName, family: str, partition: int) -> str:
    """`<service>.<family>.p<K>`."""
    return f"{speaker}.{family}.p{partition}"


def is_barrier(key: str) -> bool:
    """Whether nothing that was said before or after may be packed past what is said with this routing key."""
    family = key.split(".", 2)[1:2]
    return bool(family) and family[0] in BARRIERS


def probe_key(speaker: ServiceName) -> str:
    """What `speaker` says to learn whether the broker takes anything. Nobody hears it."""
    return f"{speaker}.probe"


def again_key(service: ServiceName, partition: int, first: str) -> str:
    """The key that brings a message, whose routing key was `first`, back to the inlet of `service`. What is too long is cut."""
    return f"{service}.p{partition}.{first}".encode()[:_ROUTING_KEY_BYTES].decode(errors="ignore")


def first_routing_key(exchange: str | None, key: str) -> str:
    """The routing key with which a message was said first, whether it comes for the first time or again."""
    return key.split(".", 2)[2] if exchange == AGAIN_EXCHANGE else key


def inlet_queue(service: ServiceName, partition: int) -> str:
    """The queue from which `service` takes what it hears on `partition`."""
    return f"{service}.in.p{partition}"


def dead_letter_queue(service: ServiceName) -> str:
    """Where undecodable messages of `service` end."""
    return f"{service}.dead"


def replies_queue(source: Source) -> str:
    """Where `source` reads what became of its events."""
    return f"replies.{source}"


def inlets(service: ServiceName, partitions: int) -> int:
    """How many inlet queues a service has: one a partition; ingest one for the sources, and one for what it hears of other services."""
    return INGEST_INLETS if service is ServiceName.INGEST else partitions


def heard_on(service: ServiceName, partitions: int) -> range:
    """The numbers of the inlet queues from which a service hears other services."""
    return range(OF_SERVICES, INGEST_INLETS) if service is ServiceName.INGEST else range(partitions)


def queues(partitions: int) -> Iterator[Queue]:
    """Every queue of the system with `partitions` partitions per service."""
    for service in ServiceName:
        for number in range(inlets(service, partitions)):
            bindings = tuple(_bindings(service, number, partitions))
            # One process at a time keeps what a service hears in order. Of the sources' events, revisions keep it: all take from one queue.
            alone = {} if service is ServiceName.INGEST and number == OF_SOURCES else {"x-single-active-consumer": True}
            yield Queue(inlet_queue(service, number), {**_QUORUM, **alone}, bindings)
        yield Queue(dead_letter_queue(service), _QUORUM, ((DEAD_LETTER_EXCHANGE, dead_letter_queue(service)),))
    for source in Source:
        yield Queue(replies_queue(source), _QUORUM, ((REPLIES_EXCHANGE, f"{source}.#"),))


def policies() -> Iterator[Policy]:
    """Every policy of the system. One applies to a queue, never two."""
    for service in ServiceName:
        yield Policy(
            f"{service}.in",
            rf"^{service}\.in\.p[0-9]+$",
            {
                "delivery-limit": DELIVERIES,
                "dead-letter-exchange": DEAD_LETTER_EXCHANGE,
                "dead-letter-routing-key": dead_letter_queue(service),
                # at-least-once dead-lettering needs reject-publish; both together lose nothing (bus.md B2).
                "dead-letter-strategy": "at-least-once",
                "overflow": "reject-publish",
            },
        )
    yield Policy("dead", r"\.dead$", {"delivery-limit": DELIVERIES})
    yield Policy(
        "replies",
        r"^replies\.",
        {
            "delivery-limit": DELIVERIES,
            "max-length": REPLIES_KEPT,
            "max-length-bytes": REPLIES_KEPT_BYTES,
            "overflow": "drop-head",
        },
    )


_QUORUM: dict[str, Any] = {"x-queue-type": "quorum"}


def _bindings(service: ServiceName, number: int, partitions: int) -> Iterator[tuple[str, str]]:
    if service is ServiceName.INGEST and number == OF_SOURCES:
        yield SOURCE_EXCHANGE, "#"
    if number in heard_on(service, partitions):
        # Ingest hears all partitions on one queue: what it hears is little, and in order by record.
        for partition in range(partitions) if service is ServiceName.INGEST else (number,):
            for heard in HEARS.get(service, ()):
                yield EVENTS_EXCHANGE, f"{heard}.p{partition}"
    yield AGAIN_EXCHANGE, f"{service}.p{number}.#"
