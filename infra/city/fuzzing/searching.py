"""Looks through everything that a stack wrote for the marks of what was sent: tables, and files but the broker's own."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from infra.city.fuzzing.mutating import MARK
from infra.city.fuzzing.rosters import LEFT_BEHIND

MARKS = re.compile(rf"{MARK} [a-z]?[0-9]+/[0-9]+/[0-9]+\.")
_IN_BYTES = re.compile(MARKS.pattern.encode())
_BROKERS = "rabbitmq"
"""Its write-ahead log holds bodies that were acknowledged until the file is full (README "Where bodies stay")."""

_DATABASES = "postgres"
_LONGEST_MARK, _PIECE = 64, 16 * 2**20


@dataclass(slots=True)
class InFiles:
    """What was found: marks in what stores data, files that tell one and store none, and files with what never left the school."""

    marks: set[str] = field(default_factory=set)
    telling: set[str] = field(default_factory=set)
    left_behind: set[str] = field(default_factory=set)
    files: int = 0


def in_files(root: Path) -> InFiles:
    """Search a data folder whose servers run: a file that is gone when it is looked at was thrown away by whoever wrote it."""
    found = InFiles()
    for file in _files(root):
        # Read, not mapped: a page of a mapped file that its server cuts off meanwhile would end this process.
        with suppress(FileNotFoundError), file.open("rb") as opened:
            found.files += 1
            before = b""
            while piece := opened.read(_PIECE):
                _look(str(file.relative_to(root)), before + piece, found)
                before = piece[-_LONGEST_MARK:]
    return found


def _look(place: str, content: bytes, found: InFiles) -> None:
    folder = place.split("/", 1)[0]
    if LEFT_BEHIND.encode() in content:
        found.left_behind.add(place)
    if folder == _BROKERS or MARK.encode() not in content:
        return
    if folder != _DATABASES:
        found.telling.add(place)
    found.marks.update(mark.decode() for mark in _IN_BYTES.findall(content))


def _files(root: Path) -> Iterator[Path]:
    try:
        entries = sorted(root.iterdir())
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _files(entry)
        elif entry.is_file():
            yield entry
