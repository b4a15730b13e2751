"""Fixtures for all tests: they start the servers that they need, on ports of their own."""

import gc

import pytest
from hypothesis import settings

from infra.testing.fixtures import clock, database, postgres, template
from tests.played import played

# How long an example takes measures the machine and whatever else it does meanwhile.
settings.register_profile("tsunagu", deadline=None)
settings.load_profile("tsunagu")


def pytest_collection_finish(session: pytest.Session) -> None:  # noqa: ARG001 (pytest's name)
    """Take what was imported and collected out of every later collection of garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


__all__ = ["clock", "database", "played", "postgres", "template"]
