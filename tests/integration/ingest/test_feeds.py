"""A feed whose own numbers are My Numbers stops: counted exactly, held sealed, released or dropped by a person."""

import asyncio
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from contracts.messages import DecisionRecorded, RecordHeldBack
from contracts.values import ServiceName, Source
from infra.local.root import CannotDo
from infra.testing.fixtures import announced, unit_of_work
from services.ingest import commands, numbering, releasing
from services.ingest.actions import admit
from services.ingest.domain.ledger import event_key
from services.ingest.domain.watch import Evidence, Place
from services.ingest.submissions import unparked
from tests.integration.ingest.conftest import HEALTH, SEALER, Ingest
from tests.integration.ingest.test_inlets import Running, running, until
from tests.unit.ingest.events import Event, body, checkup, event, resident, watermark
from tests.unit.ingest.test_watch import my_number

__all__ = ["running"]
pytestmark = pytest.mark.servers

ENOUGH = 16
PERSONS = Place(HEALTH, "person_no")


def of_my_numbers(count: int, *, first: int = 0) -> list[Event]:
    return [checkup({"person_no": my_number(n)}, subject=f"M-{n}") for n in range(first, first + count)]


def of_honest_numbers(count: int) -> list[Event]:
    return [checkup({"person_no": f"{500_000_000_000 + n}"}, subject=f"{600_000_000_000 + n}") for n in range(count)]


async def evidence(ingest: Ingest, place: Place = PERSONS) -> Evidence:
    async with ingest.pool.acquire() as db:
        return (await numbering.evidence(db, [place]))[0].get(place, Evidence())


async def stopped(ingest: Ingest) -> list[Place]:
    async with ingest.pool.acquire() as db:
        return await numbering.stopped_for(db)


async def decide(ingest: Ingest, what: Any, *arguments: Any, **options: Any) -> Any:
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        return await what(work, HEALTH, *arguments, **options)


async def take_up(ingest: Ingest) -> list[str]:
    """Handle what a person wants handled again, as the running desk does."""
    rows = await ingest.pool.fetch("select event_id, body from parked where retry_at <= now() order by event_id")
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        answers = await admit(work, [unparked(SEALER.open(row["event_id"], row["body"])) for row in rows], SEALER)
    return [answer.outcome for each in answers for answer in each]


async def held_said(ingest: Ingest) -> list[bool]:
    return [message.held for message in await announced(ingest.pool) if isinstance(message, RecordHeldBack)]


async def everything_kept(ingest: Ingest) -> str:
    """All that is readable in ingest's tables and on its way out, but for the events that were accepted."""
    tables = await ingest.pool.fetch("select table_name from information_schema.tables where table_schema = 'ingest'")
    rows = [await ingest.pool.fetch(f"select * from {row['table_name']}") for row in tables]
    return repr(rows)


async def test_an_honest_feed_of_twelve_digits_goes_on(ingest: Ingest) -> None:
    outcomes = await ingest.takes_events(*of_honest_numbers(400))

    assert outcomes == ["accepted"] * 400
    assert await stopped(ingest) == []
    assert (await evidence(ingest)).numbers == pytest.approx(400, rel=0.06)
    assert (await evidence(ingest)).valid == pytest.approx(40, rel=0.2)


@pytest.mark.parametrize("together", [True, False], ids=["in one transaction", "one by one"])
async def test_a_feed_of_my_numbers_stops_with_the_sixteenth_and_what_follows_is_held(ingest: Ingest, together: bool) -> None:
    events = of_my_numbers(30)

    outcomes = await ingest.takes_events(*events) if together else [each for event in events for each in await ingest.takes_events(event)]

    assert outcomes == ["accepted"] * (ENOUGH - 1) + ["parked"] * (30 - ENOUGH + 1)
    assert await stopped(ingest) == [PERSONS]
    assert await held_said(ingest) == [True] * (30 - ENOUGH + 1)
    assert len(await ingest.records()) == ENOUGH - 1


@pytest.mark.parametrize("place", ["subject", "id"])
async def test_so_does_one_of_record_numbers_or_of_ids(ingest: Ingest, place: str) -> None:
    outcomes = await ingest.takes_events(*(checkup(**{"subject": f"S-{n}", place: my_number(n)}) for n in range(20)))

    assert outcomes.count("parked") == 20 - ENOUGH + 1


async def test_a_field_is_one_whatever_the_kind_of_event(ingest: Ingest) -> None:
    def of(n: int) -> Event:
        kinds = (
            checkup({"person_no": my_number(n)}, subject=f"A-{n}"),
            event(HEALTH, "pregnancy.notified", {"person_no": my_number(n), "pregnancy_id": f"P-{n}"}, subject=f"B-{n}"),
            checkup(op="void", data=None, personno=my_number(n), subject=f"C-{n}"),
        )
        return kinds[n % 3]

    outcomes = await ingest.takes_events(*map(of, range(ENOUGH)))

    assert outcomes == ["accepted"] * (ENOUGH - 1) + ["parked"]


async def test_nothing_that_is_held_or_refused_of_a_stopped_feed_can_be_read(ingest: Ingest) -> None:
    await ingest.takes_events(*of_my_numbers(ENOUGH))
    later = [checkup({"person_no": my_number(n)}, id=my_number(n + 1), subject=my_number(n + 2)) for n in range(1_000, 1_030, 3)]
    wrong = checkup({"person_no": my_number(2_000), "mood": 1}, id=my_number(2_001), subject=my_number(2_002))

    outcomes = await ingest.takes_events(*later, wrong)

    assert outcomes == ["parked"] * 10 + ["refused"]
    kept = await everything_kept(ingest)
    assert not [n for n in [*range(1_000, 1_031), *range(2_000, 2_003)] if my_number(n) in kept]


async def test_the_source_is_told_where_and_why(ingest: Ingest) -> None:
    await ingest.takes_events(*of_my_numbers(ENOUGH - 1))

    [answer] = await ingest.takes(body(of_my_numbers(1, first=900)[0]))

    assert (answer["outcome"], answer["code"], answer["path"]) == ("parked", "feed_stopped", "person_no")
    assert answer["message"]["ja"]
    [decision] = [message for message in await announced(ingest.pool) if isinstance(message, DecisionRecorded)]
    assert (decision.action, decision.thing.id, decision.fields) == ("ingest.feed_stopped", HEALTH.value, (PERSONS.field,))


async def test_watermarks_of_a_stopped_feed_are_held_and_other_feeds_go_on(ingest: Ingest) -> None:
    await ingest.takes_events(*of_my_numbers(ENOUGH))

    assert await ingest.takes_events(watermark("2026-03-31")) == ["parked"]
    assert await ingest.takes_events(resident(), source=Source.RESIDENT_REGISTRY) == ["accepted"]


async def test_what_comes_again_is_not_counted_again(ingest: Ingest) -> None:
    events = of_my_numbers(10)
    await ingest.takes_events(*events)
    once = await evidence(ingest)

    await ingest.takes_events(*events)
    await ingest.takes_events(*({**event, "id": f"again {n}".replace(" ", "-")} for n, event in enumerate(events)))
    await ingest.takes_events(*({**event, "id": f"next-{n}", "revision": 2} for n, event in enumerate(events)))

    assert await evidence(ingest) == once
    assert once.numbers == 10


async def test_numbers_are_counted_exactly_where_several_processes_admit_at_once(ingest: Ingest) -> None:
    honest = of_honest_numbers(200)

    await asyncio.gather(*(ingest.takes_events(*honest[first : first + 10]) for first in range(0, 200, 10)))
    at_once = await evidence(ingest)
    await ingest.pool.execute("delete from numbering; delete from record; delete from event_log; delete from day_tally")
    await ingest.takes_events(*honest)

    one_by_one = await evidence(ingest)
    assert (at_once.numbers, at_once.valid, at_once.marks) == (one_by_one.numbers, one_by_one.valid, one_by_one.marks)


async def test_only_so_many_my_numbers_pass_however_many_processes_take_them(ingest: Ingest) -> None:
    events = of_my_numbers(60)

    found = await asyncio.gather(*(ingest.takes_events(*events[first : first + 6]) for first in range(0, 60, 6)))

    assert sum(each.count("accepted") for each in found) == ENOUGH - 1


async def test_no_number_is_kept_where_they_are_counted(ingest: Ingest) -> None:
    await ingest.takes_events(*of_my_numbers(5))

    [row] = await ingest.pool.fetch("select * from numbering")

    assert not [n for n in range(5) if my_number(n) in repr(dict(row))]
    assert int.from_bytes(row["marks"], "big").bit_count() == 5


async def test_a_released_feed_goes_on_and_what_was_held_is_handled(ingest: Ingest) -> None:
    await ingest.takes_events(*of_my_numbers(ENOUGH + 3))

    assert await decide(ingest, releasing.release, "T-1") == [PERSONS.field]
    assert await take_up(ingest) == ["accepted"] * 4

    assert await held_said(ingest) == [True] * 4 + [False] * 4
    assert (await stopped(ingest), (await evidence(ingest)).numbers) == ([], 4)
    assert await ingest.pool.fetchval("select count(*) from parked") == 0
    assert await decide(ingest, releasing.release, "T-1") == []


async def test_it_stops_again_if_they_are_my_numbers_after_all(ingest: Ingest) -> None:
    await ingest.takes_events(*of_my_numbers(ENOUGH + 40))
    await decide(ingest, releasing.release, "T-1")

    outcomes = await take_up(ingest)

    assert outcomes == ["accepted"] * (ENOUGH - 1) + ["parked"] * (41 - ENOUGH + 1)
    assert await held_said(ingest) == [True] * 41 + [False] * (ENOUGH - 1)


async def test_numbers_that_somebody_vouches_for_stop_nothing_more(ingest: Ingest) -> None:
    """A city may number with the very same check digit."""
    await ingest.takes_events(*of_my_numbers(ENOUGH))
    await decide(ingest, releasing.release, "T-1", vouch=True)

    assert await take_up(ingest) == ["accepted"]
    assert await ingest.takes_events(*of_my_numbers(100, first=100)) == ["accepted"] * 100


async def test_what_is_held_can_be_dropped_and_sent_again_without_my_numbers(ingest: Ingest) -> None:
    events = of_my_numbers(ENOUGH + 1)
    await ingest.takes_events(*events)

    assert await decide(ingest, releasing.drop, "T-2") == 2

    assert await ingest.pool.fetchval("select count(*) from parked") == 0
    assert await held_said(ingest) == [True, True, False, False]
    told = [outcome for key, outcome in await ingest.replies() if key == f"{HEALTH}.refused"]
    assert [(each["code"], each["path"]) for each in told] == [("my_number", "person_no")] * 2
    assert await ingest.figures() == {"accepted": ENOUGH - 1, "refused": 2}

    await decide(ingest, releasing.release, "T-2")
    mended = [{**event, "data": {**event["data"], "person_no": f"{n}"}} for n, event in enumerate(events[-2:])]
    assert await ingest.takes_events(*mended) == ["accepted", "accepted"]


async def test_a_parked_event_that_is_replayed_while_its_feed_is_stopped_stays_held(ingest: Ingest) -> None:
    events = of_my_numbers(ENOUGH)
    await ingest.takes_events(*events)
    await ingest.pool.execute("update parked set retry_at = now() where event_id = $1", event_key(HEALTH, events[-1]["id"]))

    assert await take_up(ingest) == ["parked"]
    assert await held_said(ingest) == [True]
    assert await ingest.pool.fetchval("select count(*) from parked where retry_at is null") == 1


async def test_of_an_event_that_is_sent_again_while_it_is_held_the_last_sending_counts(ingest: Ingest) -> None:
    events = of_my_numbers(ENOUGH)
    await ingest.takes_events(*events)
    mended = {**events[-1], "data": {**events[-1]["data"], "person_no": "77"}}

    assert await ingest.takes_events(mended) == ["parked"]
    await decide(ingest, releasing.release, "T-3")
    await take_up(ingest)

    assert (await ingest.records())[-1].person_no == "77"


# -- as an operator sees it, beside a running service ------------------------------------------------------------------------


async def operator(running: Running, *words: str) -> str:
    """Run `tsunagu ingest …` and return what it prints."""
    told = running.service.settings
    environment = {
        "TSUNAGU_DATABASE_URL": told.database_url.get_secret_value(),
        "TSUNAGU_BROKER_URL": told.broker_url.get_secret_value(),
        "TSUNAGU_IDENTIFIER_KEY": told.identifier_key.get_secret_value(),
        "TSUNAGU_PARKING_KEY": told.parking_key.get_secret_value(),
        "COLUMNS": "200",
    }
    result = await asyncio.to_thread(CliRunner().invoke, commands.app, [*words, "--root", str(running.stack.root)], env=environment)
    if result.exception is not None:
        raise result.exception
    return result.output


async def feeds_go_on(running: Running) -> bool:
    async with httpx.AsyncClient(base_url=running.url) as client:
        told: dict[str, bool] = (await client.get("/ready")).json()
    return told["feeds"]


async def test_an_operator_sees_a_stopped_feed_and_lets_it_go_on(running: Running) -> None:
    events = [resident({"person_no": my_number(n)}, subject=f"O-{n}") for n in range(ENOUGH + 4)]
    other = checkup(subject="O-other")

    async def stops() -> bool:
        return not await feeds_go_on(running)

    await running.publish(*map(body, events), source=Source.RESIDENT_REGISTRY)
    await until(stops)
    await running.publish(body(other))

    assert await running.settled(other) == ["accepted"]
    assert (await running.settled(*events, source=Source.RESIDENT_REGISTRY))[ENOUGH - 1 :] == ["parked"] * 5
    seen = await operator(running, "numbers")
    assert "person_no" in seen
    assert "stopped since" in seen
    assert "5 events of resident_registry are held" in seen
    assert not [n for n in range(ENOUGH + 4) if my_number(n) in seen]

    assert "goes on" in await operator(running, "release", "resident_registry", "--reason", "T-22")

    async def all_accepted() -> bool:
        return await running.settled(*events, source=Source.RESIDENT_REGISTRY) == ["accepted"] * (ENOUGH + 4)

    await until(all_accepted)
    await until(lambda: feeds_go_on(running))
    with pytest.raises(CannotDo):
        await operator(running, "release", "resident_registry", "--reason", "T-22")


async def test_what_is_held_counts_against_no_limit_on_parking(running: Running) -> None:
    """More than twenty events put aside would stop the hearing of everybody."""
    events = [checkup({"person_no": my_number(n)}, subject=f"P-{n}") for n in range(ENOUGH + 60)]

    await running.publish(*map(body, events))

    assert (await running.settled(*events)).count("parked") == 61
    assert not running.service.parking.reached
    assert "61 events" in await operator(running, "drop", HEALTH.value, "--reason", "T-23")
    assert (await running.settled(*events)).count("refused") == 61
    await operator(running, "release", HEALTH.value, "--reason", "T-23")
    await until(lambda: feeds_go_on(running))
