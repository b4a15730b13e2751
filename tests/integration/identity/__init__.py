"""Logging in, against a real PostgreSQL."""
