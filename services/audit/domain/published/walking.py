"""
A published log, derived again from its entries: every hash that stands in a tile is compared with what lies below it.

Nothing that is not there is guessed: what is missing is named, and a root that needs it cannot be told.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeAlias

from services.audit.domain.merkle import Frontier, leaf_hash
from services.audit.domain.published.bundles import Malformed, entries_in, full_root, hashes_in
from services.audit.domain.published.layout import ENTRIES, WIDTH, Resource, edge
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.domain.tiles import TILE_HEIGHT

Hash: TypeAlias = bytes | None
"""A hash, or None where it cannot be told."""

OnEntry: TypeAlias = Callable[[int, bytes], None]
"""Hears each entry with its index, in order."""


class Published(Protocol):
    """The files of a log, of which nothing is trusted."""

    def read(self, resource: Resource) -> bytes | None:
        """Return the bytes of a tile or a bundle, cut to its width where only a wider one is there; None where there is none."""
        ...

    def has_any(self, first: int, last: int) -> bool:
        """Whether any file is about any of the entries `first` to `last`."""
        ...


@dataclass(slots=True)
class Walk:
    """
    Walks a log of `size` entries. `sizes` are those whose roots are asked for afterwards (`root_at`).

    `lost` are the entries that are not there themselves, in runs; `unknown` those of which not even the hash is.
    """

    published: Published
    size: int
    sizes: Sequence[int] = ()
    on_entry: OnEntry | None = None
    found: Findings = field(default_factory=Findings)
    lost: list[tuple[int, int]] = field(default_factory=list)
    unknown: list[tuple[int, int]] = field(default_factory=list)
    _kept: dict[tuple[int, int], list[Hash]] = field(default_factory=dict)
    _wanted: set[tuple[int, int]] = field(default_factory=set)

    def go(self) -> None:
        """Walk the whole log, from its first entry to its last."""
        self._wanted = {(each.level, each.index) for size in (*self.sizes, self.size) for each in edge(size)}
        for part in edge(self.size):
            self._hashes(part)

    def root_at(self, size: int) -> Hash:
        """The root over the first `size` entries, as far as it can be told; `size` must be the log's own or one of `sizes`."""
        frontier = Frontier()
        for part in edge(size):
            for digest in self._kept.get((part.level, part.index), [None])[: part.width]:
                if digest is None:
                    return None
                frontier.push(TILE_HEIGHT * part.level, digest)
        return frontier.root()

    def _hashes(self, part: Resource) -> list[Hash]:
        """The hashes of a tile, each compared with what lies below it."""
        if not self.published.has_any(part.first, part.last):
            # Said at once: the size is the log's word, and what it says there is may be beyond all measure.
            _extend(self.lost, part.first, part.last)
            _extend(self.unknown, part.first, part.last)
            return [None] * part.width
        below = list(self._leaves(part)) if part.level == 0 else [self._root_below(part, place) for place in range(part.width)]
        stored = self._stored(part)
        if stored is None and None not in below:
            self.found.add(FindingKind.FILE_MISSING, f"{part.path} is not there", part.first, part.last)
        agreed = partial(self._agreed, part)
        hashes: list[Hash] = below
        if stored is not None:
            hashes = list(map(agreed, range(part.width), below, stored))
        if part.level == 0:
            for place in (place for place, digest in enumerate(hashes) if digest is None):
                _extend(self.unknown, part.first + place, part.first + place)
        if (part.level, part.index) in self._wanted:
            self._kept[part.level, part.index] = hashes
        return hashes

    def _root_below(self, part: Resource, place: int) -> Hash:
        hashes = self._hashes(Resource(part.level - 1, part.index * WIDTH + place))
        known = [digest for digest in hashes if digest is not None]
        return full_root(known) if len(known) == WIDTH else None

    def _leaves(self, part: Resource) -> Iterator[Hash]:
        bundle = Resource(ENTRIES, part.index, part.width)
        content = self.published.read(bundle)
        try:
            entries = None if content is None else entries_in(content, part.width)
        except Malformed as error:
            self.found.add(FindingKind.FILE_MALFORMED, f"{bundle.path}: {error}", part.first, part.last)
            entries = None
        if entries is None:
            _extend(self.lost, part.first, part.last)
            yield from [None] * part.width
            return
        for index, entry in enumerate(entries, part.first):
            if self.on_entry is not None:
                self.on_entry(index, entry)
            yield leaf_hash(entry)

    def _stored(self, part: Resource) -> list[bytes] | None:
        content = self.published.read(part)
        try:
            return None if content is None else hashes_in(content, part.width)
        except Malformed as error:
            self.found.add(FindingKind.FILE_MALFORMED, f"{part.path}: {error}", part.first, part.last)
            return None

    def _agreed(self, part: Resource, place: int, derived: Hash, stored: bytes) -> bytes:
        """What counts further up: the tile's word. Where both it and what is below were exchanged, the tile above says so."""
        if derived is not None and derived != stored:
            step = TILE_HEIGHT * part.level
            first = part.first + (place << step)
            last = first + (1 << step) - 1
            kind, what = (
                (FindingKind.HASH_DIFFERS, f"entry {first} does not have the hash that {part.path} has of it")
                if part.level == 0
                else (FindingKind.SUBTREE_DIFFERS, f"entries {first} to {last} do not have the root that {part.path} has of them")
            )
            self.found.add(kind, what, first, last)
        return stored


def _extend(runs: list[tuple[int, int]], first: int, last: int) -> None:
    if runs and runs[-1][1] + 1 == first:
        runs[-1] = (runs[-1][0], last)
    else:
        runs.append((first, last))
