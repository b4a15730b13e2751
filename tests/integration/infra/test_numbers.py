"""Numbers of audit entries: gapless in each lane, whatever is rolled back, and lanes that do not wait for each other (audit.md §5)."""

import asyncpg

from contracts.deeds import linker as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import AccessRecorded, LanesTold, Thing
from contracts.values import ServiceName
from infra.city.story_stage import empty_tables
from infra.clock import FixedClock
from infra.identifiers import Identifiers
from infra.signing import ProducerKey
from infra.testing.fixtures import Database, announced, unit_of_work
from infra.work import SQL, UnitOfWork

ENTRY = (deeds.QUEUE_OPENED, Thing(kind=ThingKind.LINK_QUEUE, id=None))


def keep(work: UnitOfWork) -> None:
    deed, thing = ENTRY
    work.keep(deed, actor=work.service_actor(), thing=thing)


async def test_numbers_taken_together_are_of_lanes_of_their_own(database: Database) -> None:
    pool = await database.pool("linker")
    async with pool.acquire() as one, pool.acquire() as other, one.transaction(), other.transaction():
        # Neither has committed when the other takes its numbers, and both begin with the same lane.
        await other.execute("set local lock_timeout = '5s'")
        taken = [await db.fetchrow(SQL.take_numbers_of_a_free_lane, 31, 2) for db in (one, other)]

    assert [row and tuple(row) for row in taken] == [(31, 2), (0, 2)]


async def test_what_was_rolled_back_leaves_no_gap(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("linker")
    async with pool.acquire() as db:
        for broken in (True, False, True, False):
            transaction = db.transaction()
            await transaction.start()
            work = UnitOfWork(db, service=ServiceName.LINKER, clock=clock, identifiers=Identifiers(b"k"))
            keep(work)
            await work.flush()
            await (transaction.rollback() if broken else transaction.commit())

    said = [each for each in await announced(pool) if isinstance(each, AccessRecorded)]
    assert [each.sequence for each in said] == [1, 2]


async def test_a_service_with_a_key_signs_what_it_tells_and_tells_its_last_numbers(database: Database, clock: FixedClock) -> None:
    pool, key = await database.pool("linker"), ProducerKey(ServiceName.LINKER, bytes(32))
    for _ in range(2):
        async with pool.acquire() as db, db.transaction():
            work = UnitOfWork(db, service=ServiceName.LINKER, clock=clock, identifiers=Identifiers(b"k"), producer_key=key)
            keep(work)
            await work.flush()
    async with pool.acquire() as db, db.transaction():
        work = UnitOfWork(db, service=ServiceName.LINKER, clock=clock, identifiers=Identifiers(b"k"), producer_key=key)
        await work.tell_lanes()
        await work.flush()

    said = [each for each in await announced(pool) if isinstance(each, AccessRecorded | LanesTold)]
    assert [key.signed(each.model_copy(update={"key": None, "signature": None})) for each in said] == said
    told = said[-1]
    assert isinstance(told, LanesTold)
    assert sum(told.lanes.values()) == 2


async def test_a_stage_that_is_emptied_keeps_what_is_told_of_last_numbers_because_its_hearing_is_awaited(
    database: Database, clock: FixedClock
) -> None:
    pool = await database.pool("linker")
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        await work.tell_lanes()
    admin = await asyncpg.connect(database.admin_url)

    await empty_tables(admin)

    # And what a migration filled: of which tables the past is kept, and dropped.
    assert await admin.fetchval("select count(*) from scorer.past_table") > 0
    await admin.close()
    assert [type(each) for each in await announced(pool)] == [LanesTold]
    assert await pool.fetchval("select n from tally where kind = 'said' and key = 'LanesTold'") == 1


async def test_a_service_without_a_key_tells_the_same_unsigned(database: Database, clock: FixedClock) -> None:
    pool = await database.pool("linker")
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        keep(work)

    (said,) = [each for each in await announced(pool) if isinstance(each, AccessRecorded)]
    assert (said.key, said.signature) == (None, None)
