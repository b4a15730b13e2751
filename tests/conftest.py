"""Fixtures for all tests: they start the servers that they need, on ports of their own."""

import gc
from typing import Any

import pytest
from hypothesis import settings

from infra.testing.fixtures import clock, database, postgres, template
from tests.dealing import Dealer, turn

# How long an example takes measures the machine and whatever else it does meanwhile.
settings.register_profile("tsunagu", deadline=None)
settings.load_profile("tsunagu")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Dealer | None:
    """Deal out files to several processes."""
    return Dealer(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest first where several processes share the work."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn(item.nodeid))


def pytest_collection_finish(session: pytest.Session) -> None:  # noqa: ARG001 (pytest's name)
    """Take what was imported and collected out of every later collection of garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


__all__ = ["clock", "database", "postgres", "template"]
