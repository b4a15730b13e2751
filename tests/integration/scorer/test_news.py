"""News in a flood: kept with its facts, waited with for a while, lost by nobody, and in nobody's way."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from contracts.ids import PersonId
from contracts.messages import Message, ReviewBasisChanged
from contracts.values import Item, ServiceName
from infra.testing.fixtures import unit_of_work
from services.scorer import inspection
from services.scorer.domain.patience import NONE, Patience
from services.scorer.evaluating import evaluate_due
from services.scorer.store import AT_ONCE
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import CHILD, SIBLING, checkup, kinship, notified, person, watermark

pytestmark = pytest.mark.servers

FLOOD = Patience(calm_seconds=None, alone_seconds=10, longest_seconds=30, most_waiting=1000)
"""Nobody's turn has come who was told of just now."""


async def evaluated(scorer: Scorer, patience: Patience = NONE, limit: int = 200) -> int:
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        return await evaluate_due(work, limit, patience=patience)


async def known(scorer: Scorer) -> set[UUID]:
    """Who was ever evaluated."""
    return {row["person_id"] for row in await scorer.pool.fetch("select distinct person_id from evaluation")}


async def told_before(scorer: Scorer, seconds: float, who: UUID = CHILD) -> None:
    """Let news of a child be so old."""
    await scorer.pool.execute("update news set told_at = told_at - make_interval(secs => $2::float8) where person_id = $1", who, seconds)


async def news(scorer: Scorer) -> list[UUID]:
    return [row["person_id"] for row in await scorer.pool.fetch("select person_id from news order by person_id")]


async def waiting(scorer: Scorer, *children: UUID) -> None:
    """Let `children` be told of in a flood."""
    await scorer.day_comes("2026-04-11")
    await scorer.hears([person("2024-02-10", who=PersonId(child)) for child in children], put_off=True)


async def test_a_child_of_whom_much_is_told_in_a_flood_is_evaluated_once_and_as_if_it_were_told_at_once(scorer: Scorer) -> None:
    told: Sequence[Message] = [
        person("2024-02-10"),
        *kinship(),
        notified("2023-10-01", 18),
        *(checkup("4m", "2024-06-20", f"K-{n}") for n in range(5)),
    ]
    await scorer.day_comes("2026-04-11")

    for message in [*told, *watermark("2026-04-11")]:
        await scorer.hears(message, put_off=True)
        assert await evaluated(scorer, FLOOD) == 0
    in_the_end = await evaluated(scorer)

    assert in_the_end == 1
    assert await scorer.pool.fetchval("select count(*) from evaluation where superseded_at is not null") == 0
    assert await scorer.pool.fetchval("select count(*) from evaluation where person_id = $1", CHILD) == len(Item)
    assert await news(scorer) == []


async def test_a_child_is_evaluated_once_it_was_left_alone(scorer: Scorer) -> None:
    await waiting(scorer, CHILD, SIBLING)

    await told_before(scorer, FLOOD.alone_seconds)
    assert await evaluated(scorer, FLOOD) == 1

    assert await known(scorer) == {CHILD}
    assert await news(scorer) == [SIBLING]


async def test_a_child_of_whom_more_and_more_is_told_waits_no_longer_than_is_said(scorer: Scorer) -> None:
    await waiting(scorer, CHILD)
    await told_before(scorer, FLOOD.longest_seconds - 5)
    await scorer.hears(checkup("4m", "2024-06-20"), put_off=True)

    assert await evaluated(scorer, FLOOD) == 0
    await told_before(scorer, 5)
    assert await evaluated(scorer, FLOOD) == 1

    assert await known(scorer) == {CHILD}
    assert await news(scorer) == []


async def test_beyond_so_many_who_wait_those_are_evaluated_who_were_left_alone_the_longest(scorer: Scorer) -> None:
    children = [uuid4() for _ in range(6)]
    await waiting(scorer, *children)
    for seconds, child in enumerate(children):
        await told_before(scorer, seconds, child)

    done = await evaluated(scorer, Patience(None, 10, 30, most_waiting=4))

    assert done == 2
    assert await known(scorer) == set(children[-2:])


@pytest.mark.parametrize(("calm", "is_over"), [(0.0, True), (0.5, True), (5.0, False)])
async def test_a_flood_is_over_for_everybody_when_nobody_was_told_anything_for_a_moment(scorer: Scorer, calm: float, is_over: bool) -> None:
    await waiting(scorer, CHILD, SIBLING)
    await told_before(scorer, 1.0)
    await told_before(scorer, 1.0, SIBLING)

    done = await evaluated(scorer, Patience(calm, 10, 30, 1000))

    assert done == (2 if is_over else 0)


async def test_a_single_event_of_a_child_that_is_known_does_not_wait_behind_others_and_a_newcomer_does(scorer: Scorer) -> None:
    await scorer.hears(person("2024-02-10"))
    evaluations = "select max(evaluation_id) from evaluation where person_id = $1"
    before = await scorer.pool.fetchval(evaluations, CHILD)

    told = [checkup("4m", "2024-06-20"), person("2024-02-10", who=SIBLING)]
    await scorer.hears(told, put_off=True, rested=True)

    assert await scorer.pool.fetchval(evaluations, CHILD) > before
    assert await news(scorer) == [SIBLING]


async def test_who_has_news_that_waits_waits_with_it(scorer: Scorer) -> None:
    await scorer.hears(person("2024-02-10"))
    await scorer.hears(checkup("4m", "2024-06-20"), put_off=True)

    await scorer.hears(checkup("18m", "2025-09-01"), put_off=True, rested=True)

    assert await news(scorer) == [CHILD, CHILD]


async def test_of_a_lot_only_so_many_are_evaluated_at_once(scorer: Scorer) -> None:
    children = [uuid4() for _ in range(AT_ONCE + 5)]
    await scorer.hears([person("2024-02-10", who=PersonId(child)) for child in children])

    await scorer.hears([checkup("4m", "2024-06-20", f"K-{child}", who=PersonId(child)) for child in children], put_off=True, rested=True)

    assert len(await news(scorer)) == 5


async def test_whose_day_has_come_waits_for_nothing_but_news(scorer: Scorer) -> None:
    await scorer.hears(person("2024-02-10"), person("2024-02-10", who=SIBLING))
    await scorer.hears(checkup("4m", "2024-06-20", who=SIBLING), put_off=True)
    await scorer.pool.execute("update due set evaluate_on = '2026-04-01'")

    assert await evaluated(scorer, FLOOD) == 1

    assert await news(scorer) == [SIBLING]
    assert [row["person_id"] for row in await scorer.pool.fetch("select person_id from due where evaluate_on = '2026-04-01'")] == [SIBLING]


async def test_hearing_does_not_wait_for_evaluating_and_what_it_tells_meanwhile_is_not_lost(scorer: Scorer, another_scorer: Scorer) -> None:
    await waiting(scorer, CHILD)

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        assert await evaluate_due(work, 200) == 1
        # The child is locked, and was read. The other process tells of it, and is not held up.
        async with asyncio.timeout(5):
            await another_scorer.hears(checkup("18m", "2025-09-01"), put_off=True)
    assert (await scorer.value(Item.CHECKUP_18M_NOT_RECEIVED))[0] == "UNKNOWN"

    assert await news(scorer) == [CHILD]
    assert await evaluated(scorer) == 1
    assert await scorer.value(Item.CHECKUP_18M_NOT_RECEIVED) == ("FALSE", "received")


async def test_two_who_evaluate_at_once_take_different_children(scorer: Scorer, another_scorer: Scorer) -> None:
    children = [uuid4() for _ in range(6)]
    await waiting(scorer, *children)

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as one:
        assert await evaluate_due(one, 3) == 3
        async with asyncio.timeout(5):
            assert await evaluated(another_scorer, limit=3) == 3

    assert await scorer.pool.fetchval("select count(*) from evaluation") == len(children) * len(Item)
    assert await scorer.pool.fetchval("select count(*) from evaluation where superseded_at is not null") == 0
    assert await news(scorer) == []


async def test_who_is_killed_while_it_evaluates_leaves_the_news(scorer: Scorer) -> None:
    await waiting(scorer, CHILD)

    with suppress(ConnectionError):
        async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
            await evaluate_due(work, 200)
            raise ConnectionError

    assert await news(scorer) == [CHILD]
    assert await evaluated(scorer) == 1


async def test_news_does_not_wait_that_came_while_a_review_of_the_child_was_announced(scorer: Scorer, another_scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(
        person("2024-02-10"),
        kinship(),
        notified("2023-10-01", 18),
        checkup("4m", "2024-06-20", "K-4"),
        watermark("2026-04-11"),
        put_off=True,
    )
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        await evaluate_due(work, 200)
        # Nobody outside knows yet that the ward is told.
        await another_scorer.hears(checkup("18m", "2026-04-01"), put_off=True)
    [announced] = await scorer.told()

    assert await evaluated(scorer, FLOOD) == 1

    [_, basis] = await scorer.told()
    assert announced.person_id == CHILD
    assert isinstance(basis, ReviewBasisChanged)
    assert not basis.needed


async def test_whoever_waits_is_counted_as_due(scorer: Scorer) -> None:
    await waiting(scorer, CHILD, SIBLING)
    await scorer.hears(checkup("4m", "2024-06-20"), put_off=True)

    assert await scorer.asked(inspection.due_on_or_before, scorer.clock.today()) == 2
    await evaluated(scorer)
    assert await scorer.asked(inspection.due_on_or_before, scorer.clock.today()) == 0
