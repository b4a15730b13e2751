"""Ingest's pages in Chromium, as people see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page

from contracts.values import Source
from infra.clock import FixedClock
from infra.identity.credentials import code_at
from infra.local.ports import free_run
from infra.testing.fixtures import Database
from services.ingest.inlets.media.school.bundle import BUNDLE_BYTES_MAX
from tests.browser.conftest import overflows, violations
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.media import ATTENDANCE, MEDIUM, attendance, city_of, month_of
from tests.integration.ingest.office import PASSWORD, Office, opened

HEALTH = f"/register/{Source.MATERNAL_CHILD_HEALTH}"
WIDTHS = (1366, 320)


@pytest_asyncio.fixture
async def front(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    async with opened(database, clock) as office:
        yield office


@pytest_asyncio.fixture
async def at(front: Office) -> AsyncIterator[str]:
    """Serve the pages on a loopback port. Without the service's lifespan: no bus is needed to look at pages."""
    port = free_run(1)
    server = uvicorn.Server(
        uvicorn.Config(front.wired.service.app, host="127.0.0.1", port=port, lifespan="off", log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by an attribute only
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


@asynccontextmanager
async def window(browser: Browser, front: Office, at: str, login: str) -> AsyncIterator[Page]:
    """A window in which somebody has logged in; nothing may break the content policy."""
    await front.register(login)
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=at)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    await page.goto("/register")
    await page.get_by_label("ログイン名").fill(login)
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.get_by_label("確認コード").fill(code_at(front.secrets[login], datetime.now(UTC)))
    await page.get_by_role("button", name="ログインする").click()
    await page.wait_for_url("**/register")
    yield page
    await context.close()
    assert complaints == []


async def can_be_used(page: Page) -> None:
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 768})
        assert await violations(page) == []
        assert not await overflows(page)


async def test_every_page_of_the_register_can_be_used_by_everybody(browser: Browser, front: Office, at: str) -> None:
    ingest = Ingest(front.pool, front.clock)
    await ingest.enter(Source.CHILDCARE, review_on=date(2026, 5, 1))
    await ingest.enter(Source.DISABILITY, review_on=date(2026, 3, 31))
    async with window(browser, front, at, "coordinator") as page:
        await can_be_used(page)
        for source in (Source.CHILDCARE, Source.DISABILITY):
            await page.goto(f"/register/{source}")
            await can_be_used(page)


async def test_two_people_bring_a_bundle_and_record_its_erase_in_the_browser(
    browser: Browser, database: Database, clock: FixedClock, front: Office, at: str, tmp_path: Path
) -> None:
    async with city_of(database, clock) as city, window(browser, front, at, "coordinator") as page:
        for login in ("schools.owner", "second.coordinator"):
            await front.register(login)
        bad = city.school.batch(month_of(2026, 10))
        await page.goto("/media")
        await can_be_used(page)

        await brings(page, front, city.school.packs(bad, {f"{ATTENDANCE}.csv": attendance(10, 1, 99)}), "000000")
        await page.get_by_text("ログイン名と確認コードを確かめられませんでした").first.wait_for()
        await can_be_used(page)
        await brings(page, front, city.school.packs(bad, {f"{ATTENDANCE}.csv": attendance(10, 1, 99)}))
        await page.get_by_text("6列目（欠席日数、absent_days）").wait_for()
        await can_be_used(page)
        (large := tmp_path / "large.age").write_bytes(bytes(BUNDLE_BYTES_MAX + 2**20))
        await brings(page, front, large, "000000")
        await page.get_by_text("大きすぎます").first.wait_for()

        good = replace(bad, batch_id=uuid4())
        await brings(page, front, city.school.packs(good, {f"{ATTENDANCE}.csv": attendance(10, 1, 2)}), by="second.coordinator")
        await page.get_by_role("heading", name="つぎにすること").wait_for()
        assert await page.get_by_text("2行").count() == 2
        await can_be_used(page)
        await page.get_by_role("button", name=f"{MEDIUM}を消去したと記録する").click()
        await page.get_by_text("消去を記録しました").wait_for()
        await can_be_used(page)


async def brings(page: Page, front: Office, bundle: bytes | Path, code: str | None = None, *, by: str = "schools.owner") -> None:
    """Fill in the form and send it, with the second person's code of this moment."""
    if not page.url.endswith("/media"):
        await page.goto("/media")
    file: Any = bundle if isinstance(bundle, Path) else {"name": "usb-07.age", "mimeType": "application/octet-stream", "buffer": bundle}
    await page.get_by_label("媒体のファイル").set_input_files(file)
    await page.get_by_label("確認者のログイン名").fill(by)
    await page.get_by_label("確認者の確認コード").fill(code or code_at(front.secrets[by], datetime.now(UTC)))
    await page.get_by_role("button", name="二人で確かめて取り込む").click()


async def test_a_registration_is_renewed_suspended_and_resumed_in_the_browser(browser: Browser, front: Office, at: str) -> None:
    async with window(browser, front, at, "health.owner") as owner:
        await owner.goto(HEALTH)
        await owner.get_by_label("見直し期限").fill("2026-01-01")
        await owner.get_by_role("button", name="更新を申請する").click()
        await owner.get_by_text("あす以降の日にしてください").wait_for()
        await can_be_used(owner)
        await owner.get_by_label("見直し期限").fill("2027-03-31")
        await owner.get_by_role("button", name="更新を申請する").click()
        await owner.get_by_text("更新を申請しました").wait_for()
        await can_be_used(owner)
    async with window(browser, front, at, "coordinator") as coordinator:
        await coordinator.goto(HEALTH)
        await can_be_used(coordinator)
        await coordinator.get_by_role("button", name="この内容で承認する").click()
        await coordinator.get_by_text("更新を承認しました").wait_for()
        await coordinator.get_by_label("停止する理由").select_option("data_doubtful")
        await coordinator.get_by_role("button", name="理由を記録して一時停止する").click()
        await coordinator.get_by_text("一時停止しました").wait_for()
        await can_be_used(coordinator)
        await coordinator.get_by_label("再開する理由").select_option("cause_gone")
        await coordinator.get_by_role("button", name="理由を記録して再開する").click()
        await coordinator.get_by_text("再開しました").wait_for()
        assert await coordinator.get_by_text("令和9年3月31日").count() > 0
