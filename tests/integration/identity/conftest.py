"""A web service with nothing in it but the login."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends
from pydantic import SecretStr

from contracts.values import Role, Section, ServiceName, Ward
from infra.clock import FixedClock
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.login import Identity, identity_at
from infra.identity.registration import Person, register_staff
from infra.identity.staff import Staff
from infra.local.postgres import PostgresServer
from infra.postgres import open_pool
from infra.service import Service
from infra.settings import Settings
from infra.testing.fixtures import Database, copy_database

CLERK = Person("hakata.clerk", "見本 ひかり", Section.CHILDCARE_SUPPORT, Ward.HAKATA, frozenset({Role.WARD_CLERK}), date(2027, 3, 31))
PASSWORD = "a long enough pass phrase"
EMPTY = """
    truncate identity.staff, identity.session, identity.failed_login, identity.known_place, identity.provider_subject,
        casework.outbox, casework.tally, audit.outbox;
    grant select, insert, update, delete on identity.session to identity;
    grant insert on casework.outbox to casework;
"""
"""Nobody is registered, nothing was said, and what a test took away is given back."""
KEYS = Keys.of("00" * 32)


@dataclass
class Entrance:
    """A service with nothing in it but the login."""

    service: Service
    identity: Identity


@dataclass
class Door:
    """The service, somebody registered, and the real time as the login sees it."""

    service: Service
    identity: Identity
    database: Database
    clock: FixedClock
    client: httpx.AsyncClient
    totp_secret: str

    async def log_in(
        self, login: str = CLERK.login, password: str = PASSWORD, code: str | None = None, next_path: str = "/"
    ) -> httpx.Response:
        """Send the login form."""
        code = code if code is not None else code_at(self.totp_secret, self.clock.now())
        return await self.client.post("/login", data={"login": login, "password": password, "code": code, "next": next_path})

    @asynccontextmanager
    async def at(self, address: str) -> AsyncIterator["Door"]:
        """Sit at another address, in a browser that nobody used yet."""
        transport = httpx.ASGITransport(self.service.app, client=(address, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://casework.example") as client:
            yield replace(self, client=client)


@pytest.fixture
def real_time() -> FixedClock:
    """The machine's clock, made to stand still."""
    return FixedClock(datetime(2026, 11, 23, 4, 0, 10, tzinfo=UTC))


def me_router(identity: Identity) -> APIRouter:
    """Routes that say who asks."""
    router = APIRouter()

    @router.get("/v1/me")
    @router.post("/v1/me")
    @router.get("/me")
    @router.post("/me/act")
    async def me(staff: Annotated[Staff, Depends(identity.current_staff)]) -> dict[str, str]:
        return {"login": staff.login, "form_token": staff.form_token}

    return router


@asynccontextmanager
async def door_to(name: ServiceName, database: Database, real_time: FixedClock) -> AsyncIterator[Entrance]:
    """A service with nothing in it but the login."""
    settings = Settings(
        database_url=SecretStr(database.url(name)),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(database.url("identity")),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        notice="研修環境・架空データ",
    )
    service = Service(name, settings)
    service._pool = await open_pool(database.url(name), name=f"test-{name}")
    identity = identity_at(service, real_time)
    service.mount(me_router(identity))
    yield Entrance(service, identity)
    await identity.close()
    await service._pool.close()


@pytest_asyncio.fixture(scope="session")
async def street(postgres: PostgresServer, template: str) -> str:
    """One database for all these tests: one for each would take a minute."""
    admin = await asyncpg.connect(postgres.url())
    await copy_database(admin, "test_street", template)
    await admin.close()
    return "test_street"


@pytest_asyncio.fixture
async def database(postgres: PostgresServer, street: str) -> AsyncIterator[Database]:
    """The street's database, with nobody in it."""
    emptied = Database(postgres, street)
    admin = await asyncpg.connect(emptied.admin_url)
    await admin.execute(EMPTY)
    await admin.close()
    yield emptied
    for pool in emptied.pools:
        await pool.close()


@pytest_asyncio.fixture
async def door(database: Database, real_time: FixedClock) -> AsyncIterator[Door]:
    """A door to a service, and one clerk who is registered."""
    secret = new_totp_secret()
    identity = await database.pool("identity")
    async with identity.acquire() as db:
        await register_staff(db, KEYS, CLERK, password=PASSWORD, totp_secret=secret)
    async with (
        door_to(ServiceName.CASEWORK, database, real_time) as entrance,
        httpx.AsyncClient(transport=httpx.ASGITransport(entrance.service.app), base_url="http://casework.example") as client,
    ):
        yield Door(entrance.service, entrance.identity, database, real_time, client, secret)
