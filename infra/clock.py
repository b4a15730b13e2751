"""One clock for all decisions, so that a demonstration, a story or a test can set the day."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    """Tells the time. Nothing else in a service asks the operating system for it."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""
        ...

    def today(self) -> date:
        """Return the day in Japan, which laws and forms count in."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return today's date in Japan."""
        return self.now().astimezone(JST).date()


class FixedClock:
    """A clock that stands still until it is set: for tests within one process."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self.at

    def today(self) -> date:
        """Return the day in Japan of the instant that was set."""
        return self.at.astimezone(JST).date()


class FileClock:
    """
    A clock told by a file, so that every process of a stack sees a change at once.

    The file holds `{"mode": "frozen", "at": instant}` or `{"mode": "shifted", "seconds": difference to real time}`. Without
    the file it is the system clock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._frozen: datetime | None = None
        self._shift = timedelta()

    def now(self) -> datetime:
        """Return the instant that the file tells."""
        self._reread()
        return self._frozen if self._frozen is not None else datetime.now(UTC) + self._shift

    def today(self) -> date:
        """Return the day in Japan that the file tells."""
        return self.now().astimezone(JST).date()

    def _reread(self) -> None:
        try:
            stat = self._path.stat()
            # The inode changes with every set, because a set replaces the file: two sets within one tick of the file system's
            # clock are told apart.
            stamp = (stat.st_mtime_ns, stat.st_ino)
            if stamp == self._stamp:
                return
            told = json.loads(self._path.read_text())
        except FileNotFoundError:
            self._stamp, self._frozen, self._shift = None, None, timedelta()
            return
        self._stamp = stamp
        self._frozen = datetime.fromisoformat(told["at"]).astimezone(UTC) if told["mode"] == "frozen" else None
        self._shift = timedelta(seconds=told.get("seconds", 0))


def freeze(path: Path, at: datetime) -> None:
    """Stop the clock told by `path` at an instant."""
    _tell(path, {"mode": "frozen", "at": at.astimezone(UTC).isoformat()})


def shift(path: Path, seconds: float) -> None:
    """Let the clock told by `path` run, `seconds` away from real time."""
    _tell(path, {"mode": "shifted", "seconds": seconds})


def run_on(path: Path, day: date) -> None:
    """Let the clock told by `path` run on another day in Japan; the time of day stays."""
    shift(path, (day - datetime.now(JST).date()).days * 86_400)


def clock_of(path: Path | None) -> Clock:
    """Return the clock that a service's settings name."""
    return FileClock(path) if path is not None else SystemClock()


def _tell(path: Path, told: dict[str, object]) -> None:
    # Replaced, not rewritten: a reader never sees half a file.
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_text(json.dumps(told))
    draft.chmod(0o644)
    draft.replace(path)
