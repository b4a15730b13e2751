"""Run a witness: `python -m services.audit.witness --help`, which is `tsunagu audit witness`."""

import typer

from services.audit.witness.commands import witness

if __name__ == "__main__":
    typer.run(witness)
