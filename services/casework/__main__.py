"""`python -m services.casework` serves it."""

from infra.cycles import seldom_look_for_cycles

if __name__ == "__main__":
    seldom_look_for_cycles()
    from infra.service import run
    from services.casework.app import build

    run(build())
