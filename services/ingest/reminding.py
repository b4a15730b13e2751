"""
Reminds of registrations whose review is near, past or that are suspended (LAW-02): in the log and as a metric, once a day each.

Pages and commands say it whenever they are opened; the source is told with its day's totals (`notice_of`).
"""

from datetime import date
from typing import Any

import structlog

from contracts.values import Source
from infra.postgres import Database
from infra.service import Service
from infra.telemetry import REVIEWS_DUE
from services.ingest import registering
from services.ingest.domain.refusals import Words
from services.ingest.domain.register import STANDINGS, Standing
from services.ingest.replies import words_json

LOOK_SECONDS = 600.0

log = structlog.get_logger()


class Reminders:
    """What a running service has reminded of today."""

    def __init__(self, service: Service, notice_days: int) -> None:
        self._service = service
        self._notice_days = notice_days
        self._said: set[tuple[date, Source, Standing]] = set()

    async def look(self) -> None:
        """Remind of what was not reminded of today."""
        today = self._service.clock.today()
        async with self._service.pool.acquire() as db:
            registered = await registering.registrations(db, list(Source))
        self._said = {said for said in self._said if said[0] == today}
        for row in registered:
            standing = row.standing(today, self._notice_days)
            if standing is Standing.VALID or (said := (today, row.source, standing)) in self._said:
                continue
            self._said.add(said)
            self._service.telemetry.count(REVIEWS_DUE, 1, source=row.source.value, standing=standing.value)
            until = row.review_on.isoformat() if row.review_on is not None else None
            log.warning("ingest.registration_needs_people", source=row.source.value, standing=standing.value, review_on=until)


async def notice_of(db: Database, source: Source, today: date, notice_days: int) -> dict[str, Any] | None:
    """What a source is told of its registration with its day's totals: None where nothing needs people."""
    row = next(iter(await registering.registrations(db, [source])), None)
    if row is None:
        return None
    standing = row.standing(today, notice_days)
    if standing is Standing.VALID:
        return None
    until = row.review_on.isoformat() if row.review_on is not None else None
    ja, en = STANDINGS[standing]
    return {"state": standing.value, "review_on": until, "message": words_json(Words(ja, en))}
