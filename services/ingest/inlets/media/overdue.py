"""Media that were brought and not erased in time (ACQ-03), and imports that nobody took to their end: an alarm until a person acted."""

from datetime import timedelta

import structlog

from infra.logs import tell
from infra.service import Service
from infra.telemetry import MEDIA_OVERDUE
from services.ingest.inlets.media import store
from services.ingest.settings import IngestSettings

LOOK_SECONDS = 30.0

log = structlog.get_logger()


class MediaWatch:
    """What a running service knows of media: it is not ready while an erase is overdue, and says each once."""

    def __init__(self, service: Service, *, erase_within: timedelta) -> None:
        self._service = service
        self._erase_within = erase_within
        self._known: frozenset[str] = frozenset()

    @property
    def none(self) -> bool:
        """Whether nothing is overdue."""
        return not self._known

    async def look(self) -> None:
        """Look what is overdue."""
        before = self._service.clock.now() - self._erase_within
        async with self._service.pool.acquire() as db:
            late = await store.overdue(db, before)
            broken = await store.broken_off(db, before)
        for medium in sorted(late.keys() - self._known):
            self._service.telemetry.count(MEDIA_OVERDUE)
            tell(log.critical, "ingest.medium_not_erased", medium=medium, since=late[medium].isoformat(), look_at="tsunagu media list")
        for batch, source in broken.items():
            log.error("ingest.media_import_broken_off", batch=str(batch), source=source.value)
        self._known = frozenset(late)


def watch_media(service: Service, settings: IngestSettings) -> None:
    """Have a service look what is overdue, and be ready only while nothing is."""
    watch = MediaWatch(service, erase_within=timedelta(hours=settings.media_erase_hours))
    service.every(LOOK_SECONDS, watch.look)
    service.need("media", lambda: watch.none)
