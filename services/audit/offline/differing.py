"""A log beside the hashes that somebody else kept of it (a witness's level-0 tiles): which entries differ."""

from collections.abc import Iterator

from services.audit.domain.merkle import leaf_hash
from services.audit.domain.published.bundles import Malformed, entries_in, hashes_in
from services.audit.domain.published.layout import ENTRIES, WIDTH, Resource
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.offline.folder import Folder


def differences(log: Folder, kept: Folder) -> tuple[Findings, int]:
    """Compare the entries of `log` with the hashes of `kept`. Returns what was found, and how many entries were compared."""
    found, compared = Findings(), 0
    for index, width in sorted(kept.widths(0).items()):
        theirs = _tile(kept, Resource(0, index, width), found)
        ours = list(_ours(log, index, found))
        for place, digest in enumerate(theirs[: len(ours)]):
            compared += 1
            if ours[place] != digest:
                number = index * WIDTH + place
                found.add(FindingKind.HASH_DIFFERS, f"entry {number} is not the one that was kept", number)
        if len(ours) < len(theirs):
            first, last = index * WIDTH + len(ours), index * WIDTH + len(theirs) - 1
            found.add(FindingKind.ENTRIES_CUT_OFF, f"entries {first} to {last} are not in the log any more", first, last)
    for first, last in _holes(kept):
        found.add(FindingKind.FILE_MISSING, f"nothing was kept of entries {first} to {last}", first, last)
    return found, compared


def _ours(log: Folder, index: int, found: Findings) -> Iterator[bytes]:
    bundle = Resource(ENTRIES, index, log.widths(ENTRIES).get(index, WIDTH))
    content = log.read(bundle)
    if content is not None:
        try:
            yield from map(leaf_hash, entries_in(content, bundle.width))
        except Malformed as error:
            found.add(FindingKind.FILE_MALFORMED, f"{bundle.path}: {error}", bundle.first, bundle.last)
        return
    # Entries may be gone in good order (pruned); then their hashes are still the log's word.
    yield from _tile(log, Resource(0, index, log.widths(0).get(index, WIDTH)), found)


def _tile(folder: Folder, tile: Resource, found: Findings) -> list[bytes]:
    content = folder.read(tile)
    try:
        return [] if content is None else hashes_in(content, tile.width)
    except Malformed as error:
        found.add(FindingKind.FILE_MALFORMED, f"{folder.root.name}/{tile.path}: {error}", tile.first, tile.last)
        return []


def _holes(kept: Folder) -> Iterator[tuple[int, int]]:
    expected = 0
    for index, width in sorted(kept.widths(0).items()):
        if index * WIDTH > expected:
            yield expected, index * WIDTH - 1
        expected = index * WIDTH + width
