"""Wiring of the audit service: what it hears, what it does by the clock, what it answers. Nothing else happens here."""

from dataclasses import dataclass

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.identity.login import Identity, identity_at
from infra.service import Service
from infra.settings import load
from services.audit.api import LogApi
from services.audit.collecting import LOOK_SECONDS as COLLECT_SECONDS
from services.audit.collecting import Collector
from services.audit.door import WitnessDoor
from services.audit.handlers import Inlet
from services.audit.keeper import Keeper
from services.audit.memory import Memory
from services.audit.misusing import Watch
from services.audit.offline.attesting import Register
from services.audit.pages import LogPages, menu
from services.audit.queue_pages import QueuePages
from services.audit.rollcall import LOOK_SECONDS
from services.audit.rostering import Roster
from services.audit.settings import AuditSettings
from services.audit.signer import Signer

ASKED_SECONDS = 1.0
ROOM_SECONDS = 600.0
"""Two segments of four million entries lie ahead: in ten minutes no source is quick enough to fill one."""


@dataclass(frozen=True, slots=True)
class Wired:
    """The audit service, and what it is made of."""

    service: Service
    identity: Identity
    keeper: Keeper


def build(settings: AuditSettings | None = None) -> Service:
    """Return the audit service, ready to run. Without `settings` they are read from environment and secret files."""
    return wire(settings or load(AuditSettings)).service


def wire(settings: AuditSettings) -> Wired:
    """Put the audit service together."""
    signer = Signer(settings.log_origin, bytes.fromhex(settings.signing_key.get_secret_value()))
    service = Service(ServiceName.AUDIT, settings)
    identity = identity_at(service, menu=menu)
    register = Register.read(settings.producer_register)
    keeper = Keeper(service, signer, Memory(signer.verifier, settings.signer_state), register)

    service.at_start(keeper.know_producers)
    service.hear(union_heard_by(ServiceName.AUDIT), Inlet(register).on_parcel)
    service.need("history", keeper.history_continues)
    service.need("producers", keeper.rollcall.is_complete)
    service.every(LOOK_SECONDS, keeper.rollcall.look)
    service.every(settings.checkpoint_seconds, keeper.seal)
    service.every(settings.verification_seconds, keeper.verify_all)
    service.every(settings.growth_seconds, keeper.verify_growth)
    service.every(ASKED_SECONDS, keeper.verify_if_asked)
    service.every(ROOM_SECONDS, keeper.make_room)
    service.every(COLLECT_SECONDS, Collector(service, keeper, signer.verifier).look)
    roster = Roster(settings.duty_list, lambda logins: identity.registered(logins=logins))
    # Whoever can make the list unreadable would otherwise hold a rule back for ever, and nobody knew.
    service.need("duty_list", lambda: roster.is_readable)
    service.every(settings.misuse_seconds, Watch(service, settings.misuse, roster.on_duty).look)
    service.mount(WitnessDoor(service, settings, signer.verifier, keeper).router)
    queue = QueuePages(service, identity, signer)
    service.mount(queue.router())
    service.mount(queue.api("findings"))
    service.mount(LogApi(service, identity, signer.verifier).router)
    service.mount(LogPages(service, identity, signer.verifier, keeper).router)
    return Wired(service, identity, keeper)
