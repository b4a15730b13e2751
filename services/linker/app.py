"""The linker, put together: one inlet, pages for those who say who is who, and a look through the register from time to time."""

from dataclasses import dataclass

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.identity.login import Identity, identity_at
from infra.service import Service
from infra.settings import load
from services.linker.handlers import on_parcel
from services.linker.holding import on_held
from services.linker.pages import LinkerPages, menu
from services.linker.review.pairing import Pairing
from services.linker.settings import LinkerSettings


def build() -> Service:
    """Wire the linker by the settings that the environment gives."""
    return wire(load(LinkerSettings)).service


@dataclass(frozen=True, slots=True)
class Wired:
    """The service, and its login; without a register of staff there is none."""

    service: Service
    identity: Identity | None


def wire(settings: LinkerSettings) -> Wired:
    """Wire the linker, and tell what it is made of."""
    service = Service(ServiceName.LINKER, settings)
    service.hear(union_heard_by(ServiceName.LINKER), on_parcel, on_held=on_held)
    service.every(settings.review_look_seconds, Pairing(service).look)
    return Wired(service, _pages(service, settings))


def _pages(service: Service, settings: LinkerSettings) -> Identity | None:
    if settings.identity_database_url is None:
        # Linking does not depend on pages: without a register of staff there are none.
        return None
    identity = identity_at(service, menu=menu)
    pages = LinkerPages(service, identity)
    service.mount(pages.api("linker"))
    service.mount(pages.router())
    return identity
