"""
Does the simulations that people asked for at a page: one after another, each in one transaction, so that one that was killed begins anew.

In a thread of its own, with a connection of its own: a whole city takes seconds, where a parameter differs minutes, and hearing and
evaluating go on meanwhile.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from contracts.values import ServiceName
from infra.clock import Clock
from infra.local.deciding import work_at
from infra.logs import whereabouts
from infra.postgres import is_transient
from infra.service import Service
from infra.settings import Settings
from services.scorer import deciding, jobs

T = TypeVar("T")
log = structlog.get_logger()


def worker(service: Service) -> Callable[[], Awaitable[None]]:
    """Return what does all simulations that wait."""

    async def work_off() -> None:
        # Asked with the service's own connection, so that one is opened for whoever waits alone.
        while await _anybody_waits(service) and await beside(lambda: do_next(service.settings, service.clock)):
            pass

    return work_off


async def _anybody_waits(service: Service) -> bool:
    async with service.pool.acquire() as db:
        return await jobs.anybody_waits(db)


async def do_next(settings: Settings, clock: Clock) -> bool:
    """Do the oldest simulation that waits. Returns whether there was one. One that fails is told to whoever asked, and not tried again."""
    job: jobs.Job | None = None
    try:
        async with work_at(ServiceName.SCORER, settings, clock) as work:
            job = await jobs.claim(work.db)
            if job is not None:
                await deciding.simulate_proposal(work, job.by, job.ruleset)
                await jobs.end(work.db, job, work.now)
    except Exception as error:
        if job is None or is_transient(error):
            raise
        log.error("scorer.simulation_failed", ruleset=job.ruleset, **whereabouts(error))
        async with work_at(ServiceName.SCORER, settings, clock) as work:
            await jobs.end(work.db, job, work.now, failed=True)
    return job is not None


async def beside(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return what a coroutine gives that runs on a loop of its own, in a thread. It is cancelled with whoever waits for it."""
    told: Future[T] = Future()
    loop = asyncio.new_event_loop()
    task = loop.create_task(make())

    def run() -> None:
        try:
            told.set_result(loop.run_until_complete(task))
        except BaseException as error:  # noqa: BLE001 -- whoever waits is told
            with suppress(Exception):
                told.set_exception(error)
        finally:
            loop.close()

    threading.Thread(target=run, name="simulation", daemon=True).start()
    try:
        return await asyncio.wrap_future(told)
    except asyncio.CancelledError:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(task.cancel)
        raise
