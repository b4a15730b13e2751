"""One pair of servers, as the stack makes them; a file that needs its own starts them itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from infra.local.stack import Stack
from tests.afresh import as_after_the_start


@pytest_asyncio.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """PostgreSQL and RabbitMQ with the real topology and rights, without services."""
    started = Stack(tmp_path_factory.mktemp("bus"), services=())
    await asyncio.to_thread(started.start_servers)
    yield started
    await asyncio.to_thread(started.stop)


@pytest_asyncio.fixture(scope="module")
async def stack(servers: Stack) -> AsyncIterator[Stack]:
    """The servers as after their start, for each file."""
    async with as_after_the_start(servers) as lent:
        yield lent
