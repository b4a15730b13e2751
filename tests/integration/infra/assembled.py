"""The five services, wired as they run, with nothing behind them."""

from importlib import import_module

import pytest

from contracts.values import ServiceName
from infra.service import Service

SETTINGS = {
    "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/nothing",
    "IDENTITY_DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/nothing",
    "BROKER_URL": "amqp://nobody:nothing@127.0.0.1:1/",
    "IDENTIFIER_KEY": "00" * 32,
    "PARKING_KEY": "00" * 32,
    "SIGNING_KEY": "11" * 32,
}


def assembled(name: ServiceName, monkeypatch: pytest.MonkeyPatch, **settings: str) -> Service:
    """Return a service that reads its settings from the environment, as a process does."""
    for key, value in (SETTINGS | settings).items():
        monkeypatch.setenv(f"TSUNAGU_{key}", value)
    service: Service = import_module(f"services.{name}.app").build()
    return service
