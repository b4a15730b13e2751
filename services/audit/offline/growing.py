"""
A published log that grows: only what its next checkpoint needs is written, and nothing that stands is ever changed.

Everything is laid aside first (`.growing`) and put in its place once it leads to the root that was signed: whoever hands out the log may
lie, and a wrong tile in its place could never be taken out again.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.domain.merkle import Frontier, leaf_hash
from services.audit.domain.note import Checkpoint
from services.audit.domain.published.bundles import Malformed, bundle_of, full_root, hashes_in, tile_of
from services.audit.domain.published.layout import ENTRIES, WIDTH, Resource, edge, grown
from services.audit.domain.tiles import TILE_HEIGHT
from services.audit.offline.folder import Folder, NotReadable

ASIDE = ".growing"


class HistoryDiffers(Exception):
    """What is handed out does not continue what is kept, or not lead to the root that was signed; the text says where."""


@dataclass(slots=True)
class Growth:
    """
    The way from the checkpoint `old` (None: nothing is kept yet) to `new` in the folder `root`.

    `keeps_entries`: their bytes, too; a witness keeps the hashes alone.
    """

    root: Path
    old: Checkpoint | None
    new: Checkpoint
    keeps_entries: bool = True
    _kept: Folder = field(init=False)
    _aside: Folder = field(init=False)

    def __post_init__(self) -> None:
        """Begin. What a growth that was broken off laid aside is gone."""
        shutil.rmtree(self.root / ASIDE, ignore_errors=True)
        (self.root / ASIDE).mkdir(mode=0o700, parents=True)
        self._kept = Folder.opened(self.root)
        self._aside = Folder.opened(self.root / ASIDE)
        if self.old is not None:
            self._check_old(self.old)

    @property
    def size(self) -> int:
        """How many entries are kept."""
        return self.old.size if self.old is not None else 0

    def wanted(self) -> Iterator[Resource]:
        """The bundles of entries that are needed, in order."""
        return (part for part in grown(self.size, self.new.size) if part.level == ENTRIES)

    def add(self, bundle: Resource, entries: Sequence[bytes]) -> None:
        """Lay aside a bundle that was wanted. Raises HistoryDiffers."""
        if len(entries) != bundle.width:
            raise HistoryDiffers(f"{bundle.path} has {len(entries)} entries, not {bundle.width}")
        if self.keeps_entries:
            self._lay(bundle, bundle_of(entries))
        self._lay_hashes(Resource(0, bundle.index, bundle.width), [leaf_hash(entry) for entry in entries])

    def finish(self, note: str) -> None:
        """Put everything in its place, and the checkpoint last. Raises HistoryDiffers where it does not lead to the checkpoint's root."""
        for part in grown(self.size, self.new.size):
            if part.level > 0:
                self._lay_hashes(part, [self._below(part, place) for place in range(part.width)])
        if self._root(self.new.size) != self.new.root:
            raise HistoryDiffers(f"entries 0 to {self.new.size - 1} do not lead to the root that the checkpoint of {self.new.size} has")
        folders: set[Path] = set()
        for part in grown(self.size, self.new.size):
            if part.level != ENTRIES or self.keeps_entries:
                folders.update(self._place(part))
        for folder in sorted(folders):
            _sync_folder(folder)
        write_note(self.root / "checkpoint", note)
        shutil.rmtree(self.root / ASIDE)
        self._drop_partials()

    def _check_old(self, old: Checkpoint) -> None:
        if old.size > self.new.size:
            raise HistoryDiffers(f"entries {self.new.size} to {old.size - 1} are gone: {old.size} were signed before, now {self.new.size}")
        if self._root(old.size) != old.root:
            raise HistoryDiffers(f"what is kept in {self.root} does not lead to its own checkpoint of {old.size} entries any more")

    def _below(self, part: Resource, place: int) -> bytes:
        return full_root(self._hashes(Resource(part.level - 1, part.index * WIDTH + place)))

    def _root(self, size: int) -> bytes:
        frontier = Frontier()
        for part in edge(size):
            for digest in self._hashes(part):
                frontier.push(TILE_HEIGHT * part.level, digest)
        return frontier.root()

    def _hashes(self, part: Resource) -> list[bytes]:
        # What stands comes first: only beside it may something new be laid.
        content = self._kept.read(part) or self._aside.now(part)
        try:
            return hashes_in(content or b"", part.width)
        except Malformed as error:
            raise HistoryDiffers(f"{part.path}: {error}") from error

    def _lay_hashes(self, part: Resource, hashes: Sequence[bytes]) -> None:
        """
        Lay aside a tile of hashes, which must begin with what was kept of it.

        A tile that grows is made anew from entries that are handed out anew: without this, a change in it would pass as growth.
        """
        width = min((self.size >> TILE_HEIGHT * part.level) - part.index * WIDTH, part.width)
        before = self._hashes(Resource(part.level, part.index, width)) if width > 0 else []
        for place, digest in enumerate(before):
            if hashes[place] != digest:
                first, step = part.first, TILE_HEIGHT * part.level
                first, last = first + (place << step), first + ((place + 1) << step) - 1
                which = f"entry {first} is" if first == last else f"entries {first} to {last} are"
                raise HistoryDiffers(f"{which} not what was kept")
        self._lay(part, tile_of(hashes))

    def _lay(self, part: Resource, content: bytes) -> None:
        file = self.root / ASIDE / part.path
        file.parent.mkdir(parents=True, exist_ok=True)
        write_synced(file, content)

    def _place(self, part: Resource) -> Iterator[Path]:
        """Put a file in its place, unless it stands there; yield the folders that have a new entry."""
        aside, file = self.root / ASIDE / part.path, self.root / part.path
        if file.exists() or file.is_symlink():
            if self._kept_now(part) != aside.read_bytes():
                raise HistoryDiffers(f"{part.path} stands there with other content")
            return
        missing = [folder for folder in file.parents if not folder.exists()]
        file.parent.mkdir(parents=True, exist_ok=True)
        # A link and no renaming: what stands there meanwhile is not replaced.
        os.link(aside, file)
        yield file.parent
        yield from (folder.parent for folder in missing)

    def _kept_now(self, part: Resource) -> bytes | None:
        try:
            return Folder(self.root).now(part)
        except NotReadable:
            return None

    def _drop_partials(self) -> None:
        """Partial ones may go once the full one is there (tlog-tiles, "Partial Tiles")."""
        for part in grown(self.size, self.new.size):
            if part.width == WIDTH:
                shutil.rmtree(self.root / f"{part.path}.p", ignore_errors=True)


def write_note(file: Path, text: str) -> None:
    """Put a text in the place of what stood there, whole or not at all, and on the disk when this returns."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    write_synced(draft, text.encode())
    draft.replace(file)
    _sync_folder(file.parent)


def write_synced(file: Path, content: bytes) -> None:
    """Write a new file, on the disk when this returns. Raises FileExistsError."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
