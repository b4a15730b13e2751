"""What the log does by the clock: verified in a process of its own, wholly or what it grew by, one at a time."""

import asyncio
import os
import time

import asyncpg
import pytest

from services.audit.apart import WorkerLost, apart
from services.audit.domain.soundness.findings import Outcome
from services.audit.keeper import Keeper
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import hear
from tests.unit.audit.builders import access


async def verifications(desk: Desk) -> list[tuple[int, str, bool]]:
    rows = await desk.pool.fetch("select size, outcome, is_full from verification order by id")
    return [(row["size"], row["outcome"], row["is_full"]) for row in rows]


@pytest.fixture
def keeper(desk: Desk) -> Keeper:
    return desk.wired.keeper


async def grow(desk: Desk, keeper: Keeper, first: int, last: int) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(first, last + 1)])
    await keeper.seal()


async def test_the_whole_log_is_verified_first_and_then_what_it_grew_by(desk: Desk, keeper: Keeper) -> None:
    # A service starts beside an empty log, with nothing to verify yet.
    await keeper.verify_all()
    await keeper.verify_growth()
    await grow(desk, keeper, 1, 3)
    await keeper.verify_growth()
    await keeper.verify_growth()
    await grow(desk, keeper, 4, 9)

    await keeper.verify_growth()

    assert await verifications(desk) == [(3, "sound", True), (9, "sound", False)]
    assert keeper.outcome is Outcome.SOUND


async def test_an_installation_that_has_nothing_yet_is_not_called_anything(desk: Desk, keeper: Keeper) -> None:
    await keeper.verify_all()

    assert await verifications(desk) == []


async def test_a_log_emptied_behind_its_back_is_not_taken_for_a_new_one(desk: Desk, keeper: Keeper) -> None:
    await grow(desk, keeper, 1, 3)
    admin = await asyncpg.connect(desk.database.admin_url)
    for table in ("entry", "checkpoint"):
        await admin.execute(f"alter table audit.{table} disable trigger no_change; delete from audit.{table}")
    await admin.close()

    await keeper.verify_all()

    assert await verifications(desk) == [(0, "tampered", True)]


@pytest.mark.parametrize("anew", ["", "; create table audit.entry (idx bigint); grant select on audit.entry to audit"])
async def test_a_log_that_was_dropped_turns_the_readiness_red_like_one_that_was_emptied(anew: str, desk: Desk, keeper: Keeper) -> None:
    await grow(desk, keeper, 1, 3)
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute(f"drop table audit.entry{anew}")
    await admin.close()

    await keeper.seal()

    assert not keeper.history_continues()


async def test_where_the_verified_part_changed_everything_is_verified_again(desk: Desk, keeper: Keeper) -> None:
    await grow(desk, keeper, 1, 3)
    await keeper.verify_all()
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("alter table audit.entry disable trigger no_change; update audit.entry set hash = sha256(hash) where idx = 1")
    await admin.close()
    await hear(desk.pool, desk.clock, [access(4)])

    await keeper.verify_growth()

    assert await verifications(desk) == [(3, "sound", True), (4, "tampered", True)]


async def test_two_who_ask_at_once_get_one_verification(desk: Desk, keeper: Keeper) -> None:
    await grow(desk, keeper, 1, 3)
    keeper.ask()
    keeper.ask()

    running = asyncio.create_task(keeper.verify_if_asked())
    await asyncio.sleep(0)
    keeper.ask()
    was_verifying = keeper.is_verifying
    await running
    await keeper.verify_if_asked()

    assert (was_verifying, keeper.is_verifying) == (True, False)
    assert await verifications(desk) == [(3, "sound", True)]


async def test_who_asks_while_only_the_growth_is_verified_gets_the_whole_log_verified(desk: Desk, keeper: Keeper) -> None:
    await grow(desk, keeper, 1, 3)
    await keeper.verify_all()
    await grow(desk, keeper, 4, 5)
    growing = asyncio.create_task(keeper.verify_growth())
    await asyncio.sleep(0)
    was_said_to_verify_everything = keeper.is_verifying

    keeper.ask()
    asked = [asyncio.create_task(keeper.verify_if_asked()) for _ in range(2)]
    await asyncio.gather(growing, *asked)

    assert not was_said_to_verify_everything
    assert await verifications(desk) == [(3, "sound", True), (5, "sound", False), (5, "sound", True)]


async def test_the_service_answers_while_the_log_is_verified_elsewhere(desk: Desk, keeper: Keeper) -> None:
    await grow(desk, keeper, 1, 200)
    verifying = asyncio.create_task(keeper.verify_all())
    answers = 0
    while not verifying.done():
        assert (await desk.browser.get("/health")).status_code == 200
        answers += 1

    assert await verifications(desk) == [(200, "sound", True)]
    assert answers > 10


async def test_work_apart_is_done_by_another_process_and_its_error_comes_back() -> None:
    assert await apart(os.getpid) != os.getpid()
    with pytest.raises(ValueError, match="invalid literal"):
        await apart(int, "seven")


async def test_a_worker_that_dies_is_missed_and_one_that_is_not_wanted_any_more_is_ended() -> None:
    with pytest.raises(WorkerLost):
        await apart(os._exit, 1)
    waiting = asyncio.create_task(apart(time.sleep, 60.0))
    await asyncio.sleep(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 10)
