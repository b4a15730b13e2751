"""Ingest, put together: one desk, inlets by AMQP, by HTTP and by nightly extract, and pages for those who look after the sources."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.identity.login import Identity, identity_at
from infra.service import RETRY_PARKED_SECONDS, Service
from infra.settings import load
from services.ingest.beside import LOOK_SECONDS as BESIDE_SECONDS
from services.ingest.beside import Beside
from services.ingest.days import FOLD_SECONDS, Days
from services.ingest.desk import Desk
from services.ingest.domain.watch import Rates
from services.ingest.feeds import LOOK_SECONDS, StoppedFeeds
from services.ingest.hearing import on_parcel
from services.ingest.inlets.amqp import QUEUE, on_delivery
from services.ingest.inlets.extract.folder import watch
from services.ingest.inlets.http import router
from services.ingest.inlets.login import Logins
from services.ingest.inlets.media.importing import Importer
from services.ingest.inlets.media.overdue import watch_media
from services.ingest.inlets.questions import questions
from services.ingest.inlets.receipts import receipts
from services.ingest.pages import IngestPages, menu
from services.ingest.receipts import FORGET_SECONDS, Receipts
from services.ingest.reminding import LOOK_SECONDS as REMIND_SECONDS
from services.ingest.reminding import Reminders
from services.ingest.retention import LOOK_SECONDS as RETENTION_SECONDS
from services.ingest.retention import Retention, terms_of
from services.ingest.room import Room
from services.ingest.settings import IngestSettings
from services.ingest.standing import LOOK_SECONDS as STANDING_SECONDS
from services.ingest.standing import Standings


def build() -> Service:
    """Wire ingest by the settings that the environment gives."""
    return assembled(load(IngestSettings))


@dataclass(frozen=True, slots=True)
class Wired:
    """The service, and its login; without a register of staff there is none."""

    service: Service
    identity: Identity | None


def assembled(settings: IngestSettings) -> Service:
    """Wire ingest."""
    return wire(settings).service


def wire(settings: IngestSettings) -> Wired:
    """Wire ingest, and tell what it is made of."""
    service = Service(ServiceName.INGEST, settings)
    rates = Rates(suspected=settings.numbering_suspected, false_alarm=settings.numbering_false_alarm)
    logins = Logins(settings.source_tokens, settings.source_certificates, settings.certificate_gateways)
    room = Room(share=settings.http_source_share)
    desk = Desk(service, room, rates=rates, ahead=timedelta(seconds=settings.clocks_ahead_seconds))
    feeds = StoppedFeeds(service)
    retention = Retention(service, terms_of(settings))
    beside = Beside(service)

    service.at_start(beside.begin)
    service.at_end(beside.end)
    service.every(BESIDE_SECONDS, beside.look)
    service.hear_raw(QUEUE, on_delivery(service, desk, beside))
    service.hear(union_heard_by(ServiceName.INGEST), on_parcel)
    service.mount(router(service, desk, logins))
    service.mount(questions(service, logins, settings.review_notice_days))
    service.mount(receipts(service, logins))
    identity = _pages(service, desk, settings)
    service.every(RETRY_PARKED_SECONDS, desk.retry_parked)
    service.every(FORGET_SECONDS, Receipts(service).forget)
    service.every(LOOK_SECONDS, feeds.look)
    service.every(REMIND_SECONDS, Reminders(service, settings.review_notice_days).look)
    service.every(FOLD_SECONDS, Days(service).fold)
    service.every(STANDING_SECONDS, Standings(service).look)
    watch(service, desk, settings)
    watch_media(service, settings)
    service.every(RETENTION_SECONDS, retention.look)
    service.need("feeds", lambda: feeds.none)
    service.need("parked_decided", lambda: retention.decided)
    return Wired(service, identity)


def _pages(service: Service, desk: Desk, settings: IngestSettings) -> Identity | None:
    if settings.identity_database_url is None:
        # What comes in does not depend on pages: without a register of staff there are none.
        return None
    identity = identity_at(service, menu=menu)
    service.mount(IngestPages(service, identity, settings, Importer(service, desk, settings)).router())
    return identity
