"""Wiring of the scorer."""

from contracts.messages import ScorerHears
from contracts.values import ServiceName
from infra.service import Service
from infra.settings import load
from services.scorer.handlers import on_parcel, ticker
from services.scorer.settings import ScorerSettings

TICK_SECONDS = 0.2
"""How long an answer may be behind the day that changed it."""


def build() -> Service:
    """Put the scorer together."""
    service = Service(ServiceName.SCORER, load(ScorerSettings))
    service.hear(ScorerHears, on_parcel)
    service.every(TICK_SECONDS, ticker(service))
    return service
