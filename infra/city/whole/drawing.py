"""
A thread that invents the city's events while others publish, and whose processor time can be told at any moment.

It is no part of the system that is measured: what it uses is taken off what this process uses.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Drawing:
    """One thread. Use as a context manager; leaving it waits for what is being drawn."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "drawing")
        self._clock = self._pool.submit(lambda: time.pthread_getcpuclockid(threading.get_ident())).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    @property
    def cpu_seconds(self) -> float:
        """What the thread has used so far."""
        return time.clock_gettime(self._clock)

    async def do(self, draw: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Draw something in the thread."""
        return await asyncio.wrap_future(self._pool.submit(draw, *arguments, **named))
