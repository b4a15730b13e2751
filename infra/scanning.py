"""
Whether a file is one that harms: asked of a scanner before it is kept.

`clamd` is ClamAV's own protocol (clamd(8), INSTREAM): the file goes to it over a socket and is written nowhere. Where no scanner is
configured nothing is taken; that files are taken as they are must be said (`unscanned`), and is then said on the pages, too.
"""

import asyncio
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

UNSCANNED = "unscanned"
SECONDS = 60.0
PIECE_OCTETS = 64 * 1024
_CLEAN = b"stream: OK"
_HARMFUL = (b"stream: ", b" FOUND")


class Verdict(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    HARMFUL = "harmful"
    NOT_SCANNED = "not_scanned"


class NoScanner(Exception):
    """No scanner is configured, or it does not answer: nothing is known of the file."""


class Scanner(Protocol):
    """Looks at a file."""

    async def scan(self, body: bytes, /) -> Verdict:
        """Say what the file is. Raises NoScanner."""
        ...


class Nothing:
    """No scanner is configured: no file is taken."""

    async def scan(self, _body: bytes, /) -> Verdict:
        """Refuse."""
        raise NoScanner("no scanner is configured")


class AsTheyAre:
    """Somebody decided that files are taken unscanned."""

    async def scan(self, _body: bytes, /) -> Verdict:
        """Say that nobody looked."""
        return Verdict.NOT_SCANNED


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at a socket of the machine (`path`), or at `host` and `port`."""

    path: str = ""
    host: str = ""
    port: int = 0

    async def scan(self, body: bytes, /) -> Verdict:
        """Send the file in pieces, and read what it is. An answer that is neither "OK" nor "FOUND", or half of one, is no answer."""
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._asked(body)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise NoScanner("clamd does not answer") from error
        if answer == _CLEAN:
            return Verdict.CLEAN
        if answer.startswith(_HARMFUL[0]) and answer.endswith(_HARMFUL[1]):
            return Verdict.HARMFUL
        raise NoScanner("clamd could not scan the file")

    async def _asked(self, body: bytes) -> bytes:
        opened = asyncio.open_unix_connection(self.path) if self.path else asyncio.open_connection(self.host, self.port)
        reader, writer = await opened
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(body), PIECE_OCTETS):
                piece = body[start : start + PIECE_OCTETS]
                writer.write(struct.pack(">I", len(piece)) + piece)
                await writer.drain()
            writer.write(struct.pack(">I", 0))
            await writer.drain()
            return (await reader.readuntil(b"\0")).removesuffix(b"\0")
        finally:
            writer.close()


def scanner_of(configured: str) -> Scanner:
    """Return the scanner that a setting names: `unix:/path`, `tcp:host:port`, `unscanned`, or "" for none. Raises ValueError."""
    way, _, where = configured.partition(":")
    if not configured:
        return Nothing()
    if configured == UNSCANNED:
        return AsTheyAre()
    if way == "unix" and where.startswith("/"):
        return Clamd(path=where)
    host, _, port = where.rpartition(":")
    if way == "tcp" and host and port.isdecimal():
        return Clamd(host=host, port=int(port))
    raise ValueError("file_scanner: expected unix:/path, tcp:host:port or unscanned")
