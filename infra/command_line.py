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
from pathlib import Path
from typing import Annotated

import typer

from contracts.values import ServiceName
from infra.local import commands as local
from infra.local.root import REPOSITORY
from infra.printing import trouble

CITY = "infra.city.commands"
SOURCES = "services.ingest.source_commands"
MEDIA = "services.ingest.inlets.media.commands"

# Much of the whole suite waits for servers to start: three at a time keep two cores busy. A file stays together: its tests share servers.
_SIDE_BY_SIDE = ("--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder")

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
    # The stack's own commands do not wait for the others to be imported.
    if sys.argv[1:2] not in (["up"], ["down"], ["clean"], ["doctor"], ["test"], ["--version"]):
        _add_the_others()
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
    """Check lint, types and import rules, then run every test, three files at a time. What follows goes to pytest instead."""
    from infra.local import packages

    packages.ensure(*packages.SERVERS, *packages.TESTS)
    bin_folder = Path(sys.executable).parent
    for title, argv in (
        ("Lint", ["ruff", "check", "--quiet"]),
        ("Format", ["ruff", "format", "--check", "--quiet"]),
        ("Types", ["mypy", "--no-error-summary"]),
        ("Import rules", ["lint-imports", "--no-cache"]),
    ):
        _check(title, [str(bin_folder / argv[0]), *argv[1:]])
    # Replaces this process, so that pytest's closing line is the last thing printed.
    os.chdir(REPOSITORY)
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *(context.args or _SIDE_BY_SIDE)], _keeping_what_is_compiled())  # noqa: S606 (no shell is wanted)


def _keeping_what_is_compiled() -> dict[str, str]:
    """
    Return an environment in which Python keeps what it compiled.

    Some containers forbid it. The tests start Python a few hundred times, and each time would compile everything anew.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _check(title: str, argv: list[str]) -> None:
    print(f"{title}: {' '.join([Path(argv[0]).name, *argv[1:]])}", flush=True)
    done = subprocess.run(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout, f"{title} failed.", sep="\n", flush=True)
        raise typer.Exit(done.returncode)


def _add_the_others() -> None:
    """Add the commands of parking, dead letters, identity and sources, the services' as `tsunagu <service> …`, and the synthetic city's."""
    app.add_typer(importlib.import_module("infra.parking.commands").app, name="parked")
    app.add_typer(importlib.import_module("infra.dead_letters.commands").app, name="dead")
    if _exists("infra.identity.commands"):
        app.add_typer(importlib.import_module("infra.identity.commands").app)
    if _exists(SOURCES):
        app.add_typer(importlib.import_module(SOURCES).app, name="source")
    if _exists(MEDIA):
        app.add_typer(importlib.import_module(MEDIA).app, name="media")
    for service in ServiceName:
        module = f"services.{service}.commands"
        if importlib.util.find_spec(module) is not None:
            app.add_typer(importlib.import_module(module).app, name=service)
    if _exists(CITY):
        importlib.import_module(CITY).register(app)


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
