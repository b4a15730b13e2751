"""
A zip of which nothing is believed: looked at within limits before anything of it is read, and read no further than its table says.

What is wrong with it is always a `Fault`, however broken its bytes are: they are a stranger's.
"""

import io
import struct
import zipfile
import zlib

from .faults import Fault, NotTaken

FILE_BYTES_MAX = 128 * 2**20
FILES_BYTES_MAX = 256 * 2**20
FILES_MAX = 64
RATIO_MAX = 100
"""A month of a school's attendance, which repeats itself, is some 20 times smaller in the archive."""

_UNREADABLE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(KeyError, NotImplementedError, EOFError, RuntimeError, OSError, ValueError, OverflowError),
)
"""What `zipfile` raises at bytes that are no zip, or one of a kind that it does not know."""

# Of the end of a zip's table (APPNOTE 4.3.16): its mark, and after eight bytes of counts the size of the table.
_END, _END_BYTES, _END_MARK, _COMMENT_MAX = struct.Struct("<4s8sL6s"), 22, b"PK\x05\x06", 2**16
_OF_ZIP64, _LOCATOR_BYTES = b"PK\x06\x07", 20
_ENTRY_BYTES_MAX = 1024
"""Far more than an entry of the table takes; a table of millions would be read whole before anybody could count them."""


def opened(content: bytes, *, files: int = FILES_MAX) -> zipfile.ZipFile:
    """Return a zip of at most so many files whose table keeps the limits. Raises NotTaken. Names are never used as paths."""
    if _table_bytes(content) > files * _ENTRY_BYTES_MAX:
        raise NotTaken(Fault("too_many_files"))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _UNREADABLE:
        raise NotTaken(Fault("bad_archive")) from None
    _keeps_limits(archive.infolist(), len(content), files)
    return archive


def read(archive: zipfile.ZipFile, name: str, most: int = FILE_BYTES_MAX) -> bytes | None:
    """Return a file, unpacked; None where it cannot be. Raises NotTaken for one that is longer than `most`."""
    try:
        with archive.open(name) as file:
            # What the table says of its length is the packer's word; no more is ever unpacked than it said.
            content = file.read(most + 1)
    except _UNREADABLE:
        return None
    if len(content) > most:
        raise NotTaken(Fault("too_large", name))
    return content


def _keeps_limits(entries: list[zipfile.ZipInfo], packed: int, files: int) -> None:
    if len(entries) > files:
        raise NotTaken(Fault("too_many_files"))
    if len({entry.filename for entry in entries}) != len(entries):
        raise NotTaken(Fault("bad_archive"))
    for entry in entries:
        if entry.flag_bits & 0x1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise NotTaken(Fault("bad_archive"))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > FILES_BYTES_MAX or any(entry.file_size > FILE_BYTES_MAX for entry in entries):
        raise NotTaken(Fault("too_large"))
    if unpacked > RATIO_MAX * packed:
        raise NotTaken(Fault("ratio"))


def _table_bytes(content: bytes) -> int:
    """How long the table of a zip says that it is. It is found as `zipfile` finds it; nothing within the limits needs the 64-bit form."""
    at = len(content) - _END_BYTES
    if at < 0:
        raise NotTaken(Fault("bad_archive"))
    if not (content.startswith(_END_MARK, at) and content.endswith(b"\x00\x00")):
        at = content.rfind(_END_MARK, max(0, at - _COMMENT_MAX))
    if at < 0 or at + _END_BYTES > len(content) or content.startswith(_OF_ZIP64, max(0, at - _LOCATOR_BYTES)):
        raise NotTaken(Fault("bad_archive"))
    size: int = _END.unpack_from(content, at)[2]
    return size
