"""
The tasks of a service: relay, clock, retries. None ends unseen.

A failure is counted, said, and followed by another try, each time a little later. Readiness knows a task that keeps failing and one
that is no more. Nothing that fails while a failure is told (a log on a full disk) ends a task.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from infra.logs import tell, whereabouts
from infra.telemetry import TASKS_FAILED, Telemetry

log = structlog.get_logger()

Task = Callable[[], Awaitable[None]]

FAILURES_BEFORE_RED = 3
"""A failure or two in a row mend themselves; from then on the service says that it is not ready."""

LONGEST_PAUSE_SECONDS = 30.0


@dataclass(slots=True)
class _Kept:
    name: str
    failures: int = 0
    running: asyncio.Task[None] | None = field(default=None)

    @property
    def is_well(self) -> bool:
        if self.failures >= FAILURES_BEFORE_RED or self.running is None:
            return False
        # One that came to its own end did what it had to do.
        return not self.running.done() or (not self.running.cancelled() and self.running.exception() is None)


class Tasks:
    """Keeps the tasks of one service going."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._kept: list[_Kept] = []
        self._stopping = False

    @property
    def ailing(self) -> list[str]:
        """The names of tasks that keep failing or ended without having been told to."""
        return [kept.name for kept in self._kept if not kept.is_well]

    def keep(self, task: Task, *, name: str | None = None, every: float | None = None, after: float = 0) -> asyncio.Task[None]:
        """
        Do `task` again and again, `every` seconds apart, for the first time `after` so many; without `every` until it returns.

        The task that is returned ends when `task` is done for good, or with `stop`.
        """
        kept = _Kept(name or str(getattr(task, "__qualname__", "task")))
        kept.running = asyncio.create_task(self._go_on(kept, task, every, after), name=kept.name)
        self._kept.append(kept)
        return kept.running

    async def stop(self, seconds: float | None = None) -> None:
        """
        End all of them. What is not over in `seconds` is left.

        One that is cut off in a statement waits for its connection to be given back, which takes a minute where the server hangs.
        """
        self._stopping = True
        running = [kept.running for kept in self._kept if kept.running is not None]
        for task in running:
            task.cancel()
        await asyncio.wait({asyncio.gather(*running, return_exceptions=True)}, timeout=seconds)
        self._kept.clear()

    async def _go_on(self, kept: _Kept, task: Task, every: float | None, after: float) -> None:
        await asyncio.sleep(after)
        while True:
            try:
                await task()
            except asyncio.CancelledError as error:
                # Cancelled from outside, or by something within that was cancelled and is no word to us.
                if self._stopping or self._is_told_to_end():
                    raise
                await self._failed(kept, error)
            except Exception as error:  # noqa: BLE001 -- the next try may do better, and everybody is told
                if self._stopping or self._is_told_to_end():
                    # What failed on the way out took the place of the word to end.
                    return
                await self._failed(kept, error)
            else:
                kept.failures = 0
                if every is None:
                    return
                await asyncio.sleep(every)

    @staticmethod
    def _is_told_to_end() -> bool:
        current = asyncio.current_task()
        return current is not None and current.cancelling() > 0

    async def _failed(self, kept: _Kept, error: BaseException) -> None:
        kept.failures += 1
        with suppress(Exception):
            self._telemetry.count(TASKS_FAILED, 1, task=kept.name)
            tell(log.error, "service.task_failed", task=kept.name, failures=kept.failures, **whereabouts(error))
        await asyncio.sleep(min(2.0 ** (kept.failures - 1), LONGEST_PAUSE_SECONDS))
