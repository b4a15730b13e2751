"""The linker's pages in Chromium, as people see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page

from infra.clock import FixedClock
from infra.identity.credentials import code_at
from infra.local.ports import free_run
from infra.testing.fixtures import Database
from tests.browser.conftest import overflows, violations
from tests.integration.linker.office import PASSWORD, Office, opened
from tests.integration.linker.records import checkup, child, father, mother, protection, pupil

WIDTHS = (1366, 320)
NAMED = {"name": "架空 はな", "kana": "カクウ ハナ", "address_code": "40134-001"}
PICTURES: Path | None = None
"""Where pictures of every page are left, for whoever wants to look at them."""


@pytest_asyncio.fixture
async def front(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    async with opened(database, clock) as office:
        await office.hears(
            protection("m4", "2026-03-01", ["4"], ["f9"]),
            mother("m4", "H4"),
            father("f9", "H9"),
            child("1", "2024-06-01", "H1", **NAMED),
            child("2", "2024-06-01", "H2", **NAMED | {"name": "架空 花", "sex": "female"}),
            child("4", "2023-06-01", "H4", **NAMED),
            child("5", "2023-06-01", "H4", **NAMED),
            checkup("1", "4m", "2024-10-01"),
            checkup("2", "18m", "2026-02-01"),
            child("0012", "2024-06-01", "H1"),
            checkup("12", "4m", "2024-10-01"),
            child("7", "2018-08-08", "H7", name="架空 さくら", kana="カクウ サクラ", sex="female"),
            pupil("k7", name="架空 櫻", kana="カクウ サクラ", birth_date="2018-08-08", sex="female"),
        )
        await office.hears(child("1", "2019-02-03", "H7", revision=2, name="別人 たろう", kana="ベツジン タロウ"))
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
async def window(browser: Browser, front: Office, at: str, login: str, *, script: bool = True) -> AsyncIterator[Page]:
    """A window in which somebody has logged in; nothing may break the content policy."""
    await front.register(login)
    context = await browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=at, java_script_enabled=script
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    await page.goto("/queue")
    await page.get_by_label("ログイン名").fill(login)
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.get_by_label("確認コード").fill(code_at(front.secrets[login], datetime.now(UTC)))
    await page.get_by_role("button", name="ログインする").click()
    await page.wait_for_url("**/queue")
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


async def test_every_page_can_be_used_by_everybody(browser: Browser, front: Office, at: str) -> None:
    async with window(browser, front, at, "linkage.clerk") as page:
        await can_be_used(page, "queue")
        await page.goto("/queue?queue=split")
        await can_be_used(page, "queue-split")
        for number, address in enumerate(await front.asked()):
            await page.goto(address)
            await can_be_used(page, f"pair-{number}")
        await page.get_by_role("button", name="この答えを記録する").click()
        assert page.url.endswith(address)
        pupils = next(each for each in await front.asked() if "/pupil/" in each)
        await page.goto(pupils)
        await page.locator('input[value="match.papers"]').check()
        await page.get_by_role("button", name="この答えを記録する").click()
        await page.wait_for_url("**/queue?queue=match")
        for name, address in (("decisions", "/decisions"), ("decided", pupils)):
            await page.goto(address)
            await can_be_used(page, name)


async def test_two_people_decide_by_the_keyboard_alone_and_without_a_script(browser: Browser, front: Office, at: str) -> None:
    address = next(each for each in await front.asked() if "/entries/" in each)
    async with window(browser, front, at, "linkage.clerk", script=False) as page:
        await page.goto(address)
        await page.locator('input[name="why"]').first.focus()
        await page.keyboard.press("Space")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/queue?queue=match")
        assert await page.get_by_text("1人目の答えとして記録しました").count() == 1
        await page.goto(address)
        assert await page.get_by_role("button", name="2人目として").count() == 0
    async with window(browser, front, at, "linkage.second", script=False) as page:
        await page.goto(address)
        await page.get_by_role("button", name="2人目として「同一人物」を認める").press("Enter")
        await page.wait_for_url("**/queue?queue=match")
        assert await page.get_by_text("2人目として認め、反映しました").count() == 1
        await page.goto(address)
        await page.get_by_label("答えを取り違えた").check()
        await page.get_by_role("button", name="この判断を取り消す").press("Enter")
        await page.wait_for_url("**/decisions")
        assert await page.get_by_text("1人目として記録しました").count() == 1
    assert list(map(tuple, await front.pool.fetch("select word, basis from judgement"))) == [("same", "match_section")]
