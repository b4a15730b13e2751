"""Ingest's pages in Chromium, as the coordinator and a data owner see them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page

from contracts.values import Source
from infra.identity.credentials import code_at
from infra.local.ports import free_run
from tests.browser.conftest import overflows, violations
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.conftest import office as ingest_office
from tests.integration.ingest.office import PASSWORD, Office
from tests.integration.ingest.test_feed_pages import OTHERS, REGISTRY, WRONG, key_of, parks, takes
from tests.unit.ingest.events import checkup, watermark

__all__ = ["ingest_office"]

PARKED = checkup(subject="P-1")


async def a_month(office: Office) -> None:
    """Play three weeks in which events come, some wrong, and one source falls silent."""
    for day in range(21):
        office.clock.at += timedelta(days=1)
        events = [checkup(subject=f"R-{day}-{n}") for n in range(3 + day % 5)]
        wrong = [checkup({"mood": 1}, subject=f"W-{day}-{n}") for n in range(day % 3)]
        mark = [watermark(str(office.clock.today()))] if day % 4 == 0 else []
        await takes(office, *events, *wrong, *mark)
        if not day:
            await takes(office, OTHERS, watermark(str(office.clock.today()), REGISTRY), source=REGISTRY)
    await takes(office, WRONG)
    await parks(office, PARKED, *(checkup(subject=f"Q-{n}") for n in range(4)))


@pytest_asyncio.fixture
async def page(ingest_office: Office, browser: Browser) -> AsyncIterator[Page]:
    """A window in which the coordinator has logged in, after a month with everything in it."""
    await a_month(ingest_office)
    await ingest_office.register("coordinator")
    port = free_run(1)
    app = ingest_office.wired.service.app
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by an attribute only
        await asyncio.sleep(0.01)
    context = await browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=f"http://127.0.0.1:{port}"
    )
    window = await context.new_page()
    complaints: list[str] = []
    window.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    await window.goto("/")
    await window.get_by_label("ログイン名").fill("coordinator")
    await window.get_by_label("パスワード").fill(PASSWORD)
    await window.get_by_label("確認コード").fill(code_at(ingest_office.secrets["coordinator"], datetime.now(UTC)))
    await window.get_by_role("button", name="ログインする").click()
    yield window
    await context.close()
    assert complaints == []
    server.should_exit = True
    await serving


async def test_every_page_can_be_used_by_everybody(page: Page) -> None:
    addresses = (
        "/feeds",
        f"/feeds/{HEALTH}",
        f"/feeds/{Source.CHILDCARE}",
        "/quarantine",
        "/quarantine?source=childcare",
        f"/quarantine/{key_of(WRONG)}",
        f"/quarantine/{key_of(PARKED)}",
        f"/quarantine/{key_of(PARKED)}/body?ticket=T-1",
        f"/quarantine/{key_of(PARKED)}/body",
        "/bulk-replay",
    )
    for address in addresses:
        for width in (1366, 320):
            await page.set_viewport_size({"width": width, "height": 768})
            await page.goto(address)

            assert await violations(page) == [], (address, width)
            assert not await overflows(page), (address, width)


async def test_a_silent_feed_is_named_before_anything_else_and_its_table_opens_without_a_script(page: Page) -> None:
    await page.goto("/feeds")
    alarm = await page.get_by_role("alert").inner_text()
    await page.goto(f"/feeds/{HEALTH}")
    await page.get_by_text("最近30日の表を開く").click()

    assert "途絶えている連携元が1件あります" in alarm
    assert await page.get_by_role("table").get_by_role("row").count() == 31
