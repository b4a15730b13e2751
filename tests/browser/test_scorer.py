"""The pages about rulesets in Chromium, as people see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page

from contracts.ids import PersonId
from infra.clock import FixedClock
from infra.identity.credentials import code_at
from infra.local.ports import free_run
from infra.testing.fixtures import Database
from services.scorer.domain.rulesets import DOCUMENTS
from tests.browser.conftest import overflows, violations
from tests.integration.scorer.messages import checkup, person, watermark
from tests.integration.scorer.office import PASSWORD, Office, opened

WIDTHS = (1366, 320)
PICTURES: Path | None = None
"""Where pictures of every page are left, for whoever wants to look at them."""


@pytest_asyncio.fixture
async def front(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    async with opened(database, clock) as office:
        await office.scorer.day_comes("2026-04-11")
        children = [PersonId(UUID(int=0x100 + number)) for number in range(14)]
        await office.scorer.hears(
            *(person(f"20{24 - number % 2 * 2}-02-10", who=child) for number, child in enumerate(children)),
            *(checkup("4m", "2024-06-20", f"K-{number}", who=child) for number, child in enumerate(children)),
            watermark("2026-04-11"),
        )
        await office.a_day_begins()
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
    await page.goto("/")
    await page.get_by_label("ログイン名").fill(login)
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.get_by_label("確認コード").fill(code_at(front.secrets[login], datetime.now(UTC)))
    await page.get_by_role("button", name="ログインする").click()
    await page.wait_for_url("**/rulesets")
    yield page
    await context.close()
    assert complaints == []


async def can_be_used(page: Page, name: str) -> None:
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 768})
        if PICTURES is not None:
            await page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        assert await violations(page) == []
        assert not await overflows(page)


async def test_two_people_bring_a_ruleset_into_use_by_the_keyboard_alone_and_every_page_can_be_used_by_everybody(
    browser: Browser, front: Office, at: str, tmp_path: Path
) -> None:
    file = tmp_path / "SP-7.toml"
    settings = "\n[parameters]\nepds_high_from = 10\nabsence = { high_from = 20 }\n"
    document = DOCUMENTS["SP-2"].replace('name = "SP-2"', 'name = "SP-7"').replace("at_least = 2", "at_least = 1") + settings
    file.write_text(document.replace("[several]", "[severals]"), encoding="utf-8")
    async with window(browser, front, at, "coordinator") as page:
        await page.get_by_role("link", name="新しい案を作る").press("Enter")
        await page.get_by_label("または、ファイル（TOML）を読み込む").set_input_files(file)
        await page.get_by_role("button", name="読み込む", exact=True).press("Enter")
        await can_be_used(page, "refused")
        await page.get_by_label("把握基準の文書").fill(document)
        await page.get_by_label("提案の理由").fill("健診を1つ受けていないときも声をかけたい。")
        await page.get_by_text("文書に使う名前の意味").press("Enter")
        await can_be_used(page, "proposal")
        await page.get_by_role("button", name="この案を提案する").press("Enter")
        await page.wait_for_url("**/rulesets/SP-7")
        await can_be_used(page, "proposed")
        await page.get_by_role("button", name="市全体で試算する").press("Enter")
        await can_be_used(page, "waiting")
        assert await front.works()
        await page.get_by_role("link", name="画面を開き直す").press("Enter")
        await page.get_by_role("button", name="試行を始める").press("Enter")
        await front.a_day_begins()
        await page.goto("/rulesets/SP-7")
        await page.get_by_text("区ごとを表で見る").press("Enter")
        await can_be_used(page, "simulated")
        await page.goto("/rulesets")
        await can_be_used(page, "rulesets")
        await page.get_by_role("link", name="評価", exact=True).press("Enter")
        await page.get_by_label("比べる把握基準").select_option("SP-2")
        await page.get_by_role("button", name="評価を見る").press("Enter")
        await page.get_by_text("項目ごとを表で見る").press("Enter")
        await can_be_used(page, "evaluation")
    async with window(browser, front, at, "privacy.officer") as page:
        await page.goto("/rulesets/SP-7")
        await page.get_by_label("使い始める日").fill("2026-05-01")
        await can_be_used(page, "approval")
        await page.get_by_role("button", name="この基準を承認する").press("Enter")
        assert await page.get_by_text("承認しました。").count() == 1
        await can_be_used(page, "approved")
