"""Makes a bundle out of files, and counts a signer's batches for each source."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypeAlias
from uuid import UUID

from .bundle import Manifest, Signer, sealed
from .tables import entry_of

Encoding: TypeAlias = Literal["utf-8", "utf-8-sig", "cp932"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What the packer says of a batch, besides its files."""

    batch_id: UUID
    source: str
    school_year: int
    made_at: datetime
    made_by: str
    media_id: str
    sequence: int
    encoding: Encoding = "utf-8"
    complete_through: date | None = None


def packed(batch: Batch, files: Mapping[str, bytes], *, signer: Signer, recipient: str) -> bytes:
    """
    Return the bundle of a batch. `files` are CSV by their names, `<event type>[.more].csv`; `recipient` is the city's age key.

    Raises NotTaken for what the city would refuse anyway, pydantic.ValidationError for what the manifest cannot say.
    """
    manifest = Manifest(
        batch_id=batch.batch_id,
        source=batch.source,
        school_year=batch.school_year,
        encoding=batch.encoding,
        made_at=batch.made_at,
        made_by=batch.made_by,
        media_id=batch.media_id,
        sequence=batch.sequence,
        complete_through=batch.complete_through,
        files=tuple(entry_of(name, content, batch.encoding) for name, content in files.items()),
    )
    return sealed(manifest, files, signer=signer.key, recipient=recipient)


class Counted:
    """The numbers that a signer gave its batches, kept in a file beside its key."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def following(self, source: str) -> int:
        """Return the number of the next batch of a source."""
        return self._read().get(source, 0) + 1

    def used(self, source: str, sequence: int) -> None:
        """Keep that a number was given. Written before the bundle is: a number may be missing, and is never given twice."""
        counted = self._read() | {source: max(sequence, self._read().get(source, 0))}
        draft = self._file.with_name(f"{self._file.name}.new")
        with draft.open("w", encoding="utf-8") as out:
            json.dump(counted, out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self._file)

    def _read(self) -> dict[str, int]:
        if not self._file.exists():
            return {}
        found: dict[str, int] = json.loads(self._file.read_text(encoding="utf-8"))
        return found
