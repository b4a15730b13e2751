"""
`tsunagu doctor`: what is missing, too old, full or in the way before a stack is started, and what to do about each.

Nothing is installed, started, ended or deleted here.
"""

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from contracts.values import ServiceName
from infra.local import packages, ports
from infra.local.access import PORTS_NEEDED, Access, NoStack
from infra.local.place import NoRoom, need_room
from infra.local.postgres import NotInstalled, programs
from infra.local.stack import owner_of
from infra.printing import size, trouble

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRESQL = 15
"""Debian 12's. Older ones were never tried."""
OLDEST_RABBITMQ = (3, 10)
"""Debian 12's: the first whose quorum queues take `reject-publish` with at-least-once dead letters."""
_MEMORY = 1_500_000_000
_BROKERS = Path("/usr/lib/rabbitmq/lib")
_VERSION = re.compile(r"rabbitmq_server-(\d+)\.(\d+)")


class State(StrEnum):
    """How a finding stands. Only what is `bad` keeps a stack from starting."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do where it is not good."""

    what: str
    state: State
    how: str
    do: str = ""


def findings(root: Path) -> list[Finding]:
    """Look at everything that a stack in `root` needs."""
    return [_python(), *_packages(), *_versions(), _memory(), *_folder(root), *_stack(root)]


def _python() -> Finding:
    found = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", State.BAD, f"{found} is too old", "install Python 3.11 or newer")
    return Finding("Python", State.GOOD, found)


def _packages() -> Iterator[Finding]:
    for_tests = tuple(need for need in packages.TESTS if need not in packages.PAPER)
    for needs, what_for, state in (
        (packages.SERVERS, "", State.BAD),
        (packages.PAPER, "", State.DOUBTFUL),
        (for_tests, " (for ./tsunagu test only)", State.DOUBTFUL),
    ):
        for need in needs:
            if need.is_met():
                yield Finding(need.package, State.GOOD, need.why)
            elif _can_install():
                yield Finding(need.package, State.DOUBTFUL, f"missing: {need.why}{what_for}", "nothing: it is installed when it is needed")
            else:
                command = f"apt-get install --no-install-recommends {need.package}"
                yield Finding(need.package, state, f"missing: {need.why}{what_for}", f"as root: {command}")


def _can_install() -> bool:
    return shutil.which("apt-get") is not None and (os.geteuid() == 0 or shutil.which("sudo") is not None)


def _versions() -> Iterator[Finding]:
    try:
        version = int(programs().parent.name)
    except NotInstalled:
        pass
    else:
        yield _old_or_good("PostgreSQL", str(version), is_old=version < OLDEST_POSTGRESQL, oldest=str(OLDEST_POSTGRESQL))
    brokers = [(int(found[1]), int(found[2])) for folder in _BROKERS.glob("*") if (found := _VERSION.match(folder.name))]
    if brokers:
        newest = max(brokers)
        yield _old_or_good("RabbitMQ", _dotted(newest), is_old=newest < OLDEST_RABBITMQ, oldest=_dotted(OLDEST_RABBITMQ))


def _old_or_good(name: str, found: str, *, is_old: bool, oldest: str) -> Finding:
    if is_old:
        return Finding(name, State.BAD, f"{found} is too old", f"install {name} {oldest} or newer; Debian 12 has it")
    return Finding(name, State.GOOD, found)


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _memory() -> Finding:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            free = int(line.split()[1]) * 1024
            if free < _MEMORY:
                return Finding(
                    "memory", State.DOUBTFUL, f"{size(free)} free", f"end other programs: the demonstration takes {size(_MEMORY)}"
                )
            return Finding("memory", State.GOOD, f"{size(free)} free")
    return Finding("memory", State.DOUBTFUL, "this system does not tell how much is free")


def _folder(root: Path) -> Iterator[Finding]:
    standing = next(folder for folder in (root, *root.parents) if folder.exists())
    if not standing.is_dir():
        yield Finding("data folder", State.BAD, f"{standing} is a file", "give another --root, or move the file away")
        return
    if not os.access(standing, os.W_OK | os.X_OK):
        yield Finding("data folder", State.BAD, f"{standing} belongs to another account", "give another --root, or run as its owner")
        return
    yield Finding("data folder", State.GOOD, f"{root}" if root.exists() else f"{root}, made at the first start")
    try:
        need_room(standing)
    except NoRoom as error:
        yield Finding("disk", State.BAD, str(error), "./tsunagu clean deletes the data of a stopped stack")
    except OSError as error:
        yield Finding("disk", State.BAD, trouble(error), "give another --root")
    else:
        disk = os.statvfs(standing)
        yield Finding("disk", State.GOOD, f"{size(disk.f_bavail * disk.f_frsize)} free")


def _stack(root: Path) -> Iterator[Finding]:
    owner = owner_of(root)
    try:
        access = Access.to(root)
    except NoStack:
        yield Finding("stack", State.GOOD, "none was started here yet")
        return
    if owner is not None:
        yield Finding("stack", State.GOOD, f"runs, started by process {owner}; ./tsunagu status tells more")
        return
    yield Finding("stack", State.GOOD, "stopped")
    taken = [port for port in range(access.first_port, access.first_port + PORTS_NEEDED) if not ports.is_free(port)]
    if taken:
        names = ", ".join(_name_of(access, port) for port in taken)
        yield Finding("ports", State.DOUBTFUL, f"taken: {names}", "nothing: the next start takes others; ss -ltnp shows who listens there")
    else:
        yield Finding("ports", State.GOOD, f"{access.first_port} to {access.first_port + PORTS_NEEDED - 1} are free")


def _name_of(access: Access, port: int) -> str:
    named = {
        access.postgres_port: "PostgreSQL",
        access.broker_ports.amqp: "RabbitMQ",
        **{access.service_port(service): service.value for service in ServiceName},
    }
    return f"{port} ({named[port]})" if port in named else str(port)
