"""
A published log as a folder of files. Whoever wrote them may be the one who is looked for.

Links are not followed, what is no plain file is not opened, and no file is read further than its kind can be long.
"""

import os
import stat
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.domain.published.bundles import LARGEST_BUNDLE, LARGEST_TILE, LENGTH_BYTES
from services.audit.domain.published.layout import ENTRIES, WIDTH, NoSuchResource, Resource, parse_path

LARGEST_NOTE = 1 << 20
_DEEPEST = 10


class NotReadable(Exception):
    """A file that is there cannot be read as one; the text says why."""


@dataclass(slots=True)
class Folder:
    """The log in `root`. What is there is listed once, when it is opened."""

    root: Path
    _widths: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    _firsts: list[int] = field(default_factory=list)
    _reach: list[int] = field(default_factory=list)

    @classmethod
    def opened(cls, root: Path) -> "Folder":
        """List what is there. Raises NotReadable where there is no folder."""
        folder = cls(root)
        if not root.is_dir():
            raise NotReadable(f"{root} is no folder")
        folder._list(root / "tile", "tile", 0)
        spans = sorted((each.first, each.last) for each in map(_of, folder._widths.items()))
        folder._firsts = [first for first, _ in spans]
        reach = -1
        for _, last in spans:
            reach = max(reach, last)
            folder._reach.append(reach)
        return folder

    def note(self, name: str = "checkpoint") -> str | None:
        """Return the text of a checkpoint; None where there is none. Raises NotReadable."""
        return text_of(self.root / name)

    def has_any(self, first: int, last: int) -> bool:
        """Whether any file is about any of the entries `first` to `last`."""
        # Of the files that begin before the end of it, does any reach into it?
        place = bisect_left(self._firsts, last + 1)
        return place > 0 and self._reach[place - 1] >= first

    def widths(self, level: int) -> dict[int, int]:
        """Return how wide the widest tile or bundle of each index is."""
        return {index: widths[-1] for (of, index), widths in self._widths.items() if of == level}

    def read(self, resource: Resource) -> bytes | None:
        """Return the bytes of a tile or a bundle, cut to its width where only a wider one is there; None where there is none."""
        widths = self._widths.get((resource.level, resource.index), [])
        place = bisect_left(widths, resource.width)
        if place == len(widths):
            return None
        try:
            content = _read(self.root / Resource(resource.level, resource.index, widths[place]).path, _longest(resource.level))
        except NotReadable:
            return None
        return None if content is None else _cut(content, resource, widths[place])

    def now(self, resource: Resource) -> bytes | None:
        """Return what the very file holds, whether or not it was there when the folder was listed. Raises NotReadable."""
        return _read(self.root / resource.path, _longest(resource.level))

    def _list(self, folder: Path, path: str, depth: int) -> None:
        try:
            entries = list(os.scandir(folder)) if not folder.is_symlink() else []
        except OSError:
            return
        for entry in entries:
            below = f"{path}/{entry.name}"
            if entry.is_dir(follow_symlinks=False) and depth < _DEEPEST:
                self._list(folder / entry.name, below, depth + 1)
            elif entry.is_file(follow_symlinks=False):
                self._note(below)

    def _note(self, path: str) -> None:
        try:
            resource = parse_path(path)
        except NoSuchResource:
            return
        insort(self._widths.setdefault((resource.level, resource.index), []), resource.width)


def text_of(file: Path, largest: int = LARGEST_NOTE) -> str | None:
    """Return a text that somebody gave; None where there is no such file. Raises NotReadable."""
    content = _read(file, largest)
    try:
        return None if content is None else content.decode()
    except UnicodeDecodeError as error:
        raise NotReadable(f"{file} is not UTF-8") from error


def bytes_of(file: Path, largest: int) -> bytes | None:
    """Return what is in a file; None where there is none. Raises NotReadable."""
    return _read(file, largest)


def _of(item: tuple[tuple[int, int], list[int]]) -> Resource:
    (level, index), widths = item
    return Resource(level, index, widths[-1])


def _read(file: Path, largest: int) -> bytes | None:
    try:
        # Not blocking: a pipe in the place of a file would be waited for without end.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotReadable(f"{file} is no plain file: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as content:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotReadable(f"{file} is no plain file")
        # One more than it may have, which shows that it has more.
        return content.read(largest + 1)


def _longest(level: int) -> int:
    return LARGEST_BUNDLE if level == ENTRIES else LARGEST_TILE


def _cut(content: bytes, resource: Resource, width: int) -> bytes:
    """Return what of a wider file the narrower one would have; a file that has not its own length is left as it is, to be told of."""
    if width == resource.width:
        return content
    if resource.level != ENTRIES:
        each = LARGEST_TILE // WIDTH
        return content[: resource.width * each] if len(content) == width * each else content
    position = 0
    for _ in range(resource.width):
        position += LENGTH_BYTES + int.from_bytes(content[position : position + LENGTH_BYTES], "big")
    return content[:position]
