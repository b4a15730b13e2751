"""
Which data folder a command means, and what a person is told where that folder is of no use.

`Root` is the one option of every command that looks at a stack. It never depends on the current directory. Imports are late, as on
the whole command line.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from contracts.values import ServiceName

if TYPE_CHECKING:
    from infra.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent.parent
UP_ROOT = REPOSITORY / ".tsunagu"
"""Where `tsunagu up` keeps its stack."""
DEMO_ROOT = UP_ROOT / "demo"
"""Where `tsunagu demo` keeps its stack."""

S = TypeVar("S", bound="Settings")


class CannotDo(Exception):
    """What was asked for cannot be done; the text says why, and where possible what to do."""


class NotRunning(CannotDo):
    """The stack of a data folder does not answer."""


class SettingsMissing(CannotDo):
    """Neither the environment nor secret files tell what a command must know."""


def found_root(up: Path | None = None, demo: Path | None = None) -> Path:
    """Return the folder of the stack that runs, `tsunagu up`'s before the demonstration's; if none runs, of the one that did last."""
    up, demo = up or UP_ROOT, demo or DEMO_ROOT
    started = [(_started_at(root), root) for root in (up, demo)]
    running = [root for at, root in started if at is not None and _runs(root)]
    if running:
        return running[0]
    # The folder that was stopped a moment ago is meant, and never an older one.
    return max(((at, root) for at, root in started if at is not None), key=lambda each: each[0], default=(0, up))[1]


def _started_at(root: Path) -> int | None:
    """When a stack was started last in `root`; None where none ever was."""
    try:
        return (root / "stack.json").stat().st_mtime_ns
    except OSError:
        return None


def _runs(root: Path) -> bool:
    from infra.local.stack import owner_of

    return owner_of(root) is not None


Root = Annotated[
    Path,
    typer.Option(
        envvar="TSUNAGU_ROOT",
        help="The stack's data folder.",
        default_factory=found_root,
        show_default="of the stack or demonstration that runs",
    ),
]


@contextmanager
def reaching(root: Path) -> Iterator[None]:
    """Ask the database or the broker of the stack in `root` in this block. Raises NotRunning where it does not answer."""
    import asyncpg

    try:
        yield
    except (ConnectionError, asyncpg.CannotConnectNowError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise NotRunning(not_running(root)) from error


def not_running(root: Path) -> str:
    """Say that the stack in `root` does not run and how to start it."""
    if "TSUNAGU_DATABASE_URL" in os.environ:
        return "no database lets us in at the address that TSUNAGU_DATABASE_URL gives"
    return f"the stack in {root} is not running; start it with ./tsunagu up --root {root}"


def settings_of(kind: type[S], root: Path, service: ServiceName) -> S:
    """
    Return a service's settings: those of the environment where it tells of a database, else those of the stack in `root`.

    Raises NoStack, SettingsMissing.
    """
    from pydantic import ValidationError

    from infra.settings import load

    if not {"TSUNAGU_SECRETS_DIR", "TSUNAGU_DATABASE_URL"} & os.environ.keys():
        _tell_environment(root, service)
    try:
        return load(kind)
    except ValidationError as error:
        names = ", ".join(f"TSUNAGU_{error['loc'][0]}".upper() for error in error.errors(include_input=False) if error["loc"])
        raise SettingsMissing(f"these settings are missing or cannot be read: {names}; give them, or a stack's --root") from None


def _tell_environment(root: Path, service: ServiceName) -> None:
    """Tell what the stack tells its own processes, so that a command sees the same clock and partitions."""
    from infra.local.access import Access

    access = Access.to(root.resolve())
    os.environ["TSUNAGU_SECRETS_DIR"] = str(access.root / "secrets" / service)
    os.environ.setdefault("TSUNAGU_CLOCK_FILE", str(access.clock_file))
    os.environ.setdefault("TSUNAGU_SIGNER_STATE", str(access.signer_state))
    os.environ.setdefault("TSUNAGU_PARTITIONS", str(access.partitions))
