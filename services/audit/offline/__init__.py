"""Verification of a published log by whoever has its files and its key: without database, service or anything of them running."""
