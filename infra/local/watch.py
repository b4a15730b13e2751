"""
The watch over the parts of a stack: what has crashed, or runs without serving, is started again.

Each part has a thread of its own, so that one that is slow to come back, or dies again and again, keeps nobody else waiting.
"""

import contextlib
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

_WATCH_SECONDS = 0.2
_LOOK_SECONDS = 3.0
_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 10.0
_STEADY_SECONDS = 30.0
_MOST_PATIENCE = 16
"""Of a part that starting again does not mend, the patience grows up to so many times itself."""


class Watched(Protocol):
    """What the watch needs to know of a part of the stack."""

    wanted: bool
    """Whether it shall run. False while its owner starts or stops it by hand, and once the watch ends: then a start gives up."""

    @property
    def patience(self) -> float:
        """Seconds for which it may run without serving."""
        ...

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        ...

    def trouble(self) -> str | None:
        """Say why it does not serve although it runs, where a new start may mend that."""
        ...

    def start_again(self) -> None:
        """End what is left of it and start it, for as long as it is wanted. Bounded in time."""
        ...


class Watch:
    """One thread per part. A part is tried again each time a little later, until it runs steadily."""

    def __init__(self, parts: Mapping[str, Watched], log_file: Path, *, look_seconds: float = _LOOK_SECONDS) -> None:
        """Nothing is watched until `start`. What runs is asked every `look_seconds` whether it serves."""
        self._log_file = log_file
        self._ended = threading.Event()
        self._parts = parts
        self._look_seconds = look_seconds
        self._threads = [
            threading.Thread(target=self._keep, args=(name, part), name=f"watch-{name}", daemon=True) for name, part in parts.items()
        ]

    def start(self) -> None:
        """Begin to watch."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End. A restart that is under way gives up; from here on no part is wanted, until its owner starts it."""
        self._ended.set()
        for part in self._parts.values():
            part.wanted = False
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _keep(self, name: str, part: Watched) -> None:
        keeper = _Keeper(part, self._look_seconds)
        while not self._ended.wait(_WATCH_SECONDS):
            # Whatever goes wrong here (a full disk, too many open files), the watch must go on.
            try:
                reason = keeper.reason_to_start()
                if reason is not None and not self._ended.is_set():
                    self._say(f"{name} {reason}; starting it again")
                    part.start_again()
            except Exception as error:  # noqa: BLE001 -- the next try may do better
                self._say(f"{name} did not start: {error}")

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError), self._log_file.open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")


class _Keeper:
    """Decides when one part is to be started again."""

    def __init__(self, part: Watched, look_seconds: float) -> None:
        self._part = part
        self._look_seconds = look_seconds
        self._next_try = 0.0
        self._backoff = _FIRST_BACKOFF_SECONDS
        self._next_look = 0.0
        self._served = time.monotonic()
        self._fruitless = 1

    def reason_to_start(self) -> str | None:
        """Return why the part is to be started again now, or None; then nothing is to be done yet."""
        now = time.monotonic()
        if not self._part.wanted:
            self._served = now
            return None
        if self._part.pid is None:
            return self._not_running(now)
        if now < self._next_look:
            return None
        self._next_look = now + self._look_seconds
        trouble = self._part.trouble()
        now = time.monotonic()
        if trouble is None:
            self._served, self._fruitless = now, 1
            return None
        if now - self._served < self._part.patience * self._fruitless:
            return None
        self._served = now
        self._fruitless = min(self._fruitless * 2, _MOST_PATIENCE)
        return f"runs, but {trouble}"

    def _not_running(self, now: float) -> str | None:
        if now < self._next_try:
            return None
        if now - self._next_try > _STEADY_SECONDS:
            self._backoff = _FIRST_BACKOFF_SECONDS
        self._next_try = now + self._backoff
        self._backoff = min(self._backoff * 2, _LONGEST_BACKOFF_SECONDS)
        self._served = now
        return "is not running"
