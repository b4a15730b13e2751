"""Nightly extracts: a watched folder per source, whole CSV snapshots in it, compared with the last one; what changed goes to the desk."""
