"""Runs the scorer."""

from infra.service import run
from services.scorer.app import build

if __name__ == "__main__":
    run(build())
