"""Run a witness: `python -m services.audit.witness --help`, which is `tsunagu audit witness`."""

from infra.cycles import seldom_look_for_cycles

if __name__ == "__main__":
    seldom_look_for_cycles()
    import typer

    from services.audit.witness.commands import witness

    typer.run(witness)
