"""Casework's pages in Chromium, as people see them: the application on a loopback port, a real database, no script needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page, async_playwright

from infra.city.pictures import CHROMIUM_ARGUMENTS
from infra.identity.credentials import code_at
from infra.local.packages import CHROMIUM, JAPANESE_FONTS, ensure
from infra.local.ports import free_run
from tests.integration.casework.conftest import PASSWORD, Office, house, office

__all__ = ["house", "office"]

# All rules; of what passes nothing is brought back, which takes as long as looking.
AXE_RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Desk:
    """A place to work at: a browser, and the office behind it."""

    office: Office
    browser: Browser
    address: str

    @asynccontextmanager
    async def page(self, width: int = 1366, height: int = 768, *, script: bool = True) -> AsyncIterator[Page]:
        """Open a browser window of its own; nothing may leave the machine and nothing may break the content policy."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            java_script_enabled=script,
            base_url=self.address,
        )
        page = await context.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
        yield page
        await context.close()
        assert [url for url in asked if not url.startswith((self.address, "data:"))] == []
        assert complaints == []

    async def log_in(self, page: Page, login: str) -> None:
        """Log in by the form, as a person does."""
        await page.goto("/reviews")
        await self.fill_login(page, login)

    async def fill_login(self, page: Page, login: str) -> None:
        """Fill in the login form that the page shows, and send it."""
        await page.get_by_label("ログイン名").fill(login)
        await page.get_by_label("パスワード").fill(PASSWORD)
        await page.get_by_label("確認コード").fill(code_at(self.office.secrets[login], datetime.now(UTC)))
        await page.get_by_role("button", name="ログインする").click()


async def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, in a line each."""
    await page.wait_for_load_state()
    # Half a megabyte, that is compiled at each look: once a document is enough.
    is_there = await page.evaluate("'axe' in window")
    results = await (Axe("0") if is_there else Axe()).run(page, options=AXE_RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in results.response["violations"]]


async def overflows(page: Page) -> bool:
    """Whether the page is wider than the window."""
    # A click waits until the next page's first octets are there: its document may have nothing in it yet.
    await page.wait_for_load_state()
    wider: bool = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wider


Widths: TypeAlias = dict[int, tuple[bool, list[str]]]
"""Of each width of the window: whether the page is wider, and what axe finds wrong with it."""

GOOD: Widths = {1366: (False, []), 320: (False, [])}


async def at_both_widths(page: Page) -> Widths:
    """Whether a page is wider than the window, and what axe finds wrong with it, at 1366 and at 320 px. The window comes back as it was."""
    was = page.viewport_size
    found: Widths = {}
    for width in (1366, 320):
        await page.set_viewport_size({"width": width, "height": 768})
        found[width] = (await overflows(page), await violations(page))
    if was:
        await page.set_viewport_size(was)
    return found


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    await asyncio.to_thread(ensure, CHROMIUM, JAPANESE_FONTS)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM_ARGUMENTS))
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="session")
async def address(house: Office) -> AsyncIterator[str]:
    """Serve the application on a loopback port. Without its lifespan: no bus is needed to look at pages."""
    port = free_run(1)
    server = uvicorn.Server(
        uvicorn.Config(house.service.app, host="127.0.0.1", port=port, lifespan="off", log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by an attribute only
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


@pytest_asyncio.fixture
async def desk(office: Office, browser: Browser, address: str) -> Desk:
    """A desk in an empty office."""
    return Desk(office, browser, address)
