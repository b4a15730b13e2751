"""
Feeds that are stopped because what their source calls its own numbers are My Numbers, as far as chance can tell.

Numbers are counted in the admission's transaction, of each field by one process at a time, and only of events that come for the first
time. What arrives of a stopped feed is held until people have decided (`releasing`).
"""

from collections.abc import Sequence

import structlog

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Source
from infra.logs import tell
from infra.service import Service
from infra.work import UnitOfWork
from services.ingest import numbering
from services.ingest.domain.my_number import is_my_number
from services.ingest.domain.watch import MARKS, Evidence, Place, Rates, after, is_no_chance

FEED_STOPPED = "feed_stopped"
"""Why an event of a stopped feed is parked, and the code that its source is told."""

LOOK_SECONDS = 1.0

log = structlog.get_logger()


async def watch(
    work: UnitOfWork, told: Sequence[tuple[Source, Sequence[tuple[Place, str]]]], stopped: dict[Source, str], rates: Rates
) -> list[str | None]:
    """
    Count the numbers of events, in the order of arrival. `stopped` are the feeds that are stopped already, with the field.

    Returns for each event the field for which its feed is stopped, or None. The event that shows it is no chance is the first to stop.
    """
    places = {place for _, numbers in told for place, _ in numbers}
    # Whoever counts elsewhere is waited for: its numbers came first, and may have stopped the feed a moment ago.
    before, stopped_for = await numbering.evidence(work.db, places) if places else ({}, [])
    stopped, now = {place.source: place.field for place in reversed(stopped_for)} | stopped, dict(before)
    stopping: list[Place] = []
    found = []
    for source, numbers in told:
        for place, digits in numbers if source not in stopped else ():
            mark = work.identifiers.derive("numbering", place.source.value, place.field, digits).int % MARKS
            now[place] = after(now.get(place, Evidence()), mark, valid=is_my_number(digits), rates=rates)
            if is_no_chance(now[place], rates):
                stopped.setdefault(source, place.field)
                stopping.append(place)
        found.append(stopped.get(source))
    changed = {place: said for place, said in now.items() if said is not before.get(place)}
    await numbering.save_evidence(work.db, changed, stopping, at=work.now)
    for place in stopping:
        _tell_audit(work, place)
    return found


def _tell_audit(work: UnitOfWork, place: Place) -> None:
    work.keep(
        deeds.FEED_STOPPED,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.SOURCE, id=place.source.value),
        fields=(place.field,),
        reason_code="MY-NUMBER",
    )


class StoppedFeeds:
    """What a running service knows of stopped feeds: it is not ready while there are any, and says each once."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: set[Place] = set()

    @property
    def none(self) -> bool:
        """Whether every feed goes on."""
        return not self._known

    async def look(self) -> None:
        """Look which feeds are stopped."""
        async with self._service.pool.acquire() as db:
            now = set(await numbering.stopped_for(db))
        for place in sorted(now - self._known):
            tell(log.critical, "ingest.feed_stopped", source=place.source.value, field=place.field, look_at="tsunagu ingest numbers")
        self._known = now
