"""The linker's pages over a real database, and people who log in to them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import asyncpg
import httpx
from pydantic import SecretStr

from contracts.ids import StaffId
from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Role, Section, ServiceName, Ward
from infra.clock import FixedClock
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker.app import Wired, wire
from services.linker.review import pairing
from services.linker.settings import LinkerSettings
from tests.integration.linker.records import Event, hear
from tests.people import register

PASSWORD = "a long enough pass phrase"
VALID = date(2099, 3, 31)
KEYS = Keys.of("00" * 32)
_DIVISION = Section.CHILD_FAMILY_DIVISION
PEOPLE = {
    person.login: person
    for person in (
        Person("linkage.clerk", "見本 ひなた", _DIVISION, None, frozenset({Role.LINKAGE_CLERK}), VALID),
        Person("linkage.second", "見本 ちとせ", _DIVISION, None, frozenset({Role.LINKAGE_CLERK}), VALID),
        Person("coordinator", "見本 みどり", _DIVISION, None, frozenset({Role.COORDINATOR}), VALID),
        Person("hakata.clerk", "見本 ひかり", Section.CHILDCARE_SUPPORT, Ward.HAKATA, frozenset({Role.WARD_CLERK}), VALID),
        Person("health.owner", "見本 けい", Section.DATA_OWNER, None, frozenset({Role.DATA_OWNER}), VALID),
        Person("security.officer", "見本 まもる", Section.INFORMATION_SECURITY, None, frozenset({Role.SECURITY_OFFICER}), VALID),
    )
}


@dataclass
class Browser:
    """Somebody at a page."""

    http: httpx.AsyncClient
    token: str = ""
    seen: str = ""

    async def opens(self, address: str) -> httpx.Response:
        """Open a page, and remember what its forms must bring back."""
        answer = await self.http.get(address)
        for name in ("form_token", "seen"):
            found = re.search(rf'name="{name}" value="([^"]+)"', answer.text)
            if found:
                setattr(self, "token" if name == "form_token" else name, found.group(1))
        return answer

    async def sends(self, address: str, **filled: str) -> httpx.Response:
        """Send a form of the page that is open."""
        return await self.http.post(address, data={"form_token": self.token, "seen": self.seen, **filled})


@dataclass
class Office:
    """The service, and people who come to it."""

    wired: Wired
    database: Database
    pool: asyncpg.Pool
    clock: FixedClock
    secrets: dict[str, str] = field(default_factory=dict)
    ids: dict[str, StaffId] = field(default_factory=dict)

    async def register(self, login: str) -> None:
        """Register somebody."""
        if login in self.secrets:
            return
        secret = self.secrets[login] = new_totp_secret()
        async with (await self.database.pool("identity")).acquire() as db:
            await register(db, KEYS, PEOPLE[login], password=PASSWORD, totp_secret=secret)
            self.ids[login] = StaffId(await db.fetchval("select id from staff where login = $1", login))

    @asynccontextmanager
    async def at_work(self, login: str) -> AsyncIterator[Browser]:
        """Register somebody and log them in."""
        await self.register(login)
        async with (await self.database.pool("identity")).acquire() as db:
            await db.execute("update staff set totp_last_step = 0")
        transport = httpx.ASGITransport(self.wired.service.app, client=("192.0.2.7", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://linker.example") as http:
            code = code_at(self.secrets[login], datetime.now(UTC))
            answer = await http.post("/login", data={"login": login, "password": PASSWORD, "code": code, "next": "/"})
            assert answer.status_code == 303, answer.text
            yield Browser(http)

    async def hears(self, *events: Event) -> None:
        """Let records come, and the register be looked through."""
        await hear(self.pool, self.clock, *events)
        await self.looks_through()

    async def looks_through(self) -> None:
        """Look through the register as the clock would have it."""
        async with unit_of_work(self.pool, ServiceName.LINKER, self.clock) as work:
            await pairing.find(work)

    async def asked(self) -> list[str]:
        """The addresses of all that is asked, oldest first."""
        rows = await self.pool.fetch("select kind, one, other from review_question order by since, kind, one, other")
        return [f"/pairs/{row['kind']}/{row['one']}/{row['other']}" for row in rows]

    async def looks(self) -> list[AccessRecorded]:
        """What the log is told of looks, in order."""
        return [each for each in await announced(self.pool) if isinstance(each, AccessRecorded)]

    async def decisions(self) -> list[DecisionRecorded]:
        """What the log is told of decisions about who is who, in order."""
        told = [each for each in await announced(self.pool) if isinstance(each, DecisionRecorded)]
        return [each for each in told if each.action.startswith("linker.") and each.thing.kind == "link_question"]


@asynccontextmanager
async def opened(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    """Open the office: the pages, a database, nobody there yet."""
    settings = LinkerSettings(
        database_url=SecretStr(database.url("linker")),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(database.url("identity")),
        identifier_key=SecretStr(b"tests".hex()),
        parking_key=SecretStr("00" * 32),
        notice="研修環境・架空データ",
    )
    wired = wire(settings)
    wired.service.clock = clock
    wired.service._pool = await database.pool("linker")
    yield Office(wired, database, wired.service._pool, clock)
    await wired.service.tasks.stop()
    assert wired.identity is not None
    await wired.identity.close()
