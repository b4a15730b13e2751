"""The second wall: row-level security, tried with raw SQL (casework.md §4.2)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
import pytest_asyncio

from contracts.values import Relationship, Ward
from infra.postgres import Database
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

WALLED = ("person", "person_name", "household_member", "measure", "review", "review_word", "cases", "case_move")


@pytest_asyncio.fixture
async def city(office: Office) -> Office:
    """A child in 博多区, one in 西区, one in 西区 hidden from 南区, and one hidden in the opponent's own ward."""
    await office.hear(
        b.measure(("hidden", "trapped"), ("f",)),
        *(b.lives(who, ward) for who, ward in (("here", Ward.HAKATA), ("there", Ward.NISHI), ("hidden", Ward.NISHI))),
        b.lives("f", Ward.MINAMI),
        b.lives("trapped", Ward.MINAMI),
        *(b.is_called(who, f"名前 {who}") for who in ("here", "there", "hidden", "trapped")),
        b.household("1", *((who, Relationship.CHILD) for who in ("here", "there", "hidden", "trapped"))),
        *(b.needed(who) for who in ("here", "there", "hidden", "trapped")),
    )
    async with acting(office, "system") as db:
        for who in ("here", "there"):
            case = b.person(f"case of {who}")
            await db.execute(
                "insert into cases values ($1, $2, null, 'hakata', 'investigation', 1, now(), $1, 'x', '2026-04-17')", case, b.person(who)
            )
            await db.execute("insert into case_move values ($1, 1, 'x', 'noticed', 'investigation', now(), $1, '{}')", case)
    return office


@asynccontextmanager
async def acting(office: Office, actor: str | None, ward: str = "") -> AsyncIterator[Database]:
    async with office.service.pool.acquire() as db, db.transaction():
        if actor is not None:
            await db.execute("select set_config('tsunagu.actor', $1, true), set_config('tsunagu.ward', $2, true)", actor, ward)
        yield db


async def seen(db: Database, table: str) -> int:
    count: int = await db.fetchval(f"select count(*) from {table}")
    return count


@pytest.mark.parametrize("table", WALLED)
@pytest.mark.parametrize("actor", [None, "", "nobody", "staff"])
async def test_who_does_not_say_who_acts_sees_nothing(city: Office, table: str, actor: str | None) -> None:
    async with acting(city, actor) as db:
        assert await seen(db, table) == 0


async def test_the_system_sees_everything(city: Office) -> None:
    async with acting(city, "system") as db:
        assert all([await seen(db, table) for table in WALLED])


@pytest.mark.parametrize(
    ("actor", "ward", "children"),
    [
        ("staff", "hakata", {"here"}),
        ("staff", "nishi", {"there", "hidden"}),
        ("staff", "minami", set()),
        ("staff", "chuo", set()),
        ("coordinator", "", {"hidden", "trapped"}),
    ],
)
async def test_each_sees_the_reviews_of_their_own(city: Office, actor: str, ward: str, children: set[str]) -> None:
    """S07, S24: also names, reasons and cases stop at the wall."""
    ids = {b.person(who) for who in children}
    async with acting(city, actor, ward) as db:
        reviews = {row["person_id"] for row in await db.fetch("select person_id from review")}
        words = {row["person_id"] for row in await db.fetch("select person_id from review_word")}
        names = {row["person_id"] for row in await db.fetch("select person_id from person_name")}
        members = {row["person_id"] for row in await db.fetch("select person_id from household_member")}

    assert reviews == words == names == members == ids


async def test_another_wards_rows_cannot_be_changed(city: Office) -> None:
    async with acting(city, "staff", "nishi") as db:
        changed = await db.execute("update review set groups = '{}' where person_id = $1", b.person("here"))
        deleted = await db.execute("delete from person where person_id = $1", b.person("here"))

    assert (changed, deleted) == ("UPDATE 0", "DELETE 0")


async def test_a_row_cannot_be_pushed_into_another_ward(city: Office) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(city, "staff", "nishi") as db:
            await db.execute("update review set ward = 'hakata' where person_id = $1", b.person("there"))


async def test_a_case_cannot_be_opened_for_another_wards_child(city: Office) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(city, "staff", "hakata") as db:
            await db.execute(
                "insert into cases values (gen_random_uuid(), $1, null, 'hakata', 'investigation', 1, now(), $1, 'x', '2026-04-17')",
                b.person("hidden"),
            )


async def test_what_a_transaction_said_is_forgotten_with_it(city: Office) -> None:
    async with city.service.pool.acquire() as db:
        async with db.transaction():
            await db.execute("select set_config('tsunagu.actor', 'system', true)")
        assert await seen(db, "review") == 0


@pytest.mark.parametrize("table", WALLED)
async def test_the_wall_binds_the_owner_too(city: Office, table: str) -> None:
    row = await city.service.pool.fetchrow("select relrowsecurity, relforcerowsecurity from pg_class where oid = $1::text::regclass", table)

    assert row is not None
    assert tuple(row) == (True, True)


async def test_the_services_login_cannot_take_the_wall_down(city: Office) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await city.service.pool.execute("alter table review disable row level security")
