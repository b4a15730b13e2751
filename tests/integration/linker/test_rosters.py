"""Rows of schools' lists that name no number: whom they mean rests on register and lists alone."""

import asyncio
from datetime import date
from random import Random
from typing import Any

import asyncpg
import pytest

from contracts.values import DatePrecision, ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker import inspection, store
from services.linker.domain import roster
from services.linker.domain.judgements import Word
from services.linker.domain.records import RecordKey
from services.linker.handlers import on_parcel
from services.linker.judging import judge_entries, judge_pupil
from tests.integration.linker.records import (
    REGISTER,
    Event,
    accepted,
    attendance,
    child,
    drawing,
    forget_everything,
    hear,
    pupil,
    voided,
)
from tests.integration.linker.test_any_order import what_hearers_hold
from tests.integration.linker.test_side_by_side import PARTITIONS, work_through

pytestmark = pytest.mark.servers

FAMILIES = (("佐藤", "サトウ"), ("鈴木", "スズキ"), ("高橋", "タカハシ"))
GIVEN = (
    ("陽翔", "ハルト"),
    ("陽太", "ハルタ"),
    ("結衣", "ユイ"),
    ("蓮", "レン"),
    ("蒼", "アオイ"),
    ("碧", "アオイ"),
    ("湊", "ミナト"),
    ("凛", "リン"),
)
DAYS = (*(f"2019-{month:02}-01" for month in range(4, 13)), "2019-06-02", "2019-01-06")


TWICE = "two pupils of one list mean the same child"


def school(number: str, code: str, *, grade: int = 1, on: str = "2026-04-01", revision: int = 1, record: str | None = None) -> Any:
    data = {"person_no": number, "school_code": code, "grade": grade}
    return accepted(REGISTER, "school_register.changed", record or f"GR-{number}", data, on=on, revision=revision)


def named(family: int, given: int) -> dict[str, Any]:
    (signs, reading), (own, own_reading) = FAMILIES[family % len(FAMILIES)], GIVEN[given % len(GIVEN)]
    return {"name": f"{signs} {own}", "kana": f"{reading} {own_reading}"}


def classes(rng: Random, children: int) -> list[Event]:
    """A school full of namesakes, twins and slips: so few names and days that many rows may mean several children; one means nobody."""
    told: list[Event] = [pupil("nobody", name="小鳥遊 環", kana="タカナシ タマキ", birth_date="2019-03-03", sex="male")]
    for number in range(children):
        told += _child(rng, f"C{number}", number // 2)
    return told


def _child(rng: Random, number: str, home: int) -> list[Event]:
    family, given, born = home, rng.randrange(len(GIVEN)), rng.choice(DAYS)
    entry = child(number, born, f"H{home}", on="2019-06-10", **named(family, given))
    told: list[Event] = [entry] if rng.random() < 0.9 else []
    if rng.random() < 0.2:
        told.append(child(number, born, f"H{home + 50}", record=f"R2-{number}", on="2026-02-01", **named(family + 1, given)))
    if rng.random() < 0.15:
        told.append(child(number, rng.choice(DAYS), f"H{home}", revision=2, on="2019-06-10", **named(family, given)))
    if rng.random() < 0.1 and entry in told:
        told.append(voided(entry, revision=3))
    code = rng.choice(("S1", "S1", "S1", "S2"))
    if rng.random() < 0.8:
        told.append(school(number, code))
    if rng.random() < 0.2:
        told.append(school(number, "S1", on="2026-09-01", revision=2))
    if rng.random() < 0.1:
        told.append(voided(school(number, code, on="2026-09-01"), revision=3))
    return told + _listed(rng, number, {"birth_date": born, "sex": "male", **named(family, given)})


def _listed(rng: Random, number: str, said: dict[str, Any]) -> list[Event]:
    row = pupil(number, **said)
    told: list[Event] = [row, attendance(number, 5)]
    kind = rng.random()
    if kind < 0.15:
        told.append(pupil(number, revision=2, **said | {"name": None}))
    elif kind < 0.3:
        told.append(pupil(number, revision=2, **said | {"person_no": number}))
    elif kind < 0.4:
        told.append(pupil(number, f"JX-{number}", **said | {"birth_date": rng.choice(DAYS)}))
    elif kind < 0.5:
        told.append(voided(row, revision=3))
    elif kind < 0.6:
        told.append(pupil(number, revision=2, **named(rng.randrange(3), rng.randrange(4)), birth_date=said["birth_date"]))
    return told + _listed_again(rng, number, said)


def _listed_again(rng: Random, number: str, said: dict[str, Any]) -> list[Event]:
    """Sometimes another pupil of the list has the same name and birth date, for a while or for good."""
    again, kind = pupil(f"{number}b", **said), rng.random()
    if kind < 0.6:
        return []
    told: list[Event] = [again, attendance(f"{number}b", 6)]
    if kind < 0.7:
        told.append(voided(again, revision=3))
    elif kind < 0.8:
        told.append(pupil(f"{number}b", revision=2, **said | {"birth_date": rng.choice(DAYS)}))
    elif kind < 0.85:
        told.append(pupil(f"{number}b", revision=2, **said | {"person_no": number}))
    elif kind < 0.9:
        told.append(pupil(f"{number}c", f"JS-{number}b", revision=2, **said | {"school_code": "S2"}))
    return told


async def outcome(pool: asyncpg.Pool) -> tuple[str, list[Any], dict[Any, Any], dict[str, Any]]:
    """What is linked, what rows are compared with and mean, what a hearer holds, and the figures."""
    async with pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0
        return await inspection.content_hash(db), await kept(db), what_hearers_hold(await announced(pool)), await inspection.figures(db)


async def kept(db: Any) -> list[Any]:
    statements = (
        "select key, pupil, rule, person_id, may_be from roster_row order by key",
        "select key, row_key from roster_key order by key, row_key",
        "select person_id, comparable::text, normaliser from comparable order by person_id",
        "select key, person_id from comparable_key order by key, person_id",
    )
    return [tuple(map(tuple, await db.fetch(statement))) for statement in statements]


async def in_parcels(pool: asyncpg.Pool, clock: FixedClock, events: list[Event], rng: Random) -> None:
    waiting = list(events)
    while waiting:
        parcel = [waiting.pop(0) for _ in range(min(len(waiting), rng.randint(1, 12)))]
        await hear(pool, clock, *parcel, *rng.sample(events, 2))


@pytest.mark.parametrize("seed", [1, 2])
async def test_whom_rows_mean_rests_on_no_order_and_no_repetition(database: Database, clock: FixedClock, seed: int) -> None:
    pool, events = await database.pool(ServiceName.LINKER), classes(drawing(seed), 45)
    await hear(pool, clock, *events)
    expected = await outcome(pool)
    links, by_reason = expected[3]["links_by_rule"], await reasons(pool)
    assert links["school_and_claims"] > 3
    assert {"whom school, name and birth date mean is not certain", TWICE, "nobody of the register is like the pupil"} <= by_reason
    assert await linked_twice(pool) == []

    for attempt in range(6):
        await forget_everything(database)
        rng = drawing(seed * 100 + attempt)
        await in_parcels(pool, clock, rng.sample(events, len(events)), rng)

        actual = await outcome(pool)
        assert expected[3] == actual[3]
        assert expected[2] == actual[2]
        assert expected[1] == actual[1]
        assert expected[0] == actual[0]


async def linked_twice(pool: asyncpg.Pool) -> list[Any]:
    """Children to whom the matcher linked a row of a list, and somebody another pupil's of the same list."""
    return list(
        await pool.fetch(
            """
            select person_id from record where state = 'linked' and event_type = 'pupil.registered'
            group by person_id, data ->> 'school_code', data ->> 'fiscal_year'
            having count(distinct pupil) > 1 and bool_or(rule in ('school_and_claims', 'claims'))
            """
        )
    )


async def reasons(pool: asyncpg.Pool) -> set[str]:
    return {row["reason"] for row in await pool.fetch("select distinct reason from record where reason is not null")}


async def test_partitions_that_link_one_school_at_once_come_to_the_state_of_one(database: Database, clock: FixedClock) -> None:
    pool, rng = await database.pool(ServiceName.LINKER), drawing(5)
    events = classes(rng, 40)
    shuffled = rng.sample(events, len(events))

    await asyncio.gather(*(work_through(pool, clock, shuffled[number::PARTITIONS], size=5) for number in range(PARTITIONS)))
    together = await outcome(pool)
    await forget_everything(database)
    await work_through(pool, clock, events, size=50)

    assert await outcome(pool) == together


async def test_a_merge_that_is_taken_back_leaves_nothing_in_the_links_of_rows(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    said = {"birth_date": "2019-06-01", "sex": "male", **named(0, 0)}
    before_and_after = [
        child("C1", "2019-06-01", "H1", **named(0, 0)),
        child("C2", "2019-06-01", "H2", **named(0, 0)),
        school("C1", "S1"),
        school("C2", "S2"),
        pupil("P", **said),
        attendance("P", 5),
    ]
    await hear(pool, clock, *before_and_after)
    apart = await kept_and_linked(pool)
    uncertain = "review (whom school, name and birth date mean is not certain)"
    assert await states(pool, "JS-P") == [uncertain]

    for word, expected in ((Word.SAME, "linked (school_and_claims)"), (Word.NOT_SAME, uncertain)):
        async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
            assert await judge_entries(work, ("R-C1", "R-C2"), word, "T-1") is None
        assert await states(pool, "JS-P") == [expected]
        assert (await states(pool, "SK-P-5"))[0].startswith(expected.split()[0])

    assert await kept_and_linked(pool) == apart


async def kept_and_linked(pool: asyncpg.Pool) -> tuple[str, list[Any], dict[str, Any]]:
    async with pool.acquire() as db:
        return await inspection.content_hash(db), await kept(db), await inspection.figures(db)


async def states(pool: asyncpg.Pool, record: str) -> list[str]:
    async with pool.acquire() as db:
        return await inspection.record_states(db, record)


async def test_a_row_that_an_earlier_release_kept_is_found_by_its_child_and_gets_the_keys_of_today(
    database: Database, clock: FixedClock
) -> None:
    pool, said = await database.pool(ServiceName.LINKER), {"birth_date": "2019-06-01", "sex": "male", **named(0, 0)}
    await hear(pool, clock, pupil("1", **said))
    kept = roster.comparable([(said["name"], said["kana"])], (date(2019, 6, 1), DatePrecision.DAY), "male", "H1", [("S1", 2026)])
    formerly, key = roster.keys_formerly(kept), await pool.fetchval("update roster_row set keys = '{}' returning key")
    async with pool.acquire() as db:
        await db.execute("update roster_row set keys = $1", list(formerly))
        await db.execute("delete from roster_key")
        await db.executemany("insert into roster_key (key, row_key) values ($1, $2)", [(each, key) for each in formerly])

    await hear(pool, clock, child("1", "2019-06-01", "H1", **named(0, 0)), school("1", "S1"))

    assert await pool.fetchval("select state from record where record_id = 'JS-1'") == "linked"
    now = set(await pool.fetchval("select keys from roster_row"))
    assert {row["key"] for row in await pool.fetch("select key from roster_key")} == now
    assert roster.keys_of(kept) & now
    assert now.isdisjoint(formerly)


async def test_a_parcel_costs_as_many_statements_as_one_row(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    counts: list[int] = []
    # The first time a connection also asks which types the server has.
    for size in (1, 1, 20):
        await forget_everything(database)
        known = [(child(f"C{n}", f"2019-06-{n + 1:02}", f"H{n}", **named(n, n)), school(f"C{n}", "S1")) for n in range(size)]
        await hear(pool, clock, *(event for both in known for event in both))
        counts.append(await statements(pool, clock, [pupil(f"P{n}", birth_date=f"2019-06-{n + 1:02}", **named(n, n)) for n in range(size)]))
        counts.append(await statements(pool, clock, [school(f"C{n}", "S2", revision=2) for n in range(size)]))
        # Each of them is one child's with a row that is linked already.
        counts.append(await statements(pool, clock, [pupil(f"Q{n}", birth_date=f"2019-06-{n + 1:02}", **named(n, n)) for n in range(size)]))

    assert counts[3:6] == counts[6:]


async def test_of_two_pupils_of_one_list_who_would_be_one_child_people_say_who_it_is(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    said = {"birth_date": "2019-06-01", "sex": "male", **named(0, 0)}
    await hear(pool, clock, child("C1", "2019-06-01", "H1", **named(0, 0)), school("C1", "S1"), pupil("P", **said), attendance("P", 5))
    assert await states(pool, "JS-P") == ["linked (school_and_claims)"]
    alone = await kept_and_linked(pool)

    again = pupil("Q", **said)
    await hear(pool, clock, again, attendance("Q", 6))
    assert await states(pool, "JS-P") == await states(pool, "JS-Q") == [f"review ({TWICE})"]
    assert (await states(pool, "SK-P-5"))[0].startswith("review")

    for word, others in ((Word.SAME, f"review ({TWICE})"), (Word.NOT_SAME, "linked (school_and_claims)")):
        async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
            row = (await store.records_named(work.db, [key_of(again)], ()))[key_of(again)]
            assert await judge_pupil(work, row, word, "R-C1", "T-1") is None
        assert await states(pool, "JS-P") == [others]
    assert (await states(pool, "SK-P-5"))[0].startswith("linked")

    await hear(pool, clock, voided(again), voided(attendance("Q", 6)))
    # What was said of the pupil who is gone stays in the log, and nothing of it in the links.
    assert (await kept_and_linked(pool))[1] == alone[1]

    await hear(pool, clock, pupil("N", person_no="C1", **said))
    assert await states(pool, "JS-N") == ["linked (person_no)"]
    assert await states(pool, "JS-P") == [f"review ({TWICE})"]


def key_of(event: Event) -> RecordKey:
    return RecordKey(event.source, event.event_type, event.record_id)


async def statements(pool: asyncpg.Pool, clock: FixedClock, parcel: list[Event]) -> int:
    asked: list[str] = []
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        with work.db.query_logger(lambda record: asked.append(record.query)):
            assert not await on_parcel(work, parcel)
    return len(asked)


async def test_each_decision_names_what_it_rests_on_and_what_it_takes_the_place_of(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    said = {"birth_date": "2019-06-01", "sex": "male", **named(0, 0)}
    await hear(pool, clock, pupil("P", **said))
    await hear(pool, clock, child("C1", "2019-06-01", "H1", **named(0, 0)))
    await hear(pool, clock, school("C1", "S1"))
    await hear(pool, clock, pupil("P", revision=2, **said))

    rows = await pool.fetch("select * from match_decision order by supersedes is not null, (verdict = 'auto')")

    assert [(row["verdict"], row["rule"]) for row in rows] == [
        ("new", "nobody of the register is alike"),
        ("review", "nothing says the same home"),
        ("auto", "school_and_claims"),
    ]
    assert [row["supersedes"] for row in rows] == [None, rows[0]["decision_id"], rows[1]["decision_id"]]
    assert rows[2]["person_id"] == await pool.fetchval("select person_id from person where person_no = 'C1'")
    assert (rows[2]["model"], rows[2]["frequencies"], rows[2]["normaliser"]) == ("city-1", "register-1", "normal-4")
    assert "佐藤" not in rows[2]["candidates"]
