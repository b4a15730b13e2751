"""One pair of servers, as the stack makes them, for every file that borrows them; one that needs its own starts them itself."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from infra.local.stack import Stack
from tests.afresh import as_after_the_start


@pytest.fixture(scope="session")
def servers() -> Iterator[Stack]:
    """PostgreSQL and RabbitMQ with the real topology and rights, without services: each file borrows them (tests/afresh.py)."""
    with Stack.temporary(services=(), postgres_settings={"fsync": "off"}) as stack:
        stack.start_servers()
        yield stack


@pytest_asyncio.fixture(scope="module")
async def stack(servers: Stack) -> AsyncIterator[Stack]:
    """The servers as after their start, for each file."""
    async with as_after_the_start(servers) as lent:
        yield lent
