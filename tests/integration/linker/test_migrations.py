"""What stood in the tables before a migration stands in them afterwards."""

from datetime import date
from uuid import uuid4

import asyncpg

from contracts import record_keys
from contracts.ids import PersonId
from contracts.record_keys import record_key
from contracts.values import DatePrecision
from infra.migrating import ROOT
from infra.testing.fixtures import Database
from services.linker import matched
from services.linker.domain import roster
from services.linker.domain.pupils import Name
from tests.unit.linker import former_keys

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


async def test_keys_of_rows_and_children_become_the_numbers_by_which_the_code_looks_for_them(database: Database) -> None:
    names = (("山田 結衣", "ヤマダ ユイ"), ("佐藤 結衣", "サトウ ユイ"))
    child = roster.comparable(names, (date(2017, 12, 5), DatePrecision.DAY), "female", "H1", [("S1", 2024), ("S'2", 2024)])
    row = roster.row_of({"school_code": "S1", "name": "結衣 山田", "kana": "ユイ ヤマダ", "birth_date": "2017-05-12"})
    assert child is not None
    person, key = uuid4(), uuid4()
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization linker_owner")
        await admin.execute("set local role linker_owner; set local search_path = earlier")
        *before, numbers = sorted(MIGRATIONS.glob("*.sql"))[:25]
        for migration in before:
            await admin.execute(migration.read_text("utf-8"))
        await admin.execute("insert into comparable values ($1, '{}', 'normal-2')", person)
        await admin.executemany("insert into comparable_key values ($2, $1)", [(person, each) for each in former_keys.keys_of(child)])
        await admin.execute("insert into roster_row values ($1, 'S1|2026|P', $2, null, null, '{}')", key, uuid4())
        await admin.executemany("insert into roster_key values ($2, $1)", [(key, each) for each in former_keys.keys_asked(row)])

        await admin.execute(numbers.read_text("utf-8"))

        found = await admin.fetch("select key from comparable_key where person_id = $1", person)
        asked = await admin.fetch("select key from roster_key where row_key = $1", key)
        beside = [set(await admin.fetchval(f"select keys from {table}")) for table in ("comparable", "roster_row")]
    await admin.close()

    assert {each["key"] for each in found} == beside[0] == roster.keys_formerly(child)
    assert not roster.keys_of(child).isdisjoint(roster.keys_asked(row))
    assert {each["key"] for each in asked} == beside[1]
    assert not beside[1].isdisjoint(roster.keys_formerly(child))


async def test_keys_of_children_get_the_numbers_by_which_the_code_looks_for_them(database: Database) -> None:
    names: tuple[Name, ...] = (("山田 結衣", "ヤマダ ユイ"), ("佐藤 ゆい", "サトウ ユイ"), ("Smith", None), (None, "タナカ ユイ"))
    born = [(date(2017, 12, 5), DatePrecision.DAY), (date(2018, 3, 1), DatePrecision.MONTH), (date(2019, 1, 1), DatePrecision.YEAR)]
    told = [
        roster.comparable(names[:many], day, "female", "H1", at)
        for day in born
        for many in (1, 2, 3, 4)
        for at in ([], [("S'1", 2024), ("S2", 0)])
    ]
    children = {PersonId(uuid4()): child for child in told if child is not None}
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization linker_owner")
        await admin.execute("set local role linker_owner; set local search_path = earlier")
        *before, near = sorted(MIGRATIONS.glob("*.sql"))[:29]
        for migration in before:
            await admin.execute(migration.read_text("utf-8"))
        await matched.save_children(admin, {who: (child, roster.keys_formerly(child)) for who, child in children.items()})

        await admin.execute(near.read_text("utf-8"))

        found = {row["person_id"]: frozenset(row["keys"]) for row in await admin.fetch("select person_id, keys from comparable")}
        apart = await admin.fetch("select person_id, array_agg(key) as keys from comparable_key group by person_id")
    await admin.close()

    assert found == {who: roster.keys_of(child) for who, child in children.items()}
    assert {row["person_id"]: frozenset(row["keys"]) for row in apart} == found
