"""No task of a service ends unseen."""

import asyncio
import errno
from collections.abc import Callable

import pytest

from infra import tasks as tasks_module
from infra.tasks import FAILURES_BEFORE_RED, Tasks
from infra.telemetry import Telemetry


class FullDisk:
    """A log on a disk without room: every line fails."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        def fail(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        return fail


@pytest.fixture
def telemetry(monkeypatch: pytest.MonkeyPatch) -> Telemetry:
    monkeypatch.setattr(tasks_module, "LONGEST_PAUSE_SECONDS", 0.001)
    return Telemetry("test")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- the condition is in other tasks
            await asyncio.sleep(0.001)


async def test_a_task_whose_failure_cannot_be_logged_goes_on(telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_module, "log", FullDisk())
    turns = 0

    async def tick() -> None:
        nonlocal turns
        turns += 1
        if turns < 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    kept = Tasks(telemetry)
    kept.keep(tick, every=0.001)

    await until(lambda: turns > 5)
    assert kept.ailing == []
    assert b"tsunagu_tasks_failed_total{" in telemetry.exposition()
    await kept.stop()


async def test_a_task_that_keeps_failing_is_known_by_name_until_it_is_well_again(telemetry: Telemetry) -> None:
    works = False

    async def tick() -> None:
        if not works:
            raise ValueError

    kept = Tasks(telemetry)
    kept.keep(tick, name="ticker", every=0.001)

    await until(lambda: kept.ailing == ["ticker"])
    works = True
    await until(lambda: kept.ailing == [])
    await kept.stop()


async def test_a_failure_or_two_do_not_turn_a_service_red(telemetry: Telemetry) -> None:
    failures = iter([ValueError()] * (FAILURES_BEFORE_RED - 1))
    done = asyncio.Event()
    ailing: list[list[str]] = []
    kept = Tasks(telemetry)

    async def once() -> None:
        ailing.append(kept.ailing)
        for error in failures:
            raise error
        done.set()

    kept.keep(once)
    await asyncio.wait_for(done.wait(), 5)
    assert ailing == [[]] * FAILURES_BEFORE_RED
    await kept.stop()


async def test_something_cancelled_within_a_task_does_not_end_it(telemetry: Telemetry) -> None:
    turns = 0

    async def tick() -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise asyncio.CancelledError

    kept = Tasks(telemetry)
    running = kept.keep(tick, every=0.001)

    await until(lambda: turns > 2)
    assert not running.done()
    await kept.stop()
    assert running.done()


async def test_a_task_that_is_no_more_is_known(telemetry: Telemetry) -> None:
    async def tick() -> None:
        await asyncio.sleep(60)

    kept = Tasks(telemetry)
    kept.keep(tick, name="ticker").cancel()

    await until(lambda: kept.ailing == ["ticker"])
    await kept.stop()


async def test_a_task_whose_last_statement_fails_when_it_is_told_to_end_ends(telemetry: Telemetry) -> None:
    begun = asyncio.Event()

    async def look() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            # As a connection that cannot be given back, because the server hangs.
            raise TimeoutError

    kept = Tasks(telemetry)
    task = kept.keep(look, every=0.001)
    await begun.wait()
    await asyncio.wait_for(kept.stop(), 10)

    assert task.done()


async def test_a_task_that_does_not_come_to_its_end_holds_up_no_other(telemetry: Telemetry) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def look() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await over.wait()

    kept = Tasks(telemetry)
    task = kept.keep(look)
    await begun.wait()
    await asyncio.wait_for(kept.stop(0.01), 10)

    assert not task.done()
    over.set()
    await asyncio.wait([task], timeout=10)
    assert task.done()
