"""An owner is reminded before a review date: in the log and as a metric, on the page, and the source with its totals (LAW-02)."""

from datetime import date

import httpx
import pytest
from structlog.testing import capture_logs

from contracts.values import Source
from services.ingest.reminding import Reminders, notice_of
from tests.integration.ingest.conftest import HEALTH, Ingest
from tests.integration.ingest.office import Office

pytestmark = pytest.mark.servers


async def test_each_is_reminded_of_once_a_day_from_the_configured_day_on(office: Office, ingest: Ingest) -> None:
    await ingest.enter(HEALTH, review_on=date(2026, 5, 31))
    reminders = Reminders(office.wired.service, 60)

    with capture_logs() as logs:
        await reminders.look()
        office.clock.at = office.clock.at.replace(day=2)
        await reminders.look()
        await reminders.look()
        office.clock.at = office.clock.at.replace(month=6)
        await reminders.look()

    told = [(each["source"], each["standing"], each["review_on"]) for each in logs if each["event"] == "ingest.registration_needs_people"]
    assert told == [(HEALTH, "review_near", "2026-05-31"), (HEALTH, "review_near", "2026-05-31"), (HEALTH, "past", "2026-05-31")]
    assert 'standing="past"' in office.wired.service.telemetry.exposition().decode()


async def test_the_page_says_it_and_until_when(office: Office, ingest: Ingest) -> None:
    await ingest.enter(HEALTH, review_on=date(2026, 5, 31))
    async with office.at_work("health.owner") as browser:
        near = await browser.opens("/register")
        office.clock.at = office.clock.at.replace(month=6)
        past = await browser.opens("/register")

    assert "60日以内に見直し期限が来る連携元が1件あります" in near.text
    assert "令和8年5月31日まで" in near.text
    assert "受け入れが止まっている連携元が1件あります" in past.text


async def test_a_source_is_told_with_its_totals(office: Office, ingest: Ingest) -> None:
    async with ingest.pool.acquire() as db:
        nothing = await notice_of(db, HEALTH, office.clock.today(), 60)
    await ingest.enter(HEALTH, review_on=date(2026, 4, 30))
    async with ingest.pool.acquire() as db:
        told = await notice_of(db, HEALTH, office.clock.today(), 60)
        of_another = await notice_of(db, Source.CHILDCARE, office.clock.today(), 60)

    assert (nothing, of_another) == (None, None)
    assert told == {
        "state": "review_near",
        "review_on": "2026-04-30",
        "message": {"ja": "見直し期限が近い", "en": "review is near"},
    }


async def test_the_totals_of_a_day_carry_it(office: Office) -> None:
    transport = httpx.ASGITransport(office.wired.service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest.example") as http:
        answer = await http.get("/events?day=2026-04-01", auth=(HEALTH.value, HEALTH.value))

    assert answer.status_code == 200
    assert answer.json()["registration"] is None
