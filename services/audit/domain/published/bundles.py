"""Bundles of entries and tiles of hashes as bytes (C2SP tlog-tiles, "Log entries", "Merkle Tree")."""

from collections.abc import Iterable, Sequence

from services.audit.domain.merkle import HASH_BYTES, node_hash
from services.audit.domain.published.layout import WIDTH

LENGTH_BYTES = 2
LARGEST_ENTRY = 2**16 - 1
LARGEST_BUNDLE = WIDTH * (LENGTH_BYTES + LARGEST_ENTRY)
LARGEST_TILE = WIDTH * HASH_BYTES


class Malformed(Exception):
    """The bytes are not a bundle, or not a tile; the text says what was expected."""


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """The bundle of these entries. Raises Malformed where one is too long for its length to be written."""
    parts = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise Malformed(f"an entry of a bundle has at most {LARGEST_ENTRY} bytes, got {len(entry)}")
        parts += [len(entry).to_bytes(LENGTH_BYTES, "big"), entry]
    return b"".join(parts)


def entries_in(bundle: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle. Raises Malformed where it has more, fewer, or ends within one."""
    entries: list[bytes] = []
    position = 0
    while position < len(bundle):
        if len(entries) == width:
            # Said before the rest is looked at, which may be millions of entries without a byte.
            raise Malformed(f"a bundle of {width} entries has more")
        start = position + LENGTH_BYTES
        position = start + int.from_bytes(bundle[position:start], "big")
        if start > len(bundle) or position > len(bundle):
            raise Malformed(f"the bundle ends within its entry {len(entries)}")
        entries.append(bundle[start:position])
    if len(entries) != width:
        raise Malformed(f"a bundle of {width} entries has {len(entries)}")
    return entries


def tile_of(hashes: Sequence[bytes]) -> bytes:
    """The tile of these hashes."""
    return b"".join(hashes)


def hashes_in(tile: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile. Raises Malformed where it has another length."""
    if len(tile) != width * HASH_BYTES:
        raise Malformed(f"a tile of {width} hashes has {width * HASH_BYTES} bytes, got {len(tile)}")
    return [tile[start : start + HASH_BYTES] for start in range(0, len(tile), HASH_BYTES)]


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over the hashes of a full tile, level by level. Raises Malformed where it is not full."""
    if len(hashes) != WIDTH:
        raise Malformed(f"a full tile has {WIDTH} hashes, got {len(hashes)}")
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]
