"""What comes in, in any order and more than once."""

import asyncio
from datetime import date
from itertools import permutations
from random import Random
from uuid import uuid4

import asyncpg
import pytest

from contracts.feeds import NOWHERE
from contracts.messages import DecisionRecorded
from contracts.values import Group, Relationship, Source, Ward
from services.casework import inspection
from services.casework.handlers import Heard, on_parcel
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import NOBODY, Office, somebody_waits


async def review(office: Office, who: str) -> inspection.ReviewSeen:
    async with office.service.pool.acquire() as db:
        return await inspection.review_of(db, b.person(who))


async def content_hash(office: Office) -> str:
    async with office.service.pool.acquire() as db:
        return await inspection.content_hash(db)


async def hidden(office: Office, who: str) -> tuple[bool, list[str]]:
    async with office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'system', true)")
        row = await db.fetchrow("select protected, barred from person where person_id = $1", b.person(who))
    assert row is not None
    return row["protected"], row["barred"]


async def test_a_review_that_comes_before_its_person_waits_for_the_ward(office: Office) -> None:
    await office.hear(b.needed("a"))
    before = await review(office, "a")

    await office.hear(b.lives("a", Ward.HAKATA))

    after = await review(office, "a")
    assert (before["state"], before["ward"], after["ward"]) == ("open", None, "hakata")


async def test_a_late_checkup_leaves_the_review_open(office: Office) -> None:
    """S08."""
    await office.hear(b.lives("a"), b.needed("a"))

    await office.hear(b.basis_changed("a"))

    assert await review(office, "a") == {
        "state": "open",
        "groups": ["PERI"],
        "basis_changed": True,
        "needed": False,
        "reasons": ["late_pregnancy_notification"],
        "ward": "hakata",
        "opened_on": b.needed("a").as_of,
    }


async def test_the_same_fact_heard_again_changes_nothing(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"), b.basis_changed("a"))
    before = await content_hash(office)

    await office.hear(b.needed("a"), b.lives("a"))

    assert await content_hash(office) == before
    assert await office.service.pool.fetchval("select count(*) from disposition") == 1


async def test_every_request_to_look_gets_one_disposition(office: Office) -> None:
    await office.hear(b.needed("a", version=3, groups=(Group.PERI,)), b.needed("b"))
    await office.hear(b.needed("a", version=1), b.needed("a", version=5))

    rows = await office.service.pool.fetch("select person_id, disposition from disposition order by person_id, disposition")
    mine = [row["disposition"] for row in rows if row["person_id"] == b.person("a")]
    assert mine == ["attached", "attached", "opened"]
    assert len(rows) == 4
    received = [
        str(each.thing.id)
        for each in await office.said()
        if isinstance(each, DecisionRecorded) and each.action == "casework.review_received"
    ]
    assert sorted(received) == sorted(str(b.person(who)) for who in "aaab")


@pytest.mark.parametrize("disposition", [None, "dropped"])
async def test_the_database_refuses_a_request_without_a_disposition(office: Office, disposition: str | None) -> None:
    with pytest.raises((asyncpg.NotNullViolationError, asyncpg.CheckViolationError)):
        await office.service.pool.execute(
            "insert into disposition (event_id, person_id, disposition, review_id) values ($1, $1, $2, $1)", uuid4(), disposition
        )


async def test_the_database_refuses_a_review_without_a_reason(office: Office) -> None:
    """casework.md §6.3: an entry that nobody can explain cannot exist."""
    with pytest.raises(asyncpg.CheckViolationError):
        await office.hear(b.needed("a", indicators=()))


STORY: tuple[Heard, ...] = (
    b.lives("c", Ward.MINAMI, household="F"),
    b.lives("c", Ward.NISHI, version=2, household="M"),
    b.lives("f", Ward.MINAMI, household="F"),
    b.is_called("c", "旧姓 こ", version=1),
    b.is_called("c", "新姓 こ", version=2),
    b.household("900", ("c", Relationship.CHILD), ("f", Relationship.HEAD), name="F"),
    b.household("900", ("f", Relationship.HEAD), version=2, name="F"),
    b.household("901", ("c", Relationship.CHILD), name="M"),
    b.measure(("c", "m"), ("f",)),
    b.needed("c"),
    b.basis_changed("c"),
    b.overdue("c", b.BIRTH),
    b.overdue("c", None, version=2),
)
"""S07 and S08 in one: a protected child that moved, renamed, with a review whose basis changed."""


@pytest.mark.parametrize("seed", range(6))
async def test_the_order_of_events_and_parcels_does_not_matter(office: Office, seed: int) -> None:
    await office.hear(*STORY)
    expected = await content_hash(office)
    for table in ("household_member", "household", "person", "person_name", "measure", "measured", "review", "review_word", "disposition"):
        async with office.service.pool.acquire() as db, db.transaction():
            await db.execute("select set_config('tsunagu.actor', 'system', true)")
            await db.execute(f"delete from {table}")
    shuffled = list(STORY)
    Random(seed).shuffle(shuffled)  # noqa: S311 - a test's own shuffle

    while shuffled:
        parcel = [shuffled.pop() for _ in range(min(len(shuffled), 1 + seed % 4))]
        await office.hear(*parcel)

    assert await content_hash(office) == expected
    assert await hidden(office, "c") == (True, ["minami"])
    assert await members_of_no_household(office) == 0


async def members_of_no_household(office: Office) -> int:
    """How many members belong to a household that is not known: no foreign key asks."""
    async with office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'system', true)")
        return int(
            await db.fetchval(
                "select count(*) from household_member as member "
                "where not exists (select from household where household.household_id = member.household_id)"
            )
        )


async def test_who_is_new_and_under_no_measure_is_written_once(office: Office) -> None:
    changed = "select n_tup_upd from pg_stat_xact_user_tables where schemaname = 'casework' and relname = 'person'"

    async with office.service.work() as work:
        before = await work.db.fetchval(changed)
        await on_parcel(work, [b.measure(("p",), ("f",)), *(b.lives(who) for who in ("a", "b", "c"))], NOBODY)
        after = await work.db.fetchval(changed)
        places = await work.db.fetch(
            "select ward, protected, barred from person where person_id = any($1)", [b.person(who) for who in "abc"]
        )

    assert after - before == 1  # of the protected one
    assert {tuple(map(str, row)) for row in places} == {("hakata", "False", "[]")}


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_measure_hides_whoever_comes_first(office: Office, order: tuple[int, ...]) -> None:
    """S07: address change, measure and opponent may come in any order, one by one."""
    events: tuple[Heard, ...] = (b.lives("c", Ward.NISHI), b.measure(("c",), ("f",)), b.lives("f", Ward.MINAMI))

    for number in order:
        await office.hear(events[number])

    assert await hidden(office, "c") == (True, ["minami"])


async def test_an_expired_measure_still_hides(office: Office) -> None:
    """S07: only a person lifts it."""
    await office.hear(b.lives("c"), b.lives("f", Ward.MINAMI), b.measure(("c",), ("f",), valid_to=b.BIRTH))

    assert await hidden(office, "c") == (True, ["minami"])


async def test_a_measure_that_was_never_true_hides_nobody(office: Office) -> None:
    await office.hear(b.lives("c"), b.lives("f", Ward.MINAMI), b.measure(("c",), ("f",)))

    await office.hear(b.measure(("c",), ("f",), version=2, voided=True))

    assert await hidden(office, "c") == (False, [])


async def test_who_is_no_longer_covered_is_seen_again(office: Office) -> None:
    await office.hear(b.lives("c"), b.lives("d"), b.lives("f", Ward.MINAMI), b.measure(("c", "d"), ("f",)))

    await office.hear(b.measure(("c",), ("f",), version=2))

    assert (await hidden(office, "c"))[0]
    assert not (await hidden(office, "d"))[0]


async def test_the_wall_moves_with_the_opponent(office: Office) -> None:
    await office.hear(b.lives("c"), b.lives("f", Ward.MINAMI), b.measure(("c",), ("f",)))

    await office.hear(b.lives("f", Ward.JONAN, version=2))

    assert await hidden(office, "c") == (True, ["jonan"])


async def test_a_review_without_a_case_follows_the_child(office: Office) -> None:
    await office.hear(b.lives("a", Ward.HAKATA), b.needed("a"))

    await office.hear(b.lives("a", Ward.NISHI, version=2))

    assert (await review(office, "a"))["ward"] == "nishi"


async def at_once(office: Office, first: tuple[Heard, ...], second: tuple[Heard, ...]) -> None:
    """Let two parcels arrive in transactions that overlap: the second begins before the first one ends."""
    async with office.service.work() as work:
        await on_parcel(work, first, NOBODY)
        later = asyncio.create_task(office.hear(*second))
        while not later.done() and not await somebody_waits(office):  # noqa: ASYNC110 -- the condition lives in the database
            await asyncio.sleep(0.01)
    await later


@pytest.mark.parametrize("measure_first", [True, False])
async def test_an_opponent_who_moves_while_the_measure_arrives_is_kept_out(office: Office, measure_first: bool) -> None:
    """S07: with several partitions the two are heard at once."""
    await office.hear(b.lives("c"), b.needed("c"), b.lives("f", Ward.MINAMI))
    measure, move = (b.measure(("c",), ("f",)),), (b.lives("f", Ward.HAKATA, version=2),)

    await (at_once(office, measure, move) if measure_first else at_once(office, move, measure))

    assert await hidden(office, "c") == (True, ["hakata"])


@pytest.mark.parametrize("measure_first", [True, False])
async def test_a_review_that_opens_while_the_measure_arrives_is_protected(office: Office, measure_first: bool) -> None:
    """S07."""
    await office.hear(b.lives("c"), b.lives("f", Ward.MINAMI))
    measure, asked = (b.measure(("c",), ("f",)),), (b.needed("c"),)

    await (at_once(office, measure, asked) if measure_first else at_once(office, asked, measure))

    async with office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'system', true)")
        row = await db.fetchrow("select protected, barred from review where person_id = $1", b.person("c"))
    assert row is not None
    assert tuple(row) == (True, ["minami"])


@pytest.mark.parametrize("lost", ["protected = false", "barred = '{}'"])
async def test_the_content_hash_sees_a_review_that_lost_its_wall(office: Office, lost: str) -> None:
    await office.hear(b.measure(("c",), ("f",)), b.lives("c"), b.lives("f", Ward.MINAMI), b.needed("c"))
    before = await content_hash(office)

    async with office.service.pool.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'system', true)")
        await db.execute(f"update review set {lost}")

    assert await content_hash(office) != before


async def test_reports_count_protected_children_without_their_ward(office: Office) -> None:
    """S07: one child in a ward's figure tells where it lives."""
    await office.hear(b.measure(("c",), ("f",)), b.lives("c", Ward.NISHI), b.needed("c"), b.lives("a"), b.needed("a"), b.needed("nowhere"))

    async with office.service.pool.acquire() as db:
        figures = await inspection.figures(db)

    assert figures["reviews_by_ward"] == {"hakata": {"noticed": 1}, "protected": {"noticed": 1}, "unknown": {"noticed": 1}}


async def test_how_far_a_source_has_delivered_is_its_last_word_in_whatever_order_it_comes(office: Office) -> None:
    words = [
        b.delivered(Source.PUBLIC_ASSISTANCE, date(2026, 4, 1)),
        b.delivered(Source.PUBLIC_ASSISTANCE, date(2026, 4, 10), version=1),
        b.delivered(Source.PUBLIC_ASSISTANCE, date(2026, 4, 3), version=2),
    ]

    for order in permutations(words):
        await office.service.pool.execute("delete from feed")
        await office.hear(*order[:2])
        await office.hear(order[2])
        assert await office.service.pool.fetchval("select complete_through from feed") == date(2026, 4, 3)

    await office.hear(b.delivered(Source.PUBLIC_ASSISTANCE, NOWHERE, version=3))
    assert await office.service.pool.fetchval("select complete_through from feed") is None
