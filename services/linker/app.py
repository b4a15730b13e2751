"""The linker, put together: one inlet, no tasks by the clock, no pages."""

from contracts.messages import union_heard_by
from contracts.values import ServiceName
from infra.service import Service
from infra.settings import load
from services.linker.handlers import on_parcel
from services.linker.holding import on_held
from services.linker.settings import LinkerSettings


def build() -> Service:
    """Wire the linker."""
    service = Service(ServiceName.LINKER, load(LinkerSettings))
    service.hear(union_heard_by(ServiceName.LINKER), on_parcel, on_held=on_held)
    return service
