"""The doors of all five services against requests that end in two places, and against foreign names (RFC 9112 §6.3, §11.2)."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi.routing import iter_route_contexts

from contracts.values import ServiceName
from infra.service import Service, server_config
from tests.integration.infra.assembled import assembled

AMBIGUOUS = {
    "length and encoding": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
    "encoding and length": b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
    "two lengths": b"Content-Length: 6\r\nContent-Length: 0\r\n",
    "one length twice": b"Content-Length: 6\r\nContent-Length: 6\r\n",
    "a list of lengths": b"Content-Length: 6, 6\r\n",
    "a signed length": b"Content-Length: +6\r\n",
    "a length with an underscore": b"Content-Length: 0_6\r\n",
    "another encoding": b"Transfer-Encoding: identity\r\n",
    "two encodings": b"Transfer-Encoding: gzip, chunked\r\n",
    "a folded encoding": b"Transfer-Encoding:\r\n chunked\r\n",
    "a folded header": b"X-Folded: one\r\n two\r\n",
    "a lone line feed": b"X-Lone: one\nContent-Length: 6\r\n",
    "a space before the colon": b"Content-Length : 6\r\n",
}
NEXT = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(params=list(ServiceName))
def service(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Each of the five, wired as it runs."""
    built = assembled(request.param, monkeypatch)
    yield built
    built.telemetry.close()


@asynccontextmanager
async def serving(service: Service) -> AsyncIterator[int]:
    """Serve as in operation, without what lies behind."""
    config = server_config(service)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield server.servers[0].sockets[0].getsockname()[1]
    await server.shutdown()


async def sent(port: int, *parts: bytes) -> bytes:
    """Send in pieces, and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def test_a_request_whose_end_is_ambiguous_is_refused_and_the_connection_closed(service: Service) -> None:
    async with serving(service) as port:
        for what, headers in AMBIGUOUS.items():
            head = b"POST /events HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n"
            for parts in ((head + b"0\r\n\r\nX" + NEXT,), (head[:-3], head[-3:], NEXT), (NEXT + head + NEXT,)):
                answer = await sent(port, *parts)

                first_is_good = parts[0].startswith(NEXT)
                assert answer.count(b"HTTP/1.1 ") == 1 + first_is_good, what
                assert answer.count(b"HTTP/1.1 400") == 1, what
                assert answer.count(b'"alive"') == first_is_good, what


async def test_ordinary_requests_share_a_connection(service: Service) -> None:
    body = b"Transfer-Encoding: chunked\r\n\r\n4\r\n a:\n\r\n0\r\n\r\n"
    last = NEXT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with serving(service) as port:
        answer = await sent(port, NEXT, b"PUT /health HTTP/1.1\r\nHost: localhost\r\n" + body + last)

    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"200", b"405", b"200"]


async def test_no_answer_repeats_the_name_of_a_foreign_host(service: Service) -> None:
    """`/entries/` was led to `http://<whatever Host said>/entries`."""
    paths = {context.path or "" for context in iter_route_contexts(service.app.routes)}
    foreign = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example", headers=foreign) as client:
        for path in sorted(paths):
            for address in (path, f"{path}/", path.rstrip("/"), f"/{path}", f"{path}//"):
                for method in ("GET", "HEAD", "POST", "OPTIONS"):
                    answer = await client.request(method, httpx.URL("http://evil.example").copy_with(raw_path=(address or "/").encode()))
                    assert "evil.example" not in f"{answer.headers}{answer.text}", address
                    location = answer.headers.get("location", "/")
                    assert re.match("/(?![/\\\\])", location), address


async def test_no_answer_repeats_a_host_that_the_address_itself_names(service: Service) -> None:
    addresses = (
        "http://evil.example/",
        "http://evil.example/entries/",
        "//evil.example/reviews",
        "/\\evil.example",
        "evil.example:443",
        "*",
    )
    async with serving(service) as port:
        for address in addresses:
            for method in ("GET", "POST", "OPTIONS", "CONNECT"):
                head = f"{method} {address} HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                answer = await sent(port, head.encode())

                assert answer.startswith(b"HTTP/1.1 "), (method, address)
                assert b"evil.example" not in answer, (method, address)


async def test_a_name_that_is_not_the_services_is_refused_where_its_names_are_given(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = assembled(service.name, monkeypatch, HTTP_HOSTS='["tsunagu.city.example"]')
    expected = {
        "tsunagu.city.example": 200,
        "TSUNAGU.city.example:8081": 200,
        "127.0.0.1:8081": 200,
        "localhost": 200,
        "[::1]:8081": 200,
        "evil.example": 400,
        "tsunagu.city.example.evil.example": 400,
        "tsunagu.city.example@evil.example": 400,
        "www.tsunagu.city.example": 400,
        "": 400,
    }
    async with serving(named) as port:
        request = "GET /health HTTP/1.1\r\nHost: {}\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n"
        answers = {host: await sent(port, request.format(host).encode()) for host in expected}

    assert {host: int(answer.split()[1]) for host, answer in answers.items()} == expected
    assert not any(b"evil" in answer for answer in answers.values())
