"""Run the audit service: `python -m services.audit`."""

from infra.cycles import seldom_look_for_cycles

if __name__ == "__main__":
    seldom_look_for_cycles()
    from infra.service import run
    from services.audit.app import build

    run(build())
