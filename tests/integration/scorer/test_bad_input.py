"""What cannot be read, or evaluated, stops and poisons nobody else."""

from datetime import date

import pytest

from contracts.messages import ReviewBasisChanged
from contracts.values import Item, ServiceName
from infra.outcomes import Park
from infra.testing.fixtures import unit_of_work
from services.scorer import inspection
from services.scorer.evaluating import evaluate_due_singly
from services.scorer.handlers import Inlet, Pace
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import CHILD, MOTHER, SIBLING, assistance, checkup, fact, kinship, notified, person, watermark

pytestmark = pytest.mark.servers

B, ECON = Item.CHECKUP_18M_NOT_RECEIVED, Item.HOUSEHOLD_PUBLIC_ASSISTANCE


@pytest.mark.parametrize("others", [0, 40])
async def test_an_unreadable_fact_is_parked_and_the_others_are_kept(scorer: Scorer, others: int) -> None:
    without_day = fact("infant_checkup.recorded", "K-7", checkup_type="18m")
    no_day = assistance("soon", "W-7")
    no_term = fact("pregnancy.notified", "N-7", MOTHER, edd="0001-01-01")
    nobody = person("9999-12-31", who=MOTHER)
    sound = [person("2024-02-10"), checkup("18m", "2025-09-01"), *(assistance("2026-02-01", f"W-{100 + n}") for n in range(others))]

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        outcomes = await Inlet(Pace()).on_parcel(work, [without_day, no_day, no_term, nobody, *sound])
    await scorer.day_comes("2026-04-01")

    assert {without_day.event_id, no_day.event_id, no_term.event_id, nobody.event_id} == set(outcomes)
    assert outcomes[without_day.event_id] == Park("unreadable_fact", "exam_date")
    assert outcomes[nobody.event_id] == Park("implausible_date", "birth_date")
    assert await scorer.value(B) == ("FALSE", "received")


async def test_a_child_that_cannot_be_evaluated_keeps_no_other_from_it(scorer: Scorer) -> None:
    await scorer.hears(person("2024-02-10"), person("2024-02-10", who=SIBLING), watermark("2026-04-11"))
    await scorer.pool.execute("update person set residence = '[[\"never\", null]]' where person_id = $1", SIBLING)
    await scorer.hears(watermark("2026-04-12"))
    await scorer.pool.execute("update due set evaluate_on = '2026-04-01'")

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        done = await evaluate_due_singly(work, 200)

    assert done == 2
    assert await scorer.asked(inspection.due_on_or_before, date(2026, 4, 1)) == 0
    assert await scorer.asked(inspection.next_due, None) == date(2026, 4, 2)
    assert {a["item"] for a in await scorer.asked(inspection.indicators, CHILD)} == set(Item)


async def test_what_was_heard_of_whom_the_ward_was_told_stays_where_another_cannot_be_evaluated(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), kinship(), notified("2023-10-01", 18), checkup("4m", "2024-06-20", "K-4"))
    await scorer.hears(person("2024-02-10", who=SIBLING), watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")
    opened = await scorer.told()
    await scorer.pool.execute("update person set residence = '[[\"never\", null]]' where person_id = $1", SIBLING)

    await scorer.hears(checkup("18m", "2026-04-01"), checkup("18m", "2026-04-01", "K-2", who=SIBLING))
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        done = await evaluate_due_singly(work, 200)

    assert done == 2
    [basis] = (await scorer.told())[len(opened) :]
    assert isinstance(basis, ReviewBasisChanged)
    assert (basis.person_id, basis.needed) == (CHILD, False)
