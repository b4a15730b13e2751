"""Ingest, put together: one desk, an inlet by AMQP, an inlet by HTTP."""

from datetime import timedelta

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.service import RETRY_PARKED_SECONDS, Service
from infra.settings import load
from services.ingest.days import FOLD_SECONDS, Days
from services.ingest.desk import Desk
from services.ingest.domain.watch import Rates
from services.ingest.feeds import LOOK_SECONDS, StoppedFeeds
from services.ingest.hearing import on_parcel
from services.ingest.inlets.amqp import QUEUE, on_delivery
from services.ingest.inlets.http import router
from services.ingest.inlets.questions import questions
from services.ingest.settings import IngestSettings


def build() -> Service:
    """Wire ingest by the settings that the environment gives."""
    return assembled(load(IngestSettings))


def assembled(settings: IngestSettings) -> Service:
    """Wire ingest."""
    service = Service(ServiceName.INGEST, settings)
    rates = Rates(suspected=settings.numbering_suspected, false_alarm=settings.numbering_false_alarm)
    desk = Desk(service, rates=rates, ahead=timedelta(seconds=settings.clocks_ahead_seconds))
    feeds = StoppedFeeds(service)

    service.hear_raw(QUEUE, on_delivery(service, desk))
    service.hear(union_heard_by(ServiceName.INGEST), on_parcel)
    service.mount(router(service, desk, settings.source_tokens))
    service.mount(questions(service, settings.source_tokens))
    service.every(RETRY_PARKED_SECONDS, desk.retry_parked)
    service.every(LOOK_SECONDS, feeds.look)
    service.every(FOLD_SECONDS, Days(service).fold)
    service.need("feeds", lambda: feeds.none)
    return service
