"""Connections to PostgreSQL, and which of its errors mean *not now* rather than *never*."""

from typing import TYPE_CHECKING, TypeAlias

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

Database: TypeAlias = "asyncpg.Connection | PoolConnectionProxy"
"""A connection, owned or lent by a pool: the two do the same."""

CONNECTIONS = 8
"""Connections that one service keeps at most."""

COMMAND_SECONDS = 60.0
"""A black-holed connection hangs for ever without a limit (`operations.md`)."""

_NOT_NOW = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InternalClientError,
)


def is_transient(error: BaseException) -> bool:
    """Whether `error` will go away by itself, so that the same work is worth trying again."""
    # A value that a parameter cannot hold is an InterfaceError and a ValueError at once; no waiting mends it.
    return isinstance(error, _NOT_NOW) and not isinstance(error, ValueError)


async def open_pool(url: str, *, name: str, least: int = 1, most: int = CONNECTIONS) -> asyncpg.Pool:
    """Open a pool of connections that the server's logs show as `name`."""
    return await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=most,
        command_timeout=COMMAND_SECONDS,
        server_settings={"application_name": f"tsunagu-{name}", "timezone": "UTC"},
    )
