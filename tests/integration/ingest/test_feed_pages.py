"""The pages of feeds and of the quarantine: each sees the sources that are theirs, and the log is told before anybody is."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from contracts.catalogue import source as entry_of
from contracts.values import Source
from infra.parking import ParkingBody
from services.ingest.actions import admit, park
from services.ingest.domain.admission import Inlet
from services.ingest.domain.ledger import event_key
from services.ingest.domain.reading import read
from services.ingest.submissions import Submission
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.office import Office
from tests.unit.ingest.events import Event, body, checkup, resident, watermark

pytestmark = pytest.mark.servers

SEALER = ParkingBody(bytes(32))
REGISTRY = Source.RESIDENT_REGISTRY


async def takes(office: Office, *events: Event, source: Source = HEALTH) -> None:
    async with office.wired.service.work() as work:
        await admit(work, [Submission(source, Inlet.HTTP, read(body(each)), str(n)) for n, each in enumerate(events)], SEALER)


async def parks(office: Office, *events: Event, reason: str = "KeyError") -> None:
    for each in events:
        async with office.wired.service.work() as work:
            await park(work, Submission(HEALTH, Inlet.HTTP, read(body(each)), "m"), SEALER, reason)


def key_of(sent: Event, source: Source = HEALTH) -> str:
    return str(event_key(source, sent["id"]))


async def told(office: Office) -> list[tuple[str, str | None, str, str | None]]:
    return [(look.action, look.thing.id, look.decision, look.reason_code) for look in await office.looks()]


WRONG = checkup({"mood": 1}, subject="W-1")
OTHERS = {**resident(), "mood": 1}


async def everything(office: Office) -> None:
    await takes(office, WRONG, checkup(subject="R-1"), watermark("2026-03-31"))
    await takes(office, OTHERS, source=REGISTRY)


async def test_the_coordinator_sees_how_every_feed_stands_and_an_owner_the_own_ones(office: Office) -> None:
    await everything(office)
    async with office.at_work("coordinator") as browser:
        every = (await browser.opens("/feeds")).text
    async with office.at_work("health.owner") as browser:
        own = (await browser.opens("/feeds")).text
        other = await browser.opens(f"/feeds/{REGISTRY}")

    assert [source for source in Source if entry_of(source).system not in every] == []
    assert {source for source in Source if entry_of(source).system in own} == {HEALTH}
    assert "拒否 1" in own
    assert "令和8年3月31日" in own
    assert other.status_code == 404
    assert ("ingest.feed_opened", REGISTRY.value, "deny", "not_owner") in await told(office)


async def test_a_feed_that_fell_silent_stands_at_the_top(office: Office) -> None:
    await everything(office)
    office.clock.at += timedelta(days=9)
    async with office.at_work("coordinator") as browser:
        page = (await browser.opens("/feeds")).text

    assert "途絶えている連携元が2件あります" in page


async def test_the_page_of_a_feed_draws_its_days_and_says_the_same_in_a_table(office: Office) -> None:
    await everything(office)
    async with office.at_work("health.owner") as browser:
        page = (await browser.opens(f"/feeds/{HEALTH}")).text

    assert page.count("<svg") == 3
    assert page.count('data-label="件数"') == 30
    assert ' style="' not in page
    assert '<td class="num" role="cell" data-label="誤りの割合">33.3%</td>' in page


async def test_the_list_shows_what_is_wrong_to_whom_it_belongs_and_to_nobody_else(office: Office) -> None:
    await everything(office)
    async with office.at_work("health.owner") as browser:
        own = (await browser.opens("/quarantine")).text
        one = await browser.opens(f"/quarantine/{key_of(WRONG)}")
        of_others = await browser.opens(f"/quarantine/{key_of(OTHERS, REGISTRY)}")
        filtered = await browser.opens(f"/quarantine?source={REGISTRY}")
        nothing = await browser.opens("/quarantine/00000000-0000-4000-8000-000000000000")

    assert WRONG["id"] in own
    assert OTHERS["id"] not in own
    assert "同じid・同じ改訂番号で送れます" in one.text
    assert (one.status_code, of_others.status_code, filtered.status_code, nothing.status_code) == (200, 404, 404, 404)
    denied = [each for each in await told(office) if each[2] == "deny"]
    assert [(action, reason) for action, _, _, reason in denied] == [
        ("ingest.quarantined_opened", "not_owner"),
        ("ingest.quarantine_opened", "not_owner"),
        ("ingest.quarantined_opened", "nothing_there"),
    ]


async def test_filters_and_pages_are_kept_in_addresses_of_codes_and_days_alone(office: Office) -> None:
    await takes(office, *(checkup({"mood": 1}, subject=f"W-{n}") for n in range(60)))
    await takes(office, checkup({"exam_date": None}, subject="M-1"))
    async with office.at_work("health.owner") as browser:
        unfiltered = (await browser.opens("/quarantine")).text
        first = (await browser.opens("/quarantine?code=unknown_field&first=2026-01-01")).text
        after = [line for line in first.split('"') if line.startswith("/quarantine?") and "after=" in line]
        second = (await browser.opens(after[0].replace("&amp;", "&"))).text
        no_such = await browser.opens("/quarantine?source=山田")

    assert "61件" in unfiltered
    assert "件</b>" not in first
    assert (first.count('data-label="届いた日時"'), second.count('data-label="届いた日時"')) == (50, 10)
    assert no_such.status_code == 422


async def test_the_list_to_send_again_is_taken_away_as_a_table_and_kept(office: Office) -> None:
    await everything(office)
    async with office.at_work("health.owner") as browser:
        file = await browser.opens("/quarantine.csv")

    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["content-disposition"]
    assert WRONG["id"] in file.text
    assert OTHERS["id"] not in file.text
    assert [(look.action, look.count) for look in await office.looks()] == [("ingest.resend_list_taken", 1)]


async def test_a_parked_event_is_opened_for_a_reason_and_decided_about_by_the_coordinator_alone(office: Office) -> None:
    sent = checkup(subject="P-1")
    await parks(office, sent)
    address = f"/quarantine/{key_of(sent)}"
    async with office.at_work("health.owner") as browser:
        seen = (await browser.opens(address)).text
        without = (await browser.opens(f"{address}/body?ticket=山田のため")).text
        opened = (await browser.opens(f"{address}/body?ticket=T-7")).text
        refused = await browser.sends(f"{address}/discard", ticket="T-7")
    async with office.at_work("schools.owner") as browser:
        of_others = await browser.opens(f"{address}/body?ticket=T-8")
    async with office.at_work("coordinator") as browser:
        await browser.opens(address)
        sentence = await browser.sends(f"{address}/replay", ticket="山田さんのため")
        done = await browser.sends(f"{address}/replay", ticket="T-9")
        again = await browser.sends(f"{address}/replay", ticket="T-9")

    assert "中身を見る" in seen
    assert "理由を記録して捨てる" not in seen
    assert sent["id"] not in without
    assert sent["data"]["exam_date"] in opened
    assert (refused.status_code, of_others.status_code) == (403, 404)
    assert (sentence.status_code, done.status_code, again.status_code) == (422, 303, 409)
    assert await office.pool.fetchval("select count(*) from parked where retry_at is not null") == 1
    bodies = [each for each in await told(office) if each[0] == "ingest.quarantined_body_opened"]
    assert bodies == [("ingest.quarantined_body_opened", key_of(sent), "permit", "T-7")]
    kept = [(each.action, each.decision, each.reason_code) for each in await office.decisions()]
    assert kept == [
        ("ingest.quarantined_discarded", "deny", "role"),
        ("ingest.quarantined_replayed", "done", "T-9"),
    ]


async def test_many_are_replayed_after_the_page_has_shown_what_it_would_do(office: Office) -> None:
    await parks(office, *(checkup(subject=f"P-{n}") for n in range(3)))
    await parks(office, checkup(subject="P-9"), reason="ValueError")
    await takes(office, WRONG)
    async with office.at_work("coordinator") as browser:
        plan = (await browser.opens("/bulk-replay?reason=KeyError")).text
        mistaken = await browser.sends("/bulk-replay/go", reason="KeyError", ticket="")
        done = await browser.sends("/bulk-replay/go", reason="KeyError", ticket="T-3")
        after = (await browser.opens(done.headers["location"])).text
    async with office.at_work("health.owner") as browser:
        refused = await browser.opens("/bulk-replay")

    assert "3件をやり直す" in plan
    assert mistaken.status_code == 422
    assert "3件をやり直す" in mistaken.text
    assert (done.status_code, done.headers["location"]) == (303, "/bulk-replay?reason=KeyError")
    assert "やり直しを待っているものはありません" in after
    assert refused.status_code == 403
    rows: Iterable[Any] = await office.pool.fetch("select reason, retry_at is not null as due from parked order by reason")
    assert [(row["reason"], row["due"]) for row in rows] == [("KeyError", True)] * 3 + [("ValueError", False)]
    assert [(each.action, each.count, each.reason_code) for each in await office.decisions()] == [("ingest.quarantine_replayed", 3, "T-3")]
