"""What was known is kept for a term (`domain.md` §4.6): lists within it stay the same bytes, of an earlier day none is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from functools import partial

import asyncpg
import pytest

from contracts.messages import DecisionRecorded
from contracts.values import ServiceName
from infra.testing.fixtures import announced, unit_of_work
from infra.work import UnitOfWork
from services.scorer import effect, explaining, retention
from services.scorer.recalling import NotKept, check_kept
from services.scorer.retention import Kept
from tests.integration.infra.servers import until
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import CHILD, SIBLING, checkup, household, kinship, watermark
from tests.integration.scorer.test_lists import moved, printed, two_children

pytestmark = pytest.mark.servers

TERM = 1_827
WITHIN = (("2026-04-11", "2027-04-15"), ("2027-04-15", "2027-04-15"), ("2028-05-20", "2028-05-20"), ("2026-04-11", "2028-05-21"))
_OLDER = """
select sum((xpath('/row/n/text()', query_to_xml(
    format('select count(*) as n from scorer.%I where %I < %L', name || '_was', held_until, $1::text), false, true, ''
)))[1]::text::int) from past_table
"""


class Killed(Exception):
    """Where the process ended."""


def beginning(scorer: Scorer, *, steps: int | None = None) -> Callable[[], AbstractAsyncContextManager[UnitOfWork]]:
    """What begins a step; after so many of them, what is killed just before it commits."""
    begun = 0

    @asynccontextmanager
    async def begin() -> AsyncIterator[UnitOfWork]:
        nonlocal begun
        begun += 1
        async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
            yield work
            if begun == steps:
                raise Killed

    return begin


async def years(scorer: Scorer) -> None:
    """Three years in which much becomes past: of residence, families, records and answers."""
    await two_children(scorer)
    await scorer.day_comes("2026-04-12")
    await scorer.hears(household((CHILD, "2024-02-10", None), (SIBLING, "2024-02-10", None)))
    await scorer.day_comes("2026-05-20")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18"), moved("2026-05-01", 2), household((CHILD, "2024-02-10", None), version=2))
    await scorer.day_comes("2027-05-10")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18", revision=2, void=True), watermark("2027-05-09"), moved("2027-05-01", 3))
    await scorer.day_comes("2028-05-20")
    await scorer.hears(kinship(CHILD, SIBLING, version=9, linked=False), watermark("2028-05-19"), moved("2028-05-01", 4))
    await scorer.day_comes("2028-05-21")
    await scorer.hears(checkup("3y", "2028-03-01", "K-36"))


async def keep(scorer: Scorer, steps: int | None = None) -> Kept:
    return await retention.keep_to(beginning(scorer, steps=steps), TERM)


async def told(scorer: Scorer, as_of: str, known_on: str) -> str:
    days = date.fromisoformat(as_of), date.fromisoformat(known_on)
    why = [await scorer.asked(explaining.explained, who, *days, scorer.clock.today()) for who in (CHILD, SIBLING)]
    return await printed(scorer, as_of, known_on) + str(why)


async def test_lists_within_the_term_stay_the_same_bytes_and_earlier_ones_are_refused_wherever_it_was_killed(scorer: Scorer) -> None:
    await years(scorer)
    await scorer.day_comes("2028-05-22")
    before = {days: await told(scorer, *days) for days in (("2026-04-11", "2026-04-12"), ("2026-05-20", "2026-05-20"), *WITHIN)}
    assert len(set(before.values())) == len(before)

    # What is believed no longer is moved away; nothing is older than the term yet.
    kept = await keep(scorer)
    assert kept.archived > 0
    assert kept.forgotten == {}
    assert await scorer.pool.fetchval("select count(*) from evaluation where superseded_at < '2028-05-22'") == 0
    assert {days: await told(scorer, *days) for days in before} == before

    # The year of 2026 is older than the term on the 9th of April 2032, and not before.
    await scorer.day_comes("2032-03-31")
    assert (await keep(scorer)).forgotten == {}
    await scorer.day_comes("2032-04-10")
    for steps in (2, 9, 15, 18, 20):
        with pytest.raises(Killed):
            await keep(scorer, steps)
    forgotten = (await keep(scorer)).forgotten

    assert {days: await told(scorer, *days) for days in WITHIN} == {days: before[days] for days in WITHIN}
    for days in (("2026-04-11", "2026-04-12"), ("2026-05-20", "2026-05-20"), ("2027-03-30", "2027-03-30")):
        with pytest.raises(NotKept, match=rf"known_at: what was known on {days[1]} is kept no longer .* first day .* is 2027-03-31"):
            await told(scorer, *days)
    async with scorer.pool.acquire() as db:
        with pytest.raises(NotKept, match="from: what was known on 2027-03-30 is kept no longer"):
            await effect.report(db, None, date(2027, 3, 30), date(2032, 4, 9), scorer.clock.today(), 0.2)
    assert await scorer.pool.fetchval(_OLDER, "2027-04-01 00:00+09") == 0
    assert await scorer.pool.fetchval("select count(*) from past_table where forgotten_until is distinct from '2027-04-01 00:00+09'") == 0
    deeds = [each for each in await announced(scorer.pool) if isinstance(each, DecisionRecorded) and each.action == "scorer.past_forgotten"]
    assert {"person", "evaluation", "member"} <= {each.thing.id for each in deeds}
    assert set(forgotten) <= {each.thing.id for each in deeds}
    assert len({each.thing.id for each in deeds}) == len(deeds), "each table is told of once"
    assert await keep(scorer) == Kept()


async def test_what_would_go_is_said_also_of_years_that_have_no_part_of_their_own(scorer: Scorer) -> None:
    await scorer.pool.execute(
        "insert into held_was (replaced_at, event_id, person_id, written_at) values ('2025-05-01', gen_random_uuid(), $1, '2025-04-02')",
        CHILD,
    )
    await scorer.day_comes("2031-04-10")
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        would = await retention.planned(work, TERM)

    assert set(would) == {"held_was_else"}
    assert (await keep(scorer)).forgotten == {"held": 1}
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        assert await retention.planned(work, TERM) == {}


async def test_what_somebody_reads_is_not_forgotten_until_it_is_read(scorer: Scorer) -> None:
    await two_children(scorer)
    await scorer.day_comes("2032-04-10")
    begin = partial(unit_of_work, scorer.pool, ServiceName.SCORER, scorer.clock)
    async with begin() as work:
        await check_kept(work.db, date(2026, 4, 12))
        async with begin() as other:
            await other.db.execute("set local lock_timeout = '10ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.db.execute(retention.SQL.forget_until, other.now)

    assert await scorer.pool.fetchval("select forgotten_until from past_kept") is None


_WAS = {
    "held": "insert into held_was (replaced_at, event_id, person_id, written_at) values ($1, gen_random_uuid(), $2, $1)",
    "delivery": "insert into delivery_was (replaced_at, child_id, pregnancy_id, written_at) values ($1, $2, gen_random_uuid(), $1)",
}
_WAITING = "select count(*) > 0 from pg_locks where not granted and relation = 'scorer.held_was_else'::regclass"


async def test_who_writes_to_one_table_and_then_to_another_never_waits_in_a_circle_for_a_year_that_begins(scorer: Scorer) -> None:
    """Two sessions on a real server: one has written to a late table; a year's parts are opened; it writes to an early one."""
    await scorer.day_comes("2031-04-10")
    at = scorer.clock.now()

    async def waits_for_held() -> bool:
        return bool(await scorer.pool.fetchval(_WAITING))

    async with scorer.pool.acquire() as db, db.transaction():
        await db.execute(_WAS["held"], at, CHILD)
        opening = asyncio.create_task(keep(scorer))
        await until(waits_for_held)
        await db.execute(_WAS["delivery"], at, CHILD)
    kept = await opening

    assert kept == Kept()
    assert [await scorer.pool.fetchval(f"select count(*) from {table}_was_2031") for table in _WAS] == [1, 1]


async def test_two_processes_open_and_forget_years_at_once(scorer: Scorer, another_scorer: Scorer) -> None:
    """Each row is moved once, and neither ends the other: whoever comes second finds it done."""
    await scorer.day_comes("2026-04-10")
    await keep(scorer)
    old, new = scorer.clock.now(), scorer.clock.now().replace(year=2036)
    for statement in _WAS.values():
        await scorer.pool.executemany(statement, [(old, CHILD)] * 20 + [(new, CHILD)] * 20)
    await scorer.day_comes("2036-04-20")

    both = await asyncio.gather(*(keep(each) for each in (scorer, another_scorer, scorer, another_scorer)))

    assert [each.waiting for each in both] == [[], [], [], []]
    assert {table: sum(each.forgotten.get(table, 0) for each in both) for table in _WAS} == dict.fromkeys(_WAS, 20)
    assert [await scorer.pool.fetchval(f"select count(*) from {table}_was_2036") for table in _WAS] == [20, 20]
