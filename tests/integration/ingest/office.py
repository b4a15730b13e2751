"""Ingest's pages over a real database, and people who log in to them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256

import asyncpg
import httpx
from pydantic import SecretStr

from contracts.ids import StaffId
from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Role, Section, Source, Ward
from infra.clock import FixedClock
from infra.identity.confirming import confirmed
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person
from infra.identity.staff import Confirmed
from infra.testing.fixtures import Database, announced
from services.ingest.app import Wired, wire
from services.ingest.settings import IngestSettings
from tests.integration.ingest.media import IDENTITY
from tests.people import register

PASSWORD = "a long enough pass phrase"
VALID = date(2099, 3, 31)
_ALL = (
    Person("coordinator", "見本 みどり", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.COORDINATOR}), VALID),
    Person("second.coordinator", "見本 わたる", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.COORDINATOR}), VALID),
    Person("health.owner", "見本 けい", Section.DATA_OWNER, None, frozenset({Role.DATA_OWNER}), VALID),
    Person("schools.owner", "見本 まなぶ", Section.DATA_OWNER, None, frozenset({Role.DATA_OWNER}), VALID),
    Person("hakata.clerk", "見本 ひかり", Section.CHILDCARE_SUPPORT, Ward.HAKATA, frozenset({Role.WARD_CLERK}), VALID),
)
PEOPLE = {person.login: person for person in _ALL}
OWNED = {
    "health.owner": (Source.MATERNAL_CHILD_HEALTH,),
    "schools.owner": (Source.PUPIL_REGISTRY, Source.SCHOOL_AFFAIRS),
}
KEYS = Keys.of("00" * 32)


@dataclass
class Browser:
    """Somebody at a page."""

    http: httpx.AsyncClient
    token: str = ""

    async def opens(self, address: str) -> httpx.Response:
        """Open a page, and remember what its forms must bring back."""
        answer = await self.http.get(address)
        found = re.search(r'name="form_token" value="([^"]+)"', answer.text)
        self.token = found.group(1) if found else self.token
        return answer

    async def sends(self, address: str, **filled: str) -> httpx.Response:
        """Send a form of the page that is open."""
        return await self.http.post(address, data={"form_token": self.token, **filled})

    async def sends_parts(self, address: str, **filled: str) -> httpx.Response:
        """Send a form that could have had a file, without one."""
        return await self.http.post(address, files={name: (None, value) for name, value in ({"form_token": self.token} | filled).items()})

    async def brings(self, address: str, field: str, body: bytes, **filled: str) -> httpx.Response:
        """Send a form with a file."""
        files = {field: ("bundle", body, "application/octet-stream")}
        return await self.http.post(address, data={"form_token": self.token, **filled}, files=files)


@dataclass
class Office:
    """The service, and people who come to it."""

    wired: Wired
    database: Database
    pool: asyncpg.Pool
    clock: FixedClock
    secrets: dict[str, str] = field(default_factory=dict)
    ids: dict[str, StaffId] = field(default_factory=dict)

    async def register(self, login: str) -> StaffId:
        """Register somebody, with what they own."""
        secret = self.secrets[login] = new_totp_secret()
        async with (await self.database.pool("identity")).acquire() as db:
            await register(db, KEYS, PEOPLE[login], password=PASSWORD, totp_secret=secret)
            staff_id = self.ids[login] = StaffId(await db.fetchval("select id from staff where login = $1", login))
        for source in OWNED.get(login, ()):
            await self.pool.execute(
                "insert into owner_step (staff_id, staff_label, source, number, granted, at, why)"
                " values ($1, $2, $3, 1, true, now(), 'test')",
                staff_id,
                login,
                source.value,
            )
        return staff_id

    @asynccontextmanager
    async def at_work(self, login: str) -> AsyncIterator[Browser]:
        """Register somebody and log them in."""
        await self.register(login)
        transport = httpx.ASGITransport(self.wired.service.app, client=("192.0.2.7", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest.example") as http:
            code = code_at(self.secrets[login], datetime.now(UTC))
            answer = await http.post("/login", data={"login": login, "password": PASSWORD, "code": code, "next": "/"})
            assert answer.status_code == 303, answer.text
            yield Browser(http)

    def machine_time(self) -> datetime:
        """The time by which one-time codes count, whatever day the rules are told it is."""
        return datetime.now(UTC)

    async def confirmed(self, login: str) -> Confirmed:
        """Somebody who shows the one-time code of this moment on a command line."""
        return await confirmed(self.wired.service.settings, login, code_at(self.secrets[login], datetime.now(UTC)))

    @asynccontextmanager
    async def as_operator(self) -> AsyncIterator[asyncpg.Connection]:
        """Work in the database as its operator."""
        admin = await asyncpg.connect(self.database.admin_url)
        try:
            yield admin
        finally:
            await admin.close()

    async def looks(self) -> list[AccessRecorded]:
        """What the log is told of looks, in order."""
        return [each for each in await announced(self.pool) if isinstance(each, AccessRecorded)]

    async def decisions(self) -> list[DecisionRecorded]:
        """What the log is told of decisions, in order, logins left out."""
        told = [each for each in await announced(self.pool) if isinstance(each, DecisionRecorded)]
        return [each for each in told if each.action.startswith("ingest.")]


@asynccontextmanager
async def opened(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    """Open the office: the pages, a database, nobody there yet."""
    settings = IngestSettings(
        database_url=SecretStr(database.url("ingest")),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(database.url("identity")),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        media_identity=SecretStr(str(IDENTITY)),
        notice="研修環境・架空データ",
        source_tokens={source: SecretStr(sha256(source.encode()).hexdigest()) for source in Source},
    )
    wired = wire(settings)
    wired.service.clock = clock
    wired.service._pool = await database.pool("ingest")
    yield Office(wired, database, wired.service._pool, clock)
    await wired.service.tasks.stop()
    assert wired.identity is not None
    await wired.identity.close()
