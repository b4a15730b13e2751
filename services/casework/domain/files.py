"""Which files a case takes: by what is in them, not by what they say they are; and by which name they are kept (ASVS V5)."""

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

OCTETS_MAX = 10_000_000
FILES_MAX = 100
"""Of one case."""
NAME_MAX = 100
_ZIP_BEGINS = b"PK\x03\x04"
_ZIP_ENTRY = b"PK\x01\x02"
"""Every entry of a zip's list begins with it."""
_ZIP_ENTRIES_MAX = 2_000
_ACTIVE = ("vbaproject.bin", "activex", "oleobject", "embeddings/")
"""Parts of an office document that can do something by themselves."""


class FileKind(StrEnum):
    """What a file may be; the media type that it is given out as."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


ENDINGS = {
    ".pdf": FileKind.PDF,
    ".jpg": FileKind.JPEG,
    ".jpeg": FileKind.JPEG,
    ".png": FileKind.PNG,
    ".docx": FileKind.DOCX,
    ".xlsx": FileKind.XLSX,
}
"""The endings of a name, each with what such a file is."""
TITLES = {FileKind.PDF: "PDF", FileKind.JPEG: "写真（JPEG）", FileKind.PNG: "画像（PNG）", FileKind.DOCX: "Word", FileKind.XLSX: "Excel"}
_PARTS = {FileKind.DOCX: "word/document.xml", FileKind.XLSX: "xl/workbook.xml"}


class NotTaken(StrEnum):
    """Why a file is not taken."""

    NOTHING = "nothing"
    TOO_LARGE = "too_large"
    NAME = "name"
    KIND = "kind"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Given:
    """A file that may be kept, under its safe name."""

    name: str
    kind: FileKind
    body: bytes


def given(name: str, body: bytes) -> Given | NotTaken:
    """Return the file that was sent, or why it is not taken."""
    if not body:
        return NotTaken.NOTHING
    if len(body) > OCTETS_MAX:
        return NotTaken.TOO_LARGE
    safe = safe_name(name)
    if safe is None:
        return NotTaken.NAME
    kind = ENDINGS.get(PurePosixPath(safe).suffix.lower())
    if kind is None:
        return NotTaken.KIND
    if kind in _PARTS:
        return _office(safe, kind, body)
    return Given(safe, kind, body) if _begins_as(kind, body) else NotTaken.NOT_WHAT_IT_SAYS


def safe_name(name: str) -> str | None:
    """
    Return the last part of a name without what nobody sees or what a system reads as more than a name; None where nothing is left.

    Marks that turn the direction of writing make `gpj.exe` of what reads `exe.jpg`: they go, as controls do.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in last if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    plain = "".join("_" if each in '<>:"|?*;%' else each for each in seen).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not stem.strip(" .") or not dot:
        return None
    return f"{stem[: NAME_MAX - len(ending) - 1]}.{ending}" if len(ending) < NAME_MAX // 2 else None


def _begins_as(kind: FileKind, body: bytes) -> bool:
    match kind:
        case FileKind.PDF:
            return body.startswith(b"%PDF-")
        case FileKind.JPEG:
            return body.startswith(b"\xff\xd8\xff")
        case FileKind.PNG:
            return body.startswith(b"\x89PNG\r\n\x1a\n")
        case _:
            return False


def _office(name: str, kind: FileKind, body: bytes) -> Given | NotTaken:
    # A zip is found from its end: before it may stand a program or a page. Its list is counted before it is read, which takes memory.
    if not body.startswith(_ZIP_BEGINS) or body.count(_ZIP_ENTRY) > _ZIP_ENTRIES_MAX:
        return NotTaken.NOT_WHAT_IT_SAYS
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as office:
            parts = [each.filename.lower() for each in office.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return NotTaken.NOT_WHAT_IT_SAYS
    if "[content_types].xml" not in parts or _PARTS[kind] not in parts:
        return NotTaken.NOT_WHAT_IT_SAYS
    return NotTaken.ACTIVE if any(active in part for part in parts for active in _ACTIVE) else Given(name, kind, body)
