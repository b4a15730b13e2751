"""The scorer's pages over a real database, and people who log in to them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import asyncpg
import httpx
from pydantic import SecretStr

from contracts.messages import AccessRecorded, AuditMessage, DecisionRecorded
from contracts.values import Role, Section, ServiceName, Ward
from infra.clock import FixedClock
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person
from infra.testing.fixtures import Database, announced
from services.scorer import succession
from services.scorer.app import Wired, wire
from services.scorer.settings import ScorerSettings
from services.scorer.worker import do_next
from tests.integration.scorer.conftest import Scorer
from tests.people import register

PASSWORD = "a long enough pass phrase"
VALID = date(2099, 3, 31)
KEYS = Keys.of("00" * 32)
_DIVISION = Section.CHILD_FAMILY_DIVISION
PEOPLE = {
    person.login: person
    for person in (
        Person("coordinator", "見本 みどり", _DIVISION, None, frozenset({Role.COORDINATOR}), VALID),
        Person("privacy.officer", "見本 たもつ", _DIVISION, None, frozenset({Role.PRIVACY_OFFICER}), VALID),
        Person("linkage.clerk", "見本 ひなた", _DIVISION, None, frozenset({Role.LINKAGE_CLERK}), VALID),
        Person("hakata.clerk", "見本 ひかり", Section.CHILDCARE_SUPPORT, Ward.HAKATA, frozenset({Role.WARD_CLERK}), VALID),
        Person("security.officer", "見本 まもる", Section.INFORMATION_SECURITY, None, frozenset({Role.SECURITY_OFFICER}), VALID),
    )
}


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


@dataclass
class Office:
    """The service, and people who come to it."""

    wired: Wired
    database: Database
    scorer: Scorer
    clock: FixedClock
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def pool(self) -> asyncpg.Pool:
        return self.scorer.pool

    async def register(self, login: str) -> None:
        """Register somebody."""
        if login in self.secrets:
            return
        secret = self.secrets[login] = new_totp_secret()
        async with (await self.database.pool("identity")).acquire() as db:
            await register(db, KEYS, PEOPLE[login], password=PASSWORD, totp_secret=secret)

    @asynccontextmanager
    async def at_work(self, login: str) -> AsyncIterator[Browser]:
        """Register somebody and log them in."""
        await self.register(login)
        async with (await self.database.pool("identity")).acquire() as db:
            await db.execute("update staff set totp_last_step = 0")
        transport = httpx.ASGITransport(self.wired.service.app, client=("192.0.2.7", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://scorer.example") as http:
            code = code_at(self.secrets[login], datetime.now(UTC))
            answer = await http.post("/login", data={"login": login, "password": PASSWORD, "code": code, "next": "/"})
            assert answer.status_code == 303, answer.text
            yield Browser(http)

    async def works(self) -> bool:
        """Do the next simulation that somebody asked for, as the service does beside everything else."""
        return await do_next(self.wired.service.settings, self.clock)

    async def a_day_begins(self) -> None:
        """Let the ruleset of the day take over."""
        async with self.wired.service.work() as work:
            await succession.follow(work)
        async with self.wired.service.work() as work:
            await succession.run_trials(work)

    async def told(self, kind: type[AuditMessage]) -> list[tuple[str, str, str | None, str | None]]:
        """What the log is told of people, in order: what, whether it was let pass, why not, of which thing."""
        said = [each for each in await announced(self.pool) if isinstance(each, kind) and each.action.startswith("scorer.")]
        return [(e.action, e.decision, e.reason_code, e.thing.id) for e in said if e.actor.id is not None]

    async def looks(self) -> list[tuple[str, str, str | None, str | None]]:
        return await self.told(AccessRecorded)

    async def decisions(self) -> list[tuple[str, str, str | None, str | None]]:
        return await self.told(DecisionRecorded)


@asynccontextmanager
async def opened(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    """Open the office: the pages, a database, nobody there yet."""
    settings = ScorerSettings(
        database_url=SecretStr(database.url("scorer")),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(database.url("identity")),
        identifier_key=SecretStr(b"tests".hex()),
        parking_key=SecretStr("00" * 32),
        notice="研修環境・架空データ",
    )
    wired = wire(settings)
    wired.service.clock = clock
    wired.service._pool = await database.pool(ServiceName.SCORER)
    yield Office(wired, database, Scorer(wired.service._pool, clock), clock)
    await wired.service.tasks.stop()
    assert wired.identity is not None
    await wired.identity.close()
