"""The audit service's HTTP side over a real database, and people who log in to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from contracts.ids import StaffId
from contracts.messages import AccessRecorded
from contracts.values import Role, Section, Ward
from infra.clock import FixedClock
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person
from infra.local.postgres import PostgresServer
from infra.service import Service
from infra.testing.fixtures import START, Database, announced, copy_database
from services.audit.app import Wired, wire
from services.audit.settings import AuditSettings
from tests.integration.audit.attacked import ENTRIES, Attacked
from tests.integration.audit.log import ORIGIN, PRIVATE_KEY, hear, seal
from tests.people import register
from tests.unit.audit.builders import REGISTER, access, signed

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

    wired: Wired
    service: Service
    database: Database
    pool: asyncpg.Pool
    clock: FixedClock
    browser: httpx.AsyncClient

    async def register(self, login: str, secret: str | None = None) -> StaffId:
        """Register somebody, and return the id."""
        async with (await self.database.pool("identity")).acquire() as db:
            await register(db, Keys.of("00" * 32), PEOPLE[login], password=PASSWORD, totp_secret=secret or new_totp_secret())
            return StaffId(await db.fetchval("select id from staff where login = $1", login))

    async def sit_down(self, login: str) -> StaffId:
        """Register somebody and log them in. Returns the id."""
        secret = new_totp_secret()
        staff_id = await self.register(login, secret)
        code = code_at(secret, datetime.now(UTC))
        answer = await self.browser.post("/login", data={"login": login, "password": PASSWORD, "code": code, "next": "/"})
        assert answer.status_code == 303, answer.text
        return staff_id

    async def kept(self) -> list[AccessRecorded]:
        """The accesses that the service kept of itself, in order."""
        return [each for each in await announced(self.pool) if isinstance(each, AccessRecorded)]


@pytest.fixture
def audit_settings(database: Database) -> AuditSettings:
    return AuditSettings(
        database_url=SecretStr(database.url("audit")),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(database.url("identity")),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        signing_key=SecretStr(PRIVATE_KEY.hex()),
        log_origin=ORIGIN,
        notice="研修環境・架空データ",
    )


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, audit_settings: AuditSettings) -> AsyncIterator[Desk]:
    wired = wire(audit_settings)
    service = wired.service
    service.clock = clock
    service._pool = await database.pool("audit")
    transport = httpx.ASGITransport(service.app, client=("192.0.2.7", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://audit.example") as browser:
        yield Desk(wired, service, database, service._pool, clock, browser)
    await wired.identity.close()


@pytest_asyncio.fixture(scope="session")
async def sealed_log(postgres: PostgresServer, template: str) -> str:
    """A database with the log, from which each attack gets its own copy: of a time before producers signed."""
    return await _sealed(postgres, template, "audit_log_template", lambda message: message)


@pytest_asyncio.fixture(scope="session")
async def signed_log(postgres: PostgresServer, template: str) -> str:
    """The same log with every entry signed."""
    return await _sealed(postgres, template, "audit_signed_template", signed)


async def _sealed(postgres: PostgresServer, template: str, name: str, sign: Callable[[AccessRecorded], AccessRecorded]) -> str:
    admin = await asyncpg.connect(postgres.url())
    await copy_database(admin, name, template)
    await admin.close()
    pool = await Database(postgres, name).pool("audit")
    number = 0
    for size in (100, 300, 500, ENTRIES):
        parcel = [sign(access(sequence)) for sequence in range(number + 1, size + 1)]
        await hear(pool, FixedClock(START), parcel, REGISTER if sign is signed else None)
        await seal(pool, FixedClock(START))
        number = size
    await pool.close()
    return name


@pytest_asyncio.fixture
async def copy(postgres: PostgresServer, sealed_log: str) -> AsyncIterator[Database]:
    """A copy of the log."""
    async with copied_log(postgres, sealed_log) as copied:
        yield copied


@asynccontextmanager
async def copied_log(postgres: PostgresServer, template: str) -> AsyncIterator[Database]:
    """Copy a log, for as long as it is used."""
    admin = await asyncpg.connect(postgres.url())
    await copy_database(admin, "audit_log_copy", template)
    copied = Database(postgres, "audit_log_copy")
    yield copied
    for pool in copied.pools:
        await pool.close()
    await admin.execute("drop database audit_log_copy with (force)")
    await admin.close()


@pytest_asyncio.fixture
async def log(copy: Database) -> AsyncIterator[Attacked]:
    admin = await unguarded(copy)
    yield Attacked(await copy.pool("audit"), admin)
    await admin.close()


async def unguarded(copied: Database) -> asyncpg.Connection:
    """The superuser at a log with its guards off."""
    admin = await asyncpg.connect(copied.admin_url)
    for table in ("entry", "number", "checkpoint", "subtree", "quarantine"):
        await admin.execute(f"alter table audit.{table} disable trigger no_change")
    return admin


@pytest.fixture
def log_in_folder(log: Attacked, copy: Database, tmp_path: Path) -> Path:
    assert log.pool is not None
    folder = tmp_path / "secrets" / "audit"
    folder.mkdir(parents=True)
    (folder / "tsunagu_database_url").write_text(copy.url("audit"), encoding="utf-8")
    (folder / "tsunagu_signing_key").write_text(PRIVATE_KEY.hex(), encoding="utf-8")
    (folder / "tsunagu_log_origin").write_text(ORIGIN, encoding="utf-8")
    return tmp_path
