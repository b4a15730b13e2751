"""What is waited for, and what parks the one guilty event."""

import errno
import socket
import ssl

import asyncpg
import pytest

from infra.postgres import MACHINE, TRANSIENT, is_transient


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InterfaceError("cannot perform operation: connection is closed"),
        asyncpg.InterfaceError("cannot call PreparedStatement.fetch(): the underlying connection is closed"),
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.InterfaceError("pool is closed"),
        asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
        asyncpg.InternalClientError('cannot switch to state 11; protocol is in the "failed" state'),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.CannotConnectNowError(""),
        asyncpg.DeadlockDetectedError(""),
        asyncpg.LockNotAvailableError(""),
        asyncpg.DiskFullError(""),
        asyncpg.InsufficientResourcesError("could not open file: Too many open files"),
        asyncpg.InvalidCachedStatementError("cached statement plan is invalid due to a database schema or configuration change"),
        asyncpg.OutdatedSchemaCacheError("cached schema is outdated"),
        asyncpg.InvalidPasswordError(""),
        ConnectionRefusedError(errno.ECONNREFUSED, ""),
        BrokenPipeError(errno.EPIPE, ""),
        TimeoutError(),
        socket.gaierror(socket.EAI_AGAIN, ""),
        OSError(errno.ENOSPC, ""),
        OSError(errno.EHOSTUNREACH, ""),
        OSError(errno.EMFILE, ""),
    ],
    ids=repr,
)
def test_what_goes_away_by_itself_is_waited_for(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("the server expects 1 argument for this query, 2 were passed"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        asyncpg.InterfaceError("cannot call Connection.fetch(): connection has been released back to the pool"),
        asyncpg.DataError("invalid input for query argument $1"),
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        asyncpg.ProtocolViolationError("bind message supplies 1 parameters, but prepared statement requires 2"),
        asyncpg.UndefinedTableError(""),
        asyncpg.UndefinedColumnError(""),
        asyncpg.InsufficientPrivilegeError(""),
        asyncpg.ConfigurationLimitExceededError(""),
        asyncpg.DatabaseDroppedError(""),
        asyncpg.UniqueViolationError(""),
        FileNotFoundError(errno.ENOENT, ""),
        PermissionError(errno.EACCES, ""),
        IsADirectoryError(errno.EISDIR, ""),
        ssl.SSLError(1, ""),
        ValueError(),
        KeyError(),
    ],
    ids=repr,
)
def test_a_mistake_or_a_bad_event_is_not_waited_for(error: Exception) -> None:
    assert not is_transient(error)


def test_each_transient_kind_has_its_reason() -> None:
    assert all(reason for reason in (*TRANSIENT.values(), *MACHINE.values()))
