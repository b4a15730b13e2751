"""Dates and shared pages."""
