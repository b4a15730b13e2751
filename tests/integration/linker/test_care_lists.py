"""Records that list the children in somebody's care (`domain.md` §2.3): of whom they are told, whom they name, what is held."""

import asyncpg
import pytest

from contracts.messages import LinkingHeldUp, Message, PersonChanged, RecordLinked, RecordsInHand
from contracts.values import Operation, ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database
from services.linker.domain.judgements import Word
from tests.integration.linker.records import allowance, child, hear, mother, resident, voided
from tests.integration.linker.test_judging import judged
from tests.integration.linker.test_stories import of, person, states

pytestmark = pytest.mark.servers

BORN = "2019-06-01"


@pytest.fixture
async def pool(database: Database) -> asyncpg.Pool:
    return await database.pool(ServiceName.LINKER)


def lists(said: list[Message]) -> list[tuple[Operation, object, object]]:
    """What is said of records with a list: what becomes of them, of whom, and whom they list."""
    return [(each.operation, each.person_id, set(each.care.children) if each.care else None) for each in of(said, RecordLinked)]


async def test_a_list_is_told_of_its_person_and_names_the_children_on_its_days(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, mother("M", "H"), child("C1", BORN, "H"), child("C2", "2021-06-01", "elsewhere"))
    carer, one, two = [await person(pool, each) for each in ("M", "C1", "C2")]

    first = await hear(pool, clock, allowance("M", ["C1", "C2"], on="2026-04-01", entitled_to="2027-04-01"))
    corrected = await hear(pool, clock, allowance("M", ["C2"], on="2026-04-01", revision=2))
    gone = await hear(pool, clock, voided(allowance("M", ["C2"], revision=2)))

    [said] = of(first, RecordLinked)
    assert said.care is not None
    assert (said.person_id, set(said.care.children)) == (carer, {one, two})
    assert (str(said.care.start), str(said.care.end)) == ("2026-04-01", "2027-04-01")
    assert said.data == {"kind": "child", "entitled_from": "2026-04-01", "entitled_to": "2027-04-01"}
    assert lists(corrected) == [(Operation.UPSERT, carer, {two})]
    assert lists(gone) == [(Operation.VOID, carer, None)]


async def test_while_its_person_is_not_in_the_register_a_list_is_in_hand_for_its_children(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-2
    await hear(pool, clock, child("C", BORN, "H"))
    listed = await person(pool, "C")

    waits = await hear(pool, clock, allowance("M", ["C"]))
    assert [(each.state, each.reason) for each in of(waits, LinkingHeldUp)] == [("waiting", "person not in the register")]
    assert [(each.person_id, each.records) for each in of(waits, RecordsInHand)] == [(listed, 1)]

    comes = await hear(pool, clock, mother("M", "H2"))
    order = [type(each) for each in comes if isinstance(each, RecordLinked | RecordsInHand | PersonChanged)]
    assert order == [RecordLinked, PersonChanged, RecordsInHand]
    [let_go] = of(comes, RecordsInHand)
    # The fact is told of the guardian, perhaps on another partition: it counts of the child, who is behind until it was heard.
    assert (let_go.person_id, let_go.records, let_go.facts_said) == (listed, 0, 1)


async def test_a_child_whom_nobody_knows_yet_is_named_and_what_was_said_of_it_is_counted_when_it_comes(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    await hear(pool, clock, mother("M", "H"))
    [said] = of(await hear(pool, clock, allowance("M", ["C"])), RecordLinked)

    comes = await hear(pool, clock, child("C", BORN, "H"))

    assert said.care is not None
    assert said.care.children == (await person(pool, "C"),)
    assert not of(comes, RecordLinked)
    assert [each.facts_said for each in of(comes, PersonChanged) if each.person_id in said.care.children] == [1]


async def test_a_list_with_a_number_that_may_be_another_ones_goes_to_people_until_it_is_said_right(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    # domain.md §2.8-2, §2.8-11: numbers are never compared by guess.
    await hear(pool, clock, mother("M", "H"), child("C1", BORN, "H"))
    before = await hear(pool, clock, allowance("M", ["00C2", "C1"]))
    assert lists(before)[0][0] is Operation.UPSERT

    comes = await hear(pool, clock, child("C2", "2021-06-01", "H"))
    one, two = await person(pool, "C1"), await person(pool, "C2")
    assert lists(comes) == [(Operation.VOID, await person(pool, "M"), None)]
    assert (await states(pool))["JF-1"] == ("review", "lists a child whose number may be another one's")
    assert {one, two} <= {each.person_id for each in of(comes, RecordsInHand) if each.records}

    right = await hear(pool, clock, allowance("M", ["C2", "C1"], revision=2))
    assert lists(right) == [(Operation.UPSERT, await person(pool, "M"), {one, two})]
    assert {each.records for each in of(right, RecordsInHand)} == {0}


@pytest.mark.parametrize("partitions", [1, 4])
async def test_a_list_follows_the_child_and_the_person_whom_people_take_for_others_and_back(
    pool: asyncpg.Pool, clock: FixedClock, partitions: int
) -> None:
    await hear(pool, clock, mother("M1", "H"), mother("M2", "H", born="1995-06-01"), child("C1", BORN, "H"), child("C2", BORN, "H"))
    await hear(pool, clock, allowance("M2", ["C2"]))
    m1, m2, c1, c2 = [await person(pool, each) for each in ("M1", "M2", "C1", "C2")]

    async def becomes(one: str, other: str, word: Word) -> list[tuple[Operation, object, object]]:
        said = await judged(pool, clock, f"R-{one}", f"R-{other}", word, partitions=partitions)
        assert isinstance(said, list)
        return lists(said)

    assert await becomes("C1", "C2", Word.SAME) == [(Operation.UPSERT, m2, {c1})]
    assert await becomes("M1", "M2", Word.SAME) == [(Operation.VOID, m2, None), (Operation.UPSERT, m1, {c1})]
    assert await becomes("C1", "C2", Word.NOT_SAME) == [(Operation.UPSERT, m1, {c2})]
    assert await becomes("M1", "M2", Word.NOT_SAME) == [(Operation.VOID, m1, None), (Operation.UPSERT, m2, {c2})]


async def test_a_list_of_somebody_whom_the_register_gives_up_is_taken_back(pool: asyncpg.Pool, clock: FixedClock) -> None:
    entry = resident("M", "1995-06-01", sex="female", name="母")
    await hear(pool, clock, entry, child("C", BORN, "H"), allowance("M", ["C"]))
    carer, listed = await person(pool, "M"), await person(pool, "C")

    said = await hear(pool, clock, voided(entry))

    assert lists(said) == [(Operation.VOID, carer, None)]
    assert [(each.person_id, each.records) for each in of(said, RecordsInHand)] == [(listed, 1)]
