"""The scorer, put together: one inlet, what is done by the clock, and pages for those who look after rulesets."""

from dataclasses import dataclass

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.identity.login import Identity, identity_at
from infra.service import Service
from infra.settings import load
from services.scorer.handlers import Inlet, Pace
from services.scorer.pages import ScorerPages, menu
from services.scorer.retention import LOOK_SECONDS as RETENTION_SECONDS
from services.scorer.retention import Retention
from services.scorer.settings import ScorerSettings
from services.scorer.worker import worker

TICK_SECONDS = 0.1
"""How long an answer may be behind the day that changed it."""

FOLLOW_SECONDS = 5.0
"""How long the ruleset in use may be behind the day on which another takes its place."""

WORK_SECONDS = 1.0
"""How long a simulation that somebody asked for waits for being begun."""


def build() -> Service:
    """Put the scorer together, by the settings that the environment gives."""
    return wire(load(ScorerSettings)).service


@dataclass(frozen=True, slots=True)
class Wired:
    """The service, and its login; without a register of staff there is none."""

    service: Service
    identity: Identity | None


def wire(settings: ScorerSettings) -> Wired:
    """Wire the scorer, and tell what it is made of."""
    service = Service(ServiceName.SCORER, settings)
    inlet = Inlet(Pace())
    service.hear(union_heard_by(ServiceName.SCORER), inlet.on_parcel, inlet.on_held)
    service.every(TICK_SECONDS, inlet.ticker(service))
    service.every(FOLLOW_SECONDS, inlet.follower(service))
    service.every(WORK_SECONDS, worker(service))
    service.every(RETENTION_SECONDS, Retention(service, settings.past_days).look)
    return Wired(service, _pages(service, settings))


def _pages(service: Service, settings: ScorerSettings) -> Identity | None:
    if settings.identity_database_url is None:
        # Evaluating does not depend on pages: without a register of staff there are none.
        return None
    identity = identity_at(service, menu=menu)
    pages = ScorerPages(service, identity)
    service.mount(pages.api("scorer"))
    service.mount(pages.router())
    return identity
