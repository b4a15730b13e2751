"""Casework as it runs, on a real database; messages come in by hand, people by their login."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import asyncpg
import httpx
import pytest_asyncio
from pydantic import SecretStr

from contracts.messages import Message
from contracts.values import Role, Section, Ward
from infra.clock import JST, FixedClock
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person
from infra.local.postgres import PostgresServer
from infra.postgres import open_pool
from infra.service import Service
from infra.testing.fixtures import Database, announced, copy_database
from services.casework import app
from services.casework.domain.sampling import Sampling
from services.casework.handlers import Heard, on_parcel
from services.casework.settings import CaseworkSettings
from tests.people import register

NOBODY = Sampling(b"", 0)
"""No quiet request is drawn."""
PASSWORD = "a long enough pass phrase"
EMPTY = """
    truncate casework.person, casework.person_name, casework.household, casework.household_member, casework.measure, casework.measured,
        casework.whereabouts, casework.whereabouts_holder, casework.review_word, casework.review, casework.disposition, casework.cases,
        casework.sample, casework.case_file, casework.case_file_body,
        casework.handover, casework.case_move, casework.request_key, casework.access_note, casework.numbered_entry, casework.outbox,
        casework.tally, casework.inbox, casework.parked, casework.feed, casework.feed_state, casework.town, casework.person_alias,
        casework.dispute, casework.dispute_answer, casework.list_export,
        casework.assignment_run, casework.assignment, casework.saved_filter,
        casework.emergency, casework.searched, casework.manual_version, casework.manual_feedback, casework.objection_verdict,
        casework.weekly_report, casework.programme_step, casework.programme_cycle,
        casework.survey, casework.survey_taken, casework.survey_answer,
        casework.review_meeting, casework.programme_issue,
        casework.privacy_request, casework.privacy_request_word, casework.privacy_request_person,
        casework.privacy_check_evidence, casework.privacy_check_finding, casework.privacy_check_signature,
        casework.disposal_list, casework.disposal_item, casework.disposal_hold,
        identity.session, identity.failed_login, identity.known_place;
    update identity.staff set totp_last_step = 0;
"""
LISTED_OTHERWISE = """
    select count(*) from casework.review join casework.cases using (case_id)
    where (
        case_state, case_due_on, case_asks, case_asked_by, case_sent_back_to, case_unanswered, case_handover,
        case_touched_at, case_touched_by
      ) is distinct from (state, due_on, asks is not null, asked_by, sent_back_to, unanswered,
        handover, touched_at, touched_by)
"""
"""Reviews of which the list would say something else than what stands with their cases."""
MORNING = datetime(2026, 4, 11, 0, 0, tzinfo=UTC)
"""9 o'clock in Japan on 11 April 2026."""


_houses = count(1)


@dataclass
class Office:
    """The service, and the doors by which people come in."""

    service: Service
    database: Database
    clock: FixedClock
    secrets: dict[str, str]
    sampling: Sampling = NOBODY

    async def hear(self, *events: Heard) -> None:
        """Let a parcel arrive."""
        async with self.service.work() as work:
            await on_parcel(work, events, self.sampling)

    @asynccontextmanager
    async def as_(self, login: str) -> AsyncIterator[httpx.AsyncClient]:
        """Come in as a registered person."""
        transport = httpx.ASGITransport(self.service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://casework.example") as client:
            code = code_at(self.secrets[login], datetime.now(UTC))
            answer = await client.post("/login", data={"login": login, "password": PASSWORD, "code": code})
            assert answer.status_code == 303, answer.text
            yield client

    async def said(self) -> list[Message]:
        """Return what the service said so far."""
        return await announced(self.service.pool)


async def somebody_waits(office: Office) -> bool:
    """Whether a transaction waits for another."""
    waits: bool = await office.service.pool.fetchval(
        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
    )
    return waits


PEOPLE = {
    "hakata.clerk": (Section.CHILDCARE_SUPPORT, Ward.HAKATA, Role.WARD_CLERK),
    "hakata.lead": (Section.HEALTH, Ward.HAKATA, Role.WARD_LEAD),
    "hakata.health": (Section.HEALTH, Ward.HAKATA, Role.WARD_CLERK),
    "hakata.welfare": (Section.COMMUNITY_HEALTH_WELFARE, Ward.HAKATA, Role.WARD_CLERK),
    "hakata.chief": (Section.CHILDCARE_SUPPORT, Ward.HAKATA, Role.WARD_LEAD),
    "nishi.clerk": (Section.CHILDCARE_SUPPORT, Ward.NISHI, Role.WARD_CLERK),
    "nishi.lead": (Section.HEALTH, Ward.NISHI, Role.WARD_LEAD),
    "minami.clerk": (Section.CHILDCARE_SUPPORT, Ward.MINAMI, Role.WARD_CLERK),
    "coordinator": (Section.CHILD_FAMILY_DIVISION, None, Role.COORDINATOR),
    "security.officer": (Section.INFORMATION_SECURITY, None, Role.SECURITY_OFFICER),
    "center.worker": (Section.GUIDANCE_CENTER, None, Role.GUIDANCE_WORKER),
    "privacy.officer": (Section.CHILD_FAMILY_DIVISION, None, Role.PRIVACY_OFFICER),
}


def settings_for(database: Database) -> CaseworkSettings:
    """Return the settings of a casework that has a database and no bus."""
    return CaseworkSettings(
        database_url=SecretStr(database.url("casework")),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(database.url("identity")),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        notice="研修環境・架空データ",
    )


async def register_everybody(database: Database) -> dict[str, str]:
    """Register the people of these tests. Returns their authenticators' secrets."""
    secrets = {login: new_totp_secret() for login in PEOPLE}
    identity = await asyncpg.connect(database.url("identity"))
    for login, (section, ward, role) in PEOPLE.items():
        person = Person(login, "見本 ひかり", section, ward, frozenset({role}), datetime.now(JST).date() + timedelta(days=365))
        await register(identity, Keys.of("00" * 32), person, password=PASSWORD, totp_secret=secrets[login])
    await identity.close()
    return secrets


@pytest_asyncio.fixture(scope="session")
async def house(postgres: PostgresServer, template: str) -> AsyncIterator[Office]:
    """One casework for all these tests, with everybody registered: a database and a login for each test would take minutes."""
    name = f"test_house_{next(_houses)}"
    admin = await asyncpg.connect(postgres.url())
    await copy_database(admin, name, template)
    await admin.close()
    database = Database(postgres, name)
    wired = app.wire(settings_for(database))
    service = wired.service
    service._pool = await open_pool(database.url("casework"), name="test-casework")
    yield Office(service, database, FixedClock(MORNING), await register_everybody(database))
    await wired.identity.close()
    await service._pool.close()


@pytest_asyncio.fixture
async def office(house: Office) -> AsyncIterator[Office]:
    """
    The house with an empty list, nobody logged in, on the morning of 11 April 2026.

    Whatever a test did there: in the end the list says of every case what stands with it.
    """
    house.clock.at = MORNING
    house.service.clock = house.clock
    house.sampling = NOBODY
    admin = await asyncpg.connect(house.database.admin_url)
    await admin.execute(EMPTY)
    yield house
    listed_otherwise = await admin.fetchval(LISTED_OTHERWISE)
    await admin.close()
    assert listed_otherwise == 0
