"""
What commands print: a table that folds into a terminal and is cut nowhere, plain lines where a program reads, JSON where asked for.

Instants are told in Japan's time, as on every page, and say so.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from infra.clock import JST

_PIPE_COLUMNS = 10_000
"""Wider than any line: where nobody looks at a terminal, no name is folded or cut."""

Json = Annotated[bool, typer.Option("--json", help="For a program.")]
"""The option of every command that shows something."""

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def console(*, stderr: bool = False) -> Console:
    """Return the console of this command's output."""
    return Console(stderr=stderr, width=None if _is_terminal(stderr=stderr) else _PIPE_COLUMNS, highlight=False)


def table(*columns: str) -> Table:
    """Return an empty table: drawn with lines in a terminal, with spaces alone in a pipe or file."""
    lines = box.HEAVY_HEAD if _is_terminal(stderr=False) else None
    return Table(*(Column(name, overflow="fold") for name in columns), box=lines, pad_edge=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print `rows` under `columns`. What is None stays empty."""
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    if _is_terminal(stderr=False):
        drawn = table(*columns)
        for row in cells:
            drawn.add_row(*map(Text, row))
        console().print(drawn)
        return
    widths = [max(map(cell_len, column)) for column in zip(columns, *cells, strict=True)]
    for line in ([*columns], *cells):
        print("  ".join(set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip())  # noqa: T201


def print_json(value: Any) -> None:
    """Print `value` for a program: UTF-8, keys as they stand, whatever JSON does not know as text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_as_json))  # noqa: T201 (this is what it is for)


def moment(instant: datetime) -> str:
    """Return an instant as people here read it: 2026-04-11 09:30:00 JST."""
    return f"{instant.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"


def size(octets: int) -> str:
    """Return a size as people say it: 312 MB."""
    step = min(len(str(octets)) - 1, 3 * (len(_UNITS) - 1)) // 3
    return f"{octets / 1000**step:.0f} {_UNITS[step]}"


def trouble(error: OSError) -> str:
    """Return what the machine refuses, and of which file, in words: no error numbers."""
    what = (error.strerror or str(error) or type(error).__name__).lower()
    files = " and ".join(str(file) for file in (error.filename, error.filename2) if file)
    return f"{what}: {files}" if files else what


def _as_json(value: object) -> str:
    return value.astimezone(JST).isoformat() if isinstance(value, datetime) else str(value)


def _is_terminal(*, stderr: bool) -> bool:
    return (sys.stderr if stderr else sys.stdout).isatty()
