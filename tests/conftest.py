"""Fixtures for all tests: they start the servers that they need, on ports of their own."""

from infra.testing.fixtures import clock, database, postgres, template

__all__ = ["clock", "database", "postgres", "template"]
