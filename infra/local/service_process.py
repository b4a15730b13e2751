"""One service as a process of the stack, and the watch that starts again what has crashed."""

import contextlib
import http.client
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from contracts.values import ServiceName
from infra.local.process import Child, StartFailed

REPOSITORY = Path(__file__).resolve().parent.parent.parent

_READY_SECONDS = 90.0
_DRAIN_SECONDS = 25.0
_WATCH_SECONDS = 0.2
_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 10.0
_STEADY_SECONDS = 30.0


class ServiceProcess:
    """`python -m services.<name>` with its log and its HTTP port."""

    def __init__(self, service: ServiceName, port: int, *, root: Path, environment: Mapping[str, str]) -> None:
        """Nothing is started yet."""
        self.name = str(service)
        self.port = port
        self.wanted = False
        self._environment = environment
        self._child = Child(self.name, process_file=root / f"{service}.pid", log_file=root / f"log/{service}.log")

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._child.pid

    def start(self) -> None:
        """Start it; `wait_until_ready` is another step, so that all can start at once."""
        self._child.end(signal.SIGTERM, seconds=_DRAIN_SECONDS)  # left over from a run that was killed
        self.wanted = True
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
        environment = {**kept, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **self._environment}
        self._child.spawn([sys.executable, "-m", f"services.{self.name}"], environment=environment, folder=REPOSITORY)

    def is_ready(self) -> bool:
        """Whether it answers /ready with 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def wait_until_ready(self) -> None:
        """Wait until it is ready. Raises StartFailed if it ends instead, or takes too long."""
        deadline = time.monotonic() + _READY_SECONDS
        while not self.is_ready():
            if self.pid is None:
                raise StartFailed(f"{self.name} ended with {self._child.exit_code}:\n{self._child.last_words()}")
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.name} was not ready after {_READY_SECONDS:.0f} s:\n{self._child.last_words()}")
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Ask it to finish what it holds and leave. Returns at once."""
        self.wanted = False
        self._child.send(signal.SIGTERM)

    def stop(self) -> None:
        """Let it finish what it holds and leave."""
        self.wanted = False
        self._child.end(signal.SIGTERM, seconds=_DRAIN_SECONDS)

    def kill(self) -> None:
        """Kill -9 it, as a fault. The watch starts it again."""
        self._child.send(signal.SIGKILL)


class Watched(Protocol):
    """What the watch needs to know of a part of the stack."""

    wanted: bool
    """Whether it shall run. False while its owner starts or stops it by hand."""

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        ...

    def start(self) -> None:
        """Start it again."""
        ...


class Watch:
    """A thread that starts crashed parts again, each time a little later, until they run steadily."""

    def __init__(self, parts: Mapping[str, Watched], log_file: Path) -> None:
        """Nothing is watched until `start`."""
        self._parts = parts
        self._log_file = log_file
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._backoff = dict.fromkeys(parts, _FIRST_BACKOFF_SECONDS)
        self._next_try = dict.fromkeys(parts, 0.0)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End, after a restart that is under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_WATCH_SECONDS):
            for name, part in self._parts.items():
                if part.wanted and part.pid is None and time.monotonic() >= self._next_try[name]:
                    self._restart(name, part)

    def _restart(self, name: str, part: Watched) -> None:
        now = time.monotonic()
        if now - self._next_try[name] > _STEADY_SECONDS:
            self._backoff[name] = _FIRST_BACKOFF_SECONDS
        self._next_try[name] = now + self._backoff[name]
        self._backoff[name] = min(self._backoff[name] * 2, _LONGEST_BACKOFF_SECONDS)
        self._say(f"{name} is not running; starting it again")
        try:
            part.start()
        except Exception as error:  # noqa: BLE001 -- whatever it was, the next try may do better, and the watch must go on
            self._say(f"{name} did not start: {error}")

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError), self._log_file.open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")


def stop_all(services: Sequence[ServiceProcess]) -> None:
    """Stop services together, so that they drain at the same time."""
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.stop()
