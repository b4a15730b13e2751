"""Starts the linker: `python -m services.linker`."""

from infra.service import run
from services.linker.app import build

if __name__ == "__main__":
    run(build())
