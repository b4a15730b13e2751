"""The ledger in months, and what is kept how long (domain.md §4.6), on a real database."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from contracts.messages import DecisionRecorded, RecordHeldBack
from contracts.values import ServiceName
from infra.migrating import ROOT
from infra.testing.fixtures import KEY, Database, announced, unit_of_work
from infra.work import UnitOfWork
from services.ingest import commands, retention, store
from services.ingest.actions import park
from services.ingest.domain.admission import Inlet
from services.ingest.domain.ledger import event_key
from services.ingest.domain.reading import read
from services.ingest.retention import Kept, Retention, Terms
from services.ingest.submissions import Submission
from tests.integration.ingest.conftest import HEALTH, SEALER, Ingest
from tests.unit.ingest.events import Event, body, checkup, watermark

pytestmark = pytest.mark.servers

MARCH, APRIL, MAY = (datetime(2026, month, 10, 3, tzinfo=UTC) for month in (3, 4, 5))
LONG_AFTER = datetime(2026, 9, 20, 3, tzinfo=UTC)
MIGRATIONS = ROOT / "services/ingest/migrations"


def sent(event: Event, at: datetime) -> Event:
    """An event that says that it was recorded and published on that day."""
    said = at.isoformat()
    return {**event, "time": said, "recordedat": said, "effectiveon": at.date().isoformat()}


def exam(data: dict[str, Any] | None = None, /, *, at: datetime = MARCH, **changes: Any) -> Event:
    """A checkup of the winter before, sent then."""
    return sent(checkup({"exam_date": "2026-02-20", **(data or {})}, **changes), at)


def beginning(ingest: Ingest) -> Callable[[], AbstractAsyncContextManager[UnitOfWork]]:
    return partial(unit_of_work, ingest.pool, ServiceName.INGEST, ingest.clock)


async def keep(ingest: Ingest, terms: Terms | None = None) -> Kept:
    return await retention.keep_to(beginning(ingest), terms or Terms())


async def parts(ingest: Ingest) -> list[str]:
    rows = await ingest.pool.fetch("select tableoid::regclass::text as part, count(*) as n from event_log group by 1 order by 1")
    return [f"{row['part']}: {row['n']}" for row in rows]


async def set_aside(ingest: Ingest, event: Event) -> None:
    submission = Submission(HEALTH, Inlet.AMQP, read(body(event)), "m")
    async with beginning(ingest)() as work:
        await park(work, submission, SEALER, "ValueError")


async def decided(ingest: Ingest, action: str) -> list[tuple[str | None, int | None]]:
    said = [each for each in await announced(ingest.pool) if isinstance(each, DecisionRecorded) and each.action == action]
    return [(each.thing.id, each.count) for each in said]


async def test_an_event_has_one_row_whatever_month_it_comes_again_in(ingest: Ingest) -> None:
    ingest.clock.at = MARCH
    taken = exam(id="E-1", subject="K-1")
    wrong = exam({"exam_date": "2026-02-30"}, id="E-2", subject="K-2")
    assert await ingest.takes_events(taken, wrong) == ["accepted", "refused"]

    ingest.clock.at = APRIL
    mended = {**wrong, "data": {**wrong["data"], "exam_date": "2026-02-21"}}
    other = {**taken, "subject": "K-3"}
    assert await ingest.takes_events(taken, mended, other) == ["duplicate", "accepted", "refused"]

    rows = await ingest.pool.fetch("select event_key, outcome, repeats, month from event_log order by month, outcome, event_id")
    kept = [(row["outcome"], row["repeats"], row["month"].month) for row in rows]
    assert kept == [("accepted", 1, 3), ("accepted", 1, 3), ("refused", 0, 4)]
    assert event_key(HEALTH, "E-1") in {row["event_key"] for row in rows}


async def test_months_that_are_old_enough_are_dropped_whole_and_the_tally_still_counts_them(ingest: Ingest) -> None:
    for at, number in ((MARCH, 3), (APRIL, 2), (MAY, 1)):
        ingest.clock.at = at
        await ingest.takes_events(*(exam(subject=f"K-{at.month}-{n}", at=at) for n in range(number)))
    ingest.clock.at = datetime(2026, 7, 29, 3, tzinfo=UTC)
    assert await parts(ingest) == ["event_log_2026_03: 3", "event_log_2026_04: 2", "event_log_2026_05: 1"]

    first = await keep(ingest)
    ingest.clock.at += timedelta(days=1)
    kept = await keep(ingest)
    again = await keep(ingest)

    # The 90th day after the last of April is the 29th of July: until it is over the month stays.
    assert (first.months, kept.months, again.months) == ([("2026-03", 3)], [("2026-04", 2)], [])
    assert await parts(ingest) == ["event_log_2026_05: 1"]
    assert (await ingest.figures())["accepted"] == 6
    assert await decided(ingest, "ingest.ledger_month_dropped") == [("2026-03", 3), ("2026-04", 2)]


async def test_what_comes_again_after_its_month_was_dropped_changes_nothing(ingest: Ingest) -> None:
    ingest.clock.at = MARCH
    first, newer = exam(id="E-1"), exam(id="E-2", revision=2)
    denied = exam({"questionnaire": {"hit_emotionally": True}}, id="E-3", subject="K-3")
    complete = {**sent(watermark("2026-03-09", HEALTH), MARCH), "id": "E-4"}
    assert await ingest.takes_events(first, newer, denied) == ["accepted", "accepted", "refused"]
    assert (await ingest.takes(body(complete)))[0]["outcome"] == "accepted"
    said = await ingest.ids_said()
    ingest.clock.at = LONG_AFTER
    await keep(ingest)
    assert await parts(ingest) == []

    again = await ingest.takes_events(first, newer, denied)
    (mark,) = await ingest.takes(body(complete))

    assert again == ["superseded", "duplicate", "refused"]
    assert mark["outcome"] in {"superseded", "duplicate"}
    news = [each for each in await announced(ingest.pool) if each.event_id not in said and not isinstance(each, DecisionRecorded)]
    assert news == []
    # A denied item is told of again, under an id of its own: the log would drop a second entry with the id of the first.
    assert len(await decided(ingest, "ingest.disallowed_item_rejected")) == 2
    assert max((await ingest.ids_said()).values()) == 1
    assert await ingest.pool.fetchval("select repeats from event_log where event_id = 'E-2'") == 0
    assert await ingest.takes_events(newer) == ["duplicate"]


async def test_a_month_stays_while_an_event_in_it_is_parked_and_goes_when_its_body_has_to(ingest: Ingest) -> None:
    ingest.clock.at = MARCH
    event = exam(id="E-1")
    await set_aside(ingest, event)
    ingest.clock.at = LONG_AFTER

    held = await keep(ingest, Terms(parked=366))
    assert (held.months, held.waiting) == ([], ["2026-03"])

    # The database's clock says when it was parked.
    await ingest.pool.execute("update parked set parked_at = $1", MARCH)
    kept = await keep(ingest)

    assert (kept.parked[HEALTH], kept.months, kept.waiting) == (1, [("2026-03", 1)], [])
    assert await ingest.pool.fetchval("select count(*) from parked") == 0
    assert await decided(ingest, "ingest.parked_expired") == [(HEALTH.value, 1)]
    held_back = [each.held for each in await announced(ingest.pool) if isinstance(each, RecordHeldBack)]
    assert held_back == [True, False]
    key, told = (await ingest.replies())[-1]
    assert (key, told["event"], told["code"]) == (f"{HEALTH}.refused", str(event_key(HEALTH, "E-1")), "parked_expired")
    assert await ingest.takes_events(event) == ["accepted"]


async def test_what_is_parked_for_less_long_or_decided_about_is_left_alone(ingest: Ingest) -> None:
    ingest.clock.at = MARCH
    await set_aside(ingest, exam(id="E-1"))
    await set_aside(ingest, exam(id="E-2"))
    await ingest.pool.execute("update parked set parked_at = $1", MARCH)
    await ingest.pool.execute("update parked set retry_at = now() where event_id = $1", event_key(HEALTH, "E-2"))

    ingest.clock.at = MARCH + timedelta(days=90)
    assert not (await keep(ingest)).parked
    ingest.clock.at += timedelta(seconds=1)
    assert (await keep(ingest)).parked == {HEALTH: 1}

    assert await ingest.pool.fetchval("select event_id from parked") == event_key(HEALTH, "E-2")


class _Service:
    """As much of a service as retention asks for."""

    def __init__(self, ingest: Ingest) -> None:
        self.work = beginning(ingest)


async def looks(daily: Retention) -> bool:
    """Whether nothing waits for a decision, after a look."""
    await daily.look()
    return daily.decided


async def test_the_service_does_it_once_a_day_and_raises_an_alarm_for_what_nobody_decides_about(ingest: Ingest) -> None:
    service: Any = _Service(ingest)
    daily = Retention(service, Terms())
    ingest.clock.at = MARCH
    await ingest.takes_events(exam(subject="K-1"))
    assert await looks(daily)

    await set_aside(ingest, exam(id="E-1"))
    await ingest.pool.execute("update parked set parked_at = $1", MARCH)
    ingest.clock.at = MARCH + timedelta(days=31)
    assert not await looks(daily)

    ingest.clock.at = LONG_AFTER
    for _ in range(3):
        await daily.look()
    days = {row["day"]: (row["months"], row["events"], row["parked"]) for row in await ingest.pool.fetch("select * from retention_day")}
    assert days == {MARCH.date(): (0, 0, 0), date(2026, 4, 10): (0, 0, 0), LONG_AFTER.date(): (1, 2, 1)}
    assert await looks(daily)


async def test_a_month_that_somebody_reads_is_dropped_another_time(ingest: Ingest, database: Database) -> None:
    ingest.clock.at = MARCH
    await ingest.takes_events(exam(subject="K-1"))
    ingest.clock.at = LONG_AFTER
    reader = await asyncpg.connect(database.url(ServiceName.INGEST))
    reading = reader.transaction()
    await reading.start()
    await reader.fetch("select count(*) from event_log")

    assert (await keep(ingest)).waiting == ["2026-03"]

    await reading.rollback()
    await reader.close()
    assert (await keep(ingest)).months == [("2026-03", 1)]


async def test_the_login_can_drop_no_month_that_is_not_over(ingest: Ingest) -> None:
    ingest.clock.at = MARCH
    await ingest.takes_events(exam(subject="K-1"))

    assert await ingest.pool.fetchval("select drop_month('2026-03-01', $1)", MARCH) is None
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ingest.pool.execute("drop table event_log_2026_03")
    assert await parts(ingest) == ["event_log_2026_03: 1"]


async def test_the_command_shows_what_it_would_do_and_does_it(ingest: Ingest, database: Database) -> None:
    long_ago = datetime(2020, 3, 10, 3, tzinfo=UTC)
    ingest.clock.at = long_ago
    await ingest.takes_events(exam({"exam_date": "2020-03-01"}, subject="K-1", at=long_ago))
    environment = {
        "TSUNAGU_DATABASE_URL": database.url(ServiceName.INGEST),
        "TSUNAGU_BROKER_URL": "amqp://nobody@127.0.0.1:1/",
        "TSUNAGU_IDENTIFIER_KEY": KEY.hex(),
        "TSUNAGU_PARKING_KEY": "00" * 32,
    }

    async def run(*words: str) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, commands.app, ["retention", *words, "--root", "/nowhere"], env=environment)
        assert result.exception is None, result.output
        return result.output

    assert await run("--dry-run") == "2020-03: 1 events of the ledger would be dropped\n"
    assert await parts(ingest) == ["event_log_2020_03: 1"]
    assert await run() == "2020-03: 1 events of the ledger dropped\n"
    assert await run("--json") == '{\n  "months": {},\n  "parked": {},\n  "waiting": []\n}\n'


async def test_a_ledger_of_before_becomes_a_part_without_a_row_being_written(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("create schema earlier authorization ingest_owner; grant usage on schema earlier to ingest")
    async with admin.transaction():
        await admin.execute("set local role ingest_owner; set local search_path = earlier")
        await admin.execute("create table parked (event_id uuid primary key, parked_at timestamptz)")
        for file in sorted(MIGRATIONS.glob("*.sql")):
            if file.name < "0025" and "register" not in file.name:
                await admin.execute(file.read_text("utf-8"))
        await admin.execute(
            "insert into event_log (event_key, source, event_id, outcome, received_at, repeats)"
            " select md5(n::text)::uuid, 's', n::text, case n when 1 then 'refused' else 'accepted' end, '2026-03-10', n"
            " from generate_series(1, 1000) as n"
        )
        before = await admin.fetch("select ctid::text, xmin::text, event_key from event_log order by event_key")

        await admin.execute((MIGRATIONS / "0025_months.sql").read_text("utf-8"))

    after = await admin.fetch("select ctid::text, xmin::text, event_key from earlier.event_log order by event_key")
    await admin.execute("set search_path = earlier")
    await admin.execute("select open_month('2026-04-01')")
    await admin.execute("update event_log set outcome = 'accepted' where outcome = 'refused'")
    await admin.execute(
        "insert into event_log (event_key, source, outcome, received_at, month)"
        " values (gen_random_uuid(), 's', 'accepted', '2026-04-02', '2026-04-01')"
    )
    tally = "select source, outcome, sum(events)::int, sum(repeats)::int from day_tally group by 1, 2 having sum(events) > 0"
    counted = [tuple(row) for row in await admin.fetch(tally)]
    too_early = await admin.fetchval("select drop_month('0001-01-01', '2026-03-10 12:00+09')")
    dropped = await admin.fetchval("select drop_month('0001-01-01', '2026-07-01')")
    left = await admin.fetchval("select count(*) from event_log")
    kept = [tuple(row) for row in await admin.fetch("select * from dropped_tally")]
    invalid = await admin.fetchval("select count(*) from pg_index where not indisvalid")
    await admin.execute("drop schema earlier cascade")
    await admin.close()

    assert [tuple(row) for row in before] == [tuple(row) for row in after]
    assert counted == [("s", "accepted", 1001, 500_500)]
    assert (too_early, dropped, left, kept) == (None, 1000, 1, [("s", "accepted", 1000, 500_500)])
    assert invalid == 0


async def test_many_open_the_same_month_at_once(database: Database) -> None:
    pool = await database.pool(ServiceName.INGEST)

    async def opened() -> None:
        async with pool.acquire() as db, db.transaction():
            await store.open_month(db, date(2031, 5, 17))

    await asyncio.gather(*(opened() for _ in range(5)))

    assert await pool.fetchval("select count(*) from ledger_month where month = '2031-05-01'") == 1


async def test_admission_goes_on_where_a_part_is_there_that_the_list_of_months_does_not_name(ingest: Ingest, database: Database) -> None:
    ingest.clock.at = APRIL
    assert await ingest.takes_events(exam(id="E-1", subject="K-1")) == ["accepted"]
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("truncate ingest.ledger_month")
    await admin.close()

    assert await ingest.takes_events(exam(id="E-1", subject="K-1"), exam(id="E-2", subject="K-2")) == ["duplicate", "accepted"]


async def test_admission_goes_on_where_the_list_of_months_names_a_part_that_is_not_there(ingest: Ingest, database: Database) -> None:
    ingest.clock.at = APRIL
    await ingest.pool.execute("select open_month('2026-04-01')")
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("drop table ingest.event_log_2026_04")
    await admin.close()

    assert await ingest.takes_events(exam(id="E-2", subject="K-2")) == ["accepted"]


@pytest.mark.parametrize("at", [datetime(1999, 12, 31, 15, tzinfo=UTC), datetime(2077, 1, 1, tzinfo=UTC)])
async def test_whatever_the_month_that_a_clock_says_there_is_a_part_for_it(ingest: Ingest, at: datetime) -> None:
    ingest.clock.at = at
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        await store.open_month(work.db, work.today)

    assert await ingest.pool.fetchval("select count(*) from ledger_month where month = $1", work.today.replace(day=1)) == 1
