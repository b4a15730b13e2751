"""
Where the servers' data lie, if the stack's own folder will not do.

A clone may lie where the account that runs PostgreSQL cannot go (a closed home), or under a name that
RabbitMQ's configuration cannot hold (a space, Japanese). Then a folder of our own outside takes the data, or a link to them.
"""

import hashlib
import os
import re
import shutil
import stat
from pathlib import Path

from infra.local.process import Account, StartFailed

ROOM = 300_000_000
"""Free bytes without which no server is started. Below 200 MB the broker takes nothing (`disk_free_limit`)."""
_FEWEST_FILES = 1_000

_PLAIN = re.compile(r"[A-Za-z0-9_./+@-]+")


class NoRoom(StartFailed):
    """The disk is full, or nearly."""


def need_room(folder: Path) -> None:
    """Raise NoRoom where the disk under `folder` is so full that a server would not come to rest on it."""
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < ROOM:
        megabytes = 1_000_000
        raise NoRoom(f"only {free // megabytes} MB are free on the disk of {folder}; {ROOM // megabytes} MB are needed: please make room")
    if disk.f_files and disk.f_favail < _FEWEST_FILES:
        raise NoRoom(f"the disk of {folder} has room for {disk.f_favail} more files only: please make room")


def has_room(folder: Path) -> bool:
    """Whether the disk under `folder` has room for a server to start on."""
    try:
        need_room(folder)
    except (NoRoom, OSError):
        return False
    return True


def reachable(folder: Path, account: Account) -> bool:
    """Whether `account` may pass through `folder` and everything above it."""
    if account.user is None or account.group is None:
        return True
    return all(_may_pass(step.stat(), account.user, account.group) for step in (folder, *folder.parents))


def open_for_passing(folder: Path) -> None:
    """Let other accounts pass through our own folder, but not list it."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o111)


def outside(root: Path) -> Path:
    """Return a folder of ours that every account can reach, always the same for `root`. Raises StartFailed if another account made it."""
    folder = outside_of(root)
    folder.mkdir(mode=0o711, exist_ok=True)
    entry = folder.lstat()
    if not stat.S_ISDIR(entry.st_mode) or entry.st_uid != os.geteuid():
        raise StartFailed(f"{folder} belongs to another account; remove it")
    folder.chmod(0o711)
    return folder


def plainly_named(root: Path) -> Path:
    """Return `root`, or if its name holds more than RabbitMQ's configuration can, a link to it that does not."""
    real = root.resolve()
    if _PLAIN.fullmatch(str(real)):
        return real
    link = outside(root) / "root"
    if not link.is_symlink():
        link.symlink_to(real)
    return link


def remove_outside(root: Path) -> None:
    """Delete what lies outside for `root`."""
    shutil.rmtree(outside_of(root), ignore_errors=True)


def outside_of(root: Path) -> Path:
    """Return where data of `root` lie or would lie outside."""
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
    # /var/tmp is swept after some weeks; only a link can be lost there, because only root needs a place for data.
    return Path("/var/lib" if os.geteuid() == 0 else "/var/tmp") / f"tsunagu-{name}"  # noqa: S108 (its owner is checked)


def _may_pass(entry: os.stat_result, user: int, group: int) -> bool:
    if entry.st_uid == user:
        return bool(entry.st_mode & stat.S_IXUSR)
    if entry.st_gid == group:
        return bool(entry.st_mode & stat.S_IXGRP)
    return bool(entry.st_mode & stat.S_IXOTH)
