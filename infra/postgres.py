"""Connections to PostgreSQL, and which errors mean *not now* rather than *never*."""

import errno
import re
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

Database: TypeAlias = "asyncpg.Connection | PoolConnectionProxy"
"""A connection, owned or lent by a pool: the two do the same."""

CONNECTIONS = 8
"""Connections that one service on one partition keeps at most."""

COMMAND_SECONDS = 60.0
"""A black-holed connection hangs for ever without a limit (`operations.md`)."""

TRANSIENT: Mapping[type[Exception], str] = {
    ConnectionError: "a server was not reached, or the connection broke; it will be there again",
    socket.gaierror: "names are not resolved while a container is made anew",
    TimeoutError: "a server is stalled, or another holds the lock: nothing shows that an event is at fault",
    asyncpg.PostgresConnectionError: "the connection broke",
    asyncpg.AdminShutdownError: "the server is stopped by its operator",
    asyncpg.CrashShutdownError: "the server ends all sessions because one of them crashed",
    asyncpg.CannotConnectNowError: "the server starts or stops",
    asyncpg.IdleSessionTimeoutError: "the server ended an idle session; a new one will do",
    asyncpg.IdleInTransactionSessionTimeoutError: "the server ended a session in which this process was stalled",
    asyncpg.TransactionTimeoutError: "the server ended a transaction that waited too long",
    asyncpg.QueryCanceledError: "an operator or a time limit ended a statement that waited",
    asyncpg.InsufficientResourcesError: "the server has too many files open, or whatever else is short for the moment",
    asyncpg.DiskFullError: "the server's disk is full; somebody makes room",
    asyncpg.OutOfMemoryError: "the server's memory or lock table is full of others' work",
    asyncpg.TooManyConnectionsError: "others hold all connections; they give them back",
    asyncpg.PostgresIOError: "the server's disk fails: no event can be at fault",
    asyncpg.DeadlockDetectedError: "two transactions met; the next try meets nobody",
    asyncpg.SerializationError: "two transactions met; the next try meets nobody",
    asyncpg.LockNotAvailableError: "another held the lock for too long, for instance a migration",
    asyncpg.InvalidCachedStatementError: "a migration changed tables under a prepared statement; the next try prepares it anew",
    asyncpg.OutdatedSchemaCacheError: "a migration changed types under this connection; the next try reads them anew",
    asyncpg.ReadOnlySQLTransactionError: "the server is a stand-by until the failover is over",
    asyncpg.InvalidAuthorizationSpecificationError: "nobody gets in while a password is changed: no event can be at fault",
    asyncpg.InvalidCatalogNameError: "the database is still to be made: no event can be at fault",
}
"""
What will go away by itself, each with the reason. Whatever is not here is a mistake of ours or a bad event, and no waiting mends it:
a missing table, right, file or argument parks the one event that met it, where a person can look.
"""

_NEVER = (asyncpg.ProtocolViolationError, asyncpg.ConfigurationLimitExceededError)
"""Of a transient kind by PostgreSQL's numbering, yet a mistake of ours, or met again at every try."""

MACHINE = {
    errno.ENOSPC: "the disk is full; somebody makes room",
    errno.EDQUOT: "the quota is used up; somebody makes room",
    errno.ENOMEM: "memory is short for the moment",
    errno.ENOBUFS: "buffers of the network are full for the moment",
    errno.EMFILE: "too many files are open for the moment",
    errno.ENFILE: "too many files are open for the moment",
    errno.EAGAIN: "the machine asks to try again",
    errno.ENETDOWN: "the network is away",
    errno.ENETUNREACH: "the network is away",
    errno.EHOSTDOWN: "the server's machine is away",
    errno.EHOSTUNREACH: "the server's machine is away",
}
"""Error numbers of the operating system that go away by themselves. A file or a right that is missing does not."""

# asyncpg says both with one class: that a connection or the pool is closed, and that it was called wrongly (arguments, types).
_CLOSED = re.compile(r"\b(connection|pool) is (closed|closing)\b")
_BROKEN = "cannot switch to state"
"""A server that ends an idle connection may be read after the connection is lent again: its protocol is at no place to begin from."""


def is_transient(error: BaseException) -> bool:
    """Whether `error` will go away by itself, so that the same work is worth trying again."""
    if isinstance(error, _NEVER):
        return False
    if isinstance(error, asyncpg.InterfaceError):
        return _CLOSED.search(str(error)) is not None
    if isinstance(error, asyncpg.InternalClientError) and _BROKEN in str(error):
        return True
    return isinstance(error, tuple(TRANSIENT)) or (isinstance(error, OSError) and error.errno in MACHINE)


RENEWED_AFTER = 8
RENEWED_SECONDS = 60.0
"""
A plan that a connection made while the tables were empty reads all of them when they are full, and the statistics come a minute late:
plans are made anew after 8, 16, 32 … uses of a connection, and every minute.
"""


FIRST_OF_A_DATABASE = 16_384
"""Types with a lower number come with PostgreSQL, and are the same in every database of a version; what a migration makes is above."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """In place of the statement that asks about types, where nobody had to ask. asyncpg wants to know its name alone."""

    name: str = "known"


class Renewing(asyncpg.Connection):
    """
    A connection whose plans do not grow old, and that does not ask about what never changes.

    Of each type that asyncpg does not know by itself (`uuid[]`) it asks in each connection, once for nearly every statement, and the
    answer takes PostgreSQL some 7 ms: with each connection that is opened while people or events wait, and thousands of times in the
    tests. What comes with PostgreSQL is asked about once in a process; a type of our own in each connection, as a migration can change it.
    """

    _built_in: ClassVar[dict[tuple[int, int], Sequence[Any]]] = {}
    _uses = 0
    _next_uses = RENEWED_AFTER
    _renewed_at = float("-inf")

    async def _introspect_types(self, typeoids: Collection[int], timeout: float | None) -> tuple[Sequence[Any], Any]:  # noqa: ASYNC109 (asyncpg's)
        version = self.get_server_version().major
        known = [oid for oid in typeoids if (version, oid) in self._built_in]
        # What a type of our own is made of may be among them: first they.
        rows = [row for oid in known for row in self._built_in[version, oid]]
        if not (unknown := [oid for oid in typeoids if oid not in known]):
            return rows, _Asked()
        told, asked = await super()._introspect_types(unknown, timeout)  # type: ignore[misc] # not in the stubs
        # Each with all that was told with it: one of them may be made of another.
        built_in = [row for row in told if row["oid"] < FIRST_OF_A_DATABASE]
        self._built_in.update({(version, oid): built_in for oid in unknown if oid < FIRST_OF_A_DATABASE})
        return [*rows, *told], asked

    async def renew_plans(self) -> None:
        """Count a use; let the server make its plans anew where it is time for that."""
        self._uses += 1
        now = time.monotonic()
        if self._uses < self._next_uses and now - self._renewed_at < RENEWED_SECONDS:
            return
        if self._uses >= self._next_uses:
            self._next_uses *= 2
        self._renewed_at = now
        await self.execute("discard plans")


async def _renew_plans(db: Any) -> None:
    await db.renew_plans()


def connections(partitions: int) -> int:
    """How many connections a service keeps at most: of each partition one hears and one relays for as long as it runs."""
    return CONNECTIONS + 2 * (partitions - 1)


async def open_pool(url: str, *, name: str, least: int = 1, most: int = CONNECTIONS) -> asyncpg.Pool:
    """Open a pool of connections that the server's logs show as `name`."""
    return await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=most,
        command_timeout=COMMAND_SECONDS,
        connection_class=Renewing,
        setup=_renew_plans,
        server_settings={
            "application_name": f"tsunagu-{name}",
            "timezone": "UTC",
            # To compile a plan takes seconds, and what it is compiled for milliseconds: a plan costs much where it guesses high, as it
            # does behind row-level security and on tables that have no statistics yet.
            "jit": "off",
        },
    )
