"""
A form with a file, read as it comes: never more of it in memory than a piece, and never on a disk under a name.

What is larger than a mebibyte is put aside in a file of the system's folder for temporary files that has no name from the moment it is
made (`tempfile.TemporaryFile`), so nobody else can open it, and it is gone with this process, however that ends.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from infra.http import Problem, problem

FIELDS_MAX = 20
FIELD_OCTETS_MAX = 4 * 1024
ROUND_OCTETS = 64 * 1024
"""For what stands around the file: other fields, names, boundaries."""

READ_ON = 4
"""So many times what is taken is read of a form that is too large, and thrown away: while it still sends, a browser shows no answer."""

_BROKEN_OFF = 400


class _TooLarge(MultiPartException):
    """More was sent than is taken."""


@asynccontextmanager
async def read(request: Request, octets_max: int) -> AsyncIterator[FormData]:
    """
    Read a form with at most one file, of at most `octets_max` bytes in all but little more. The file is closed when the block is left.

    Raises Problem: 413 for more, 422 for what is no such form.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise problem(422, "The form is not as it must be", "multipart/form-data is expected.")
    most = octets_max + ROUND_OCTETS
    parser = MultiPartParser(request.headers, _limited(request, most), max_files=1, max_fields=FIELDS_MAX, max_part_size=FIELD_OCTETS_MAX)
    try:
        form = await parser.parse()
    except _TooLarge as error:
        await _thrown_away(request, READ_ON * most)
        raise problem(413, "The file is too large", f"At most {octets_max} bytes.") from error
    except MultiPartException as error:
        raise problem(422, "The form is not as it must be", "It cannot be read as multipart/form-data with one file.") from error
    except ClientDisconnect as error:
        # Nobody is there any more to read the answer.
        raise Problem(_BROKEN_OFF, "The form broke off") from error
    try:
        yield form
    finally:
        await form.close()


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    if _declared(request) > most:
        raise _TooLarge("declared")
    octets = 0
    async for piece in request.stream():
        octets += len(piece)
        if octets > most:
            raise _TooLarge("sent")
        yield piece


def _declared(request: Request) -> int:
    """How long the request says that it is; 0 where it says nothing."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isdecimal() else 0


async def _thrown_away(request: Request, most: int) -> None:
    octets = 0
    try:
        async for piece in request.stream():
            octets += len(piece)
            if octets > most:
                return
    except (ClientDisconnect, RuntimeError):
        return
