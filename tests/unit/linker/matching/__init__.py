"""Matching: what is compared, weighed, and decided."""
