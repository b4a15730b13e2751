"""Nightly extracts: whole CSV snapshots of a source, and what an adapter file says of them. Pure: bytes and texts in, records out."""
