"""An answer to a body that nobody reads arrives (infra/framing.py)."""

import asyncio
import socket
from typing import Any

import uvicorn

from infra.framing import StrictProtocol

HEAD = b"POST /nowhere HTTP/1.1\r\nHost: here.example\r\nConnection: close\r\nContent-Length: 4194304\r\n\r\n"
PIECE = bytes(65_536)


async def not_found(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer before anything of the body is read."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def test_an_answer_before_the_body_arrives_and_the_rest_of_the_body_breaks_nothing_off() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(not_found, http=StrictProtocol, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listening]))
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    writer.write(HEAD + PIECE)
    answer = await reader.readuntil(b"\r\n\r\n")
    for _ in range(63):
        writer.write(PIECE)
        await writer.drain()
    rest = await reader.read()
    writer.close()
    await writer.wait_closed()
    server.should_exit = True
    await serving

    assert answer.startswith(b"HTTP/1.1 404")
    assert rest == b""
