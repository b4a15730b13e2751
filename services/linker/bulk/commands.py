"""`tsunagu linker bulk`: it prints counts and times only; whom records are about stands in the file of decisions."""

import json
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from services.linker.evaluation.commands import Needed, complaining, to_write, weights

_EVERY_SECONDS = 5.0


class Progress:
    """Says on the error stream, every few seconds, how many records are decided, how fast, and how long it will still take."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None
        self._said = monotonic()

    def __call__(self, done: int, of: int) -> None:
        """Hear of a part that is written."""
        now = monotonic()
        if self._began is None:
            self._began = now, done
        began, before = self._began
        if now - self._said < _EVERY_SECONDS or done == before:
            return
        self._said = now
        speed = (done - before) / (now - began)
        typer.echo(f"{done:,} of about {of:,} records, {speed:,.0f} a second, {max(of - done, 0) / speed:,.0f} s left", err=True)


def bulk(
    register: Needed,
    records: Needed,
    to: Annotated[
        Path, typer.Option(help="The file of decisions (JSON, a line each). If it is there, it is gone on with.", callback=to_write)
    ],
    *,
    model: Annotated[Path | None, typer.Option(help="Weigh by this table (of `linker train`) instead of the one in use.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Link by so many processes, which share the register.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Decide about all records of a city: its first load, or linking it anew. Stopped or killed, the same command goes on where it was."""
    from services.linker.bulk.running import SomebodyWrites, Work, run
    from services.linker.bulk.written import OfSomethingElse

    with complaining():
        try:
            found = run(Work(register, records, to, weights(model), processes), Progress())
        except OfSomethingElse as error:
            typer.echo(
                f"{to} holds something else, or decisions about other files or by another version: give another name, or move it away",
                err=True,
            )
            raise typer.Exit(2) from error
        except SomebodyWrites as error:
            typer.echo(f"another run writes {to}: wait for it", err=True)
            raise typer.Exit(2) from error
        except OSError as error:
            typer.echo(f"{to} cannot be written: {type(error).__name__}; what is decided is in it, and the same command goes on", err=True)
            raise typer.Exit(1) from error
        except BrokenProcessPool as error:
            typer.echo(f"a process was ended from outside; what is decided is in {to}: the same command goes on", err=True)
            raise typer.Exit(1) from error
    counts = {"records": found.records, **(found.counts or {})}
    print(json.dumps(counts) if as_json else ", ".join(f"{count:,} {name}" for name, count in counts.items()) + f": {to}")
