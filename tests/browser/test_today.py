"""The first page of the day, in Chromium: it fits, it is free of barriers, and each line leads to where the work is done."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desk, overflows, violations
from tests.browser.test_casework import CHILD, fill, photograph


@pytest.mark.parametrize("width", [1366, 320])
async def test_a_section_goes_from_the_first_page_to_its_answer(desk: Desk, width: int) -> None:
    await fill(desk)
    async with desk.page(width) as clerk, desk.page(width, script=False) as health:
        await desk.log_in(clerk, "hakata.clerk")
        await clerk.goto(f"/children/{CHILD}")
        await clerk.get_by_role("button", name="この内容で調査を始める").click()
        await desk.log_in(health, "hakata.health")
        await health.goto("/")
        found = {}
        for address in ("/today", "/closed", "/statistics"):
            await clerk.goto(address)
            await photograph(clerk, f"{address[1:]}-{width}")
            found[address] = (await overflows(clerk), await violations(clerk))
        await health.get_by_role("link", name="自課の回答待ち").first.click()
        await health.locator("#my_answers").locator("xpath=ancestor::section").get_by_role("link", name="見本 あおい").click()

        await expect(health.get_by_label("自課の関わり")).to_be_in_viewport()

    assert found == dict.fromkeys(found, (False, []))
