"""`tsunagu audit verify WHAT …` and `verifier`: whoever verifies a log in files, here or on another machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from services.audit.offline import command
from services.audit.offline.packing import BESIDE, pack

CHECKS = {
    "checkpoint": "Who signed a checkpoint, and over what.",
    "proof": "Is a leaf the entry that a proof (C2SP tlog-proof) speaks of?",
    "log": "Derive a whole log in files (C2SP tlog-tiles), ours or another's, again.",
    "columns": "Does a table of entries say what the log's entries say?",
    "producers": "Is every entry its producer's word, and are the numbers of all lanes there?",
    "extract": "Is a part of the log (`/extracts`) what it signed, and is each of its entries in the log?",
    "diff": "Which entries of a log differ from the hashes that a witness kept?",
}
"""What can be verified from files alone (`services/audit/offline/command.py`, which reads what follows)."""


def add_checks(app: typer.Typer) -> None:
    """Add the checks of files beside that of the database."""
    for what, text in CHECKS.items():
        settings = {"allow_extra_args": True, "ignore_unknown_options": True}
        app.command(what, help=text, context_settings=settings, add_help_option=False)(_passed_on(what))


def _passed_on(what: str) -> Callable[[typer.Context], None]:
    def run(context: typer.Context) -> None:
        raise typer.Exit(command.main([what, *context.args]))

    return run


def write_verifier(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write the offline verifier as one file, for a machine that has nothing of this system."""
    pack(file)
    print(f"{file}: python3 {file.name} --help (needs Python 3.11 and the package {BESIDE})")
