"""What stood in the tables before a migration stands in them afterwards."""

import re
from datetime import date

import asyncpg

from infra.migrating import ROOT
from infra.testing.fixtures import Database
from tests.integration.casework.builders import person

MIGRATIONS = ROOT / "services/casework/migrations"


async def test_whereabouts_move_with_all_that_was_known_and_cases_get_their_reviews_back(database: Database) -> None:
    """As the owner of the tables, whom row-level security binds too."""
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization casework_owner")
        await admin.execute("set local role casework_owner; set local search_path = earlier")
        await admin.execute((MIGRATIONS / "0001_casework.sql").read_text("utf-8"))
        await admin.execute("select set_config('tsunagu.actor', 'system', true)")
        await admin.execute("insert into person (person_id, version, lives_in, ward) values ($1, 1, 'nishi', 'nishi')", person("a"))
        await admin.execute("insert into person_name values ($1, 1, '1', 'あ', null, '町')", person("a"))
        await admin.execute("insert into person_name values ($1, 1, '2', 'い', null, '通り')", person("named only"))
        await admin.execute(
            "insert into cases values ($1, $1, null, 'hakata', 'investigation', 1, now(), $1, 'x', '2026-04-17')", person("a")
        )
        await admin.execute(
            "insert into review (review_id, person_id, opened_on, version, groups, needed, basis_changed, case_id, ward)"
            " values ($1, $1, '2026-04-11', 1, '{}', true, false, $1, 'nishi')",
            person("a"),
        )
        await admin.execute("select set_config('tsunagu.actor', '', true)")

        await admin.execute((MIGRATIONS / "0002_whereabouts.sql").read_text("utf-8"))

        afterwards = await admin.fetchval("select count(*) from whereabouts")
        await admin.execute("select set_config('tsunagu.actor', 'system', true)")
        rows = await admin.fetch("select person_id, lives_in, address_code from whereabouts order by address_code")
        wards = await admin.fetchrow("select review.ward, person.ward from review join person using (person_id)")
    await admin.close()

    assert afterwards == 0
    assert [tuple(row) for row in rows] == [(person("a"), "nishi", "町"), (person("named only"), None, "通り")]
    assert wards is not None
    assert tuple(wards) == ("hakata", "hakata")


async def test_who_was_protected_before_knows_afterwards_who_is_covered_together_and_no_opponent(database: Database) -> None:
    """Two parents with a measure each against the other, and a child that both took into theirs."""
    child, mother, father, freed = map(person, ("child", "mother", "father", "freed"))
    measures = (([child, mother], [father], False), ([father, child], [mother], False), ([freed, mother], [father], True))
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization casework_owner")
        await admin.execute("set local role casework_owner; set local search_path = earlier")
        for name in ("0001_casework", "0002_whereabouts"):
            await admin.execute((MIGRATIONS / f"{name}.sql").read_text("utf-8"))
        await admin.execute("select set_config('tsunagu.actor', 'system', true)")
        for protected, opponents, voided in measures:
            await admin.execute(
                "insert into measure values (gen_random_uuid(), 1, '2026-04-10', null, $1, $2, $3)", protected, opponents, voided
            )
        for each in (child, mother, father, freed):
            await admin.execute("insert into person (person_id, protected) values ($1, $2)", each, each != freed)
        await admin.execute("select set_config('tsunagu.actor', '', true)")

        await admin.execute((MIGRATIONS / "0009_covered_with.sql").read_text("utf-8"))

        await admin.execute("select set_config('tsunagu.actor', 'system', true)")
        known = {row["person_id"]: row["covered_with"] for row in await admin.fetch("select person_id, covered_with from person")}
    await admin.close()

    assert known == {child: [], mother: [child], father: [child], freed: []}


async def test_whom_a_measure_protects_and_from_whom_is_known_of_measures_that_stood_before(database: Database) -> None:
    mother, father, freed = map(person, ("mother", "father", "freed"))
    admin = await asyncpg.connect(database.admin_url)
    async with admin.transaction():
        await admin.execute("create schema earlier authorization casework_owner")
        await admin.execute("set local role casework_owner; set local search_path = earlier")
        await admin.execute((MIGRATIONS / "0001_casework.sql").read_text("utf-8"))
        await admin.execute("select set_config('tsunagu.actor', 'system', true)")
        await admin.execute("insert into measure values ($1, 1, '2026-04-10', null, $2, $3, false)", person("one"), [mother], [father])
        await admin.execute("insert into measure values ($1, 1, '2026-04-10', null, $2, $3, true)", person("two"), [freed], [father])
        await admin.execute("select set_config('tsunagu.actor', '', true)")

        await admin.execute((MIGRATIONS / "0011_measured.sql").read_text("utf-8"))

        afterwards = await admin.fetchval("select count(*) from measured")
        await admin.execute("select set_config('tsunagu.actor', 'system', true)")
        known = {tuple(row) for row in await admin.fetch("select person_id, measure_id, opponent from measured")}
    await admin.close()

    assert afterwards == 0
    assert known == {(mother, person("one"), False), (father, person("one"), True)}


async def test_what_the_list_says_of_cases_is_known_of_cases_that_were_there_before(database: Database) -> None:
    due, asked, alone = map(person, ("due", "asked", "alone"))
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute(
        "insert into casework.review (review_id, person_id, opened_on, version, groups, needed, basis_changed) "
        "select who, who, '2026-04-11', 1, '{A}', true, false from unnest($1::uuid[]) as who",
        [due, asked, alone],
    )
    for who, asks in ((due, None), (asked, "finish")):
        await admin.execute(
            "insert into casework.cases (case_id, person_id, ward, state, version, opened_at, opened_by, opened_by_name, due_on,"
            " asks, asked_by)"
            " values ($1::uuid, $1, 'hakata', 'support', 1, now(), $1, 'x', '2026-04-17', $2::text,"
            " case when $2 is not null then $1 end)",
            who,
            asks,
        )
    await admin.execute("update casework.review set case_id = person_id where person_id = any($1)", [due, asked])
    text = (MIGRATIONS / "0033_listed.sql").read_text("utf-8")
    taken_back = "alter table review " + ", ".join(f"drop column {column}" for column in re.findall(r"add column (\w+)", text))
    async with admin.transaction():
        await admin.execute("set local role casework_owner; set local search_path = casework")
        await admin.execute(f"drop index if exists review_offered, review_protected; {taken_back}")

        await admin.execute(text)

    found = await admin.fetch("select person_id, fewness, case_state, case_asks, case_asked_by, case_due_on from casework.review")
    await admin.close()
    assert {tuple(row) for row in found} == {
        (due, -1, "support", False, None, date(2026, 4, 17)),
        (asked, -1, "support", True, asked, date(2026, 4, 17)),
        (alone, -1, None, None, None, None),
    }
