"""A bundle taken by a program beside the service: with the service's own login, and a desk of its own."""

from datetime import timedelta

from contracts.values import ServiceName
from infra.service import Service
from services.ingest.desk import Desk
from services.ingest.domain.watch import Rates
from services.ingest.inlets.media.importing import Importer, Taken
from services.ingest.inlets.media.store import People
from services.ingest.settings import IngestSettings


async def taken(settings: IngestSettings, bundle: bytes, *, operator: str, verifier: str, gap: str | None = None) -> Taken:
    """
    Take a bundle, whole or not at all; what is said of it is sent by the service that runs.

    Raises NotTaken with all that is wrong.
    """
    service = Service(ServiceName.INGEST, settings)
    rates = Rates(suspected=settings.numbering_suspected, false_alarm=settings.numbering_false_alarm)
    async with service.unheard():
        desk = Desk(service, rates=rates, ahead=timedelta(seconds=settings.clocks_ahead_seconds))
        return await Importer(service, desk, settings).take(bundle, People(operator, verifier), gap=gap)
