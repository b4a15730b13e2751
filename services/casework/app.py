"""Puts casework together."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.identity.login import Identity, identity_at
from infra.service import Service
from infra.settings import load
from services.casework import cases, emergencies, sampling, searches
from services.casework.accesses import note_login
from services.casework.api import api_router
from services.casework.disposing import carry_out_slice
from services.casework.domain.sampling import Sampling
from services.casework.handlers import on_parcel
from services.casework.pages import CaseworkPages, menu
from services.casework.refusing import PROBLEMS
from services.casework.screens.programme.weekly.making import make_what_is_due
from services.casework.settings import CaseworkSettings

FORGET_EVERY = timedelta(hours=1)
END_EVERY = timedelta(minutes=1)
DISPOSE_EVERY = timedelta(minutes=1)
"""So often some cases of approved lists go."""
REPORT_EVERY = timedelta(minutes=10)
"""So soon after it is due a weekly report is made."""


@dataclass(frozen=True, slots=True)
class Wired:
    """The service, and what it is made of."""

    service: Service
    identity: Identity


def build(settings: CaseworkSettings | None = None) -> Service:
    """Return the service, ready to run."""
    return wire(settings or load(CaseworkSettings)).service


def wire(settings: CaseworkSettings) -> Wired:
    """Put the service together."""
    service = Service(ServiceName.CASEWORK, settings)
    drawing = Sampling.of(settings.identifier_key.get_secret_value(), settings.sample_share)
    service.hear(union_heard_by(ServiceName.CASEWORK), partial(on_parcel, drawing=drawing))
    identity = identity_at(service, noted=note_login, menu=menu)
    service.app.state.problem_words = PROBLEMS
    service.mount(api_router(service, identity))
    service.mount(CaseworkPages(service, identity, settings.file_scanner).router())

    async def forget_answers() -> None:
        async with service.work() as work:
            await cases.forget_answers(work.db)
            await searches.forget(work)

    async def tell_of_samples() -> None:
        async with service.work() as work:
            await sampling.tell_what_is_untold(work)

    async def make_weekly_report() -> None:
        async with service.work() as work:
            await make_what_is_due(work)

    async def end_emergencies() -> None:
        async with service.work() as work:
            await emergencies.end_what_is_over(work)

    async def dispose() -> None:
        async with service.work() as work:
            await carry_out_slice(work)

    service.every(DISPOSE_EVERY.total_seconds(), dispose)
    service.every(END_EVERY.total_seconds(), end_emergencies)
    service.every(END_EVERY.total_seconds(), tell_of_samples)
    service.every(FORGET_EVERY.total_seconds(), forget_answers)
    service.every(REPORT_EVERY.total_seconds(), make_weekly_report)
    return Wired(service, identity)
