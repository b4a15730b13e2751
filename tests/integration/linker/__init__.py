"""Tests of the linker against a real PostgreSQL."""
