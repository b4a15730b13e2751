"""
Which roots of complete subtrees the log keeps, so that a proof or a root reads hundreds of hashes and not millions.

Levels 0, 8, 16, 24: as in C2SP tlog-tiles, a tile is 256 hashes wide. Level 0 is the entries' own hashes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.audit.domain.merkle import Span, tree_root

TILE_HEIGHT = 8
KEPT_LEVELS = (8, 16, 24)
"""Levels kept beside the entries. Four billion entries need no more."""


@dataclass(frozen=True, slots=True)
class Run:
    """The kept hashes `start` to `end` (exclusive), counted in subtrees of `level`."""

    level: int
    start: int
    end: int


def runs(span: Span) -> Iterator[Run]:
    """The fewest kept hashes that make up `span`, in order. The span must be one of a proof or begin at 0."""
    position = span.start
    levels = (*reversed(KEPT_LEVELS), 0)
    while position < span.end:
        level = next(level for level in levels if _fits(level, position, span.end))
        # The run ends where a larger subtree could begin, which is asked for anew on the next round.
        above = level + TILE_HEIGHT
        border = ((position >> above) + 1) << above if level != KEPT_LEVELS[-1] else span.end
        end = (min(border, span.end) >> level) << level
        yield Run(level, position >> level, end >> level)
        position = end


def completed(old_size: int, new_size: int) -> Iterator[tuple[int, int]]:
    """(level, index) of every kept subtree that the growth from `old_size` to `new_size` completes, lowest level first."""
    for level in KEPT_LEVELS:
        for index in range(old_size >> level, new_size >> level):
            yield level, index


def children(level: int, index: int) -> Run:
    """The hashes one kept level below, of which the subtree consists."""
    return Run(level - TILE_HEIGHT, index << TILE_HEIGHT, (index + 1) << TILE_HEIGHT)


def subtree_root(digests: Sequence[bytes]) -> bytes:
    """The root of a whole tile; equal heights make it an ordinary tree root. Raises ValueError if the tile is not full."""
    if len(digests) != 1 << TILE_HEIGHT:
        message = f"a tile has {1 << TILE_HEIGHT} hashes, got {len(digests)}"
        raise ValueError(message)
    return tree_root(digests)


def _fits(level: int, position: int, end: int) -> bool:
    return position % (1 << level) == 0 and position + (1 << level) <= end
