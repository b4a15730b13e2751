"""Puts casework together."""

from datetime import timedelta

from contracts.messages import CaseworkHears
from contracts.values import ServiceName
from infra.identity.login import identity_router
from infra.service import Service
from infra.settings import load
from services.casework import cases
from services.casework.accesses import note_login
from services.casework.api import api_router
from services.casework.handlers import on_parcel
from services.casework.pages import CaseworkPages
from services.casework.settings import CaseworkSettings

FORGET_EVERY = timedelta(hours=1)


def build(settings: CaseworkSettings | None = None) -> Service:
    """Return the service, ready to run."""
    settings = settings or load(CaseworkSettings)
    service = Service(ServiceName.CASEWORK, settings)
    service.hear(CaseworkHears, on_parcel)
    service.mount(identity_router(service, noted=note_login))
    service.mount(api_router(service))
    service.mount(CaseworkPages(service, service.app.state.identity).router())

    async def forget_answers() -> None:
        async with service.work() as work:
            await cases.forget_answers(work.db)

    service.every(FORGET_EVERY.total_seconds(), forget_answers)
    return service
