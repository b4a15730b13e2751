"""The log as a folder of files that anybody's tools read (C2SP tlog-tiles): written from the leaves alone, and only what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.postgres import Database
from services.audit import store
from services.audit.domain.note import Checkpoint
from services.audit.domain.published.bundles import bundle_of, tile_of
from services.audit.domain.published.layout import ENTRIES, Resource
from services.audit.offline.folder import Folder, text_of
from services.audit.offline.growing import Growth, HistoryDiffers
from services.audit.signer import Verifier


class NothingSealed(Exception):
    """The log has no checkpoint of its own yet."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many entries the folder had, and has now."""

    before: int
    size: int


async def write_tiles(db: Database, verifier: Verifier, root: Path) -> Written:
    """
    Bring the folder `root` up to the newest checkpoint that the log signed itself.

    Raises HistoryDiffers where the log does not continue what is there, NothingSealed, NoteMalformed for a foreign checkpoint in the
    folder, store.HashesMissing, NotReadable, OSError.
    """
    newest = await store.last_checkpoint(db, verifier)
    if newest is None:
        raise NothingSealed("the log has no checkpoint yet")
    new, old = verifier.said(newest.note), _kept(verifier, root)
    if old == new:
        return Written(old.size, new.size)

    growth = Growth(root, old, new)
    for bundle in growth.wanted():
        growth.add(bundle, await leaves(db, bundle.first, bundle.last + 1))
    growth.finish(newest.note)
    return Written(growth.size, new.size)


async def content(db: Database, verifier: Verifier, part: Resource) -> bytes | None:
    """A tile of hashes or a bundle of entries; None where the log has not sealed all of it. Raises store.HashesMissing."""
    newest = await store.last_checkpoint(db, verifier)
    if newest is None or part.last >= newest.size:
        return None
    if part.level == ENTRIES:
        return bundle_of(await leaves(db, part.first, part.last + 1))
    return tile_of(await store.tile_hashes(db, part))


async def leaves(db: Database, first: int, end: int) -> Sequence[bytes]:
    """The leaves of the entries `first` to `end` (exclusive), as they are. Raises store.HashesMissing where some are not there."""
    rows = await db.fetch(store.SQL.leaves_between, first, end)
    if [row["idx"] for row in rows] != list(range(first, end)):
        raise store.HashesMissing(f"{len(rows)} of the entries {first} to {end - 1}")
    return [row["leaf"] for row in rows]


def _kept(verifier: Verifier, root: Path) -> Checkpoint | None:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = text_of(root / "checkpoint")
    if text is None:
        # Without its checkpoint, what stands there may be anything.
        if (root / "tile").exists() and Folder.opened(root).has_any(0, 2**63 - 1):
            raise HistoryDiffers(f"{root} has tiles, and no checkpoint that they belong to")
        return None
    return verifier.said(text)
