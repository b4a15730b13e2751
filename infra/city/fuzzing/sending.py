"""Hands cases in, by HTTP and by AMQP, and notes what was answered: a server's error, a silence, and which marks may be kept."""

import asyncio
import base64
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import aio_pika
import httpx

from contracts import topology
from contracts.values import ServiceName, Source
from infra.city.fuzzing.mutating import BINARY, Case
from infra.local.access import Access

SIDE_BY_SIDE = 32
HANGS_AFTER = 20.0
"""Seconds: longer than ingest itself waits for a database before it says 503."""

ANSWERED_WITHIN = 60.0
"""Seconds from the last of many messages to the last reply."""

LOOK_SECONDS = 0.05
_SHORT_TEXT = 250
_UNAVAILABLE, _SERVERS_FAULT = 503, 500
_FRAMES_OF = 50
"""One request of so many is damaged as bytes on the wire, its head included."""


@dataclass(slots=True)
class Seen:
    """What was answered. `kept` are marks of events that were accepted: what these say may be kept, and nothing else."""

    cases: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    memory: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Bytes that whatever takes a kind holds, after each thousand cases of it."""

    def note(self, case: Case, outcomes: Sequence[dict[str, Any]]) -> None:
        """Note what became of the events of a case."""
        for place, said in enumerate(outcomes):
            self.answers[said["outcome"]] += 1
            if said["outcome"] == "accepted":
                position = said.get("position", place)
                self.kept.update(case.marks if case.damaged else case.marks[position : position + 1])


Sends: TypeAlias = Callable[[Sequence[Case]], Awaitable[None]]


@asynccontextmanager
async def posting(access: Access, seen: Seen, seed: int) -> AsyncIterator[Sends]:
    """Yield what posts cases, so many at a time."""
    draw = Random(f"frames {seed}")
    limits = httpx.Limits(max_connections=SIDE_BY_SIDE, max_keepalive_connections=SIDE_BY_SIDE)
    async with httpx.AsyncClient(base_url=access.service_url(ServiceName.INGEST), timeout=HANGS_AFTER, limits=limits) as client:

        async def post(cases: Sequence[Case]) -> None:
            waiting = iter(cases)

            async def work() -> None:
                for case in waiting:
                    if case.number % _FRAMES_OF == 0:
                        await _framed(access, case, seen, draw)
                    else:
                        await _posted(client, access, case, seen)
                    seen.cases["http"] += 1

            await asyncio.gather(*(work() for _ in range(SIDE_BY_SIDE)))

        yield post


async def _posted(client: httpx.AsyncClient, access: Access, case: Case, seen: Seen) -> None:
    beside = {f"ce-{name}": value for name, value in case.beside.items()}
    headers = {**_login(access, case.source), "content-type": case.content_type, **beside}
    try:
        answer = await client.post("/events", content=case.content, headers=headers)
    except httpx.TimeoutException:
        seen.faults.append(f"case {case.number} by HTTP: no answer in {HANGS_AFTER:.0f} s")
        seen.kept.update(case.marks)
        return
    except httpx.TransportError:
        # Of a head that leaves a doubt nothing is read, and of a body no more than 1 MiB: an answer at the most, and the connection's end.
        seen.answers["closed"] += 1
        return
    seen.answers[str(answer.status_code)] += 1
    if answer.status_code == _UNAVAILABLE:
        seen.kept.update(case.marks)
    elif answer.status_code >= _SERVERS_FAULT:
        seen.faults.append(f"case {case.number} by HTTP: {answer.status_code}")
    elif answer.is_success:
        seen.note(case, answer.json()["outcomes"])


async def _framed(access: Access, case: Case, seen: Seen, draw: Random) -> None:
    """A whole request as bytes, some of them changed. Answered or cut off, as long as it is soon and no fault of the server's."""
    login = _login(access, case.source)["authorization"]
    head = f"POST /events HTTP/1.1\r\nhost: localhost\r\nauthorization: {login}\r\ncontent-type: {case.content_type}\r\n"
    request = bytearray(f"{head}content-length: {len(case.content)}\r\n\r\n".encode() + case.content)
    for _ in range(draw.choice((1, 1, 3, 20))):
        at = draw.randrange(min(len(request), len(head) + 40))
        request[at : at + draw.randrange(2)] = draw.randbytes(draw.randrange(3))
    address = urlsplit(access.service_url(ServiceName.INGEST))
    # Whatever it says now, it may have been taken.
    seen.kept.update(case.marks)
    try:
        async with asyncio.timeout(HANGS_AFTER):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            # Whoever is refused at the first word may be cut off while still sending.
            with suppress(OSError):
                writer.write(bytes(request))
                await writer.drain()
                writer.write_eof()
                line = await reader.readline()
                status = line.split(b" ")[1:2]
                seen.answers["framed"] += 1
                if status and status[0].isdigit() and _SERVERS_FAULT <= int(status[0]) != _UNAVAILABLE:
                    seen.faults.append(f"case {case.number} as bytes: {int(status[0])}")
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
    except TimeoutError:
        seen.faults.append(f"case {case.number} as bytes: no answer in {HANGS_AFTER:.0f} s")


@asynccontextmanager
async def publishing(access: Access, seen: Seen) -> AsyncIterator[Sends]:
    """Yield what publishes cases, each with its source's login, and reads what is replied until all are answered."""
    async with AsyncExitStack() as stack:
        read = await stack.enter_async_context(_replies(access))
        exchanges: dict[Source, Any] = {}

        async def publish(source: Source, cases: Sequence[Case]) -> None:
            if source not in exchanges:
                connection = await stack.enter_async_context(await aio_pika.connect(access.broker_url(source)))
                channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                exchanges[source] = await channel.get_exchange(topology.SOURCE_EXCHANGE, ensure=False)
            await asyncio.gather(*(exchanges[source].publish(_message(case), f"{source}.fuzz") for case in cases))
            seen.answers["confirmed"] += len(cases)

        async def send(cases: Sequence[Case]) -> None:
            by_name = {f"f{case.number}": case for case in cases}
            sources = sorted({case.source for case in cases})
            await asyncio.gather(*(publish(source, [case for case in cases if case.source is source]) for source in sources))
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWERED_WITHIN):
                    while by_name:
                        await read(by_name, seen)
                        await asyncio.sleep(LOOK_SECONDS)
            seen.faults += [f"case {case.number} by AMQP: no reply in {ANSWERED_WITHIN:.0f} s" for case in by_name.values()]
            seen.cases["amqp"] += len(cases)

        yield send


def _message(case: Case) -> aio_pika.Message:
    prefix = "cloudEvents:" if case.content_type == BINARY and case.number % 2 else "cloudEvents_"
    beside: Any = {prefix + name: value for name, value in case.beside.items()}
    kind = case.content_type[:_SHORT_TEXT] or None
    return aio_pika.Message(case.content, delivery_mode=2, message_id=f"f{case.number}", content_type=kind, headers=beside)


@asynccontextmanager
async def _replies(access: Access) -> AsyncIterator[Any]:
    """Hear what is replied to anybody; what is read is taken out of `by_name`, by the name of its message."""
    async with await aio_pika.connect(access.broker_url()) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("fuzz.replies", exclusive=True)
        await queue.bind(topology.REPLIES_EXCHANGE, "#")
        answered: dict[str, list[dict[str, Any]]] = {}

        async def read(by_name: dict[str, Case], seen: Seen) -> None:
            while (message := await queue.get(fail=False, no_ack=True)) is not None:
                for reply in json.loads(message.body):
                    answered.setdefault(reply.get("message_id", ""), []).extend(reply["outcomes"])
            for name in [name for name in answered if name in by_name]:
                case = by_name[name]
                # Refused and other outcomes come in replies of their own; of a message without events it is told that it has none.
                outcomes = answered[name]
                if case.damaged or len(outcomes) >= len(case.marks) or not outcomes or any(each["path"] == "body" for each in outcomes):
                    seen.note(by_name.pop(name), answered.pop(name))

        yield read


def _login(access: Access, source: Source) -> dict[str, str]:
    login = base64.b64encode(f"{source}:{access.source_password(source)}".encode()).decode()
    return {"authorization": f"Basic {login}"}
