"""`tsunagu parked …` as an operator runs it: each look at a body and each decision is in the log, as that service's."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from contracts.messages import AccessRecorded, DecisionRecorded
from infra.outcomes import Park, RetryLater
from infra.parking import ParkingBody, park
from infra.parking.commands import app
from infra.testing.fixtures import Database, announced

EVENT = UUID(int=13)
KEY = "00" * 32


@pytest.fixture
async def pool(database: Database) -> asyncpg.Pool:
    """The linker's database, in which one event waits for a person."""
    pool = await database.pool("linker")
    sealed = ParkingBody(bytes.fromhex(KEY)).seal(EVENT, b'{"a": "body"}')
    db = await asyncpg.connect(database.url("linker"))
    await park(db, EVENT, "RecordAccepted", sealed, Park("no_such_person"))
    await db.close()
    return pool


async def run(database: Database, *words: str) -> tuple[int, str]:
    """Run it, and return how it ends and what it prints."""
    environment = {
        "TSUNAGU_DATABASE_URL": database.url("linker"),
        "TSUNAGU_BROKER_URL": "amqp://nobody:nothing@127.0.0.1:1/",
        "TSUNAGU_IDENTIFIER_KEY": KEY,
        "TSUNAGU_PARKING_KEY": KEY,
    }
    result = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--root", "/nowhere"], env=environment)
    return result.exit_code, result.output


async def kept(pool: asyncpg.Pool) -> list[tuple[str, str, str, str | None]]:
    said = [each for each in await announced(pool) if isinstance(each, AccessRecorded | DecisionRecorded)]
    return [(each.action, each.decision, each.thing.kind, each.reason_code) for each in said]


async def test_whoever_looks_at_a_body_is_in_the_log(database: Database, pool: asyncpg.Pool) -> None:
    shown = await run(database, "show", "linker", str(EVENT), "--reason", "TICKET-1")

    assert shown == (0, '{"a": "body"}\n')
    assert await kept(pool) == [("linker.parked_shown", "permit", "parked_event", "TICKET-1")]


@pytest.mark.parametrize(
    ("words", "said", "entry"),
    [
        (["replay", "linker", str(EVENT)], f"{EVENT} replayed", ("linker.parked_replayed", "done", "parked_event", "TICKET-1")),
        (["discard", "linker", str(EVENT)], f"{EVENT} discarded", ("linker.parked_discarded", "done", "parked_event", "TICKET-1")),
        (["resume", "linker"], "linker goes on", ("linker.parking_resumed", "done", "service", "TICKET-1")),
    ],
)
async def test_what_is_decided_is_in_the_log(
    database: Database, pool: asyncpg.Pool, words: list[str], said: str, entry: tuple[str, str, str, str]
) -> None:
    done = await run(database, *words, "--reason", "TICKET-1")

    assert done == (0, f"{said}\n")
    assert await kept(pool) == [entry]


async def test_what_is_not_there_is_decided_by_nobody(database: Database, pool: asyncpg.Pool) -> None:
    ended, _ = await run(database, "replay", "linker", str(UUID(int=14)), "--reason", "TICKET-1")

    assert ended != 0
    assert await kept(pool) == []


@pytest.mark.usefixtures("pool")
async def test_a_program_is_told_what_is_parked_as_json_and_people_when_it_is_tried_again_in_japans_time(database: Database) -> None:
    later = UUID(int=15)
    db = await asyncpg.connect(database.url("linker"))
    await park(db, later, "RecordVoided", b"sealed", RetryLater(timedelta(days=1), "not_yet"))
    await db.close()

    _, told = await run(database, "list", "linker", "--json")
    _, listed = await run(database, "list", "linker")

    parked = json.loads(told)["parked"]
    assert [(each["event_id"], each["reason"], each["path"]) for each in parked] == [
        (str(EVENT), "no_such_person", None),
        (str(later), "not_yet", None),
    ]
    assert parked[0]["retry_at"] is None
    assert parked[1]["retry_at"].endswith("+09:00")
    assert f"again at {parked[1]['retry_at'][:19].replace('T', ' ')} JST" in listed
