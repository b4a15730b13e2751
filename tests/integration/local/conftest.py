"""One pair of servers, as the stack makes them, for all tests here."""

from collections.abc import Iterator

import pytest

from infra.local.stack import Stack


@pytest.fixture(scope="session")
def servers() -> Iterator[Stack]:
    """PostgreSQL and RabbitMQ with the real topology and rights, without services."""
    with Stack.temporary(services=(), postgres_settings={"fsync": "off"}) as stack:
        stack.start()
        yield stack
