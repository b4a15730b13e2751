"""
Pages of an extract at several desks of one process: it judges one page while PostgreSQL writes another.

As with several processes nothing says which is admitted first. So no two may be about one record, and what a source says of itself (a
watermark) comes after them all. What comes by other inlets meanwhile has its own desk, and waits for none of them.
"""

import asyncio
from collections.abc import Awaitable, Callable

from services.ingest.desk import Desk

CLERKS = 3
"""One has its page made of rows, one judged, one written. More would wait for each other: one process judges, and each has a connection."""


async def abreast(desk: Desk, work: Callable[[Desk], Awaitable[None]]) -> None:
    """Do `work` at each of CLERKS desks of the same rules as `desk`, until it ends at each. The first error ends all."""
    clerks = [asyncio.ensure_future(work(desk.another())) for _ in range(CLERKS)]
    try:
        await asyncio.gather(*clerks)
    finally:
        for clerk in clerks:
            clerk.cancel()
        await asyncio.gather(*clerks, return_exceptions=True)
