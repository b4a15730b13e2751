"""One service as a process of the stack."""

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from contracts.values import ServiceName
from infra.local.process import Child, StartFailed

REPOSITORY = Path(__file__).resolve().parent.parent.parent

_READY_SECONDS = 90.0
_DRAIN_SECONDS = 25.0
_PATIENCE_SECONDS = 90.0
_ANSWER_SECONDS = 5.0


FOR_PEOPLE = frozenset({"dead_letters", "parking", "feeds", "media", "history", "producers", "duty_list"})
"""Needs that no waiting meets: a person has to look, with commands that want a running stack. `status` is red until then."""


class ServiceProcess:
    """`python -m services.<name>` with its log and its HTTP port; or another module, which takes `arguments`, under a name of its own."""

    def __init__(
        self,
        service: ServiceName | str,
        port: int,
        *,
        root: Path,
        environment: Mapping[str, str],
        module: str | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        """Nothing is started yet."""
        self.patience = _PATIENCE_SECONDS
        self.name = str(service)
        self.port = port
        self.wanted = False
        self._environment = environment
        self._command = ("-m", module or f"services.{service}", *arguments)
        self._child = Child(self.name, process_file=root / f"{service}.pid", log_file=root / f"log/{service}.log")

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._child.pid

    def start(self) -> None:
        """Start it; `wait_until_ready` is another step, so that all can start at once."""
        self.wanted = True
        self.start_again()

    def start_again(self) -> None:
        """End what is left of an earlier run, and start it."""
        self._child.end(signal.SIGTERM, seconds=_DRAIN_SECONDS)
        if not self.wanted:
            return
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
        if named := os.environ.get("TSUNAGU_ORGANISATION"):
            # Everybody works for the same city; a service starts in another folder than the one from which the file was named.
            kept["TSUNAGU_ORGANISATION"] = str(Path(named).absolute())
        environment = {**kept, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **self._environment}
        self._child.spawn([sys.executable, *self._command], environment=environment, folder=REPOSITORY)

    def lacks(self) -> list[str]:
        """Return what it lacks to be ready: the needs that its own `/ready` calls false. Empty when it is ready."""
        answer = self._get("/ready")
        if answer is None:
            return ["does not answer"]
        status, body = answer
        return [] if status == http.HTTPStatus.OK else _needs_not_met(body) or [f"answers {status}"]

    def trouble(self) -> str | None:
        """Say that it does not even answer, as one that hangs. What it waits for is no trouble: a new start would wait too."""
        return "does not answer" if self._get("/health") is None else None

    def is_ready(self) -> bool:
        """Whether it answers /ready with 200."""
        return not self.lacks()

    def wait_until_ready(self) -> None:
        """Wait until it lacks nothing but what is FOR_PEOPLE. Raises StartFailed if it ends instead, or takes too long."""
        deadline = time.monotonic() + _READY_SECONDS
        while missing := [need for need in self.lacks() if need not in FOR_PEOPLE]:
            if self.pid is None:
                raise StartFailed(f"{self.name} ended with {self._child.exit_code}:\n{self._child.last_words()}")
            if time.monotonic() > deadline:
                late = f"{self.name} was not ready after {_READY_SECONDS:.0f} s ({', '.join(missing)})"
                raise StartFailed(f"{late}:\n{self._child.last_words()}")
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

    def _get(self, path: str) -> tuple[int, bytes] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _needs_not_met(body: bytes) -> list[str]:
    """Return the names of what `/ready` calls false."""
    try:
        told = json.loads(body)
    except ValueError:
        return []
    return [name for name, met in told.items() if met is False and name != "ready"] if isinstance(told, dict) else []


def stop_all(services: Sequence[ServiceProcess]) -> None:
    """Stop services together, so that they drain at the same time."""
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.stop()
