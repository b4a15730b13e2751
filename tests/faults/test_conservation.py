"""The conservation check: it holds after an undisturbed run, and it names what is missing when something is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from infra.city import conservation
from tests.played import Played

pytestmark = pytest.mark.system


@dataclass(frozen=True)
class Theft:
    """A row that goes missing behind the system's back, and the balance that must notice."""

    table: str
    where: str
    noticed_by: str


THEFTS = (
    Theft("linker.link_decision", "id = (select max(id) from linker.link_decision where subject = 'record')", "accepted records"),
    Theft("ingest.event_log", "event_key = (select min(event_key::text)::uuid from ingest.event_log)", "source events of all"),
    Theft("audit.entry", "idx = (select max(idx) from audit.entry where producer = 'ingest')", "audit entries of ingest"),
    Theft("scorer.tally", "kind = 'heard' and key = 'RecordLinked'", "said = heard"),
)


def test_everything_is_accounted_for_after_an_undisturbed_run(played: Played) -> None:
    assert played.report.failures() == []
    assert played.report.exit_code == 0


def test_the_check_compares_what_was_published_with_what_became_of_it(played: Played) -> None:
    names = {check.name for check in played.report.checks}

    assert {f"source events of {source}" for source in played.published} <= names
    assert sum(played.published.values()) >= 4500


def test_exactly_the_spoiled_events_were_refused(played: Played) -> None:
    refused = {check.name: check.figures for check in played.report.checks if "refused" in check.figures}

    assert list(refused) == ["source events of maternal_child_health"]
    assert f"{len(played.city.spoiled)} refused" in refused["source events of maternal_child_health"]


@pytest.mark.parametrize("theft", THEFTS, ids=lambda theft: theft.table)
async def test_a_missing_row_is_noticed_and_named(played: Played, theft: Theft) -> None:
    async with _stolen(played, theft):
        report = await conservation.check(played.stack.root, published=played.published)

    assert report.exit_code == 1
    assert any(failure.startswith(theft.noticed_by) for failure in report.failures())


async def test_an_event_that_never_arrived_is_noticed(played: Played) -> None:
    one_more = {source: n + 1 for source, n in played.published.items()}

    report = await conservation.check(played.stack.root, published=one_more)

    assert {failure.split(":")[0] for failure in report.failures()} == {f"source events of {source}" for source in played.published}


async def test_the_list_says_how_far_records_have_come_as_the_rules_know_it(played: Played) -> None:
    admin = await asyncpg.connect(played.stack.access.admin_url())
    known, shown = [
        {row["source"]: row["complete_through"] for row in await admin.fetch(f"select source, complete_through from {table}")}
        for table in ("scorer.watermark", "casework.feed")
    ]
    await admin.close()

    assert set(known) == set(played.published)
    assert shown == known


@asynccontextmanager
async def _stolen(played: Played, theft: Theft) -> AsyncIterator[None]:
    """Take a row away as a superuser with the triggers off, and put it back."""
    admin = await asyncpg.connect(played.stack.access.admin_url())
    await admin.execute("set session_replication_role = replica")
    schema, table = theft.table.split(".")
    if schema == "audit":
        await admin.execute(f"alter table {theft.table} disable trigger all")
    rows = await admin.fetchval(f"select jsonb_agg(to_jsonb(r)) from {theft.table} r where {theft.where}")
    await admin.execute(f"create temporary table kept_{table} as select * from {theft.table} where {theft.where}")
    await admin.execute(f"delete from {theft.table} where {theft.where}")
    try:
        assert rows is not None
        yield
    finally:
        await admin.execute(f"insert into {theft.table} overriding system value select * from kept_{table}")
        if schema == "audit":
            await admin.execute(f"alter table {theft.table} enable always trigger no_change")
            await admin.execute(f"alter table {theft.table} enable always trigger no_truncate")
        await admin.close()
