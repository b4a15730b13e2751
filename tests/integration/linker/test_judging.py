"""What people decide about who is who, and take back: messages in, messages out."""

from typing import Any

import asyncpg
import pytest

from contracts.messages import HouseholdChanged, Message, PersonChanged, PersonsMerged, PersonSplit, RecordLinked
from contracts.values import Operation, ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker import inspection, locks
from services.linker.domain.judgements import Word
from services.linker.handlers import on_parcel
from services.linker.judged import SQL
from services.linker.judging import WhyNot, judge_entries
from tests.integration.linker.records import (
    attendance,
    checkup,
    child,
    city,
    drawing,
    exam,
    father,
    forget_everything,
    hear,
    mother,
    notified,
    protection,
    pupil,
    resident,
)
from tests.integration.linker.test_any_order import what_hearers_hold
from tests.integration.linker.test_stories import of, person, states

pytestmark = pytest.mark.servers

SAME, NOT_SAME = Word.SAME, Word.NOT_SAME


@pytest.fixture
async def pool(database: Database) -> asyncpg.Pool:
    return await database.pool(ServiceName.LINKER)


async def judged(pool: asyncpg.Pool, clock: FixedClock, one: str, other: str, word: Word, *, partitions: int = 1) -> WhyNot | list[Message]:
    """What the linker says of a person's word about two entries; or why it does not take it."""
    already = len(await announced(pool))
    async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=partitions) as work:
        why_not = await judge_entries(work, (one, other), word, "T-1")
    return why_not or (await announced(pool))[already:]


async def content(pool: asyncpg.Pool) -> str:
    async with pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0
        return await inspection.content_hash(db)


def held_by_hearers(said: list[Message]) -> dict[Any, Any]:
    return what_hearers_hold([each for each in said if not isinstance(each, PersonsMerged | PersonSplit)])


async def test_all_that_was_about_the_other_is_taken_back_and_told_of_whose_id_stays_before_the_persons_are(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    # domain.md §2.8-2, §2.8-11
    await hear(pool, clock, child("c1", "2024-06-01", "H1"), child("c9", "2024-06-01", "H1"))
    await hear(pool, clock, checkup("c1", "4m", "2024-10-01"), checkup("c9", "18m", "2026-02-01"))
    kept, absorbed = await person(pool, "c1"), await person(pool, "c9")

    said = await judged(pool, clock, "R-c1", "R-c9", SAME)

    assert isinstance(said, list)
    moved = [(each.person_id, each.operation) for each in of(said, RecordLinked)]
    assert moved == [(absorbed, Operation.VOID), (kept, Operation.UPSERT)]
    assert {(each.person_id, each.exists) for each in of(said, PersonChanged)} >= {(absorbed, False)}
    assert [(each.survivor_id, each.absorbed_id, each.version, each.records_moved) for each in of(said, PersonsMerged)] == [
        (kept, absorbed, 1, 2)
    ]
    places = [index for index, each in enumerate(said) if isinstance(each, RecordLinked)]
    assert max(places) < min(index for index, each in enumerate(said) if isinstance(each, PersonChanged))
    assert said[0] == of(said, PersonsMerged)[0]


async def test_what_a_school_tells_goes_with_its_list_to_whose_id_stays_and_back(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-2, §6.5
    await hear(pool, clock, child("c1", "2019-06-01", "H1"), child("c9", "2019-06-01", "H1"))
    await hear(pool, clock, pupil("G9", person_no="c9", birth_date="2019-06-01"), attendance("G9", 5), attendance("G9", 6))
    kept, absorbed = await person(pool, "c1"), await person(pool, "c9")

    merged = await judged(pool, clock, "R-c1", "R-c9", SAME)
    later = await hear(pool, clock, attendance("G9", 7))
    parted = await judged(pool, clock, "R-c1", "R-c9", NOT_SAME)

    def told(said: list[Message] | WhyNot) -> set[tuple[str, object, Operation]]:
        assert isinstance(said, list)
        return {(each.record_id, each.person_id, each.operation) for each in of(said, RecordLinked)}

    here = {"JS-G9", "SK-G9-5", "SK-G9-6"}
    assert told(merged) == {(each, absorbed, Operation.VOID) for each in here} | {(each, kept, Operation.UPSERT) for each in here}
    assert told(later) == {("SK-G9-7", kept, Operation.UPSERT)}
    here |= {"SK-G9-7"}
    assert told(parted) == {(each, kept, Operation.VOID) for each in here} | {(each, absorbed, Operation.UPSERT) for each in here}


async def test_what_comes_later_under_either_number_is_told_of_the_same_person(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, child("c1", "2024-06-01", "H1"), child("c9", "2024-06-01", "H1"))
    kept = await person(pool, "c1")
    await judged(pool, clock, "R-c1", "R-c9", SAME)

    said = await hear(pool, clock, checkup("c1", "4m", "2024-10-01"), checkup("c9", "18m", "2026-02-01"))

    assert {each.person_id for each in of(said, RecordLinked)} == {kept}
    assert (await states(pool))["K-c9-18m"] == ("linked", "number_decided")
    assert (await states(pool))["K-c1-4m"] == ("linked", "person_no")


async def test_the_register_may_change_either_entry_and_nobody_is_told_of_twice(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, father("F", "H1"), child("c1", "2024-06-01", "H1"), child("c9", "2024-06-01", "H2"))
    kept = await person(pool, "c1")
    await judged(pool, clock, "R-c1", "R-c9", SAME)

    said = await hear(pool, clock, child("c9", "2024-06-01", "H2", on="2026-05-01", revision=2, ward_code="minami"))

    assert {each.person_id for each in of(said, PersonChanged)} <= {kept}
    members = [each.person_id for home in of(said, HouseholdChanged) for each in home.members]
    assert set(members) <= {kept, await person(pool, "F")}
    assert await pool.fetchval("select count(*) from person where registered") == 2


async def test_a_measure_that_covered_the_other_covers_whose_id_stays(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §4.4
    await hear(pool, clock, mother("M", "H1"), father("F", "H2"), child("c1", "2024-06-01", "H1"), child("c9", "2024-06-01", "H1"))
    await hear(pool, clock, protection("M", "2026-04-01", ["c9"], ["F"]))
    kept, absorbed = await person(pool, "c1"), await person(pool, "c9")

    await judged(pool, clock, "R-c1", "R-c9", SAME)
    protected = await pool.fetchval("select protected from protection_measure")
    await judged(pool, clock, "R-c1", "R-c9", NOT_SAME)

    assert (kept in protected, absorbed in protected) == (True, False)
    assert absorbed in await pool.fetchval("select protected from protection_measure")


async def test_a_mother_under_two_numbers_has_the_pregnancy_of_either(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-3
    await hear(pool, clock, mother("M1", "H1"), mother("M9", "H1"), child("c1", "2026-04-01", "H1"))
    await hear(pool, clock, notified("P1", "M9", edd="2026-04-04"), exam("prenatal_exam.recorded", "X1", "2026-01-01", pregnancy_id="P1"))
    assert await pool.fetchval("select count(*) from delivery") == 0

    said = await judged(pool, clock, "R-M1", "R-M9", SAME)

    assert isinstance(said, list)
    kept = await person(pool, "M1")
    assert [each.person_id for each in of(said, RecordLinked) if each.operation is Operation.UPSERT] == [kept, kept]
    assert await pool.fetchval("select mother_id from delivery") == kept
    await judged(pool, clock, "R-M1", "R-M9", NOT_SAME)
    assert await pool.fetchval("select count(*) from delivery") == 0


async def test_words_that_say_nothing_new_or_contradict_what_was_said_are_not_taken(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, *(child(each, "2024-06-01", "H1") for each in ("1", "2", "3")), resident("4", "2024-06-01"))
    await hear(pool, clock, child("1", "2024-06-01", "H1", record="R-1b"))

    assert await judged(pool, clock, "R-1", "R-nobody", SAME) is WhyNot.NO_ENTRY
    assert await judged(pool, clock, "R-1", "R-1b", SAME) is WhyNot.ONE_NUMBER
    assert isinstance(await judged(pool, clock, "R-1", "R-2", SAME), list)
    assert await judged(pool, clock, "R-2", "R-1", SAME) is WhyNot.SAID_ALREADY
    assert isinstance(await judged(pool, clock, "R-1", "R-3", NOT_SAME), list)
    assert await judged(pool, clock, "R-2", "R-3", SAME) is WhyNot.CONTRADICTS
    assert isinstance(await judged(pool, clock, "R-2", "R-4", SAME), list)
    assert await judged(pool, clock, "R-1", "R-4", NOT_SAME) is WhyNot.CONTRADICTS
    assert await pool.fetchval("select count(*) from judgement") == 3


async def test_nobody_is_taken_for_whom_a_measure_protects_them_from(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §4.4
    await hear(
        pool, clock, mother("M", "H1"), father("F", "H2"), child("c1", "2024-06-01", "H1"), protection("M", "2026-04-01", ["c1"], ["F"])
    )

    assert await judged(pool, clock, "R-M", "R-F", SAME) is WhyNot.PARTED
    assert await judged(pool, clock, "R-F", "R-c1", SAME) is WhyNot.PARTED
    assert isinstance(await judged(pool, clock, "R-M", "R-c1", SAME), list)


async def test_the_log_of_judgements_is_only_added_to(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, child("1", "2024-06-01", "H1"), child("2", "2024-06-01", "H1"))
    for word in (SAME, NOT_SAME, SAME):
        await judged(pool, clock, "R-1", "R-2", word)

    rows = await pool.fetch("select word, judged_by, basis, supersedes is not null as follows from judgement order by judged_at")

    assert [tuple(row) for row in rows] == [
        ("same", "clerk", "T-1", False),
        ("not_same", "clerk", "T-1", True),
        ("same", "clerk", "T-1", True),
    ]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("delete from judgement")


@pytest.mark.parametrize(("seed", "partitions"), [(1, 1), (2, 4)])
async def test_after_an_un_merge_all_is_as_if_the_wrong_link_had_never_been(
    database: Database, pool: asyncpg.Pool, clock: FixedClock, seed: int, partitions: int
) -> None:
    events = city(drawing(seed), families=14)
    drawing(seed + 50).shuffle(events)
    parcels = [events[start : start + 40] for start in range(0, len(events), 40)]
    for parcel in parcels:
        await hear(pool, clock, *parcel, partitions=partitions)
    expected, told = await content(pool), held_by_hearers(await announced(pool)) if partitions == 1 else {}
    await forget_everything(database)

    for parcel in parcels[: len(parcels) // 2]:
        await hear(pool, clock, *parcel, partitions=partitions)
    pairs = []
    for one, other in await _entries_in_pairs(pool):
        said = await judged(pool, clock, one, other, SAME, partitions=partitions)
        if said is WhyNot.PARTED:
            continue
        assert isinstance(said, list)
        assert of(said, PersonsMerged)
        await content(pool)
        pairs.append((one, other))
    assert len(pairs) >= 4
    for parcel in parcels[len(parcels) // 2 :]:
        await hear(pool, clock, *parcel, partitions=partitions)
    assert await content(pool) != expected
    for one, other in pairs:
        said = await judged(pool, clock, one, other, NOT_SAME, partitions=partitions)
        assert isinstance(said, list)
        assert of(said, PersonSplit)

    assert await content(pool) == expected
    if partitions == 1:
        assert held_by_hearers(await announced(pool)) == told


async def _entries_in_pairs(pool: asyncpg.Pool) -> list[tuple[str, str]]:
    """Entries of the register, two and two: mothers, fathers and children alike, and welfare and pregnancies with them."""
    rows = await pool.fetch(
        """
        select min(record_id) as record_id from record
        where event_type = 'resident.changed' and state = 'linked' group by person_id order by md5(min(record_id)) limit 12
        """
    )
    entries = [row["record_id"] for row in rows]
    return list(zip(entries[::2], entries[1::2], strict=True))


async def test_all_that_people_judged_is_read_once_for_each_state_and_not_for_each_parcel(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, child("c1", "2024-06-01", "H1"), child("c9", "2024-06-01", "H1"))
    await judged(pool, clock, "R-c1", "R-c9", SAME)
    asked: list[str] = []

    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        with work.db.query_logger(lambda query: asked.append(query.query)):
            await on_parcel(work, [checkup("c9", "18m", "2026-02-01")])

    assert (asked.count(locks.SQL.enter), asked.count(SQL.judged)) == (1, 0)
    assert await pool.fetchval("select person_id from record where record_id = 'K-c9-18m'") == await person(pool, "c1")
    await judged(pool, clock, "R-c1", "R-c9", NOT_SAME)
    await hear(pool, clock, checkup("c9", "4m", "2024-10-01"))
    assert await pool.fetchval("select person_id from record where record_id = 'K-c9-4m'") == await person(pool, "c9")
