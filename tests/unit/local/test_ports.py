"""Free ports."""

import socket
from pathlib import Path

import pytest

from infra.local import ports
from infra.local.access import PORTS_NEEDED, Access
from infra.local.process import StartFailed
from infra.local.stack import Stack


def test_a_port_that_is_listened_on_is_not_free() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        assert not ports.is_free(server.getsockname()[1])


def test_a_free_run_lies_below_the_ports_that_the_kernel_gives_to_clients() -> None:
    for _ in range(20):
        first = ports.free_run(16)

        assert first >= ports.LOWEST
        assert first + 16 <= 32_768


def test_the_ports_that_were_asked_for_are_taken(tmp_path: Path) -> None:
    wanted = ports.free_run(PORTS_NEEDED)
    stack = Stack(tmp_path, services=(), first_port=wanted)

    stack._settle_access()

    assert Access.to(tmp_path).first_port == wanted


def test_a_port_that_was_asked_for_and_is_taken_is_named(tmp_path: Path) -> None:
    wanted = ports.free_run(PORTS_NEEDED)
    with socket.socket() as other:
        other.bind(("127.0.0.1", wanted + 3))
        other.listen()

        with pytest.raises(StartFailed, match=f"port {wanted + 3} is taken"):
            Stack(tmp_path, services=(), first_port=wanted)._settle_access()
