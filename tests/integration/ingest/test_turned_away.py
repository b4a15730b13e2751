"""Requests that are turned away before any event of theirs is looked at: the sender sees the answer, and it is counted."""

import asyncio
import re

import httpx
import pytest

from services.ingest.inlets.http import STRUCTURED
from tests.integration.ingest.test_inlets import Running, running
from tests.unit.ingest.events import body, checkup

__all__ = ["running"]
pytestmark = pytest.mark.servers


@pytest.mark.parametrize("megabytes", [2, 10])
async def test_whoever_sends_too_much_sees_the_answer(running: Running, megabytes: int) -> None:
    headers = {"authorization": f"Bearer {running.password()}", "content-type": STRUCTURED}
    async with httpx.AsyncClient(base_url=running.url) as client:
        answers = [await client.post("/events", content=b"x" * megabytes * 2**20, headers=headers) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [413] * 5
    assert [answer.json()["errors"][0]["code"] for answer in answers] == ["too_large"] * 5


async def test_who_is_turned_away_is_counted(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.url) as client:
        await client.post("/events", content=b"{}", headers={"authorization": "Bearer nobody", "content-type": STRUCTURED})
        metrics = (await client.get("/metrics")).text

    assert re.search(r'tsunagu_requests_refused_total\{.*status="401"\} [1-9]', metrics)


async def test_a_body_that_breaks_off_stops_nothing(running: Running) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    head = f"POST /events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.password()}\r\ncontent-type: {STRUCTURED}\r\n"
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + b"content-length: 1000\r\n\r\n" + b"{" * 30)
    await writer.drain()
    writer.close()

    answer = await running.post(body(checkup()))

    assert answer.status_code == 200
