"""The stack on the command line: `tsunagu up`, `down`, `status`, `clean` and `doctor`."""

import asyncio
import importlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.local.root import UP_ROOT, CannotDo, Root
from infra.printing import Json, console, print_json, print_table, size

if TYPE_CHECKING:
    from infra.local.doctor import Finding
    from infra.local.stack import PartStatus

CONSERVATION = "infra.city.conservation"
FEEDS = "services.ingest.feed_commands"

_DETACHED_SECONDS = 180.0
_DOWN_SECONDS = 120.0
_HIGHEST_FIRST_PORT = 32_768 - 16
"""Above, the kernel gives ports to clients, also to those of the broker while it is down (`infra/local/ports.py`)."""

UpRoot = Annotated[
    Path, typer.Option("--root", envvar="TSUNAGU_ROOT", help="The stack's data folder.", show_default=".tsunagu in the repository")
]
FirstPort = Annotated[
    int | None,
    typer.Option(min=1024, max=_HIGHEST_FIRST_PORT, help="First of 16 neighbouring ports. Default: those of last time, or any free ones."),
]


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    for command in (up, down, status, clean, doctor):
        app.command()(command)


def up(
    root: UpRoot = UP_ROOT,
    partitions: Annotated[int, typer.Option(min=1, max=64, help="Partitions per service on the bus.")] = 1,
    first_port: FirstPort = None,
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
    services = () if servers_only else ALL_SERVICES
    stack = Stack(root, services=services, partitions=partitions, management=management, first_port=first_port)
    try:
        with running(stack):
            _show_status(stack.root, stack.status())
            print("Ctrl-C stops it.", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        print("Stopped.", flush=True)


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
    print(f"Stopped what ran in {root}. Its data take {_size_of(root)}; ./tsunagu clean --root {root} deletes them.")


def status(
    root: Root,
    *,
    check: Annotated[bool, typer.Option("--check", help="Check that nothing was lost or done twice (conservation).")] = False,
    as_json: Json = False,
) -> None:
    """Show what runs and where; exit code 1 if something does not."""
    from infra.local.stack import Stack

    parts = Stack(root).status()
    ready = all(part.ready for part in parts)
    report = asyncio.run(importlib.import_module(CONSERVATION).check(root)) if check and ready else None
    feeds = importlib.import_module(FEEDS).in_trouble(root) if ready else []
    if as_json:
        told = [asdict(part) | {"ready": part.ready} for part in parts]
        print_json({"root": root, "ready": ready, "parts": told, "feeds": feeds, "conservation": report and report.as_json()})
    else:
        _show_status(root, parts)
        print(*feeds, sep="\n", end="\n" if feeds else "", flush=True)
        if report is not None:
            report.show(console())
    raise typer.Exit(1 if not ready else report.exit_code if report is not None else 0)


def clean(
    root: Root,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete the data folder of a stopped stack, with all data, logs and generated passwords in it."""
    from infra.local.stack import Stack

    if not root.exists():
        print(f"There is nothing in {root}.")
        return
    stack = Stack(root)
    if not stack.may_be_cleared():
        raise CannotDo(f"{root} is not a data folder of Tsunagu; nothing was deleted")
    how_much = _size_of(root)
    if not yes and not typer.confirm(f"Delete {root} ({how_much}) with all that is in it?"):
        print("Nothing was deleted.")
        raise typer.Exit(1)
    stack.clear()
    print(f"Deleted {root} ({how_much}).")


def doctor(root: Root, *, as_json: Json = False) -> None:
    """Say what is missing, too old, full or in the way, and what to do; exit code 1 if a stack could not start."""
    from infra.local.doctor import State, findings

    found = findings(root)
    is_bad = any(finding.state is State.BAD for finding in found)
    if as_json:
        print_json({"root": root, "can_start": not is_bad, "findings": [asdict(finding) for finding in found]})
    else:
        _show_findings(found)
        print("A stack would not start." if is_bad else "A stack can start.")
    raise typer.Exit(int(is_bad))


def _show_findings(found: "list[Finding]") -> None:
    from infra.local.doctor import State

    signs = {State.GOOD: "good", State.DOUBTFUL: "look", State.BAD: "BAD"}
    print_table(("", "what", "how it is", "what to do"), [(signs[each.state], each.what, each.how, each.do) for each in found])


def _show_status(root: Path, parts: "list[PartStatus]") -> None:
    print(f"Stack in {root}")
    print_table(
        ("part", "process", "address", "state", "what is missing"),
        [(part.name, part.pid, part.address, _state(part), "; ".join(part.lacks)) for part in parts],
    )
    sys.stdout.flush()


def _state(part: "PartStatus") -> str:
    return "ready" if part.ready else "not ready" if part.pid else "not running"


def _up_in_background(root: Path) -> None:
    """Start `tsunagu up` with the same options as a process of its own and wait until its stack is ready."""
    from infra.local import packages
    from infra.local.process import StartFailed
    from infra.local.stack import StackBusy, owner_of

    # Here, where what it says can be read and sudo can ask for a password.
    packages.ensure_for_a_stack()
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


def _size_of(root: Path) -> str:
    """What a data folder takes on its disk, as far as we may look, what lies outside for it included."""
    from infra.local.place import outside_of

    folders = (root, outside_of(root))
    blocks = sum(_blocks(Path(folder) / name) for start in folders for folder, _, names in os.walk(start) for name in names)
    return size(blocks * 512)


def _blocks(file: Path) -> int:
    try:
        return file.lstat().st_blocks
    except OSError:
        return 0
