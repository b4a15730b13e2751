"""
Names on the bus (`architecture.md` §4): exchanges, queues, bindings, and who may do what.

The broker's definitions are generated from here and loaded at boot; services declare nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from contracts.values import ServiceName, Source

SOURCE_EXCHANGE = "source"
REPLIES_EXCHANGE = "source.replies"
EVENTS_EXCHANGE = "events"
DEAD_LETTER_EXCHANGE = "dlx"
EXCHANGES = (SOURCE_EXCHANGE, REPLIES_EXCHANGE, EVENTS_EXCHANGE, DEAD_LETTER_EXCHANGE)
"""All topic exchanges, durable."""

HEARS: dict[ServiceName, tuple[str, ...]] = {
    ServiceName.LINKER: ("ingest.record", "ingest.watermark"),
    ServiceName.SCORER: (
        "linker.fact",
        "linker.hand",
        "linker.person",
        "linker.kinship",
        "linker.household",
        "linker.protection",
        "linker.watermark",
        "casework.case",
    ),
    ServiceName.CASEWORK: ("scorer.review", "linker.person", "linker.identity", "linker.household", "linker.protection"),
    ServiceName.AUDIT: tuple(f"{service}.audit" for service in ServiceName),
}
"""`<service>.<family>` that each service listens to. Ingest listens to the sources instead."""

DELIVERY_LIMIT = 20
"""The net beneath: handlers wait for infrastructure instead of giving a message back (`bus.md` §0.5)."""

REPLIES_KEPT = 10_000
"""Replies that wait for a source that does not read them; the oldest go first."""


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


def inlet_queue(service: ServiceName, partition: int) -> str:
    """The queue from which `service` takes what it hears on `partition`."""
    return f"{service}.in.p{partition}"


def dead_letter_queue(service: ServiceName) -> str:
    """Where undecodable messages of `service` end."""
    return f"{service}.dead"


def replies_queue(source: Source) -> str:
    """Where `source` reads what became of its events."""
    return f"replies.{source}"


def queues(partitions: int) -> Iterator[Queue]:
    """Every queue of the system with `partitions` partitions per service."""
    for service in ServiceName:
        for partition in range(partitions if service is not ServiceName.INGEST else 1):
            yield Queue(inlet_queue(service, partition), _work_arguments(service), tuple(_bindings(service, partition)))
        yield Queue(
            dead_letter_queue(service),
            {"x-queue-type": "quorum"},
            ((DEAD_LETTER_EXCHANGE, dead_letter_queue(service)),),
        )
    for source in Source:
        yield Queue(
            replies_queue(source),
            {"x-queue-type": "quorum", "x-max-length": REPLIES_KEPT, "x-overflow": "drop-head"},
            ((REPLIES_EXCHANGE, f"{source}.#"),),
        )


def _bindings(service: ServiceName, partition: int) -> Iterator[tuple[str, str]]:
    if service is ServiceName.INGEST:
        yield SOURCE_EXCHANGE, "#"
    for heard in HEARS.get(service, ()):
        yield EVENTS_EXCHANGE, f"{heard}.p{partition}"


def _work_arguments(service: ServiceName) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
        "x-dead-letter-routing-key": dead_letter_queue(service),
        # at-least-once dead-lettering needs reject-publish; both together lose nothing (bus.md B2).
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
