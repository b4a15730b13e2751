"""What stood in the tables before a migration stands in them afterwards."""

import asyncpg
import pytest

from contracts import record_keys
from contracts.record_keys import record_key
from infra.migrating import ROOT
from infra.testing.fixtures import Database

pytestmark = pytest.mark.servers

MIGRATIONS = ROOT / "services/scorer/migrations"
RECORDS = (
    ("maternal_child_health", "infant_checkup.recorded", "K-0001234"),
    ("maternal_child_health", "infant_checkup.recorded", "K-0001235"),
    ("maternal_child_health", "pregnancy.notified", "妊"),
    ("public_assistance", "public_assistance.member_changed", "\\x00'😀𩸽"),
)


async def test_facts_that_were_here_get_the_keys_under_which_they_are_looked_for(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization scorer_owner")
        await admin.execute("set local role scorer_owner; set local search_path = earlier")
        before = [file for file in sorted(MIGRATIONS.glob("*.sql")) if file.name < "0010"]
        for migration in before:
            await admin.execute(migration.read_text("utf-8"))
        await admin.executemany(
            """
            insert into fact (source, event_type, record_id, revision, said, operation, person_id, event_id, data)
            values ($1, $2, $3, 1, 0, 'upsert', gen_random_uuid(), gen_random_uuid(), '{}')
            """,
            RECORDS,
        )

        await admin.execute((MIGRATIONS / "0010_record_keys.sql").read_text("utf-8"))

        rows = await admin.fetch("select key, source, event_type, record_id from fact")
    await admin.close()

    assert sorted(map(tuple, rows)) == sorted((record_key(*record), *record) for record in RECORDS)


async def test_the_migration_makes_keys_as_the_code_says_it_to_postgresql() -> None:
    said, written = ("".join(text.split()) for text in (record_keys.SQL, (MIGRATIONS / "0010_record_keys.sql").read_text("utf-8")))

    assert said in written
