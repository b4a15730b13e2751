"""
The services' own books: what each said, heard, parked and numbered, read with its own login, never through another's.

Read-only. Nothing here changes the state of anything.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import asyncpg

from contracts import topology
from contracts.messages import MESSAGES, Message, SignedMessage
from contracts.values import ServiceName
from infra.local.access import DATABASE, Access
from infra.sql import queries

SQL = queries(__file__, "books.sql")

CLOSE_SECONDS = 5.0

Tally = Mapping[str, int]
"""Message type to number."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Events that a service put aside for the same reason. `example` is the id of one of them."""

    service: ServiceName
    type: str
    reason: str
    n: int
    example: str


async def _closed(connection: asyncpg.Connection) -> None:
    """Close a connection. Whose statement was broken off may wait for its end for ever: it is cut off, so that Ctrl-C ends a program."""
    try:
        await asyncio.wait_for(connection.close(), CLOSE_SECONDS)
    except TimeoutError:
        connection.terminate()


class Books:
    """Open connections to the five schemas of one stack. Use as a context manager."""

    def __init__(self, root: Path, database: str = DATABASE) -> None:
        self.access = Access.to(root)
        self._database = database
        self._stack = AsyncExitStack()
        self._open: dict[ServiceName, asyncpg.Connection] = {}

    async def __aenter__(self) -> Self:
        for service in ServiceName:
            connection = await asyncpg.connect(self.access.database_url(service, self._database))
            self._stack.push_async_callback(_closed, connection)
            self._open[service] = connection
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def of(self, service: ServiceName) -> asyncpg.Connection:
        """The connection with `service`'s own login."""
        return self._open[service]

    async def tally(self, service: ServiceName, kind: str) -> Tally:
        """How many messages of each type a service `said` or `heard`."""
        return {row["key"]: row["n"] for row in await self.of(service).fetch(SQL.tally, kind)}

    async def said_and_waiting(self, service: ServiceName) -> tuple[Tally, int]:
        """How many messages of each type a service said, and how many events are in its outbox, at one moment."""
        rows = {row["key"]: row["n"] for row in await self.of(service).fetch(SQL.said_and_waiting)}
        return rows, rows.pop(None)

    async def waiting(self, service: ServiceName) -> int:
        """Events in a service's outbox."""
        return int(await self.of(service).fetchval(SQL.waiting_in_outbox))

    async def parked(self, service: ServiceName) -> list[Parked]:
        """What a service put aside."""
        return [Parked(service, **row) for row in await self.of(service).fetch(SQL.parked)]

    async def lanes(self, service: ServiceName) -> dict[int, int]:
        """The last audit number of each lane that a service used."""
        return {row["lane"]: row["last"] for row in await self.of(service).fetch(SQL.lanes) if row["last"] > 0}


@dataclass(frozen=True, slots=True)
class Way:
    """One type of message from one speaker to one hearer."""

    type: str
    speaker: ServiceName
    hearer: ServiceName


def ways() -> tuple[Way, ...]:
    """Every way that a message takes, from the topology: who says a type, and who hears its family."""
    return tuple(
        Way(message.__name__, speaker, hearer)
        for message in MESSAGES
        for speaker in _speakers(message)
        for hearer, heard in topology.HEARS.items()
        if f"{speaker}.{message.family}" in heard
    )


async def ask(books: Books, service: ServiceName, question: str, *arguments: Any) -> Any:
    """
    Ask one of a service's questions with the service's own login.

    The one way to look at a service from here: its inspection, found by name, because nothing in `infra` may import a service.
    """
    return await getattr(import_module(f"services.{service}.inspection"), question)(books.of(service), *arguments)


def _speakers(message: type[Message]) -> tuple[ServiceName, ...]:
    if issubclass(message, SignedMessage):
        return tuple(ServiceName)
    return () if message.said_by is None else (message.said_by, *message.passed_on_by)
