"""Casework against a real PostgreSQL."""
