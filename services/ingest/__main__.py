"""Starts ingest: `python -m services.ingest`."""

from infra.service import run
from services.ingest.app import build

if __name__ == "__main__":
    run(build())
