"""What ingest puts aside is said to be held, until it is handled at last or thrown away."""

import json
from uuid import UUID

import pytest

from contracts.messages import RecordHeldBack
from contracts.values import ServiceName
from infra.testing.fixtures import announced, unit_of_work
from services.ingest.actions import admit, let_go, park
from services.ingest.domain.admission import Inlet
from services.ingest.domain.ledger import event_key
from services.ingest.domain.reading import read
from services.ingest.submissions import Submission, unparked
from tests.integration.ingest.conftest import HEALTH, SEALER, Ingest
from tests.unit.ingest.events import MY_NUMBER, Event, body, checkup

pytestmark = pytest.mark.servers


def submission(event: Event) -> Submission:
    return Submission(HEALTH, Inlet.AMQP, read(body(event)), "message")


async def put_aside(ingest: Ingest, event: Event) -> None:
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        await park(work, submission(event), SEALER, "Broken")


async def take_up(ingest: Ingest, event: Event) -> None:
    key = event_key(HEALTH, event["id"])
    sealed = await ingest.pool.fetchval("select body from parked where event_id = $1", key)
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        await admit(work, [unparked(SEALER.open(key, sealed))], SEALER)


async def said(ingest: Ingest) -> list[tuple[UUID, bool]]:
    return [(each.hold_id, each.held) for each in await announced(ingest.pool) if isinstance(each, RecordHeldBack)]


async def parked(ingest: Ingest) -> int:
    count: int = await ingest.pool.fetchval("select count(*) from parked")
    return count


async def test_what_is_parked_is_said_to_be_held_once_however_often_it_fails(ingest: Ingest) -> None:
    event = checkup()

    await put_aside(ingest, event)
    await put_aside(ingest, event)

    assert await said(ingest) == [(event_key(HEALTH, event["id"]), True)]


async def test_nothing_of_a_parked_event_is_told_but_its_source(ingest: Ingest) -> None:
    event = checkup()

    await put_aside(ingest, event)

    [message] = [each for each in await announced(ingest.pool) if isinstance(each, RecordHeldBack)]
    assert (message.source, message.person_no) == (HEALTH, None)
    assert "0000000100" not in json.dumps(message.model_dump(mode="json"))


@pytest.mark.parametrize("mistake", [{}, {"mood": 1}], ids=["accepted", "refused"])
async def test_what_is_taken_up_again_is_held_no_longer_whatever_becomes_of_it(ingest: Ingest, mistake: dict[str, int]) -> None:
    event = checkup(mistake)
    await put_aside(ingest, event)

    await take_up(ingest, event)

    assert [held for _, held in await said(ingest)] == [True, False]
    assert await parked(ingest) == 0


async def test_what_its_sender_sent_again_meanwhile_is_held_no_longer(ingest: Ingest) -> None:
    event = checkup()
    await put_aside(ingest, event)

    outcomes = await ingest.takes_events(event, event)

    assert outcomes == ["accepted", "duplicate"]
    assert [held for _, held in await said(ingest)] == [True, False]
    assert await parked(ingest) == 0


async def test_what_is_discarded_is_held_no_longer_and_that_is_said_once(ingest: Ingest) -> None:
    event = checkup()
    key = event_key(HEALTH, event["id"])
    await put_aside(ingest, event)

    for _ in range(2):
        async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
            await let_go(work, [key])

    assert await said(ingest) == [(key, True), (key, False)]


async def test_what_is_parked_a_second_time_is_held_again_under_another_event(ingest: Ingest) -> None:
    event = checkup({"mood": 1})
    await put_aside(ingest, event)
    await take_up(ingest, event)

    await put_aside(ingest, event)

    assert [held for _, held in await said(ingest)] == [True, False, True]
    assert set((await ingest.ids_said()).values()) == {1}


async def test_an_event_with_honest_numbers_of_twelve_digits_is_kept_when_it_is_parked_and_taken_when_it_is_replayed(
    ingest: Ingest,
) -> None:
    event = checkup({"person_no": MY_NUMBER}, id=MY_NUMBER, subject=MY_NUMBER)
    await put_aside(ingest, event)

    await take_up(ingest, event)

    assert await ingest.figures() == {"accepted": 1}
