"""What cannot be decoded lies where people see it, and can be brought back without being lost."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from contracts import topology
from contracts.messages import RecordAccepted
from contracts.values import ServiceName, Source
from infra.dead_letters import commands
from infra.local.stack import Stack
from infra.parcels import Undecodable
from infra.service import Delivery, Service
from infra.work import UnitOfWork
from tests.integration.infra.servers import accepted, dead, messages_in, needs, parcel, publish, settings, until

pytestmark = pytest.mark.servers
SECRET = "みほん はな"


class Reader:
    """A service that takes raw messages, and at first cannot read any."""

    def __init__(self) -> None:
        self.can_read = False
        self.read: list[tuple[str, bytes]] = []

    async def __call__(self, delivery: Delivery) -> None:
        if not self.can_read:
            raise Undecodable
        self.read.append((delivery.routing_key, delivery.body))


@pytest_asyncio.fixture
async def reader(stack: Stack) -> AsyncIterator[Reader]:
    """Ingest's inlet with a message in its dead-letter queue."""
    reader = Reader()
    ingest = Service(ServiceName.INGEST, settings(stack, ServiceName.INGEST))
    ingest.hear_raw(topology.inlet_queue(ServiceName.INGEST, 0), reader)
    await ingest.start()
    await publish(stack, topology.SOURCE_EXCHANGE, "childcare.childcare.use_changed", f'{{"name": "{SECRET}"'.encode())

    async def died() -> bool:
        return await dead(stack, ServiceName.INGEST) == 1

    await until(died)
    yield reader
    await ingest.stop()


async def run(stack: Stack, *words: str) -> str:
    """Run `tsunagu dead …` as an operator does beside the service, and return what it prints."""
    told = settings(stack, ServiceName(words[1]))
    environment = {
        "TSUNAGU_DATABASE_URL": told.database_url.get_secret_value(),
        "TSUNAGU_BROKER_URL": told.broker_url.get_secret_value(),
        "TSUNAGU_IDENTIFIER_KEY": told.identifier_key.get_secret_value(),
        "TSUNAGU_PARKING_KEY": told.parking_key.get_secret_value(),
    }
    result = await asyncio.to_thread(CliRunner().invoke, commands.app, [*words, "--root", str(stack.root)], env=environment)
    if result.exception is not None:
        raise result.exception
    return result.output


async def entries(stack: Stack) -> list[tuple[str, str]]:
    db = await asyncpg.connect(stack.access.database_url("ingest"))
    try:
        said = await db.fetch("select payload from outbox where routing_key like 'ingest.audit.%' order by id")
    finally:
        await db.close()
    return [(entry["action"], entry["reason_code"]) for row in said for entry in json.loads(f"[{row['payload']}]")]


async def test_a_dead_letter_is_listed_without_what_its_sender_wrote_shown_with_an_entry_and_brought_back(
    stack: Stack, reader: Reader
) -> None:
    listed = await run(stack, "list", "ingest")
    [told_of] = json.loads(await run(stack, "list", "ingest", "--json"))["dead"]
    letter = listed.split()[0]

    shown = await run(stack, "show", "ingest", letter, "--reason", "ticket-7")
    reader.can_read = True
    told = await run(stack, "bring-back", "ingest", letter, "--reason", "ticket-7")

    async def read() -> bool:
        return bool(reader.read)

    await until(read)
    assert SECRET not in listed
    assert SECRET not in json.dumps(told_of)
    assert (told_of["id"], told_of["said_by"], told_of["queue"]) == (letter, "childcare", "ingest.in.p0")
    assert f"{told_of['died_at'][:19].replace('T', ' ')} JST" in listed
    assert "from childcare" in listed
    assert "ingest.in.p0" in listed
    assert SECRET in shown
    assert told == "1 brought back\n"
    assert reader.read == [("childcare.childcare.use_changed", f'{{"name": "{SECRET}"'.encode())]
    assert await dead(stack, ServiceName.INGEST) == 0


async def test_a_message_brought_back_that_still_cannot_be_read_lies_there_again(stack: Stack, reader: Reader) -> None:
    await run(stack, "bring-back", "ingest", "--all", "--reason", "ticket-8")

    async def died_again() -> bool:
        return await dead(stack, ServiceName.INGEST) == 1

    await until(died_again)
    assert "from childcare" in await run(stack, "list", "ingest")
    assert await run(stack, "discard", "ingest", "--all", "--reason", "ticket-9") == "1 discarded\n"
    assert await dead(stack, ServiceName.INGEST) == 0
    assert not reader.read


async def test_each_look_and_decision_is_kept_for_the_audit(stack: Stack) -> None:
    await publish(stack, topology.DEAD_LETTER_EXCHANGE, "ingest.dead", b"not a parcel")

    async def died() -> bool:
        return await dead(stack, ServiceName.INGEST) == 1

    await until(died)
    db = await asyncpg.connect(stack.access.database_url("ingest"))
    await db.execute("delete from outbox")
    await db.close()

    letter = (await run(stack, "list", "ingest")).split()[0]
    await run(stack, "show", "ingest", letter, "--reason", "look")
    await run(stack, "discard", "ingest", letter, "--reason", "done")

    assert await entries(stack) == [("ingest.dead_letter_shown", "look"), ("ingest.dead_letter_discarded", "done")]


async def test_a_service_is_not_ready_while_anything_lies_in_its_dead_letter_queue(stack: Stack) -> None:
    heard: list[UUID] = []

    async def hear(_work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        heard.extend(event.event_id for event in events)

    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    linker.hear(RecordAccepted, hear)
    await linker.start()
    good = accepted()
    await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", b'{"not": "a parcel"')
    await publish(stack, topology.EVENTS_EXCHANGE, "ingest.record.p0", parcel([good]))

    async def is_red() -> bool:
        return not (await needs(linker))["dead_letters"] and heard == [good.event_id]

    await until(is_red)
    await run(stack, "discard", "linker", "--all", "--reason", "rubbish")

    async def is_green() -> bool:
        answer: dict[str, Any] = await needs(linker)
        return bool(answer["dead_letters"] and answer["ready"])

    await until(is_green)
    await linker.stop()


async def test_replies_that_nobody_reads_do_not_grow_without_end(stack: Stack) -> None:
    queue = topology.replies_queue(Source.CHILDCARE)
    large = b"x" * (1024 * 1024)

    for _ in range(topology.REPLIES_KEPT_BYTES // len(large) + 4):
        await publish(stack, topology.REPLIES_EXCHANGE, "childcare.accepted", large)

    async def bounded() -> bool:
        return await messages_in(stack, queue) <= topology.REPLIES_KEPT_BYTES // len(large)

    await until(bounded)
    assert await messages_in(stack, queue) > 0
