"""
The command line `tsunagu`: the stack, the tests, and whatever the services and the synthetic city add.

Imports are late: `tsunagu --help` answers at once and works before any server is installed.
"""

import importlib
import importlib.util
import os
import platform
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from contracts.values import ServiceName
from infra.local import commands as local
from infra.local.root import REPOSITORY
from infra.printing import trouble

CITY = "infra.city.commands"
IDENTITY = "infra.identity.commands"
GROUPS = {
    "parked": "infra.parking.commands",
    "dead": "infra.dead_letters.commands",
    "source": "services.ingest.source_commands",
    "media": "services.ingest.inlets.media.commands",
    **{str(service): f"services.{service}.commands" for service in ServiceName},
}
"""Modules of commands, by the word under which they stand. None need be there: a wheel has some of them only."""

# Much of the whole suite waits for servers to start: three at a time leave two cores idle for a fifth of the time, four do not. A file
# stays together: its tests share servers.
_SIDE_BY_SIDE = ("--numprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")


@dataclass(frozen=True, slots=True)
class Check:
    """A program that must find nothing wrong before any test runs."""

    title: str
    words: tuple[str, ...]


_CHECKS = (
    Check("Types", ("mypy", "--no-error-summary")),
    Check("Lint", ("ruff", "check", "--quiet")),
    Check("Format", ("ruff", "format", "--check", "--quiet")),
    Check("Import rules", ("lint-imports", "--no-cache")),
)
"""The first takes as long as the others together."""

_COLLECTION = Check("Collection", ("pytest", "--collect-only", "-qq"))
"""Finds a test file that cannot be imported, and compiles what four processes would otherwise each compile at the same time."""

app = typer.Typer(
    name="tsunagu",
    add_completion=False,
    # No drawn boxes and no cut sentences where a program reads.
    rich_markup_mode="rich" if sys.stdout.isatty() else None,
    context_settings={} if sys.stdout.isatty() else {"terminal_width": 240},
    pretty_exceptions_enable=False,
)

local.register(app)


@app.callback(invoke_without_command=True)
def tsunagu(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    """Links a city's records so that people can notice a child in difficulty early."""
    if version:
        project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        print(f"tsunagu {project['version']} (Python {platform.python_version()})")
    elif context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)


def main() -> None:
    """Run the command line. An error that a person can act on is one message and exit code 1."""
    if sys.argv[1:2] != ["--version"]:
        _add_others(sys.argv[1] if len(sys.argv) > 1 else "")
    try:
        app(prog_name="tsunagu")
    except Exception as error:
        if not isinstance(error, _for_people()):
            raise
        print(f"tsunagu: {trouble(error) if isinstance(error, OSError) else error}", file=sys.stderr)
        sys.exit(1)


def _for_people() -> tuple[type[Exception], ...]:
    """Return the errors whose text says what to do."""
    from infra.local.access import NoStack
    from infra.local.packages import PackagesMissing
    from infra.local.postgres import NotInstalled
    from infra.local.process import StartFailed
    from infra.local.root import CannotDo
    from infra.local.stack import NotADataFolder, OtherPartitions, StackBusy
    from infra.migrating import MigrationBlocked, MigrationChanged
    from infra.queues import QueueInUse

    stacks = (NoStack, NotADataFolder, OtherPartitions, StackBusy, StartFailed)
    return (*stacks, CannotDo, MigrationBlocked, MigrationChanged, NotInstalled, PackagesMissing, PermissionError, QueueInUse)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Check lint, types and import rules, then run every test, four files at a time. What follows goes to pytest instead."""
    from infra.local import packages

    packages.ensure(*packages.SERVERS, *packages.TESTS)
    checks = _CHECKS if context.args else (*_CHECKS, _COLLECTION)
    # What checks types has one core; the others come one after the other on a second one.
    with ThreadPoolExecutor(2) as both:
        codes = list(both.map(_checked, checks))
    if any(codes):
        raise typer.Exit(next(filter(None, codes)))
    # Replaces this process, so that pytest's closing line is the last thing printed.
    os.chdir(REPOSITORY)
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *(context.args or _SIDE_BY_SIDE)], _keeping_what_is_compiled())  # noqa: S606 (no shell is wanted)


def _keeping_what_is_compiled() -> dict[str, str]:
    """
    Return an environment in which Python keeps what it compiled.

    Some containers forbid it. The tests start Python a few hundred times, and each time would compile everything anew.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _checked(check: Check) -> int:
    """Run a check, say what it finds wrong, and return its exit code."""
    print(f"{check.title}: {' '.join(check.words)}", flush=True)
    program, *arguments = check.words
    command = [sys.executable, "-m", program] if program == "pytest" else [str(Path(sys.executable).parent / program)]
    done = subprocess.run(
        [*command, *arguments],
        cwd=REPOSITORY,
        env=_keeping_what_is_compiled(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"{done.stdout}\n{check.title} failed.", flush=True)
    return done.returncode


def _add_others(word: str) -> None:
    """
    Add what is no command of the stack: of parking, dead letters, people, sources, media, services and the city.

    Whoever names one of them waits for that alone: to import all takes nearly two seconds of CPU. Help wants all, and so does a word
    that nobody knows.
    """
    if word in _names(app):
        return
    if word in GROUPS:
        _add_group(word)
        return
    for module in (CITY, IDENTITY):
        alone = typer.Typer()
        _add_at_the_top(alone, module)
        if word in _names(alone):
            _add_at_the_top(app, module)
            return
    for name in ("parked", "dead"):
        _add_group(name)
    _add_at_the_top(app, IDENTITY)
    for name in [name for name in GROUPS if name not in {"parked", "dead"}]:
        _add_group(name)
    _add_at_the_top(app, CITY)


def _add_group(name: str) -> None:
    if _exists(GROUPS[name]):
        app.add_typer(importlib.import_module(GROUPS[name]).app, name=name)


def _add_at_the_top(to: typer.Typer, module: str) -> None:
    """Add commands that belong to no group: those of a module that registers them, or of one that has them in an `app`."""
    if not _exists(module):
        return
    found = importlib.import_module(module)
    if hasattr(found, "register"):
        found.register(to)
    else:
        to.add_typer(found.app)


def _names(of: typer.Typer) -> set[str]:
    """The words that `of` knows, those of apps without a name of their own among them."""
    named = {each.name or each.callback.__name__.replace("_", "-") for each in of.registered_commands if each.callback is not None}
    groups = {each.name for each in of.registered_groups if isinstance(each.name, str)}
    unnamed = [each.typer_instance for each in of.registered_groups if not isinstance(each.name, str) and each.typer_instance is not None]
    return named | groups | {name for each in unnamed for name in _names(each)}


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
