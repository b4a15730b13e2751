"""
A program of its own, as another city runs it: its file is read at import, so that no process works for two cities.

Takes the addresses of a database for casework and for identity; prints what a clerk of its wards reads, by page, as JSON.
"""

import asyncio
import json
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from pydantic import SecretStr

from contracts.ids import EventId, HouseholdId, PersonId
from contracts.messages import IndicatorState, PersonChanged, PersonIdentified, Residence, ReviewNeeded
from contracts.values import Group, IndicatorValue, Item, Role, Section, Sex, Source, Ward
from infra.clock import JST
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person
from infra.postgres import open_pool
from services.casework import app
from services.casework.domain.sampling import Sampling
from services.casework.handlers import on_parcel
from services.casework.settings import CaseworkSettings
from tests.people import register

KEY, PASSWORD = "00" * 32, "a long enough pass phrase"
CHILD = PersonId(UUID(int=1))
PAGES = {
    "today": "/today",
    "list": "/reviews",
    "child": f"/children/{CHILD}",
    "closed": "/closed",
    "manual": "/manual?chapter=trouble",
    "first": "/manual?chapter=first",
    "accesses": "/me/accesses",
}


def heard() -> tuple[Any, ...]:
    """Return what tells of one child in the first ward of the city."""
    now, born = datetime.now(UTC), date(2024, 2, 10)
    first = next(iter(Ward))
    reason = IndicatorState(
        item=Item.CHECKUP_18M_NOT_RECEIVED,
        value=IndicatorValue.TRUE,
        counted=True,
        valid_from=date(2026, 4, 11),
        valid_to=None,
        known_at=now,
        reason_code="not_received",
        source=Source.MATERNAL_CHILD_HEALTH,
        evidence=(),
        fresh_through=date(2026, 4, 11),
        detail={"window_start": "2025-08-10", "window_end": "2026-02-10", "due_on": "2026-04-11"},
    )
    home = Residence(start=born, end=None, ward=first)
    return (
        PersonChanged(
            event_id=EventId(UUID(int=2)),
            birth_date=born,
            sex=Sex.FEMALE,
            residence=(home,),
            household_id=HouseholdId(UUID(int=3)),
            exists=True,
            occurred_at=now,
            person_id=CHILD,
            version=1,
        ),
        PersonIdentified(
            event_id=EventId(UUID(int=4)),
            person_no="001",
            name="見本 あお",
            kana=None,
            address_code="N1001",
            occurred_at=now,
            person_id=CHILD,
            version=1,
        ),
        ReviewNeeded(
            event_id=EventId(UUID(int=5)),
            ruleset="SP-1",
            as_of=now.astimezone(JST).date(),
            groups=(Group.CHK,),
            indicators=(reason,),
            occurred_at=now,
            person_id=CHILD,
            version=1,
        ),
    )


async def main(casework: str, identity: str) -> None:
    """Play it."""
    secret = new_totp_secret()
    until = datetime.now(JST).date() + timedelta(days=300)
    clerk = Person("one.clerk", "見本 ひかり", Section.CHILDCARE_SUPPORT, next(iter(Ward)), frozenset({Role.WARD_LEAD}), until)
    db = await asyncpg.connect(identity)
    await register(db, Keys.of(KEY), clerk, password=PASSWORD, totp_secret=secret)
    await db.close()
    settings = CaseworkSettings(
        database_url=SecretStr(casework),
        broker_url=SecretStr("amqp://nobody:nothing@127.0.0.1:1/"),
        identity_database_url=SecretStr(identity),
        identifier_key=SecretStr(KEY),
        parking_key=SecretStr(KEY),
    )
    wired = app.wire(settings)
    wired.service._pool = await open_pool(casework, name="another-city")
    async with wired.service.work() as work:
        await on_parcel(work, heard(), Sampling(b"", 0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(wired.service.app), base_url="http://casework.example") as client:
        form = {"login": clerk.login, "password": PASSWORD, "code": code_at(secret, datetime.now(UTC))}
        assert (await client.post("/login", data=form)).status_code == 303
        read = {name: (await client.get(address)).text for name, address in PAGES.items()}
        read["nobody"] = (await client.get(f"/children/{UUID(int=9)}")).text
    await wired.identity.close()
    await wired.service._pool.close()
    sys.stdout.write(json.dumps(read, ensure_ascii=False))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
