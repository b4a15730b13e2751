"""`python -m services.casework` serves it."""

from infra.service import run
from services.casework.app import build

if __name__ == "__main__":
    run(build())
