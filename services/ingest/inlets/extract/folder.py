"""The watched folders of extracts: one for each source, looked at by the clock. What was refused or taken is put away."""

from datetime import timedelta
from pathlib import Path

import structlog

from contracts.values import Source
from infra.logs import tell
from infra.service import Service
from services.ingest.desk import Desk
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.feeds import FEED_STOPPED
from services.ingest.inlets.extract import adapters, store
from services.ingest.inlets.extract.files import MANIFEST, PART, Stamp, put_away, stamp_of
from services.ingest.inlets.extract.taking import AnotherReads, Came, Rules, Taker
from services.ingest.settings import IngestSettings

log = structlog.get_logger()

_UNFINISHED = (PART, MANIFEST, ".filepart", ".tmp")


class Folders:
    """Looks into the folders, and takes what is there: by name, so that an earlier date comes first."""

    def __init__(self, service: Service, taker: Taker, root: Path, known: tuple[Adapter, ...], keep_in: Path | None = None) -> None:
        self._service = service
        self._taker = taker
        self._root = root
        self._adapters = known
        self._keep_in = keep_in
        self._waiting: dict[Path, tuple[Stamp | None, Stamp | None]] = {}
        self._closed: set[Path] = set()

    async def look(self) -> None:
        """Take every file that may be read. One that waits is read again once it, or its manifest, is another."""
        for source in Source:
            for path in sorted(self._files_in(self._root / source.value)):
                stamp = _stamps(path)
                if stamp != self._waiting.get(path):
                    await self._take(source, path, stamp)
        self._waiting = {path: stamp for path, stamp in self._waiting.items() if path.exists()}

    async def _take(self, source: Source, path: Path, stamp: tuple[Stamp | None, Stamp | None]) -> None:
        adapter = adapters.taking(self._adapters, source, path.name)
        if adapter is None:
            await self._unknown(source, path)
            self._waiting[path] = stamp
            return
        try:
            came = await self._taker.take(path, adapter)
        except AnotherReads:
            return
        if came.state == "waiting":
            # A feed that is stopped goes on without the file being another.
            if came.code != FEED_STOPPED:
                self._waiting[path] = stamp
        else:
            self._put_away(source, path, stamp, came)

    def _put_away(self, source: Source, path: Path, stamp: tuple[Stamp | None, Stamp | None], came: Came) -> None:
        try:
            put_away(path, stamp[0], self._folder_of(source, came))
        except OSError as error:
            # Read again and again it would keep all others waiting; personal data lie there, so somebody has to look.
            self._waiting[path] = stamp
            tell(log.critical, "ingest.extract_not_put_away", source=source.value, state=came.state, errno=error.errno)

    def _files_in(self, folder: Path) -> list[Path]:
        try:
            found = [path for path in folder.iterdir() if path.is_file()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            # Of one source; those of the others are read all the same.
            if folder not in self._closed:
                tell(log.critical, "ingest.extract_folder_closed", source=folder.name, errno=error.errno)
            self._closed.add(folder)
            return []
        self._closed.discard(folder)
        return [path for path in found if not path.name.startswith(".") and not path.name.endswith(_UNFINISHED)]

    def _folder_of(self, source: Source, came: Came) -> Path | None:
        return self._keep_in / came.state / source.value if self._keep_in else None

    async def _unknown(self, source: Source, path: Path) -> None:
        """Say of a file that nobody can read it: under another name it may be for somebody, so it stays."""
        note = store.Note(self._service.identifiers.derive("extract-unread", source, path.name), source, None, path.name)
        async with self._service.pool.acquire() as db:
            await store.note(db, note, "waiting", at=self._service.clock.now(), code="no_adapter")
        log.warning("ingest.extract_waits", source=source.value, code="no_adapter")


def _stamps(path: Path) -> tuple[Stamp | None, Stamp | None]:
    return stamp_of(path), stamp_of(path.with_name(path.name + MANIFEST))


def rules_of(settings: IngestSettings) -> Rules:
    """What the operator settled."""
    return Rules(settings.extract_shrink_share, settings.extract_shrink_least, timedelta(seconds=settings.clocks_ahead_seconds))


def watch(service: Service, desk: Desk, settings: IngestSettings) -> None:
    """Have a service look into the folders of its settings, where there are any. Raises AdapterWrong at the start."""
    if settings.extract_folder is None:
        return
    known = adapters.load_all(settings.extract_adapters or adapters.EXAMPLES)
    taker = Taker(service, desk, rules_of(settings))
    folders = Folders(service, taker, settings.extract_folder, known, settings.extract_keep_in)
    service.every(settings.extract_look_seconds, folders.look)
