"""`tsunagu linker evaluate` and `tsunagu linker train`: on files, beside the service. They print counts and shares only."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated

import typer

from services.linker.domain.matching.register import TooManyPeople
from services.linker.domain.matching.weighing import Model, ModelIncomplete
from services.linker.evaluation.refusals import Refusal, WeightsUnreadable

File = Annotated[Path | None, typer.Option(help="A CSV file; its columns are in services/linker/README.md.")]
Needed = Annotated[Path, typer.Option(help="A CSV file; its columns are in services/linker/README.md.")]


@contextmanager
def complaining() -> Iterator[None]:
    """Say what is wrong with a file in a line, and end with 2."""
    try:
        yield
    except Refusal as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except TooManyPeople as error:
        typer.echo("the register has more than 16.7 million people: divide it by municipality", err=True)
        raise typer.Exit(2) from error


def weights(path: Path | None) -> Model:
    """Return a table of weights of a file, or the one in use. Raises `WeightsUnreadable`."""
    from services.linker.domain.matching.models import IN_USE, load

    try:
        return load(path) if path else IN_USE
    except (OSError, UnicodeDecodeError, TOMLDecodeError) as error:
        raise WeightsUnreadable(f"{path} is no table of weights: {type(error).__name__}") from error
    except ModelIncomplete as error:
        raise WeightsUnreadable(f"{path} is no whole table of weights: {error}") from error


def to_write(path: Path | None) -> Path | None:
    """Return a path at which a file can be written: else it would be found out when all work is done. A device is no file."""
    if path is None or (path.is_file() and os.access(path, os.W_OK)):
        return path
    if path.exists() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise typer.BadParameter(f"no file can be written at {path}")
    return path


@contextmanager
def with_splink() -> Iterator[None]:
    """Say where Splink is to be had, if it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        typer.echo(f"{error.name} is missing: install requirements-training.lock, as ./tsunagu does", err=True)
        raise typer.Exit(2) from error


def evaluate(
    register: File = None,
    records: File = None,
    truth: File = None,
    *,
    model: Annotated[Path | None, typer.Option(help="Weigh by this table (of `linker train`) instead of the one in use.")] = None,
    febrl: Annotated[int | None, typer.Option(help="Link FEBRL 3 or 4 instead, beside Splink in the same run.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Link by so many processes at once, as bulk would.")] = 1,
    splink: Annotated[bool, typer.Option("--splink", help="Link by Splink and a threshold as well, in the same run.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    charts: Annotated[
        Path | None,
        typer.Option(help="Write charts of thresholds, and of precision and recall, to this HTML file.", callback=to_write),
    ] = None,
) -> None:
    """Link records with known answers as the linker would, and say how often it was right, how often it asked, and how long it took."""
    if febrl is not None:
        _febrl(febrl, as_json=as_json)
        return
    from services.linker.evaluation.report import text
    from services.linker.evaluation.running import evaluated

    if register is None or records is None or truth is None:
        raise typer.BadParameter("--register, --records and --truth are needed")
    with complaining(), with_splink():
        report, page = evaluated(register, records, truth, weights(model), processes=processes, splink=splink)
    if charts is not None:
        charts.write_text(page, encoding="utf-8")
    print(json.dumps(report.as_json(), ensure_ascii=False, indent=2) if as_json else text(report))


def _febrl(number: int, *, as_json: bool) -> None:
    from services.linker.evaluation import febrl

    with complaining(), with_splink():
        from services.linker.evaluation import febrl_splink

        found = [febrl.linked(number), febrl_splink.linked(number)]
    print(json.dumps([each.as_json() for each in found], indent=2) if as_json else "\n".join(map(str, found)))


def train(
    register: Needed,
    records: Needed,
    to: Annotated[Path, typer.Option(help="The table of weights to write (TOML).", callback=to_write)],
    version: Annotated[str, typer.Option(help="How decisions name it.")],
    pairs: Annotated[float, typer.Option(min=1.0, help="Random pairs from which it is learned how often strangers agree.")] = 1e7,
    seed: Annotated[int, typer.Option(help="Of the random pairs.")] = 1,
) -> None:
    """Learn a table of weights from a register and records, without knowing who is who (Splink on DuckDB)."""
    from services.linker.evaluation.running import learned

    with complaining(), with_splink():
        to.write_text(learned(register, records, version=version, pairs=pairs, seed=seed), encoding="utf-8")
    print(f"{to}: model {version}")
