"""What stood in the tables before a migration stands in them afterwards."""

from uuid import uuid4

import asyncpg

from contracts import record_keys
from contracts.record_keys import record_key
from infra.migrating import ROOT
from infra.testing.fixtures import Database

MIGRATIONS = ROOT / "services/linker/migrations"
RECORDS = (
    ("resident_registry", "resident.changed", "R-0001234"),
    ("resident_registry", "resident.changed", "R-0001235"),
    ("maternal_child_health", "pregnancy.notified", ""),
    ("maternal_child_health", "pregnancy.notified", "妊"),
    ("maternal_child_health", "pregnancy.ended", "届出番号一二三四"),
    ("public_assistance", "public_assistance.member_changed", "\\x00'😀𩸽"),
)


async def test_records_that_were_here_get_the_keys_under_which_they_are_looked_for(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization linker_owner")
        await admin.execute("set local role linker_owner; set local search_path = earlier")
        *before, keys = sorted(MIGRATIONS.glob("*.sql"))[:11]
        for migration in before:
            await admin.execute(migration.read_text("utf-8"))
        for table, columns, values in (
            ("record", "state, reason, data", "'review', '?', '{}'"),
            ("statement", "contested", "false"),
        ):
            await admin.executemany(
                f"""
                insert into {table} (source, event_type, record_id, revision, effective_on, recorded_at, event_id, {columns})
                values ($1, $2, $3, 1, now(), now(), gen_random_uuid(), {values})
                """,
                RECORDS,
            )

        await admin.execute(keys.read_text("utf-8"))

        rows = {table: await admin.fetch(f"select key, source, event_type, record_id from {table}") for table in ("record", "statement")}
        names = "source, event_type, record_id, revision, effective_on, recorded_at, event_id"
        await admin.execute(f"insert into statement (key, {names}, contested) select gen_random_uuid(), {names}, false from record")
    await admin.close()

    expected = sorted((record_key(*record), *record) for record in RECORDS)
    assert sorted(map(tuple, rows["record"])) == sorted(map(tuple, rows["statement"])) == expected


async def test_the_migration_makes_keys_as_the_code_says_it_to_postgresql() -> None:
    said, written = ("".join(text.split()) for text in (record_keys.SQL, (MIGRATIONS / "0011_record_keys.sql").read_text("utf-8")))

    assert said in written


async def test_what_people_decided_about_numbers_before_stands_in_the_log_of_judgements(database: Database) -> None:
    kept, former = uuid4(), uuid4()
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization linker_owner")
        await admin.execute("set local role linker_owner; set local search_path = earlier")
        *before, judgements = sorted(MIGRATIONS.glob("*.sql"))[:15]
        for migration in before:
            await admin.execute(migration.read_text("utf-8"))
        await admin.executemany(
            """
            insert into person (person_id, person_no, registered, version, identity_version, birth_date, sex, residence)
            values ($1, $2, true, 1, 1, '2024-06-01', 'male', '[]')
            """,
            [(kept, "100"), (former, "99")],
        )
        await admin.execute("insert into number_decision values ('0100', '100', 'same'), ('99', '100', 'same'), ('00100', '100', 'other')")

        await admin.execute(judgements.read_text("utf-8"))

        log = await admin.fetch("select one, other, word, judged_by, supersedes from judgement order by other")
        subjects = await admin.fetch("select subject, given_id, person_id from subject order by subject")
    await admin.close()

    assert [tuple(row) for row in log] == [
        ("entry:100", "number:00100", "not_same", "clerk", None),
        ("entry:100", "number:0100", "same", "clerk", None),
        ("entry:100", "number:99", "same", "clerk", None),
    ]
    assert [tuple(row) for row in subjects] == [
        ("entry:100", kept, kept),
        ("number:0100", None, kept),
        ("number:99", former, kept),
    ]
