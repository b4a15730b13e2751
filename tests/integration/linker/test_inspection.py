import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest
from typer.testing import CliRunner

from contracts.values import ServiceName, Source
from infra.clock import FixedClock
from infra.testing.fixtures import Database
from services.linker import inspection
from services.linker.commands import app, named
from tests.integration.linker.records import accepted, checkup, child, hear, mother, notified, voided

pytestmark = pytest.mark.servers


async def test_the_figures_count_what_is_linked_by_which_rule(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    told = (mother("M1", "H1"), child("A", "2026-03-10", "H1"), child("B", "2026-03-10", "H1"), notified("P1", "M1", edd="2026-04-04"))
    await hear(pool, clock, *told, checkup("A", "4m", "2026-08-05"), checkup("unknown", "4m", "2026-08-05"))

    async with pool.acquire() as db:
        figures = await inspection.figures(db, clock.today())

    expected = {
        "persons": 3,
        "households": 1,
        "children": 2,
        "children_with_pregnancy": 2,
        "pregnancies": 1,
        "protection_measures": 0,
        "links_by_rule": {"delivery_window": 2, "person_no": 5},
        "linked": 5,
        "waiting": 1,
        "review": 0,
        "voided": 0,
    }
    assert expected == figures


async def test_a_linked_record_of_nobody_is_unaccounted_for(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    await hear(pool, clock, child("A", "2026-03-10", "H1"), checkup("A", "4m", "2026-08-05"))

    async with pool.acquire() as db:
        before = await inspection.unaccounted(db)
        await db.execute("update person set registered = false")
        after = await inspection.unaccounted(db)

    assert (before, after) == (0, 2)


async def test_the_content_hash_sees_a_difference_and_forgets_what_was_taken_back(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    record = checkup("A", "4m", "2026-08-05")
    hashes = []
    for events in (
        [child("A", "2026-03-10", "H1")],
        [record],
        [checkup("A", "4m", "2026-08-06", revision=2)],
        [voided(record, revision=3)],
    ):
        await hear(pool, clock, *events)
        async with pool.acquire() as db:
            hashes.append(await inspection.content_hash(db))

    assert len(set(hashes)) == 4


async def test_a_first_decision_is_in_the_record_and_the_log_is_of_those_that_changed(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    record = checkup("A", "4m", "2026-08-05")
    first = clock.now()
    await hear(pool, clock, child("B", "2026-03-10", "H1"), record)
    logged = [await pool.fetchval("select count(*) from link_decision")]
    clock = FixedClock(first + timedelta(days=1))
    await hear(pool, clock, child("A", "2026-03-10", "H1"))
    clock = FixedClock(first + timedelta(days=2))
    await hear(pool, clock, checkup("A", "4m", "2026-08-06", revision=2))
    logged.append(await pool.fetchval("select count(*) from link_decision"))
    clock = FixedClock(first + timedelta(days=3))
    await hear(pool, clock, voided(record, revision=3))
    logged.append(await pool.fetchval("select count(*) from link_decision"))

    about = [await _decisions(pool, record.event_type, record.record_id), await _decisions(pool, "resident.changed", "R-B")]

    assert logged == [0, 2, 3]
    assert about == [
        [
            (first, 1, "waiting", None, "person not in the register"),
            (first + timedelta(days=1), 1, "linked", "person_no", None),
            (first + timedelta(days=3), 3, "void", None, None),
        ],
        [(first, 1, "linked", "person_no", None)],
    ]
    async with pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0


async def test_decisions_that_were_logged_before_are_neither_lost_nor_told_twice(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    record = checkup("A", "4m", "2026-08-05")
    await hear(pool, clock, child("B", "2026-03-10", "H1"), record)
    await _log_all_as_it_was(database)
    async with pool.acquire() as db:
        before = await inspection.unaccounted(db)

    await hear(pool, clock, child("A", "2026-03-10", "H1"), child("B", "2026-03-10", "H1", revision=2))

    states = [state for _, _, state, _, _ in await _decisions(pool, record.event_type, record.record_id)]
    untouched = [state for _, _, state, _, _ in await _decisions(pool, "resident.changed", "R-B")]
    async with pool.acquire() as db:
        assert (before, await inspection.unaccounted(db)) == (0, 0)
    assert (states, untouched) == (["waiting", "linked"], ["linked"])


@pytest.mark.parametrize(
    "tampering",
    [
        "delete from linker.link_decision where state = 'linked'",
        "delete from linker.link_decision",
        "update linker.record set state = 'review', rule = null, reason = '?', person_id = null where event_type like 'infant%'",
        "update linker.record set decided_at = now()",
        "update linker.record set decided_at = null",
    ],
)
async def test_a_decision_that_is_gone_or_told_of_twice_is_unaccounted_for(database: Database, clock: FixedClock, tampering: str) -> None:
    pool = await database.pool(ServiceName.LINKER)
    await hear(pool, clock, child("B", "2026-03-10", "H1"), checkup("A", "4m", "2026-08-05"))
    await hear(pool, clock, child("A", "2026-03-10", "H1"))
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(tampering)
    await admin.close()

    async with pool.acquire() as db:
        assert await inspection.unaccounted(db) > 0


async def test_the_command_lists_the_decisions_about_a_record(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await database.pool(ServiceName.LINKER)
    await hear(pool, clock, checkup("0012345", "4m", "2026-08-05", "K-1"))
    await hear(pool, clock, child("0012345", "2026-03-10", "H1"))
    monkeypatch.setenv("TSUNAGU_DATABASE_URL", database.url(ServiceName.LINKER))

    told = await _in_a_thread("K-1", "--type", "infant_checkup.recorded", command="decisions")
    nothing = await _in_a_thread("K-2", command="decisions")

    assert told.splitlines() == [
        "2026-04-01 00:00  maternal_child_health revision 1: waiting (person not in the register)",
        "2026-04-01 00:00  maternal_child_health revision 1: linked (person_no)",
    ]
    assert nothing == "Nothing was decided about resident.changed K-2.\n"
    assert "12345" not in told


async def test_nobody_can_rewrite_the_log_of_decisions(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    await hear(pool, clock, checkup("A", "4m", "2026-08-05"))
    await hear(pool, clock, child("A", "2026-03-10", "H1"))

    for statement in ("update link_decision set state = 'review'", "delete from link_decision"):
        with pytest.raises(Exception, match="permission denied"):
            await pool.execute(statement)


async def test_the_command_lists_what_waits_without_saying_whom_it_names(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await database.pool(ServiceName.LINKER)
    unruled = accepted(Source.SCHOOL_AFFAIRS, "attendance.month_reported", "U-1", {"pupil_key": "0012345"}, on="2026-04-01")
    await hear(pool, clock, unruled, checkup("0012345", "4m", "2026-08-05", "K-1"), checkup("0012345", "18m", "2026-08-05", "K-2"))
    monkeypatch.setenv("TSUNAGU_DATABASE_URL", database.url(ServiceName.LINKER))

    told = await _in_a_thread("--ids", "1")

    assert "review         1  school_affairs attendance.month_reported: names no person  [U-1]" in told
    assert "waiting        2  maternal_child_health infant_checkup.recorded: person not in the register  [K-1 +1]" in told
    assert "0012345" not in told


async def test_the_command_lists_what_waits_for_a_decision_without_saying_whom_it_names(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await database.pool(ServiceName.LINKER)
    entry = child("0012345", "2024-06-01", "H2", record="R-1", name="山田 結衣")
    other = {"sex": "female", "name": "田中 花"}
    await hear(
        pool, clock, entry, checkup("12345", "18m", "2026-02-01", "K-1"), child("0012345", "2019-01-01", "H3", record="R-2", **other)
    )
    await hear(pool, clock, child("0012345", "2019-01-01", "H3", record="R-1", revision=2, **other))
    monkeypatch.setenv("TSUNAGU_DATABASE_URL", database.url(ServiceName.LINKER))

    told = await _in_a_thread(command="contested")

    assert told.splitlines()[:4] == [
        "R-1  revision 2 of 2026-04-01, resident.changed: against revision 1",
        "R-2  revision 1 of 2026-04-01, resident.changed: under a number that is somebody else's",
        "K-1  revision 1, infant_checkup.recorded: number equal to another one but for leading zeros; entries: R-1",
        "3 to decide: tsunagu linker decide RECORD_ID REVISION same|other --type EVENT_TYPE --reason CODE",
    ]
    assert "12345" not in told
    assert "田中" not in told


async def _decisions(pool: asyncpg.Pool, event_type: str, record_id: str) -> list[tuple[datetime, int, str, str | None, str | None]]:
    rows = await pool.fetch(inspection.SQL.decisions, *named(event_type, record_id))
    return [(row["decided_at"], row["revision"], row["state"], row["rule"], row["reason"]) for row in rows]


async def _log_all_as_it_was(database: Database) -> None:
    """As tables are that were here before: every decision in the log, none in the record itself."""
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(
        """
        insert into linker.link_decision
            (decided_at, subject, source, event_type, record_id, revision, state, rule, reason, person_id, pregnancy_id)
        select decided_at, 'record', source, event_type, record_id, revision, state, rule, reason, person_id, pregnancy_id
        from linker.record where decided_at is not null;
        update linker.record set decided_at = null
        """
    )
    await admin.close()


async def _in_a_thread(*options: str, command: str = "waiting") -> str:
    # The command runs an event loop of its own, which one that runs already does not allow.
    result = await asyncio.to_thread(CliRunner().invoke, app, [command, *options])
    assert result.exit_code == 0, result.output
    return result.output
