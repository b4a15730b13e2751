"""
A private PostgreSQL: own data, own port, loopback only, passwords only.

PostgreSQL refuses to run as root; then an account without privileges runs it, and the data lies where that
account can reach it.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from infra.local.place import need_room, open_for_passing, outside, reachable, remove_outside
from infra.local.process import POLL_SECONDS, SAME_ACCOUNT, Account, Child, StartFailed

OPERATOR = "operator"
"""The superuser of the embedded PostgreSQL."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # What infra/database.md says of each, with figures, and what a city sets instead.
    "shared_buffers": "512MB",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_naptime": "15s",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    # A statement's parameters can hold what must not stand in a log.
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

_INSTALLED = Path("/usr/lib/postgresql")
_START_SECONDS = 60.0
"""For so long it is tried again where it ends at once."""
_STOP_SECONDS = 30.0
_PATIENCE_SECONDS = 300.0
"""
Recovery after a crash takes its time, and a new start would only begin it again: what was written since the last checkpoint is read
once more, up to `max_wal_size` of it.
"""


class NotInstalled(Exception):
    """A server's programs are not on this machine."""


def programs() -> Path:
    """Return the folder of the newest installed PostgreSQL's programs. Raises NotInstalled."""
    found = [folder / "bin" for folder in _INSTALLED.glob("[0-9]*") if (folder / "bin/initdb").exists()]
    if not found:
        raise NotInstalled(f"no PostgreSQL under {_INSTALLED} (Debian package postgresql)")
    return max(found, key=lambda folder: int(folder.parent.name))


def unprivileged_account() -> Account:
    """Return the account that runs PostgreSQL: ours, or if we are root that of the Debian package, else nobody's."""
    if os.geteuid() != 0:
        return SAME_ACCOUNT
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NotInstalled("PostgreSQL does not run as root, and there is no account postgres or nobody")


class PostgresServer:
    """One PostgreSQL in `root`/postgres on 127.0.0.1:`port`."""

    def __init__(self, root: Path, port: int, *, password: str, settings: dict[str, str] | None = None) -> None:
        """`password` is the operator's. `settings` go over SETTINGS. Nothing is started yet."""
        self.port = port
        self.patience = _PATIENCE_SECONDS
        self.wanted = False
        self._root = root
        self._password = password
        self._settings = {**SETTINGS, **(settings or {})}
        self._child = Child("postgres", process_file=root / "postgres.pid", log_file=root / "log/postgres.log")

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, while it runs."""
        return self._child.pid

    def url(self, database: str = "postgres") -> str:
        """Return the operator's address of a database."""
        return f"postgresql://{OPERATOR}:{self._password}@127.0.0.1:{self.port}/{database}"

    def is_ready(self) -> bool:
        """Whether it runs and takes connections."""
        return self.pid is not None and self.trouble() is None

    def trouble(self) -> str | None:
        """Say that it takes no connections, if so."""
        if _says_ready((self._root / "postgres").resolve()) and _answers(self.port):
            return None
        return "takes no connections"

    def lacks(self) -> list[str]:
        """Return what it lacks to be ready. Empty when it is ready."""
        trouble = self.trouble()
        return [] if trouble is None else [trouble]

    def start(self) -> None:
        """Make the data folder if there is none, start, and return when it takes connections. Raises StartFailed, NotInstalled."""
        self.wanted = True
        self.start_again()

    def start_again(self) -> None:
        """End what is left of an earlier run, and start, for as long as it is wanted. Raises StartFailed, NotInstalled."""
        account = unprivileged_account()
        data = self._data_folder(account)
        need_room(data)
        self._child.end(signal.SIGINT, seconds=_STOP_SECONDS)
        if not (data / "PG_VERSION").exists():
            self._initialise(data, account)
        self._start_until_ready(data, account)

    def stop(self) -> None:
        """Stop fast: open transactions are rolled back, everything committed is kept."""
        self.wanted = False
        self._child.end(signal.SIGINT, seconds=_STOP_SECONDS)

    def kill(self) -> None:
        """Kill -9 the postmaster, as a fault. `start` heals it."""
        self.wanted = False
        self._child.end(signal.SIGKILL, seconds=5)

    def remove(self) -> None:
        """Delete the data, also where it lies outside the root."""
        remove_data(self._root)

    def _data_folder(self, account: Account) -> Path:
        """Return the data folder; if the account cannot reach the root, it lies outside, behind a link."""
        folder = self._root / "postgres"
        if not folder.exists() and not folder.is_symlink() and not reachable(self._root.resolve(), account):
            folder.symlink_to(outside(self._root) / "postgres")
        real = folder.resolve()
        if not real.exists():
            open_for_passing(real.parent)
            real.mkdir(mode=0o700)
            account.own(real)
        return real

    def _initialise(self, data: Path, account: Account) -> None:
        """Make the database beside its place and move it there when it is whole: a start that is broken off leaves nothing half made."""
        draft = data.with_name(f"{data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        account.own(draft)
        password_file = data.parent / "first-password"
        password_file.touch(mode=0o600)
        try:
            password_file.write_text(self._password, encoding="ascii")
            account.own(password_file)
            self._run_initdb(draft, password_file, account)
        finally:
            password_file.unlink(missing_ok=True)
        draft.rename(data)

    def _run_initdb(self, data: Path, password_file: Path, account: Account) -> None:
        argv = [
            str(programs() / "initdb"),
            f"--pgdata={data}",
            f"--username={OPERATOR}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            # pg_trgm silently finds nothing in Japanese under C (operations.md).
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            "--no-instructions",
        ]
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            env=_environment(),
            user=account.user,
            group=account.group,
            extra_groups=None if account.user is None else [],
            check=False,
        )
        if done.returncode != 0:
            raise StartFailed(f"initdb failed with {done.returncode}:\n{done.stderr.decode(errors='replace')}")

    def _start_until_ready(self, data: Path, account: Account) -> None:
        """Start again and again: after a kill, orphaned backends hold the shared memory for a moment."""
        began = time.monotonic()
        while self.wanted:
            self._spawn(data, account)
            while self._child.pid is not None and self.wanted and time.monotonic() < began + self.patience:
                if _says_ready(data) and _answers(self.port):
                    return
                time.sleep(POLL_SECONDS)
            if time.monotonic() > began + _START_SECONDS:
                self._child.end(signal.SIGINT, seconds=5)
                raise StartFailed(f"PostgreSQL did not become ready in {time.monotonic() - began:.0f} s:\n{self._child.last_words()}")
            time.sleep(0.2)
        raise StartFailed("PostgreSQL is no longer wanted")

    def _spawn(self, data: Path, account: Account) -> None:
        chosen = {**_compression(data, account), **self._settings}
        settings = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        argv = [str(programs() / "postgres"), "-D", str(data), "-p", str(self.port), *settings]
        self._child.spawn(argv, environment=_environment(), folder=Path("/"), account=account, orphaned="INT")


def remove_data(root: Path) -> None:
    """Delete the data of a stopped server, also where it lies outside the root."""
    data = root / "postgres"
    if data.is_symlink():
        data.unlink()
    shutil.rmtree(data, ignore_errors=True)
    remove_outside(root)


def _compression(data: Path, account: Account) -> dict[str, str]:
    """
    Long values are compressed with lz4 where the server was built with it, as Debian's is: it costs a quarter of what pglz does.

    One that was built without would not start with the setting, so it is asked first.
    """
    lz4 = {"default_toast_compression": "lz4"}
    argv = [str(programs() / "postgres"), "-D", str(data), "-C", "default_toast_compression", "-c", "default_toast_compression=lz4"]
    asked = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd="/",
        env=_environment(),
        user=account.user,
        group=account.group,
        extra_groups=None if account.user is None else [],
        check=False,
    )
    return lz4 if asked.returncode == 0 and asked.stdout.strip() == b"lz4" else {}


def _says_ready(data: Path) -> bool:
    """Whether the postmaster's own file says so (its eighth line; what pg_ctl waits for)."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"  # noqa: PLR2004 (the eighth line)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
