"""Where tests write: in memory, where there is room. What a disk would be told to keep (databases, queues) is gone with the test anyway."""

import os
import shutil
import tempfile
from pathlib import Path

ROOM = 8_000_000_000
"""Free bytes of memory from which on all that a run writes lies there. Four processes with their servers came to 3 GB."""

_MEMORY = Path("/dev/shm")  # noqa: S108 -- memory, and a folder of our own in it
_PREFIX = "tsunagu-tests-"


def folder_in_memory() -> Path | None:
    """Make a folder for what this process and its children write; None where there is no room. Whoever asks for it deletes it."""
    if not _MEMORY.is_dir():
        return None
    _forget_the_killed()
    if shutil.disk_usage(_MEMORY).free < ROOM:
        return None
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY))
    # The account that runs PostgreSQL must get through.
    folder.chmod(0o711)
    return folder


def _forget_the_killed() -> None:
    """Delete what runs that were killed left behind: it would lie in memory until the machine is started anew."""
    for folder in _MEMORY.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)
