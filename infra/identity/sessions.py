"""Opens, finds and ends sessions. Real time decides here, whatever day the rules are told it is."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag

from contracts.ids import StaffId
from contracts.values import Ward
from infra.clock import Clock
from infra.identity import credentials
from infra.identity.credentials import LOGIN
from infra.identity.guesses import Attempt, Guesses, Place, Wait
from infra.identity.journey import Proven
from infra.identity.keys import Keys
from infra.identity.lasting import IDLE, LONGEST, TOLD_FOR, Ended, Lasting, Why
from infra.identity.staff import Account, Confirmed, Registered, Staff, account_of, confirmed_of, registered_of, staff_of
from infra.sql import queries

SQL = queries(__file__)
log = structlog.get_logger()


class Refusal(StrEnum):
    """Why nobody was let in. Goes to the audit log; the person reads one sentence for all of the first four."""

    UNKNOWN = "unknown_login"
    PASSWORD = "wrong_password"  # noqa: S105 - a reason, not a password
    CODE = "wrong_code"
    CODE_USED = "code_used_before"
    INACTIVE = "not_active"
    TRAINING = "training_expired"
    WAIT = "too_many_failures"
    NOT_PROVEN = "provider_proved_nobody"
    ANOTHER = "another_person_of_the_provider"


@dataclass(frozen=True, slots=True)
class Opened:
    """
    Somebody is in. `token` goes into the session's cookie, `browser` into the one that outlives it, and both nowhere else.

    `ended_another` is whether this ended a session that could still have been gone on with, in another browser.
    """

    staff: Staff
    token: str
    browser: str
    ended_another: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody is in. `staff_id` is set where the login is a registered one; `wait` where the next attempt must wait."""

    reason: Refusal
    staff_id: StaffId | None = None
    wait: timedelta = timedelta()


class Sessions:
    """
    Sessions of one service in the database: a person has one in each.

    `clock` is the machine's, not the domain's: a demonstration that sets the domain's clock to next April must neither end every
    session nor make every one-time code of a telephone wrong.
    """

    def __init__(self, pool: asyncpg.Pool, service: str, clock: Clock, keys: Keys) -> None:
        self._pool = pool
        self._service = service
        self._clock = clock
        self._keys = keys
        self._guesses = Guesses(pool, keys)

    async def open(self, login: str, password: str, code: str, place: Place, held: str | None = None) -> Opened | Refused:
        """
        Let the person in who knows the password and holds the telephone, and end that person's earlier session in this service.

        `held` is the token that the browser holds already: to log in once more where one is logged in ends nobody else's session.
        """
        now = self._clock.now()
        try:
            attempt = await self._guesses.begin(login, place, now)
        except Wait as wait:
            return Refused(Refusal.WAIT, wait=wait.left)

        row = await self._pool.fetchrow(SQL.staff_by_login, login if LOGIN.fullmatch(login) else "")
        refused = await self._refusal(row, password, code, now)
        if refused is None:
            return await self._let_in(row, attempt, place, now, held)
        # Whoever has the password and a code that was just used is no guesser, but the same person, too quick.
        if refused.reason is Refusal.CODE_USED:
            await self._guesses.was_none(attempt)
            return refused
        return replace(refused, wait=attempt.wait)

    async def open_by_provider(
        self, proven: Proven, issuer: str, place: Place, *, code: str | None, held: str | None = None
    ) -> Opened | Refused:
        """
        Let the person in whom the city's provider knows, if registered; nobody is registered by it.

        `code` is the own one-time code where the provider asked for no second factor, and None where it did. The provider's own name of
        the person is kept at the first time: a login that it gives to somebody else later lets nobody in.
        """
        now = self._clock.now()
        try:
            attempt = await self._guesses.begin(proven.login, place, now)
        except Wait as wait:
            return Refused(Refusal.WAIT, wait=wait.left)
        row = await self._pool.fetchrow(SQL.staff_by_login, proven.login if LOGIN.fullmatch(proven.login) else "")
        refused = await self._provider_refusal(row, proven, issuer, code, now)
        if refused is None:
            return await self._let_in(row, attempt, place, now, held, by_provider=True)
        if refused.reason is not Refusal.CODE:
            # Nothing was guessed: the provider proved who it is.
            await self._guesses.was_none(attempt)
            return refused
        return replace(refused, wait=attempt.wait)

    async def _provider_refusal(self, row: Any, proven: Proven, issuer: str, code: str | None, now: datetime) -> Refused | None:
        if row is None:
            return Refused(Refusal.UNKNOWN)
        staff_id = StaffId(row["id"])
        refused = self._right_refusal(row, staff_id) if code is None else await self._code_refusal(row, code, now)
        if refused is not None:
            return refused
        mark = self._keys.mark("subject of a provider", issuer, proven.subject)
        await self._pool.execute(SQL.know_subject, staff_id, issuer, mark, now)
        is_the_one = await self._pool.fetchval(SQL.is_subject, staff_id, issuer, mark)
        return None if is_the_one else Refused(Refusal.ANOTHER, staff_id)

    async def confirm(self, login: str, code: str, place: Place) -> Confirmed | Refused:
        """
        Return who stands beside somebody who is logged in, and shows a one-time code of their own. No session is opened or ended.

        A wrong code counts as a failed login of that person's from there, so that nobody guesses another's.
        """
        now = self._clock.now()
        try:
            attempt = await self._guesses.begin(login, place, now)
        except Wait as wait:
            return Refused(Refusal.WAIT, wait=wait.left)

        row = await self._pool.fetchrow(SQL.staff_by_login, login if LOGIN.fullmatch(login) else "")
        refused = Refused(Refusal.UNKNOWN) if row is None else await self._code_refusal(row, code, now)
        if refused is not None and refused.reason is not Refusal.CODE_USED:
            return replace(refused, wait=attempt.wait)
        await self._guesses.was_none(attempt)
        return refused or confirmed_of(row)

    async def find(self, token: str, *, uses: bool = True) -> Staff | Ended:
        """Return whose session `token` is, or why there is none. With `uses`, note that it was used."""
        key, now = credentials.fingerprint(token), self._clock.now()
        limits = (IDLE.total_seconds(), LONGEST.total_seconds())
        row = await self._pool.fetchrow(SQL.see_session, key, self._service, now, *limits, self._clock.today(), uses)
        if row is not None:
            return _staff_of(row, token, Lasting(row["opened_at"], row["seen_at"]))
        ended = await self._pool.fetchrow(SQL.ended_session, key, self._service)
        if ended is None:
            return Ended(Why.UNKNOWN)
        return Lasting(ended["opened_at"], ended["seen_at"]).ended(now, ended["ended_why"], ended["ended_at"])

    async def ended_by(self, staff: Staff) -> datetime | None:
        """Return when the session was opened that `staff`'s login ended, if it ended one."""
        began: datetime | None = await self._pool.fetchval(
            SQL.session_ended_by, staff.id, self._service, Why.ELSEWHERE, staff.lasting.opened_at
        )
        return began

    async def registered(self, *, ids: Collection[UUID] = (), logins: Collection[str] = ()) -> list[Registered]:
        """Return who has one of these ids or logins, in one question. Whoever is not registered is left out."""
        # Anything that does not look like a login is nobody's, and some of it (NUL) no database takes.
        looked_for = [login for login in logins if LOGIN.fullmatch(login)]
        if not ids and not looked_for:
            return []
        return [registered_of(row) for row in await self._pool.fetch(SQL.registered, list(ids), looked_for)]

    async def of_ward(self, ward: Ward) -> list[Registered]:
        """Return who of a ward may come in today: whoever has left, or was not trained in time, can be given nothing."""
        return [registered_of(row) for row in await self._pool.fetch(SQL.of_ward, ward, self._clock.today())]

    async def accounts(self) -> list[Account]:
        """Return all registrations that are not ended."""
        return [account_of(row) for row in await self._pool.fetch(SQL.accounts)]

    async def everybody(self) -> list[Registered]:
        """Return everybody who was ever registered, by login."""
        return [registered_of(row) for row in await self._pool.fetch(SQL.everybody)]

    async def purge(self) -> None:
        """Drop what says nothing any more (`Guesses.purge`), and sessions about which no browser asks."""
        now = self._clock.now()
        await self._guesses.purge(now)
        await self._pool.execute(SQL.purge_sessions, now - TOLD_FOR)

    async def close(self, token: str) -> bool:
        """End a session. Returns whether it began at the city's provider."""
        return bool(await self._pool.fetchval(SQL.close_session, credentials.fingerprint(token), Why.LOGGED_OUT, self._clock.now()))

    async def _refusal(self, row: Any, password: str, code: str, now: datetime) -> Refused | None:
        matches = await credentials.password_matches(row["password_hash"] if row else None, password)
        if row is None:
            return Refused(Refusal.UNKNOWN)
        if not matches:
            return Refused(Refusal.PASSWORD, StaffId(row["id"]))
        return await self._code_refusal(row, code, now)

    async def _code_refusal(self, row: Any, code: str, now: datetime) -> Refused | None:
        staff_id = StaffId(row["id"])
        step = self._step_of(staff_id, row["totp_sealed"], code, now)
        if step is None:
            return Refused(Refusal.CODE, staff_id)
        if await self._pool.fetchval(SQL.use_code, staff_id, step) is None:
            return Refused(Refusal.CODE_USED, staff_id)
        return self._right_refusal(row, staff_id)

    def _step_of(self, staff_id: StaffId, sealed: bytes, code: str, now: datetime) -> int | None:
        try:
            return credentials.matching_step(self._keys.open_secret(staff_id, sealed), code, now)
        except InvalidTag:
            # Altered behind our back, or sealed under another key: nobody comes in with it, and somebody has to look.
            log.error("identity.secret_not_opened", staff_id=str(staff_id))
            return None

    def _right_refusal(self, row: Any, staff_id: StaffId) -> Refused | None:
        # Told only to somebody who has proved to be that person.
        if not row["active"]:
            return Refused(Refusal.INACTIVE, staff_id)
        if row["training_valid_until"] < self._clock.today():
            return Refused(Refusal.TRAINING, staff_id)
        return None

    async def _let_in(
        self, row: Any, attempt: Attempt, place: Place, now: datetime, held: str | None, *, by_provider: bool = False
    ) -> Opened:
        token = credentials.new_token()
        limits = (IDLE.total_seconds(), LONGEST.total_seconds())
        of_browser = credentials.fingerprint(held) if held else None
        async with self._pool.acquire() as db, db.transaction():
            await db.execute(SQL.lock_staff, row["id"])
            another = await db.fetchval(SQL.end_session, row["id"], self._service, Why.ELSEWHERE, now, *limits, of_browser)
            await db.execute(SQL.open_session, credentials.fingerprint(token), row["id"], self._service, now, by_provider)
            browser = await self._guesses.succeeded(db, attempt, row["id"], place, now)
        return Opened(_staff_of(row, token, Lasting(now, now)), token, browser, another is not None)


def _staff_of(row: Any, token: str, lasting: Lasting) -> Staff:
    return staff_of(row, credentials.session_name(token), credentials.form_token(token), lasting)
