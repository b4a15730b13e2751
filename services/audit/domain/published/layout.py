"""Where each part of a published log stands (C2SP tlog-tiles, "Merkle Tree", "Partial Tiles", "Log entries")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.audit.domain.note import LARGEST_SIZE
from services.audit.domain.tiles import TILE_HEIGHT

WIDTH = 1 << TILE_HEIGHT
"""Hashes of a full tile, and entries of a full bundle."""

ENTRIES = -1
"""In the place of a level: the bundles of entries."""

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_HIGHEST_LEVEL = 63


class NoSuchResource(Exception):
    """The path is not one of a published log."""


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """A tile of hashes at `level`, or a bundle of entries (ENTRIES), the `index`-th; `width` below WIDTH where it is partial."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below the log's own."""
        kind = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{kind}/{_index_path(self.index)}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @property
    def first(self) -> int:
        """The first entry that it is about."""
        return self.index << TILE_HEIGHT * (max(self.level, 0) + 1)

    @property
    def last(self) -> int:
        """The last entry that it is about."""
        return self.first + (self.width << TILE_HEIGHT * max(self.level, 0)) - 1


def parse_path(path: str) -> Resource:
    """The resource at `path`. Raises NoSuchResource unless it is written in the one way there is."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise NoSuchResource("not the path of a tile or a bundle")
    kind, index, width = found.groups()
    level = ENTRIES if kind == "entries" else int(kind)
    resource = Resource(level, int(index.replace("x", "").replace("/", "")), int(width) if width else WIDTH)
    if level > _HIGHEST_LEVEL or resource.path != path or resource.last > LARGEST_SIZE:
        raise NoSuchResource("not the path of a tile or a bundle")
    return resource


def edge(size: int) -> Iterator[Resource]:
    """The partial tiles of hashes of a tree of `size`, highest first: with the full ones, all that its root needs."""
    for level in reversed(range(levels(size))):
        width = (size >> TILE_HEIGHT * level) % WIDTH
        if width:
            yield Resource(level, size >> TILE_HEIGHT * (level + 1), width)


def levels(size: int) -> int:
    """How many levels of tiles a tree of `size` has."""
    return (max(size.bit_length(), 1) - 1) // TILE_HEIGHT + 1 if size else 0


def grown(old: int, new: int) -> Iterator[Resource]:
    """
    The tiles and bundles of a tree of `new` that one of `old` did not have, hashes of entries before those above them.

    Partial ones are those that the size `new` requires.
    """
    for level in (ENTRIES, *range(levels(new))):
        height = TILE_HEIGHT * max(level, 0)
        have, need = old >> height, new >> height
        for index in range(have // WIDTH, need // WIDTH):
            yield Resource(level, index)
        if need % WIDTH and need != have:
            yield Resource(level, need // WIDTH, need % WIDTH)


def _index_path(index: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
