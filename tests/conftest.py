"""Fixtures for all tests: they start the servers that they need, on ports of their own."""

from infra.testing.fixtures import clock, database, postgres, template
from tests.played import played

__all__ = ["clock", "database", "played", "postgres", "template"]
