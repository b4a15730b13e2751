"""No record, no answer (`architecture.md` §6)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import structlog

from infra.http import Problem
from infra.logs import whereabouts
from infra.postgres import is_transient
from infra.service import Service
from infra.work import UnitOfWork

log = structlog.get_logger()


class NotRecorded(Problem):
    """The access could not be recorded, so nothing is shown."""

    def __init__(self) -> None:
        super().__init__(503, "Not available", "The access could not be recorded, so nothing is shown.", headers={"retry-after": "5"})


@asynccontextmanager
async def recorded(service: Service) -> AsyncIterator[UnitOfWork]:
    """
    Open a unit of work whose commit precedes the answer: make the answer after this block, never inside.

    Raises NotRecorded where the database does not take the record.
    """
    try:
        async with service.work() as work:
            yield work
    except Exception as error:
        # What ends by itself, and whatever the database refuses. A mistake of ours is no outage.
        if not is_transient(error) and not isinstance(error, asyncpg.PostgresError | TimeoutError):
            raise
        log.error("http.not_recorded", **whereabouts(error))
        raise NotRecorded from error
