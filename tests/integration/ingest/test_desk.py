"""The desk holds no more than it has room for, and nobody waits at it for ever."""

import asyncio
import base64
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from contracts.values import ServiceName, Source
from infra import service as infra_service
from infra.local.ports import free_run
from infra.parcels import NotMine
from services.ingest import store
from services.ingest.desk import Desk
from services.ingest.domain.admission import Inlet
from services.ingest.domain.answers import Answers
from services.ingest.domain.reading import read
from services.ingest.inlets import http
from services.ingest.inlets.http import router
from services.ingest.inlets.login import Logins
from services.ingest.room import DeskFull, Room, ShareUsed
from services.ingest.submissions import Submission
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.test_inlets import STRUCTURED, Running, running, settings, until
from tests.unit.ingest.events import Event, body, checkup, resident

pytestmark = pytest.mark.servers

__all__ = ["running"]


def new() -> Event:
    """An event of a record that nobody else sends."""
    return checkup(subject=str(uuid4()))


def submission(event: Event, inlet: Inlet = Inlet.HTTP) -> Submission:
    content = body(event)
    return Submission(HEALTH, inlet, read(content), event["id"], octets=len(content))


@asynccontextmanager
async def nothing_admitted(running: Running) -> AsyncIterator[None]:
    """Hold the turn, so that whatever is being admitted waits."""
    async with running.service.pool.acquire() as db, db.transaction():
        await store.take_all_lanes(db)
        yield


async def at_the_desk(coming: asyncio.Task[Answers]) -> None:
    """Let the task run until it waits."""
    for _ in range(3):
        await asyncio.sleep(0)
    assert not coming.done()


@asynccontextmanager
async def served(running: Running, desk: Desk) -> AsyncIterator[str]:
    """The HTTP inlet of a desk of its own, on a socket."""
    app = FastAPI()
    app.include_router(router(running.service, desk, Logins(settings(running.stack).source_tokens)))
    port = free_run(1)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())

    async def listening() -> bool:
        return server.started

    await until(listening)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


def client(running: Running, url: str, **timeouts: float) -> httpx.AsyncClient:
    login = base64.b64encode(f"{HEALTH}:{running.password()}".encode()).decode()
    headers = {"authorization": f"Basic {login}", "content-type": STRUCTURED}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=timeouts.get("timeout", 30))


@asynccontextmanager
async def database_that_hangs(running: Running) -> AsyncIterator[None]:
    """Stop every process that serves ingest's connections: they are open, and nothing comes back."""
    admin = await asyncpg.connect(running.stack.access.admin_url("tsunagu"))
    rows = await admin.fetch("select pid from pg_stat_activity where usename = 'ingest'")
    for row in rows:
        os.kill(row["pid"], signal.SIGSTOP)
    try:
        yield
    finally:
        for row in rows:
            os.kill(row["pid"], signal.SIGCONT)
        await admin.close()


async def resent(source: httpx.AsyncClient, event: Event) -> str:
    """Send the event as long as there is no room, as a sender would. Returns its outcome."""
    answers: list[httpx.Response] = []

    async def taken() -> bool:
        answers.append(await source.post("/events", content=body(event)))
        return answers[-1].status_code == httpx.codes.OK

    await until(taken)
    return str(answers[-1].json()["outcomes"][0]["outcome"])


def in_turn(desk: Desk, event: Event, inlet: Inlet = Inlet.AMQP) -> asyncio.Task[Answers]:
    return asyncio.create_task(desk.submit_in_turn(lambda: submission(event, inlet)))


TWO = {"events": Room(events=2), "bytes": Room(octets=len(body(checkup(subject="0" * 36))) * 2 + 100)}


@pytest.mark.parametrize("room", TWO.values(), ids=TWO)
async def test_a_full_desk_takes_nothing_by_http_and_takes_it_once_there_is_room(running: Running, room: Room) -> None:
    desk = Desk(running.service, room)
    first = new()

    async with nothing_admitted(running):
        held = [asyncio.create_task(desk.submit(submission(each))) for each in (first, new())]
        await at_the_desk(held[1])
        with pytest.raises(DeskFull):
            await desk.submit(submission(new()))
        with pytest.raises(DeskFull), desk.expecting(HEALTH, 500):
            pass

    answers = await asyncio.wait_for(asyncio.gather(*held), 30)
    assert [answer[0].outcome for answer in answers] == ["accepted"] * 2
    assert (await desk.submit(submission(first)))[0].outcome == "duplicate"


@pytest.mark.parametrize("room", TWO.values(), ids=TWO)
async def test_messages_wait_for_room_in_their_order_unparsed_and_keep_no_request_out(running: Running, room: Room) -> None:
    desk = Desk(running.service, room)
    parsed: list[str] = []
    order: list[str] = []
    third, fourth = new(), new()

    def parsing(event: Event) -> Submission:
        parsed.append(event["id"])
        return submission(event, Inlet.AMQP)

    async def wait_for_room(event: Event) -> Answers:
        answers = await desk.submit_in_turn(lambda: parsing(event))
        order.append(event["id"])
        return answers

    async with nothing_admitted(running):
        held = [in_turn(desk, new()), in_turn(desk, new())]
        await at_the_desk(held[1])
        waiting = [asyncio.create_task(wait_for_room(each)) for each in (third, fourth)]
        await at_the_desk(waiting[1])
        by_http = asyncio.create_task(desk.submit(submission(new())))
        await at_the_desk(by_http)
        assert parsed == [third["id"]]

    answers = await asyncio.wait_for(asyncio.gather(*held, *waiting, by_http), 30)
    assert [answer[0].outcome for answer in answers] == ["accepted"] * 5
    assert order == [third["id"], fourth["id"]]


async def test_a_message_that_the_broker_took_back_leaves_the_desk_and_the_line_before_it(running: Running) -> None:
    desk = Desk(running.service, Room(events=2))
    queued, in_line = new(), [new() for _ in range(5)]
    is_back = False

    async with nothing_admitted(running):
        admitting = in_turn(desk, new())
        await at_the_desk(admitting)
        given_back = [
            asyncio.create_task(desk.submit_in_turn(lambda each=each: submission(each, Inlet.AMQP), lambda: is_back))  # type: ignore[misc]
            for each in (queued, *in_line)
        ]
        await at_the_desk(given_back[-1])
        is_back = True
    async with asyncio.timeout(5):
        left = await asyncio.gather(*given_back, return_exceptions=True)
        again = await desk.submit_in_turn(lambda: submission(queued, Inlet.AMQP))

    assert [type(each) for each in left] == [NotMine] * 6
    assert (await admitting)[0].outcome == again[0].outcome == "accepted"
    assert await running.outcome(in_line[0]["id"]) is None


async def test_a_submission_larger_than_the_room_is_taken_when_nothing_else_waits(running: Running) -> None:
    answers = await Desk(running.service, Room(octets=1)).submit(submission(new()))

    assert answers[0].outcome == "accepted"


async def test_a_request_for_which_there_is_no_room_is_told_when_to_come_again(running: Running) -> None:
    desk = Desk(running.service, Room(events=1))
    async with served(running, desk) as url, client(running, url) as source, nothing_admitted(running):
        before = asyncio.create_task(desk.submit(submission(new())))
        await at_the_desk(before)

        answer = await source.post("/events", content=body(new()))

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["errors"][0]["code"] == "full"
    await before


async def test_no_more_bodies_are_read_at_once_than_there_is_room_for(running: Running) -> None:
    event = new()
    content = body(event)
    head = f"POST /events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.password()}\r\ncontent-type: {STRUCTURED}\r\n"

    async with served(running, Desk(running.service, Room(octets=len(content) + 50))) as url, client(running, url) as source:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(head.encode() + b"content-length: %d\r\n\r\n" % len(content) + content[:-1])
        await writer.drain()

        async def is_full() -> bool:
            return (await source.post("/events", content=body(new()))).status_code == httpx.codes.SERVICE_UNAVAILABLE

        await until(is_full)
        writer.write(content[-1:])
        async with asyncio.timeout(10):
            slow = await reader.readline()
        writer.close()
        await writer.wait_closed()
        after = await source.post("/events", content=body(new()))

    assert b" 200 " in slow
    assert after.status_code == 200


async def test_while_the_database_hangs_every_request_is_told_to_come_again_and_nothing_is_lost_or_doubled(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(events=3)
    events = [new() for _ in range(8)]
    async with served(running, Desk(running.service, room)) as url, client(running, url) as source:
        with monkeypatch.context() as patience:
            patience.setattr(http, "ANSWER_SECONDS", 0.5)
            async with database_that_hangs(running):
                hung = await asyncio.gather(*(source.post("/events", content=body(event)) for event in events))
        codes = [answer.json()["errors"][0]["code"] for answer in hung]
        again = [await resent(source, event) for event in events]

    assert {answer.status_code for answer in hung} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in hung)
    assert Counter(codes) == {"no_answer_yet": room.events, "full": len(events) - room.events}
    assert "duplicate" in hung[codes.index("no_answer_yet")].json()["detail"]
    assert again == ["duplicate" if code == "no_answer_yet" else "accepted" for code in codes]


async def test_what_a_sender_that_went_away_had_sent_is_taken_once(running: Running) -> None:
    event = new()
    async with served(running, Desk(running.service)) as url:
        async with nothing_admitted(running), client(running, url, timeout=0.3) as source:
            with pytest.raises(httpx.ReadTimeout):
                await source.post("/events", content=body(event))
        async with client(running, url) as source:
            again = await source.post("/events", content=body(event))

    assert again.json()["outcomes"][0]["outcome"] == "duplicate"


async def test_a_service_that_is_told_to_stop_ends_though_its_desk_is_full_and_the_database_hangs(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(infra_service, "GRACE_SECONDS", 0.3)
    other = infra_service.Service(ServiceName.INGEST, settings(running.stack))
    await other.start()
    connection = await other.broker.connect()
    desk = Desk(other, Room(events=1))
    event = new()

    async with database_that_hangs(running):
        waiting = [asyncio.create_task(desk.submit(submission(event))), in_turn(desk, new()), in_turn(desk, new())]
        await at_the_desk(waiting[2])
        async with asyncio.timeout(10):
            await other.stop()
    assert connection.is_closed, "a connection that is left open is opened again for ever"
    for each in waiting:
        each.cancel()

    assert (await Desk(running.service).submit(submission(event)))[0].outcome in {"accepted", "duplicate"}


async def nobody_works_at(desk: Desk) -> bool:
    """Whether a desk no longer tries to have admitted what waits at it."""
    frames = [frame for task in asyncio.all_tasks() for frame in task.get_stack(limit=1)]
    return not any(frame.f_code.co_name == "_work_off" and frame.f_locals.get("self") is desk for frame in frames)


async def test_a_desk_whose_service_has_ended_tries_no_more(running: Running) -> None:
    other = infra_service.Service(ServiceName.INGEST, settings(running.stack))
    await other.start()
    desk = Desk(other)
    await other.stop()

    late = asyncio.create_task(desk.submit(submission(new())))
    await at_the_desk(late)

    await until(lambda: nobody_works_at(desk))
    late.cancel()


async def test_a_source_has_its_share_of_the_room_and_another_one_has_room_beside_it(running: Running) -> None:
    desk = Desk(running.service, Room(events=4, share=0.5))
    own, others = [new() for _ in range(3)], resident(subject=str(uuid4()))
    of_another = Submission(Source.RESIDENT_REGISTRY, Inlet.HTTP, read(body(others)), others["id"], octets=len(body(others)))

    async with nothing_admitted(running):
        held = [asyncio.create_task(desk.submit(submission(each))) for each in own[:2]]
        await at_the_desk(held[1])
        with pytest.raises(ShareUsed):
            await desk.submit(submission(own[2]))
        with pytest.raises(ShareUsed), desk.expecting(HEALTH, 500):
            pass
        held.append(asyncio.create_task(desk.submit(of_another)))
        await at_the_desk(held[2])

    answers = await asyncio.wait_for(asyncio.gather(*held), 30)
    assert [answer[0].outcome for answer in answers] == ["accepted"] * 3
    assert (await desk.submit(submission(own[2])))[0].outcome == "accepted"


async def test_bodies_that_a_source_is_still_sending_count_in_its_share(running: Running) -> None:
    desk = Desk(running.service, Room(octets=1000, share=0.5))

    with desk.expecting(HEALTH, 300):
        with pytest.raises(ShareUsed), desk.expecting(HEALTH, 300):
            pass
        with desk.expecting(Source.RESIDENT_REGISTRY, 300):
            pass
    with desk.expecting(HEALTH, 300):
        pass


async def test_a_source_beyond_its_share_is_told_when_to_come_again(running: Running) -> None:
    desk = Desk(running.service, Room(events=2, share=0.5))

    async with served(running, desk) as url, client(running, url) as source:
        async with nothing_admitted(running):
            first = asyncio.create_task(desk.submit(submission(new())))
            await at_the_desk(first)
            answer = await source.post("/events", content=body(new()))
        await first

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (429, "share_used")
    assert int(answer.headers["retry-after"]) > 0
