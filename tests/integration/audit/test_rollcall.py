"""Whatever stays away for minutes is an alarm; what is not its producer's word is set aside in sight (audit.md §5)."""

from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import pytest

from contracts.deeds import audit as deeds
from contracts.messages import DecisionRecorded
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.audit import actions, producers
from services.audit.domain.absences import Absence
from services.audit.domain.sequences import Numbers
from services.audit.offline.attesting import Register
from services.audit.rollcall import ALARM_SECONDS, Alarms, Rollcall
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import SIGNER, hear
from tests.unit.audit.builders import KEYS, REGISTER, access, lanes_told, signed

CASEWORK = Register.read(KEYS[ServiceName.CASEWORK].line)


@dataclass
class Watch:
    """A clock that counts seconds."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def pool(database: Database) -> asyncpg.Pool:
    return await database.pool("audit")


async def test_numbers_that_stay_away_are_an_alarm_within_five_minutes_until_they_come(pool: asyncpg.Pool, clock: FixedClock) -> None:
    watch = Watch()
    rollcall = Rollcall(lambda: pool, CASEWORK, watch)
    await hear(pool, clock, [signed(access(number)) for number in (1, 2, 5)], CASEWORK)
    await hear(pool, clock, [signed(lanes_told(lanes={"0": 7, "4": 1}))], CASEWORK)

    await rollcall.look()
    assert rollcall.alarms == Alarms()
    watch.seconds = ALARM_SECONDS
    await hear(pool, clock, [signed(lanes_told(lanes={"0": 7, "4": 1}, occurred_at=clock.at))], CASEWORK)
    await rollcall.look()
    missing = (Numbers(3, 4), Numbers(6, 7))
    assert rollcall.alarms.numbers == (*(Absence("casework", 0, each) for each in missing), Absence("casework", 4, Numbers(1, 1)))
    assert ALARM_SECONDS < 300

    again = Rollcall(lambda: pool, CASEWORK, watch)
    await again.look()
    await hear(pool, clock, [signed(access(number)) for number in (3, 4, 6, 7)] + [signed(access(1, lane=4))], CASEWORK)
    for each in (rollcall, again):
        await each.look()
        assert each.is_complete()


async def test_a_producer_who_signs_and_tells_nothing_is_an_alarm(pool: asyncpg.Pool, clock: FixedClock) -> None:
    watch = Watch()
    rollcall = Rollcall(lambda: pool, CASEWORK, watch)
    await rollcall.look()
    watch.seconds = ALARM_SECONDS
    await rollcall.look()
    assert rollcall.alarms == Alarms(silent=("casework",))

    await hear(pool, clock, [signed(lanes_told(lanes={}))], CASEWORK)
    await rollcall.look()
    assert rollcall.is_complete()


async def test_old_words_said_again_are_no_words_of_a_producer_whose_new_ones_are_kept_back(pool: asyncpg.Pool, clock: FixedClock) -> None:
    """Whoever has the bus has them, and they are as true as ever: those of the last minutes once more, those of before now first."""
    watch = Watch()
    rollcall = Rollcall(lambda: pool, CASEWORK, watch)
    before, last = (signed(lanes_told(lanes={"0": 1}, occurred_at=clock.at - timedelta(minutes=minutes))) for minutes in (16, 1))
    await hear(pool, clock, [signed(access(1)), last], CASEWORK)
    await rollcall.look()

    for said in (before, last):
        watch.seconds += ALARM_SECONDS / 2
        clock.at += timedelta(minutes=2)
        await hear(pool, clock, [said], CASEWORK)
        await rollcall.look()

    assert rollcall.alarms == Alarms(silent=("casework",))


async def test_last_numbers_in_anothers_name_are_refused_and_that_is_said(pool: asyncpg.Pool, clock: FixedClock) -> None:
    forged = KEYS[ServiceName.LINKER].signed(lanes_told(lanes={"0": 1}))

    await hear(pool, clock, [forged, lanes_told(lanes={"0": 2})], CASEWORK)

    async with pool.acquire() as db:
        assert await producers.rolls(db) == []
    told = [each for each in await announced(pool) if isinstance(each, DecisionRecorded)]
    assert [(each.action, each.reason_code) for each in told] == [
        (deeds.ROLL_REFUSED.code, "key_unknown"),
        (deeds.ROLL_REFUSED.code, "unsigned"),
    ]


async def test_what_is_set_aside_is_said_once_and_hides_behind_no_other_of_the_same_id(pool: asyncpg.Pool, clock: FixedClock) -> None:
    one, other = access(1), access(1, action="casework.list_opened")
    assert one.event_id == other.event_id

    for parcel in ([one], [one], [other], [signed(one)]):
        await hear(pool, clock, parcel, CASEWORK)

    assert await pool.fetchval("select count(*) from quarantine") == 2
    assert await pool.fetchval("select count(*) from entry") == 1
    told = [each for each in await announced(pool) if isinstance(each, DecisionRecorded)]
    assert [(each.action, each.reason_code) for each in told] == [(deeds.UNATTESTED_KEPT.code, "unsigned")] * 2


async def test_what_was_set_aside_for_want_of_its_key_comes_in_once_that_is_registered(pool: asyncpg.Pool, clock: FixedClock) -> None:
    forged = KEYS[ServiceName.SCORER].signed(access(4, producer="linker"))
    await hear(pool, clock, [signed(access(number, producer="linker")) for number in (1, 2, 3)] + [forged], CASEWORK)
    assert await pool.fetchval("select count(*) from entry") == 0

    async with pool.acquire() as db:
        assert await db.fetchval(producers.SQL.quarantine_size) == 4
    for expected in (3, 0):
        async with unit_of_work(pool, ServiceName.AUDIT, clock) as work:
            assert (await actions.readmit(work, REGISTER.fault)).entries == expected

    assert await pool.fetchval("select array_agg(sequence order by sequence) from entry") == [1, 2, 3]
    # What came in after all is none of what the first page says of quarantine; what somebody else said still is.
    assert await pool.fetchval(producers.SQL.quarantine_size) == 1


async def test_what_was_set_aside_comes_in_a_part_at_a_time(pool: asyncpg.Pool, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "READMITTED_AT_ONCE", 2)
    await hear(pool, clock, [signed(access(number, producer="linker")) for number in range(1, 6)], CASEWORK)

    place: producers.Place | None = producers.FIRST
    came = []
    while place is not None:
        async with unit_of_work(pool, ServiceName.AUDIT, clock) as work:
            some = await actions.readmit(work, REGISTER.fault, place)
        came.append(some.entries)
        place = some.last

    assert came == [2, 2, 1]
    assert await pool.fetchval("select count(*) from entry") == 5


async def test_the_log_has_an_entry_of_each_key_and_of_its_end_once(pool: asyncpg.Pool, clock: FixedClock) -> None:
    ended = f"{KEYS[ServiceName.CASEWORK].line} until=2026-05-01T00:00:00.000000Z"
    for lines in (CASEWORK.lines, CASEWORK.lines, Register.read(ended).lines):
        async with unit_of_work(pool, ServiceName.AUDIT, clock) as work:
            await actions.take_keys(work, lines)
    told = [each for each in await announced(pool) if isinstance(each, DecisionRecorded)]
    assert [each.thing.id for each in told] == [*CASEWORK.lines, ended]

    await hear(pool, clock, told)
    async with pool.acquire() as db:
        assert await producers.keys_taken(db) == [*CASEWORK.lines, ended]


async def test_the_first_page_and_the_readiness_say_what_is_missing(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in (1, 4)])
    rollcall, watch = desk.wired.keeper.rollcall, Watch()
    rollcall.now, rollcall.register = watch, CASEWORK
    await rollcall.look()
    watch.seconds = ALARM_SECONDS
    await rollcall.look()
    await desk.sit_down("security.officer")

    page = (await desk.browser.get("/")).text
    assert "届いていない記録があります" in page
    assert "系列 0：2 番から 3 番まで" in page
    assert "1分ごと" in page
    assert (await desk.browser.get("/ready")).json()["producers"] is False
    assert SIGNER.verifier_key not in page
