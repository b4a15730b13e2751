"""What `tsunagu status` says of a service that is not ready."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from contracts.values import ServiceName
from infra.local.ports import free_run
from infra.local.process import StartFailed
from infra.local.service_process import ServiceProcess


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """A server that answers everything so; gives its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def service(port: int, folder: Path) -> ServiceProcess:
    return ServiceProcess(ServiceName.LINKER, port, root=folder, environment={})


def test_a_service_that_is_ready_lacks_nothing(tmp_path: Path) -> None:
    with answering(200, b'{"ready": true, "database": true}') as port:
        assert service(port, tmp_path).lacks() == []


def test_the_needs_that_are_not_met_are_named(tmp_path: Path) -> None:
    needs = {"ready": False, "database": True, "tasks": False, "outbox": False, "dead_letters": False, "parking": True}
    with answering(503, json.dumps(needs).encode()) as port:
        assert service(port, tmp_path).lacks() == ["tasks", "outbox", "dead_letters"]


@pytest.mark.parametrize("body", [b"", b"[]", b"no", b'{"ready": false}'])
def test_an_answer_that_names_nothing_is_told_by_its_status(body: bytes, tmp_path: Path) -> None:
    with answering(503, body) as port:
        assert service(port, tmp_path).lacks() == ["answers 503"]


def test_a_service_that_does_not_answer_is_told_and_is_in_trouble(tmp_path: Path) -> None:
    silent = service(free_run(1), tmp_path)

    assert silent.lacks() == ["does not answer"]
    assert silent.trouble() == "does not answer"


def test_a_service_that_waits_for_others_is_in_no_trouble(tmp_path: Path) -> None:
    with answering(503, b'{"ready": false, "database": false}') as port:
        assert service(port, tmp_path).trouble() is None


def test_a_start_does_not_wait_for_what_only_people_mend(tmp_path: Path) -> None:
    """Else nobody could bring dead letters back: that wants a stack that runs."""
    with answering(503, b'{"ready": false, "database": true, "dead_letters": false, "parking": false}') as port:
        service(port, tmp_path).wait_until_ready()


@pytest.mark.parametrize(
    "status", [b'{"ready": false, "tasks": true, "history": false}', b'{"ready": false, "log": true, "history": false}']
)
def test_a_start_does_not_wait_for_a_history_that_only_people_accept(status: bytes, tmp_path: Path) -> None:
    """Audit's and its witness's, after a backup was put back: `audit accept-history` wants a stack that runs."""
    with answering(503, status) as port:
        service(port, tmp_path).wait_until_ready()


def test_a_start_whose_service_ended_fails(tmp_path: Path) -> None:
    with answering(503, b'{"ready": false, "database": false}') as port, pytest.raises(StartFailed, match="linker ended"):
        service(port, tmp_path).wait_until_ready()
