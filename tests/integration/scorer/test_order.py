"""The same messages in any order, repeated, apart or together, by one process or two: one state."""

import asyncio
from collections.abc import Sequence
from functools import partial
from random import Random

import asyncpg
import pytest

from contracts.messages import Message, ReviewBasisChanged
from contracts.values import Item, ServiceName, Source
from infra.testing.fixtures import unit_of_work
from services.scorer import inspection
from services.scorer.actions import take_in
from tests.integration.infra.servers import until
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    CASE,
    CHILD,
    FATHER,
    MOTHER,
    SIBLING,
    assistance,
    checkup,
    in_hand,
    kinship,
    measure,
    notified,
    person,
    postpartum,
    prenatal,
    watermark,
)

pytestmark = pytest.mark.servers


def everything() -> list[Message]:
    """A family's course with corrections, voids, a wrong person, late links and late residences."""
    return [
        person("2024-02-10", version=1),
        person("2024-02-10", ("2024-02-10", "2026-05-01"), version=2),
        person("2024-02-10", ("2024-02-10", "2026-05-01"), ("2026-05-03", None), version=3),
        person("2024-02-10", who=SIBLING),
        person("1994-01-01", ("2023-12-24", None), who=MOTHER, version=1),
        person("1994-01-01", who=MOTHER, version=2),
        *kinship(CHILD, SIBLING, version=1, linked=False),
        *kinship(CHILD, SIBLING, version=2),
        notified("2023-10-01", 8),
        notified("2023-10-01", 18, revision=2),
        prenatal("2023-11-01"),
        prenatal("2023-12-01", "P-2", pregnancy=None),
        prenatal("2023-11-01", revision=2, void=True),
        postpartum("2024-03-01", 12, pregnancy=None),
        checkup("4m", "2024-06-20"),
        checkup("4m", "2024-06-20", revision=2, said=0, void=True),
        checkup("4m", "2024-06-21", who=SIBLING, revision=2, said=1),
        checkup("18m", "2026-03-01", "K-2"),
        assistance("2025-02-01"),
        assistance("2025-02-01", revision=2, suspended_from="2026-02-01", suspended_to="2026-04-01"),
        assistance("2024-09-01", "W-2", abolished_on="2025-03-01"),
        assistance("2025-12-01", "W-3", case=CASE, effective_on="2025-12-01"),
        in_hand(1),
        in_hand(0, version=2),
        in_hand(2, SIBLING, source=Source.PUBLIC_ASSISTANCE),
        in_hand(1, None),
        in_hand(0, None, version=2),
        measure("2026-03-01"),
        measure("2026-03-02", "2027-03-01", version=2),
        assistance("2025-02-01", "W-F", who=FATHER, case=CASE),
        *watermark("2025-01-01"),
        *watermark("2026-05-20"),
    ]


async def state_after(scorer: Scorer, *parcels: list[Message], flood: bool) -> str:
    await scorer.day_comes("2026-05-20")
    for number, parcel in enumerate(parcels):
        await scorer.hears(parcel, put_off=flood and number % 2 == 0, rested=number % 3 == 0)
    await scorer.day_comes("2026-05-20")
    return str(await scorer.asked(inspection.content_hash))


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    return {}


@pytest.mark.parametrize("seed", range(8))
async def test_any_order_and_repetition_leads_to_one_state(scorer: Scorer, seed: int, expected: dict[str, str]) -> None:
    chance = Random(seed)  # noqa: S311 - a seeded shuffle, not a secret
    messages = everything()
    told = messages if seed == 0 else chance.sample(messages, len(messages)) + chance.sample(messages, 8)
    size = 1 + seed * 3

    state = await state_after(scorer, *(told[i : i + size] for i in range(0, len(told), size)), flood=seed > 3)

    assert expected.setdefault("state", state) == state


async def test_two_processes_at_once_miss_nothing_of_each_other(scorer: Scorer, another_scorer: Scorer, expected: dict[str, str]) -> None:
    chance = Random(99)  # noqa: S311 - a seeded shuffle, not a secret
    messages = chance.sample(everything(), len(everything()))
    await scorer.day_comes("2026-05-20")

    await asyncio.gather(
        *(
            process.hears(messages[start::6], put_off=start > 2, rested=start % 2 == 0)
            for start, process in enumerate((scorer, another_scorer) * 3)
        ),
    )
    await scorer.day_comes("2026-05-20")

    state = await scorer.asked(inspection.content_hash)
    assert expected.setdefault("state", state) == state


async def test_a_record_that_two_processes_tell_of_two_children_at_once_counts_for_the_last_one_alone(
    scorer: Scorer, another_scorer: Scorer
) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), person("2024-02-10", who=SIBLING), watermark("2026-04-11"))
    first, taken_back = (checkup("18m", "2025-09-01", said=said, void=said > 0) for said in (0, 1))

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        await take_in(work, [first])
        telling = asyncio.create_task(another_scorer.hears(checkup("18m", "2025-09-01", said=2, who=SIBLING)))
        await until(partial(waits, scorer))
    await telling
    # What the linker said first to the child's own partition comes last.
    await scorer.hears(taken_back)

    assert await scorer.value(Item.CHECKUP_18M_NOT_RECEIVED, SIBLING) == ("FALSE", "received")
    assert (await scorer.value(Item.CHECKUP_18M_NOT_RECEIVED))[0] == "TRUE"


async def waits(scorer: Scorer) -> bool:
    """Whether a process waits for another one."""
    here = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
    return bool(await scorer.pool.fetchval(here))


@pytest.mark.parametrize("put_off", [False, True])
async def test_a_parcel_of_one_and_of_a_hundred_cost_the_same_number_of_statements(scorer: Scorer, put_off: bool) -> None:
    await scorer.hears(person("2024-02-10"), checkup("18m", "2026-03-01", "R-0"))

    one = await statements_for(scorer, [checkup("18m", "2026-03-02", "R-1")], put_off=put_off)
    hundred = await statements_for(scorer, [checkup("18m", f"2026-03-{n % 28 + 1:02}", f"R-{n}") for n in range(1, 101)], put_off=put_off)

    assert one == hundred
    assert hundred < (8 if put_off else 20)


async def test_in_a_flood_only_whoever_has_an_announced_review_is_evaluated_at_once(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), kinship(), notified("2023-10-01", 18), checkup("4m", "2024-06-20", "K-4"))
    await scorer.hears(person("2024-02-10", who=SIBLING), checkup("4m", "2024-06-20", "K-5", who=SIBLING), watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")
    opened = await scorer.told()

    await scorer.hears(checkup("18m", "2026-04-01"), checkup("18m", "2026-04-01", "K-2", who=SIBLING), put_off=True)

    [basis] = (await scorer.told())[len(opened) :]
    assert isinstance(basis, ReviewBasisChanged)
    assert (basis.person_id, basis.needed) == (CHILD, False)
    assert (await scorer.value(Item.CHECKUP_18M_NOT_RECEIVED, SIBLING))[0] == "TRUE"


async def statements_for(scorer: Scorer, messages: Sequence[Message], *, put_off: bool) -> int:
    asked: list[str] = []

    def note(query: asyncpg.connection.LoggedQuery) -> None:
        asked.append(query.query)

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        work.db.add_query_logger(note)
        await take_in(work, messages, put_off=put_off)
        work.db.remove_query_logger(note)
    return len(asked)
