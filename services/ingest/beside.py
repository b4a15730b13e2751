"""
What processes of ingest owe each other, so that a watermark by AMQP overtakes nothing that its source sent before it.

All take from one queue, so that what was sent before a watermark may be in another one's hands. Whoever has a watermark asks, in a
table, and waits; each other process answers once it has settled what the broker had given it by then; so does whoever asks, in the
end, for itself: what a process that died had in hand comes again, and ahead of everything else. Waiting watermarks wait for those that
were asked before them and for no later ones, so that two cannot wait for each other. One process alone asks nobody.

A process that is killed while a third one has answered already, and has its messages given to that one, is not noticed.
"""

import asyncio
import itertools
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from infra.parcels import GivenBack, NotMine
from infra.service import Service
from infra.sql import queries

SQL = queries(__file__, "beside.sql")

LOOK_SECONDS = 0.25
"""How often a process looks whether others ask."""
TELL_SECONDS = 10.0
GONE_SECONDS = 60.0
"""
A process of which nothing was heard for so long takes nothing any more: its connection to the broker was given up before (three
missed heartbeats), and what it had in hand was given to others.
"""
ARRIVE_SECONDS = 0.1
"""So long what the broker has handed over may take to the desk."""

_LATER = float("inf")

CaughtUp = Callable[[], Awaitable[object]]
"""Returns when everything has arrived that the broker had sent on a channel by now."""


class Beside:
    """What this process has in hand of the sources' queue, and what it owes others."""

    def __init__(self, service: Service) -> None:
        self._service = service
        # A process that is started again takes the place of the one before it, whose messages came back to the broker with its end.
        place = service.settings.http_port or service.identifiers.random()
        self._name = f"{socket.gethostname()}:{place}"
        self._numbers = itertools.count()
        self._in_hand: set[int] = set()
        self._asked: dict[int, float] = {}
        """Of messages with a watermark: under which ask they wait."""
        self._lost = 0
        """How many messages were given back to the broker unsettled."""
        self._owed: dict[int, tuple[frozenset[int], int]] = {}
        self._caught_up: CaughtUp | None = None
        self._told_at = float("-inf")

    async def begin(self) -> None:
        """Be known before anything is taken."""
        await self._service.pool.execute(SQL.be_gone, self._name)
        await self._tell()

    async def end(self) -> None:
        """Everything is settled; nobody need wait for this process."""
        await self._service.pool.execute(SQL.be_gone, self._name)

    @contextmanager
    def in_hand(self, caught_up: CaughtUp) -> Iterator[int]:
        """A message is in hand until the block ends. Gives its number."""
        number = next(self._numbers)
        self._caught_up = caught_up
        self._in_hand.add(number)
        try:
            yield number
        except BaseException:
            self._lost += 1
            raise
        finally:
            self._in_hand.discard(number)
            self._asked.pop(number, None)

    async def settled_elsewhere(self, number: int, given_back: GivenBack) -> None:
        """
        Return when nothing that was sent before the message, which has a watermark, is in anybody's hand.

        Raises NotMine where the message was given back to the broker meanwhile.
        """
        self._asked[number] = _LATER
        pool = self._service.pool
        if not await pool.fetchval(SQL.are_others, self._name, GONE_SECONDS):
            # What this process has in hand itself is before the message at the desk.
            del self._asked[number]
            return
        ask = await pool.fetchval(SQL.ask, self._name)
        self._asked[number] = ask
        try:
            while not await pool.fetchval(SQL.have_all_answered, ask, self._name, GONE_SECONDS):
                await _pause(given_back)
            mine, lost = await self._before(ask)
            while not self._is_settled(mine, lost):
                await _pause(given_back)
                mine, lost = (mine, lost) if self._lost == lost else await self._before(ask)
        finally:
            await pool.execute(SQL.withdraw, ask)

    async def look(self) -> None:
        """Answer whoever asks, once what was in hand by then is settled; tell now and then that this process is at work."""
        if time.monotonic() - self._told_at > TELL_SECONDS:
            await self._tell()
        asked = [row["ask"] for row in await self._service.pool.fetch(SQL.asked_by_others, self._name)]
        for ask in asked:
            owed = self._owed.get(ask)
            if owed is None or owed[1] != self._lost:
                self._owed[ask] = await self._before(ask)
        self._owed = {ask: self._owed[ask] for ask in asked}
        if settled := [ask for ask, owed in self._owed.items() if self._is_settled(*owed)]:
            await self._service.pool.execute(SQL.answer, settled, self._name)

    async def _tell(self) -> None:
        await self._service.pool.execute(SQL.be_at_work, self._name)
        self._told_at = time.monotonic()

    async def _before(self, ask: int) -> tuple[frozenset[int], int]:
        """What must be settled before the ask is: what is in hand now, but watermarks that wait under a later one; and what was lost."""
        lost = self._lost
        if self._caught_up is not None:
            # A channel that is closed brings nothing more; what it had brought comes again by another one.
            with suppress(Exception):
                await self._caught_up()
        await asyncio.sleep(ARRIVE_SECONDS)
        return frozenset(number for number in self._in_hand if self._asked.get(number, 0) < ask), lost

    def _is_settled(self, before: frozenset[int], lost: int) -> bool:
        """What was given back unsettled comes again, here or elsewhere: it is no answer that it is gone."""
        return lost == self._lost and not before & self._in_hand


async def _pause(given_back: GivenBack) -> None:
    if given_back():
        raise NotMine
    await asyncio.sleep(LOOK_SECONDS)
