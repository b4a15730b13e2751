"""The security team's pages in Chromium, as people see them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page

from contracts.messages import Actor, Thing
from contracts.values import ServiceName, Ward
from infra.identity.credentials import code_at, new_totp_secret
from infra.local.ports import free_run
from infra.testing.fixtures import unit_of_work
from services.audit import extracting, findings
from services.audit.domain.absences import Absence
from services.audit.domain.extracts import Asked, Kind, Of
from services.audit.domain.findings.hits import Hit, of_entry
from services.audit.domain.sequences import Numbers
from services.audit.rollcall import Alarms
from tests.browser.conftest import overflows, violations
from tests.integration.audit.conftest import PASSWORD, Desk, audit_settings
from tests.integration.audit.conftest import desk as log_desk
from tests.integration.audit.log import hear, seal
from tests.unit.audit.builders import CHILD, CLERK, access

__all__ = ["audit_settings", "log_desk"]

OFFICER = "security.officer"


@pytest_asyncio.fixture
async def page(log_desk: Desk, browser: Browser) -> AsyncIterator[Page]:
    """A window in which a security officer has logged in, before a log of a few entries."""
    await hear(log_desk.pool, log_desk.clock, [access(number) for number in range(1, 4)])
    await seal(log_desk.pool, log_desk.clock)
    secret = new_totp_secret()
    await log_desk.register(OFFICER, secret)
    port = free_run(1)
    app = log_desk.service.app
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by an attribute only
        await asyncio.sleep(0.01)
    context = await browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=f"http://127.0.0.1:{port}"
    )
    window = await context.new_page()
    await window.goto("/")
    await window.get_by_label("ログイン名").fill(OFFICER)
    await window.get_by_label("パスワード").fill(PASSWORD)
    await window.get_by_label("確認コード").fill(code_at(secret, datetime.now(UTC)))
    await window.get_by_role("button", name="ログインする").click()
    yield window
    await context.close()
    server.should_exit = True
    await serving


async def test_every_page_can_be_used_by_everybody(page: Page, log_desk: Desk) -> None:
    async with unit_of_work(log_desk.pool, ServiceName.AUDIT, log_desk.clock) as work:
        await findings.raise_all(work, [Hit("log_altered", "x", [of_entry(0)], CLERK, "ward_clerk", "child", CHILD, figures={"first": 1})])
        one = await work.db.fetchval("select id from finding")
        asked = Asked(
            CLERK, Kind.DISCLOSURE, Of.THING, CHILD, None, None, "disclosure_request", (), None, 1, 1, CLERK, "privacy_officer", work.now
        )
        await extracting.ask(work, asked, Actor(id=CLERK, role="privacy_officer"), None)
    of_log = ("/", "/entries", "/entries?thing=山田", "/entries?from=2026-04-12&to=2026-04-11", "/entries/0", "/extract")
    of_extracts = ("/extracts", f"/extracts/{CLERK}")
    for address in (*of_log, "/findings", "/findings?state=x", f"/findings/{one}", f"/things/{CHILD}", f"/staff/{CLERK}", *of_extracts):
        for width in (1366, 320):
            await page.set_viewport_size({"width": width, "height": 768})
            await page.goto(address)

            assert await violations(page) == []
            assert not await overflows(page)


async def test_an_extract_can_be_used_by_everybody_on_paper(page: Page) -> None:
    await page.goto("/extract")
    await page.emulate_media(media="print")

    assert await violations(page) == []
    assert not await page.locator("form, nav, button").locator("visible=true").count()


async def test_eight_entries_are_in_view_in_a_usual_window(page: Page, log_desk: Desk) -> None:
    clerk = await log_desk.register("hakata.clerk")
    by_clerk = Actor(id=clerk, role="ward_clerk", ward=Ward.HAKATA)
    login = {"action": "identity.logged_in", "fields": (), "thing": Thing(kind="staff", id=str(clerk))}
    told = [access(number, actor=by_clerk, **(login if number % 3 == 0 else {})) for number in range(4, 20)]
    await hear(log_desk.pool, log_desk.clock, told)
    await page.goto("/entries")

    bottoms = await page.locator("table tbody tr").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")

    assert len([bottom for bottom in bottoms if bottom <= 768]) >= 8


async def test_the_field_that_is_wrong_has_the_focus(page: Page) -> None:
    await page.goto("/entries?from=2026-04-12&to=2026-04-11")

    assert await page.evaluate("document.activeElement.name") == "to"


async def test_no_hole_stands_in_the_search_form_beside_its_widest_list(page: Page) -> None:
    await page.goto("/")

    action, decision = [await page.get_by_label(label, exact=True).bounding_box() for label in ("操作", "許可・拒否")]

    assert action is not None
    assert decision is not None
    assert 0 < decision["x"] - (action["x"] + action["width"]) <= 24


async def test_the_widest_list_fits_a_narrow_window(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})

    for address in ("/", "/entries"):
        await page.goto(address)

        assert not await overflows(page)


async def test_what_is_missing_can_be_read_by_everybody(page: Page, log_desk: Desk) -> None:
    numbers = tuple(Absence("casework", lane, Numbers(7, 2**53 - 1)) for lane in range(25))
    log_desk.wired.keeper.rollcall.alarms = Alarms(numbers, ("linker",))
    for width in (1366, 320):
        await page.set_viewport_size({"width": width, "height": 768})
        await page.goto("/")

        alarm = page.get_by_role("alert").filter(has=page.get_by_role("heading", name="届いていない記録があります"))
        assert await alarm.get_by_role("listitem").count() == 20 + 1 + 1
        assert await violations(page) == []
        assert not await overflows(page)
