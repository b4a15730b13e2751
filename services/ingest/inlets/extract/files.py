"""
Files of extracts: which may be read, and what becomes of them.

A file is not read before it is whole: it is written under another name (`.part`) and renamed, or has a manifest with its hash.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.cells import day
from services.ingest.domain.extracts.faults import FileRefused

CHANGED = "changed_while_read"
PART = ".part"
MANIFEST = ".manifest.json"
_MANIFEST_BYTES_MAX = 64 * 1024


class Manifest(BaseModel):
    """What `NAME.manifest.json` beside a file says of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rows: int = Field(ge=0, description="Without the headings.")
    date: str | None = None


class NotYet(Exception):
    """The file is not read now; its code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known for the one that was looked at."""

    inode: int
    size: int
    changed_ns: int
    rights: tuple[int, int, int]
    """Mode, owner and group: a file that could not be read is read once these are others."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A file that may be read."""

    path: Path
    stamp: Stamp
    sha256: bytes
    made_on: date
    rows_told: int | None

    def check(self) -> None:
        """Raise FileRefused where it is not the same file any more."""
        if stamp_of(self.path) != self.stamp:
            raise FileRefused(CHANGED)


def stamp_of(path: Path) -> Stamp | None:
    """What stands for a file as it is now; None where it is gone."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return Stamp(told.st_ino, told.st_size, told.st_mtime_ns, (told.st_mode, told.st_uid, told.st_gid))


def whole(path: Path, adapter: Adapter) -> Whole:
    """Look whether a file may be read. Raises NotYet, FileRefused."""
    stamp = stamp_of(path)
    manifest = _manifest_of(path)
    if stamp is None or path.name.endswith(PART) or (manifest is None and adapter.manifest):
        raise NotYet("half_written")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
    except PermissionError:
        raise NotYet("cannot_read") from None
    if manifest is not None and manifest.sha256 != digest.hex():
        raise NotYet("half_written")
    return Whole(path, stamp, digest, _date_of(path, adapter, manifest), manifest.rows if manifest else None)


def _manifest_of(path: Path) -> Manifest | None:
    beside = path.with_name(path.name + MANIFEST)
    try:
        with beside.open("rb") as file:
            return Manifest.model_validate(json.loads(file.read(_MANIFEST_BYTES_MAX)))
    except FileNotFoundError:
        return None
    except PermissionError:
        raise NotYet("cannot_read") from None
    except (ValueError, ValidationError):
        # The manifest itself may still be on its way.
        raise NotYet("half_written") from None


def _date_of(path: Path, adapter: Adapter, manifest: Manifest | None) -> date:
    told = adapter.date_in(path.name) if adapter.date == "file_name" else (manifest.date if manifest else None)
    iso = day(told, adapter.eras_told) if told else None
    if iso is None:
        raise FileRefused("no_date")
    return date.fromisoformat(iso)


def put_away(path: Path, stamp: Stamp | None, folder: Path | None) -> None:
    """
    Erase a file that was read, and its manifest; or move them to `folder`, where the operator wants to keep them a while.

    A file that is not the one that was read any more (`stamp`) stays: it is another one, and is read in its turn.
    """
    if stamp is None or stamp_of(path) != stamp:
        return
    for file in (path, path.with_name(path.name + MANIFEST)):
        if not file.exists():
            continue
        if folder is None:
            file.unlink()
        else:
            folder.mkdir(parents=True, exist_ok=True)
            file.replace(folder / file.name)
