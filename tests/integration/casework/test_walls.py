"""The second wall: row-level security, tried with raw SQL (casework.md §4.2)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest
import pytest_asyncio

from contracts.values import Relationship, Ward
from infra.postgres import Database
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

WALLED = (
    *("person", "person_name", "whereabouts", "whereabouts_holder", "household", "household_member", "measure"),
    *("review", "review_word", "cases", "case_move"),
)


@pytest_asyncio.fixture
async def city(office: Office) -> Office:
    """A child in 博多区, one in 西区, one in 西区 hidden from 南区, and one hidden in the opponent's own ward."""
    await office.hear(
        b.measure(("hidden", "trapped"), ("f",)),
        *(b.lives(who, ward) for who, ward in (("here", Ward.HAKATA), ("there", Ward.NISHI), ("hidden", Ward.NISHI))),
        b.lives("f", Ward.MINAMI),
        b.lives("trapped", Ward.MINAMI),
        *(b.is_called(who, f"名前 {who}", address=f"町 {who}") for who in ("here", "there", "hidden", "trapped")),
        *(b.household(f"世帯 {who}", (who, Relationship.CHILD), name=who) for who in ("here", "there", "hidden", "trapped")),
        *(b.needed(who) for who in ("here", "there", "hidden", "trapped")),
    )
    async with acting(office, "system") as db:
        await db.execute("insert into whereabouts_holder values ($1, $2, $2, now())", b.person("hidden"), b.person("holder"))
        for who in ("here", "there"):
            case = b.person(f"case of {who}")
            await db.execute(
                "insert into cases values ($1, $2, null, 'hakata', 'investigation', 1, now(), $1, 'x', '2026-04-17')", case, b.person(who)
            )
            await db.execute("insert into case_move values ($1, 1, 'x', 'noticed', 'investigation', now(), $1, '{}')", case)
    return office


@asynccontextmanager
async def acting(office: Office, actor: str | None, ward: str = "", staff: str = "somebody") -> AsyncIterator[Database]:
    async with office.service.pool.acquire() as db, db.transaction():
        if actor is not None:
            settings = "set_config('tsunagu.actor', $1, true), set_config('tsunagu.ward', $2, true), set_config('tsunagu.staff', $3, true)"
            await db.execute(f"select {settings}", actor, ward, str(b.person(staff)))
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


WHERE = ("town", "number")
"""What tells where somebody is: the part of the town, the household's number."""


async def told_of(db: Database, who: str) -> set[str]:
    """Read every table that the login may read, whole, and return which whereabouts of `who` stand anywhere in it."""
    tables = [
        row["table_name"] for row in await db.fetch("select table_name from information_schema.tables where table_schema = 'casework'")
    ]
    everything = "\n".join([str(row) for table in tables for row in await db.fetch(f"select * from {table}")])
    return {found for found, text in zip(WHERE, (f"町 {who}", f"世帯 {who}"), strict=True) if text in everything}


@pytest.mark.parametrize(
    ("actor", "ward", "staff", "who", "told"),
    [
        ("staff", "nishi", "somebody", "hidden", set()),
        ("staff", "nishi", "holder", "hidden", set(WHERE)),
        ("staff", "hakata", "holder", "hidden", set()),
        ("staff", "minami", "holder", "hidden", set()),
        ("staff", "minami", "somebody", "trapped", set()),
        ("staff", "nishi", "somebody", "there", set(WHERE)),
        ("staff", "hakata", "somebody", "there", set()),
        ("coordinator", "", "somebody", "hidden", set(WHERE)),
        ("coordinator", "", "somebody", "there", set()),
        ("system", "", "somebody", "hidden", set(WHERE)),
        ("", "nishi", "holder", "hidden", set()),
    ],
)
async def test_no_table_tells_the_whereabouts_of_a_protected_person_but_to_who_was_named(
    city: Office, actor: str, ward: str, staff: str, who: str, told: set[str]
) -> None:
    """domain.md §4.4: the whole ward may know the child, and no more than that."""
    async with acting(city, actor, ward, staff) as db:
        assert await told_of(db, who) == told


async def test_the_ward_to_which_a_protected_child_moved_is_not_told_to_the_ward_that_keeps_its_case(city: Office) -> None:
    async with acting(city, "system") as db:
        await db.execute(
            "insert into cases values ($1, $1, null, 'nishi', 'investigation', 1, now(), $1, 'x', '2026-04-17')", b.person("hidden")
        )
    await city.hear(b.lives("hidden", Ward.SAWARA, version=2))

    async with acting(city, "staff", "nishi") as db:
        seen = await db.fetchval("select ward from review where person_id = $1", b.person("hidden"))
        everything = str([await db.fetch(f"select * from {table}") for table in WALLED])

    assert seen == "nishi"
    assert "sawara" not in everything


async def test_the_number_of_a_household_is_not_told_by_whoever_lives_with_a_protected_child(city: Office) -> None:
    await city.hear(
        b.lives("aunt", Ward.NISHI),
        b.household("世帯 hidden", ("hidden", Relationship.CHILD), ("aunt", Relationship.HEAD), version=2, name="hidden"),
    )
    async with acting(city, "staff", "nishi") as db:
        told = await told_of(db, "hidden")
    async with acting(city, "staff", "nishi", "holder") as db:
        told_to_the_holder = await told_of(db, "hidden")

    assert (told, told_to_the_holder) == (set(), set(WHERE))


@pytest.mark.parametrize(
    "trick",
    [
        "insert into whereabouts_holder values ($1, $2, $2, now())",
        "update person set protected = false where person_id = $1 and $2::uuid is not null",
        "delete from person where person_id = $1 and $2::uuid is not null",
        "insert into person (person_id, ward) values ($2, 'nishi') on conflict do nothing returning $1::uuid",
        "update whereabouts set person_id = $2 where person_id = $1",
    ],
)
async def test_who_may_not_know_cannot_make_it_so(city: Office, trick: str) -> None:
    async with acting(city, "staff", "nishi") as db:
        with suppress(asyncpg.InsufficientPrivilegeError):
            async with db.transaction():
                await db.execute(trick, b.person("hidden"), b.person("somebody"))
        assert await told_of(db, "hidden") == set()
    async with acting(city, "system") as db:
        assert await db.fetchval("select protected from person where person_id = $1", b.person("hidden"))
        assert await db.fetchval("select count(*) from whereabouts_holder") == 1
