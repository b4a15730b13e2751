"""
Free loopback ports below the range from which the kernel picks client ports.

A broker port inside that range can be taken by a reconnecting client while the broker is down, even by
the broker's own clients (`operations.md`).
"""

import random
import socket

LOWEST = 15_000
HIGHEST = 32_000
"""Linux takes client ports from 32768 upwards."""

_TRIES = 200


class NoFreePorts(Exception):
    """No run of free ports was found; something on this machine listens nearly everywhere."""


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address now."""
    with socket.socket() as probe:
        # As servers do: a port that merely remembers closed connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_run(length: int) -> int:
    """
    Return the first of `length` neighbouring free ports.

    Chosen at random, so that two stacks that start at once seldom choose the same. Raises NoFreePorts.
    """
    for _ in range(_TRIES):
        first = random.SystemRandom().randrange(LOWEST, HIGHEST - length)
        if all(is_free(first + offset) for offset in range(length)):
            return first
    raise NoFreePorts(f"got no {length} neighbouring free ports between {LOWEST} and {HIGHEST} in {_TRIES} tries")
