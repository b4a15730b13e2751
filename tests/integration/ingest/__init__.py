"""Ingest on real servers."""
