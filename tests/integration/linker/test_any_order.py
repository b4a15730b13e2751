from collections import defaultdict
from collections.abc import Sequence
from random import Random
from typing import Any

import asyncpg
import pytest

from contracts.messages import (
    HouseholdChanged,
    KinshipChanged,
    LinkingHeldUp,
    Message,
    PersonChanged,
    PersonIdentified,
    ProtectionChanged,
    RecordLinked,
    RecordsInHand,
)
from contracts.values import Operation, ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced
from services.linker import inspection
from tests.integration.linker.records import Event, city, drawing, forget_everything, hear

pytestmark = pytest.mark.servers


def what_hearers_hold(said: Sequence[Message]) -> dict[Any, Any]:
    """What a hearer knows after all of it, in whatever order it came: of each thing, the latest version."""
    held: dict[Any, tuple[Any, dict[str, Any]]] = {}
    for message in said:
        thing, version = _thing_and_version(message)
        before = held.get(thing)
        # How much was said of whom depends on what came first, not on what holds in the end.
        counts: Any = {"facts_said", "mother_facts_said", "person_version"}
        body = message.model_dump(exclude={"event_id", "version", "said", *counts, "deliveries"}) | _births(message)
        # A measure, and what may concern anybody, are said on every partition, in the same words.
        everywhere = isinstance(message, ProtectionChanged | RecordsInHand)
        assert before is None or before[0] != version or (everywhere and before[1] == body)
        if before is None or before[0] < version:
            held[thing] = (version, body)
    return {thing: body for thing, (_, body) in held.items() if _is_something(body)}


def _births(message: Message) -> dict[str, Any]:
    if not isinstance(message, KinshipChanged):
        return {}
    return {"deliveries": tuple((each.pregnancy_id, each.mother_id) for each in message.deliveries)}


def _thing_and_version(message: Message) -> tuple[Any, Any]:
    match message:
        case PersonChanged() | PersonIdentified():
            return (message.type, message.person_id), message.version
        case HouseholdChanged():
            return (message.type, message.household_id), message.version
        case KinshipChanged():
            return (message.type, message.child_id), message.version
        case RecordsInHand():
            return (message.type, message.source, message.person_id, message.unnotified), message.version
        case ProtectionChanged():
            return (message.type, message.measure_id), message.version
        case LinkingHeldUp() | RecordLinked():
            version = message.version if isinstance(message, LinkingHeldUp) else (message.revision, message.said)
            return (message.type, message.source, message.event_type, message.record_id), version
        case _:
            raise AssertionError(message)


def _is_something(body: dict[str, Any]) -> bool:
    # "Nobody", "nothing any more" and "never heard of" are the same to a hearer.
    if body["type"] == "PersonIdentified":
        return body["name"] is not None
    if body["type"] == "KinshipChanged":
        return bool(body["deliveries"]) or body["mother_id"] is not None
    empty = (("exists", False), ("operation", Operation.VOID), ("members", ()), ("records", 0), ("state", None))
    return not any(body.get(name, ...) == nothing for name, nothing in empty)


async def outcome(pool: asyncpg.Pool, clock: FixedClock, order: list[Event], rng: Random) -> tuple[str, dict[Any, Any], dict[str, Any]]:
    waiting = list(order)
    heard: set[object] = set()
    while waiting:
        parcel = [waiting.pop(0) for _ in range(min(len(waiting), rng.randint(1, 60)))]
        # The runtime's inbox drops what was heard; here some of it comes again as if the inbox had been lost.
        again = [event for event in order if event.event_id in heard and rng.random() < 0.05]
        await hear(pool, clock, *parcel, *again)
        heard |= {event.event_id for event in parcel}
    async with pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0
        return await inspection.content_hash(db), what_hearers_hold(await announced(pool)), await inspection.figures(db)


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_same_records_in_any_order_and_repeated_give_the_same_state_and_facts(
    database: Database, clock: FixedClock, seed: int
) -> None:
    events = city(drawing(seed), families=24)
    pool = await database.pool(ServiceName.LINKER)
    expected = await outcome(pool, clock, events, drawing(0))
    assert len(events) > 250
    assert expected[2]["linked"] > 150
    assert {"person_no", "pregnancy_no", "exam_window", "delivery_explicit", "delivery_window"} <= set(expected[2]["links_by_rule"])
    assert expected[2]["waiting"] > 0
    assert expected[2]["review"] > 0

    for attempt in range(5):
        await forget_everything(database)
        rng = drawing(seed * 100 + attempt)
        shuffled = rng.sample(events, len(events))
        actual = await outcome(pool, clock, shuffled, rng)

        assert expected[1] == actual[1]
        assert expected[2] == actual[2]
        assert expected[1] == actual[1]
        assert expected[0] == actual[0]


async def test_what_a_hearer_knows_does_not_rest_on_the_order_in_which_it_hears(database: Database, clock: FixedClock) -> None:
    pool, rng = await database.pool(ServiceName.LINKER), drawing(11)
    events = city(rng, families=24)
    await outcome(pool, clock, rng.sample(events, len(events)), rng)
    said = await announced(pool)

    expected = what_hearers_hold(said)
    actual = what_hearers_hold(rng.sample(said, len(said)))

    assert expected == actual


async def test_each_message_has_an_id_of_its_own(database: Database, clock: FixedClock) -> None:
    pool = await database.pool(ServiceName.LINKER)
    await outcome(pool, clock, city(drawing(7), families=24), drawing(7))

    ids = defaultdict(list)
    for message in await announced(pool):
        ids[message.event_id].append(message)
    assert [said for said in ids.values() if len(said) > 1] == []
