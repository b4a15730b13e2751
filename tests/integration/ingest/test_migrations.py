"""What stood in the tables before a migration stands in them afterwards."""

import json
from datetime import UTC, date, datetime

import asyncpg
import pytest

from infra.migrating import ROOT
from infra.testing.fixtures import Database

pytestmark = pytest.mark.servers

MIGRATIONS = ROOT / "services/ingest/migrations"
NIGHT = datetime(2026, 4, 1, 15, 30, tzinfo=UTC)
"""Half past midnight of the second of April in Japan."""


async def test_a_ledger_that_was_there_before_is_counted_and_counts_on(database: Database) -> None:
    """In a schema of another name: the counting finds its table also for whoever has another search path."""
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("create schema earlier authorization ingest_owner")
    async with admin.transaction():
        await admin.execute("set local role ingest_owner; set local search_path = earlier")
        await admin.execute((MIGRATIONS / "0001_ingest.sql").read_text("utf-8"))
        await admin.execute(
            "insert into event_log (event_key, source, outcome, received_at, repeats)"
            " select gen_random_uuid(), 'resident_registry', case when n = 1 then 'refused' else 'accepted' end, now(), n"
            " from generate_series(1, 3) as n"
        )

        await admin.execute((MIGRATIONS / "0009_outcomes.sql").read_text("utf-8"))
        entered = "insert into event_log (event_key, source, outcome, received_at) values ($1, 'x', 'accepted', $2)"
        await admin.execute(entered, "1" * 32, NIGHT)
        await admin.execute((MIGRATIONS / "0015_days.sql").read_text("utf-8"))

    await admin.execute("update earlier.event_log set outcome = 'accepted', repeats = repeats + 1 where outcome = 'refused'")
    await admin.execute(
        "insert into earlier.event_log (event_key, source, outcome, received_at) values ($1, 'x', 'parked', now())", "0" * 32
    )
    told = {tuple(row) for row in await admin.fetch("select source, outcome, events, repeats from earlier.outcome_tally")}
    days = [row["day"] for row in await admin.fetch("select day from earlier.day_tally where source = 'x' and outcome = 'accepted'")]
    await admin.execute("drop schema earlier cascade")
    await admin.close()

    assert told == {
        ("resident_registry", "accepted", 3, 7),
        ("resident_registry", "refused", 0, 0),
        ("x", "parked", 1, 0),
        ("x", "accepted", 1, 0),
    }
    assert days == [date(2026, 4, 2)]


async def test_bodies_that_were_kept_go_and_only_the_places_of_characters_in_doubt_stay(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("create schema earlier authorization ingest_owner")
    async with admin.transaction():
        await admin.execute("set local role ingest_owner; set local search_path = earlier")
        for name in ("0001_ingest", "0005_texts_as_they_came"):
            await admin.execute((MIGRATIONS / f"{name}.sql").read_text("utf-8"))
        for record, data in (
            ("odd", {"name": "\ue000山 〓", "kana": "ヤマ"}),
            ("plane 16", {"office": "\U0010fffd"}),
            ("plain", {"name": "山"}),
        ):
            await admin.execute(
                "insert into record values ('s', 't', $1, 1, 'upsert', '', $2, null, '2026-04-01', now(), gen_random_uuid())",
                record,
                json.dumps(data),
            )

        await admin.execute((MIGRATIONS / "0010_no_bodies.sql").read_text("utf-8"))

    kept = {row["record_id"]: row["doubts"] for row in await admin.fetch("select record_id, doubts from earlier.record")}
    whole = await admin.fetchval("select string_agg(row_to_json(r)::text, '') from earlier.record r")
    await admin.execute("drop schema earlier cascade")
    await admin.close()

    assert {record: json.loads(doubts) for record, doubts in kept.items() if doubts} == {
        "odd": [["name", "geta_mark"], ["name", "private_use_character"]],
        "plane 16": [["office", "private_use_character"]],
    }
    assert not [text for text in ("山", "ヤマ", "〓", "\ue000") if text in whole]


async def test_a_registration_that_was_changed_by_hand_goes_over_as_it_is_and_an_unknown_source_has_no_owner(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("create schema earlier authorization ingest_owner")
    async with admin.transaction():
        await admin.execute("set local role ingest_owner; set local search_path = earlier")
        await admin.execute((MIGRATIONS / "0001_ingest.sql").read_text("utf-8"))
        await admin.execute("update source_registration set review_on = '2026-12-31' where source = 'resident_registry'")
        await admin.execute(
            "insert into source_registration values ('library', 'EARLY_SUPPORT', 'b', 'standing', 'r', 'a', '2026-01-01', null),"
            " ('childcare', 'EARLY_SUPPORT', 'own', 'temporary', 'r', 'a', '2026-01-01', null)"
        )

        for name in ("0011_every_source", "0019_register"):
            await admin.execute((MIGRATIONS / f"{name}.sql").read_text("utf-8"))

    now = {row["source"]: row for row in await admin.fetch("select * from earlier.source_registration")}
    await admin.execute("drop schema earlier cascade")
    await admin.close()

    assert len(now) == 17
    assert str(now["resident_registry"]["review_on"]) == "2026-12-31"
    assert (now["childcare"]["basis"], now["childcare"]["nature"]) == ("own", "temporary")
    assert now["childcare"]["owner_unit"] == "保育所管課（こども未来局）"
    assert (now["library"]["owner_unit"], now["library"]["suspended"]) == (None, False)


async def test_of_what_was_refused_only_numbers_stay_where_a_number_belongs(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("create schema earlier authorization ingest_owner")
    async with admin.transaction():
        await admin.execute("set local role ingest_owner; set local search_path = earlier")
        await admin.execute((MIGRATIONS / "0001_ingest.sql").read_text("utf-8"))
        for outcome, event_id, record_id in (("refused", "父から", "K-1"), ("parked", "E-2", "山田 太郎"), ("accepted", "E-3", "K-3")):
            await admin.execute(
                "insert into event_log (event_key, source, event_id, record_id, outcome, received_at) "
                "values (gen_random_uuid(), 's', $1, $2, $3, now())",
                *(event_id, record_id, outcome),
            )

        await admin.execute((MIGRATIONS / "0021_numbers_alone.sql").read_text("utf-8"))

    kept = {tuple(row) for row in await admin.fetch("select outcome, event_id, record_id from earlier.event_log")}
    await admin.execute("drop schema earlier cascade")
    await admin.close()

    assert kept == {("refused", None, "K-1"), ("parked", "E-2", None), ("accepted", "E-3", "K-3")}
