"""Wiring of the scorer."""

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.service import Service
from infra.settings import load
from services.scorer.handlers import Inlet, Pace
from services.scorer.settings import ScorerSettings

TICK_SECONDS = 0.1
"""How long an answer may be behind the day that changed it."""

FOLLOW_SECONDS = 5.0
"""How long the ruleset in use may be behind the day on which another takes its place."""


def build() -> Service:
    """Put the scorer together."""
    service = Service(ServiceName.SCORER, load(ScorerSettings))
    inlet = Inlet(Pace())
    service.hear(union_heard_by(ServiceName.SCORER), inlet.on_parcel, inlet.on_held)
    service.every(TICK_SECONDS, inlet.ticker(service))
    service.every(FOLLOW_SECONDS, inlet.follower(service))
    return service
