"""One pair of servers per module, as the stack makes them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from infra.local.stack import Stack


@pytest_asyncio.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """PostgreSQL and RabbitMQ with the real topology and rights, without services."""
    servers = Stack(tmp_path_factory.mktemp("bus"), services=())
    await asyncio.to_thread(servers.start_servers)
    yield servers
    await asyncio.to_thread(servers.stop)
