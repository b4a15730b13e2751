"""
`tsunagu screenshots`: what README shows, taken anew from a demonstration that runs.

A ward clerk opens the first child of the list, and a security officer asks who did; the chief looks at the first page of the day, at what
was closed and at the numbers; the coordinator proposes another ruleset, where there is none yet, and lets it be simulated. All of it is in
the log, as anybody's.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.values import ServiceName
from infra.city.clerk import FOR_THE_READER
from infra.identity import credentials
from infra.identity.demonstration import Credential, read_credentials
from infra.local.access import Access
from infra.local.packages import BROWSER, ensure
from infra.local.root import CannotDo

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Debian's Chromium in a container: nothing is fetched, nothing is synchronised (casework.md §3.5)."""

WIDTH, HEIGHT, SCALE = 1366, 900, 0.75
WARD, AUDIT, RULES = "ward.png", "audit.png", "rules.png"
"""The child's page as the ward sees it; who looked at that child, as the security officer does; what another ruleset would change."""

PROPOSED = "SP-9"
"""The ruleset that is proposed for its picture: one checkup that was not received asks already."""
_WHY = "健診を1つ受けていないときも声をかけると、どの区で何人増えるかを見たい。"
_SIMULATION_SECONDS = 120
OF_THE_CHIEF = {"today.png": "/today", "closed.png": "/closed", "statistics.png": "/statistics"}
"""Whole pages, as the section chief sees them, for whoever judges how they look; README does not show them."""

_CODE_SECONDS = 30


async def take(root: Path, folder: Path) -> list[Path]:
    """Take the pictures into `folder` and return them. Raises CannotDo where there is no demonstration, or no browser."""
    from playwright.async_api import async_playwright

    ensure(*BROWSER)
    access, credential_of = Access.to(root), _people(root)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        clerk = await _at(browser, access.service_url(ServiceName.CASEWORK), credential_of(f"{FOR_THE_READER}.clerk"))
        await clerk.goto("/reviews")
        child = await clerk.locator("main a[href^='/children/']").first.get_attribute("href")
        if child is None:
            raise CannotDo(f"no child is in the list of {FOR_THE_READER}: play a larger city")
        await clerk.goto(child)
        await clerk.screenshot(path=folder / WARD)

        chief = await _at(browser, access.service_url(ServiceName.CASEWORK), credential_of(f"{FOR_THE_READER}.chief"))
        for name, address in OF_THE_CHIEF.items():
            await chief.goto(address)
            await chief.screenshot(path=folder / name, full_page=True)

        officer = await _at(browser, access.service_url(ServiceName.AUDIT), credential_of("security.officer"))
        await officer.goto(f"/things/{child.rpartition('/')[2]}")
        await officer.screenshot(path=folder / AUDIT)

        coordinator = await _at(browser, access.service_url(ServiceName.SCORER), credential_of("coordinator"))
        await _simulate(coordinator)
        await coordinator.screenshot(path=folder / RULES)
        await browser.close()
    return [folder / name for name in (WARD, AUDIT, RULES, *OF_THE_CHIEF)]


def _people(root: Path) -> Callable[[str], Credential]:
    try:
        by_login = {each.login: each for each in read_credentials(root / "secrets/staff.json")}
    except FileNotFoundError:
        raise CannotDo(f"{root} has no people of a demonstration; start one with ./tsunagu demo") from None
    return by_login.__getitem__


async def _at(browser: "Browser", address: str, who: Credential) -> "Page":
    """Sit down at a service as somebody: a window of its own, with the page that one comes to after the login."""
    from playwright.async_api import Error, ViewportSize

    window = ViewportSize(width=WIDTH, height=HEIGHT)
    context = await browser.new_context(
        viewport=window, device_scale_factor=SCALE, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=address
    )
    page = await context.new_page()
    try:
        await page.goto("/login")
    except Error as error:
        raise CannotDo(f"{address} shows no page ({error.message.splitlines()[0]}); ./tsunagu demo starts a demonstration") from None
    await _log_in(page, who)
    if page.url.endswith("/login"):
        # A one-time code works once, and somebody has just used this one.
        await page.wait_for_timeout(1000 * (_CODE_SECONDS - datetime.now(UTC).timestamp() % _CODE_SECONDS))
        await _log_in(page, who)
    # Not where the login leads: it first tells whose other session it ended, if there was one.
    await page.goto("/")
    return page


async def _simulate(page: "Page") -> None:
    """Open what a ruleset would change; where it is not there yet, propose it first. Raises CannotDo where the simulation does not end."""
    address = f"/rulesets/{PROPOSED}"
    await page.goto(address)
    if not await page.get_by_role("heading", name=PROPOSED).count():
        await page.goto("/proposals")
        document = page.get_by_label("把握基準の文書")
        named = re.sub(r'(?m)^name = ".*"$', f'name = "{PROPOSED}"', await document.input_value())
        await document.fill(named.replace("at_least = 2", "at_least = 1"))
        await page.get_by_label("提案の理由").fill(_WHY)
        await page.get_by_role("button", name="この案を提案する").click()
        await page.get_by_role("button", name="市全体で試算する").click()
    for _ in range(_SIMULATION_SECONDS):
        if await page.locator("#simulated").count():
            await page.evaluate("document.getElementById('simulated').scrollIntoView()")
            return
        await page.wait_for_timeout(1000)
        await page.goto(address)
    raise CannotDo(f"the simulation of {PROPOSED} was not done within {_SIMULATION_SECONDS} seconds")


async def _log_in(page: "Page", who: Credential) -> None:
    await page.get_by_label("ログイン名").fill(who.login)
    await page.get_by_label("パスワード").fill(who.password)
    await page.get_by_label("確認コード").fill(credentials.code_at(who.totp_secret, datetime.now(UTC)))
    async with page.expect_navigation():
        await page.get_by_role("button", name="ログインする").click()
