"""Free ports."""

import socket

from infra.local import ports


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
