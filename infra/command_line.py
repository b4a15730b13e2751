"""
The command line `tsunagu`: the stack, the tests, and whatever the services and the synthetic city add.

Imports are late: `tsunagu --help` answers at once and works before any server is installed.
"""

import asyncio
import importlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contracts.values import ServiceName
from infra.local.root import REPOSITORY, UP_ROOT, Root

if TYPE_CHECKING:
    from infra.local.stack import Stack

CITY = "infra.city.commands"
CONSERVATION = "infra.city.conservation"

# Much of the whole suite waits for servers to start. A file stays together: its tests share servers.
_SIDE_BY_SIDE = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder")
_DETACHED_SECONDS = 180.0
_DOWN_SECONDS = 120.0

app = typer.Typer(
    name="tsunagu",
    help="Links a city's records so that people can notice a child in difficulty early.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

UpRoot = Annotated[
    Path, typer.Option("--root", envvar="TSUNAGU_ROOT", help="The stack's data folder.", show_default=".tsunagu in the repository")
]


def main() -> None:
    """Run the command line. An error that a person can act on is one message and exit code 1."""
    # The stack's own commands do not wait for the others to be imported.
    if sys.argv[1:2] not in (["up"], ["down"], ["test"]):
        _add_the_others()
    try:
        app(prog_name="tsunagu")
    except Exception as error:
        if not isinstance(error, _for_people()):
            raise
        print(f"tsunagu: {error}", file=sys.stderr)
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


@app.command()
def up(
    root: UpRoot = UP_ROOT,
    partitions: Annotated[int, typer.Option(min=1, max=64, help="Partitions per service on the bus.")] = 1,
    *,
    detach: Annotated[bool, typer.Option("--detach", help="Return when it is up; `tsunagu down` stops it.")] = False,
    servers_only: Annotated[bool, typer.Option("--servers-only", help="PostgreSQL and RabbitMQ without the services.")] = False,
    management: Annotated[bool, typer.Option("--management", help="With RabbitMQ's web interface.")] = False,
) -> None:
    """Start the stack and keep it running until Ctrl-C."""
    from infra.local.stack import ALL_SERVICES, Stack, running

    if detach:
        _up_in_background(root)
        status(root)
        return
    print("Starting …", flush=True)
    stack = Stack(root, services=() if servers_only else ALL_SERVICES, partitions=partitions, management=management)
    try:
        with running(stack):
            _print_status(stack)
            print("Ctrl-C stops it.", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        print("Stopped.", flush=True)


@app.command()
def down(root: Root) -> None:
    """Stop the stack of the data folder, whoever started it."""
    from infra.local.stack import owner_of

    owner = owner_of(root)
    if owner is None:
        print(f"Nothing runs in {root}.")
        return
    os.kill(owner, signal.SIGTERM)
    deadline = time.monotonic() + _DOWN_SECONDS
    while owner_of(root) is not None or Path(f"/proc/{owner}").exists():
        if time.monotonic() > deadline:
            print(f"tsunagu: process {owner} did not stop in {_DOWN_SECONDS:.0f} s", file=sys.stderr)
            raise typer.Exit(1)
        time.sleep(0.1)
    print(f"Stopped what ran in {root}.")


@app.command()
def status(
    root: Root,
    *,
    check: Annotated[bool, typer.Option("--check", help="Check that nothing was lost or done twice (conservation).")] = False,
) -> None:
    """Show what runs and where; exit code 1 if something does not."""
    from infra.local.stack import Stack

    ready = _print_status(Stack(root))
    if not ready:
        raise typer.Exit(1)
    if check:
        from rich.console import Console

        report = asyncio.run(importlib.import_module(CONSERVATION).check(root))
        report.show(Console())
        raise typer.Exit(report.exit_code)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Check lint, types and import rules, then run every test, two at a time. What follows goes to pytest instead."""
    from infra.local import packages

    packages.ensure(*packages.SERVERS, *packages.BROWSER)
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
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *(context.args or _SIDE_BY_SIDE)])  # noqa: S606 (no shell is wanted)


def _check(title: str, argv: list[str]) -> None:
    print(f"{title}: {' '.join([Path(argv[0]).name, *argv[1:]])}", flush=True)
    done = subprocess.run(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout, f"{title} failed.", sep="\n", flush=True)
        raise typer.Exit(done.returncode)


def _up_in_background(root: Path) -> None:
    """Start `tsunagu up` with the same options as a process of its own and wait until its stack is ready."""
    from infra.local import packages
    from infra.local.process import StartFailed
    from infra.local.stack import StackBusy, owner_of

    # Here, where what it says can be read and sudo can ask for a password.
    packages.ensure(*packages.SERVERS)
    owner = owner_of(root)
    if owner is not None:
        raise StackBusy(f"process {owner} runs a stack in {root} already; `./tsunagu down --root {root}` stops it")
    (root / "log").mkdir(mode=0o711, parents=True, exist_ok=True)
    log_file = root / "log/up.log"
    argv = [sys.executable, "-m", "infra", *(word for word in sys.argv[1:] if word != "--detach")]
    with log_file.open("wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + _DETACHED_SECONDS
    while b"Ctrl-C stops it." not in log_file.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            raise StartFailed(log_file.read_text(encoding="utf-8", errors="replace"))
        time.sleep(0.1)


def _print_status(stack: "Stack") -> bool:
    """Print a table of the parts. Returns whether all that were started are ready."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    parts = stack.status()
    table = Table("part", "process", "address", "state", "what is missing")
    for part in parts:
        state = "[green]ready[/]" if part.ready else "[bold red]not ready[/]" if part.pid else "[bold red]not running[/]"
        table.add_row(part.name, str(part.pid or ""), part.address, state, escape("; ".join(part.lacks)))
    console = Console(highlight=False)
    console.print(f"Stack in {stack.root}", soft_wrap=True)
    console.print(table)
    return all(part.ready for part in parts)


def _add_the_others() -> None:
    """Add the commands of parking, dead letters and identity, the services' as `tsunagu <service> …`, and the synthetic city's."""
    app.add_typer(importlib.import_module("infra.parking.commands").app, name="parked")
    app.add_typer(importlib.import_module("infra.dead_letters.commands").app, name="dead")
    if _exists("infra.identity.commands"):
        app.add_typer(importlib.import_module("infra.identity.commands").app)
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
