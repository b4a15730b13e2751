"""Run the audit service: `python -m services.audit`."""

from infra.service import run
from services.audit.app import build

if __name__ == "__main__":
    run(build())
