"""
A child process that can be recognised again: by its owner, by `tsunagu status`, and after a crash of its owner.

The process file holds the process id and the moment of its birth, because ids are used again.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.02


# Linux tells a child of the death of the *thread* that started it. So one thread starts all children, and it lives as long as
# the process does.
_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="spawner")


class StartFailed(Exception):
    """A server or service ended, or did not become ready, while it was being started. The text ends with its last log lines."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account a child runs under. None of both ids: the same as ours."""

    user: int | None = None
    group: int | None = None

    def own(self, path: Path) -> None:
        """Give `path` to this account, if it is another one than ours."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


SAME_ACCOUNT = Account()


class Child:
    """One child process in its own session, so that Ctrl-C in a terminal reaches only its owner."""

    def __init__(self, name: str, *, process_file: Path, log_file: Path) -> None:
        """Nothing is started yet; `process_file` may tell of a process of an earlier run."""
        self.name = name
        self.log_file = log_file
        self._process_file = process_file
        self._popen: subprocess.Popen[bytes] | None = None

    def spawn(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        account: Account = SAME_ACCOUNT,
        orphaned: str = "TERM",
    ) -> None:
        """Start the process. Its output goes to the end of the log file. If its owner dies, it gets the signal `orphaned`."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._popen = _SPAWNER.submit(
                subprocess.Popen[bytes],
                ["setpriv", "--pdeathsig", orphaned, "--", *argv],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.user,
                group=account.group,
                extra_groups=None if account.user is None else [],
            ).result()
        self._process_file.write_text(f"{self._popen.pid} {_born(self._popen.pid)}\n", encoding="ascii")

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        if self._popen is not None:
            # poll() also collects a dead child, which would otherwise look alive.
            return self._popen.pid if self._popen.poll() is None else None
        return _recorded(self._process_file)

    @property
    def exit_code(self) -> int | None:
        """How it ended, if it was started by us and has ended."""
        return None if self._popen is None else self._popen.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; False if it has not within `seconds`."""
        deadline = time.monotonic() + seconds
        while self.pid is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def end(self, number: signal.Signals, *, seconds: float) -> None:
        """Ask it to end with `number`; after `seconds` make it."""
        self.send(number)
        if not self.wait(seconds):
            self.send(signal.SIGKILL)
            self.wait(5)
        self._process_file.unlink(missing_ok=True)

    def last_words(self, lines: int = 15) -> str:
        """Return the end of the log, for an error message."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        return ""


def _recorded(process_file: Path) -> int | None:
    """Return the recorded process if it still is the same one and alive."""
    try:
        pid, born = (int(word) for word in process_file.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return None
    return pid if _born(pid) == born else None


def _born(pid: int) -> int:
    """Clock ticks from boot to the start of process `pid` (proc(5), field 22 of stat); -1 if it is not alive."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return -1
    return -1 if fields[0] in {"Z", "X"} else int(fields[19])
