"""The audit service's HTTP side over a real database, and people who log in to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import httpx
import pytest_asyncio

from contracts.messages import AccessRecorded
from contracts.values import Role, Section, Ward
from infra.clock import FixedClock
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.registration import Person, register_staff
from infra.service import Service
from infra.testing.fixtures import Database, announced
from services.audit.app import build
from services.audit.settings import AuditSettings
from tests.integration.audit.log import ORIGIN, PRIVATE_KEY

PASSWORD = "a long enough pass phrase"
VALID = date(2099, 3, 31)
_ALL = (
    Person("security.officer", "見本 まもる", Section.INFORMATION_SECURITY, None, frozenset({Role.SECURITY_OFFICER}), VALID),
    Person("privacy.officer", "見本 たもつ", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.PRIVACY_OFFICER}), VALID),
    Person("hakata.clerk", "見本 ひかり", Section.CHILDCARE_SUPPORT, Ward.HAKATA, frozenset({Role.WARD_CLERK}), VALID),
    Person("coordinator", "見本 みどり", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.COORDINATOR}), VALID),
)
PEOPLE = {person.login: person for person in _ALL}


@dataclass
class Desk:
    """The service and a browser without anybody at it yet."""

    service: Service
    database: Database
    pool: asyncpg.Pool
    clock: FixedClock
    browser: httpx.AsyncClient

    async def register(self, login: str, secret: str | None = None) -> UUID:
        """Register somebody, and return the id."""
        async with (await self.database.pool("identity")).acquire() as db:
            await register_staff(db, PEOPLE[login], password=PASSWORD, totp_secret=secret or new_totp_secret())
            return UUID(str(await db.fetchval("select id from staff where login = $1", login)))

    async def sit_down(self, login: str) -> None:
        """Register somebody and log them in."""
        secret = new_totp_secret()
        await self.register(login, secret)
        code = code_at(secret, datetime.now(UTC))
        answer = await self.browser.post("/login", data={"login": login, "password": PASSWORD, "code": code, "next": "/"})
        assert answer.status_code == 303, answer.text

    async def kept(self) -> list[AccessRecorded]:
        """The accesses that the service kept of itself, in order."""
        return [each for each in await announced(self.pool) if isinstance(each, AccessRecorded)]


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock) -> AsyncIterator[Desk]:
    settings = AuditSettings(
        database_url=database.url("audit"),
        broker_url="amqp://nobody:nothing@127.0.0.1:1/",
        identity_database_url=database.url("identity"),
        identifier_key="00" * 32,
        parking_key="00" * 32,
        signing_key=PRIVATE_KEY.hex(),
        log_origin=ORIGIN,
        notice="研修環境・架空データ",
    )
    service = build(settings)
    service.clock = clock
    service._pool = await database.pool("audit")
    transport = httpx.ASGITransport(service.app, client=("192.0.2.7", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://audit.example") as browser:
        yield Desk(service, database, service._pool, clock, browser)
    await service.app.state.identity.close()
