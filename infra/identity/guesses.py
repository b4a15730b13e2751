"""Counts failed logins, and remembers from where people came in (infra/decisions/0016)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from contracts.ids import StaffId
from infra.identity import credentials
from infra.identity.keys import Keys
from infra.identity.limits import LIMITS, Counted, counted_by, site_of
from infra.postgres import Database
from infra.sql import queries

SQL = queries(__file__)

KNOWN_FOR = timedelta(days=90)
MOST_ROWS = 100_000
"""So many counts are kept at most; beyond, the least recent go. Far more than a city's staff can make."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody sits: the address as the service sees it, and what the browser was given when somebody came in there."""

    address: str | None = None
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was counted as a failure. `wait` is how long the next one will have to wait if it was one."""

    keys: Mapping[Counted, bytes]
    wait: timedelta


class Wait(Exception):
    """Nothing is read for so long."""

    def __init__(self, left: timedelta) -> None:
        super().__init__("too many failures")
        self.left = left


class Guesses:
    """The counts in the database."""

    def __init__(self, pool: asyncpg.Pool, keys: Keys) -> None:
        self._pool = pool
        self._keys = keys

    async def begin(self, login: str, place: Place, now: datetime) -> Attempt:
        """
        Count an attempt as a failure, before anything of it is read: a crash in between must use it up.

        Raises Wait where it must wait instead. Whether anybody has that login changes nothing.
        """
        async with self._pool.acquire() as db, db.transaction():
            keys = await self._counted(db, login, place, now)
            # In one order and held to the commit, or forty at once would all be looked at before the first is counted.
            rows = {bytes(row["key"]): row for row in await db.fetch(SQL.hold_failures, sorted(keys.values()), now)}
            failures, waits = {}, [timedelta()]
            for counted, key in keys.items():
                limit, row = LIMITS[counted], rows[key]
                if wait := limit.wait_after(row["failures"]):
                    # Where nobody has to wait, one whose turn came after that of somebody who asked a moment later does not either.
                    waits.append(row["last_at"] + wait - now)
                failures[counted] = limit.one_more(limit.left(row["failures"], now - row["last_at"]))
            if max(waits) > timedelta():
                # Undoes the transaction: whoever is not even read leaves no row.
                raise Wait(max(waits))
            await db.execute(
                SQL.keep_failures,
                list(keys.values()),
                list(failures.values()),
                now,
                [now + LIMITS[counted].forgotten_after(each) for counted, each in failures.items()],
            )
        return Attempt(keys, max(LIMITS[counted].wait_after(each) for counted, each in failures.items()))

    async def was_none(self, attempt: Attempt) -> None:
        """Take an attempt back that was no failure."""
        await self._pool.execute(SQL.uncount_failure, list(attempt.keys.values()))

    async def succeeded(self, db: Database, attempt: Attempt, staff_id: StaffId, place: Place, now: datetime) -> str:
        """
        Forget the person's failures and know the place from now on; return what the browser is to keep.

        An address's failures with other logins stay: whoever tries passwords of others may have a login, too. What the browser kept
        is replaced each time: one that was put there by somebody else is worth nothing after the login.
        """
        await db.execute(SQL.forget_failures, [key for counted, key in attempt.keys.items() if counted is not Counted.ADDRESS])
        if Counted.ADDRESS in attempt.keys:
            await db.execute(SQL.uncount_failure, [attempt.keys[Counted.ADDRESS]])
        browser = credentials.new_token()
        if place.browser is not None:
            await db.execute(SQL.rename_place, self._browser(place.browser), self._browser(browser))
        await db.execute(SQL.know_places, staff_id, [self._browser(browser), self._address(place)], now)
        return browser

    async def purge(self, now: datetime) -> None:
        """Drop what says nothing any more: counts that are forgiven, logins nobody has among them, and places not seen for long."""
        await self._pool.execute(SQL.purge_failures, now, MOST_ROWS)
        await self._pool.execute(SQL.purge_places, now - KNOWN_FOR)

    async def _counted(self, db: Database, login: str, place: Place, now: datetime) -> dict[Counted, bytes]:
        address = self._address(place)
        browser = self._browser(place.browser) if place.browser is not None else None
        known = await self._known(db, login, [each for each in (address, browser) if each is not None], now)
        ways = counted_by(is_known_browser=browser in known, is_known_address=address in known)
        site = site_of(place.address)
        what = {
            Counted.BROWSER: (login, place.browser or ""),
            Counted.PAIR: (login, site),
            Counted.ADDRESS: (site,),
            Counted.LOGIN: (login,),
        }
        return {way: self._keys.mark(f"failures by {way}", *what[way]) for way in ways}

    async def _known(self, db: Database, login: str, places: list[bytes], now: datetime) -> set[bytes | None]:
        # What looks like no login is nobody's, and some of it (NUL) no database takes.
        looked_for = login if credentials.LOGIN.fullmatch(login) else ""
        return {bytes(row["place"]) for row in await db.fetch(SQL.known_places, looked_for, places, now - KNOWN_FOR)}

    def _address(self, place: Place) -> bytes:
        return self._keys.mark("place by address", site_of(place.address))

    def _browser(self, token: str) -> bytes:
        return self._keys.mark("place by browser", token)
