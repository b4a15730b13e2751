"""The first page of the day, in Chromium: it fits, it is free of barriers, and each line leads to where the work is done."""

from playwright.async_api import expect

from tests.browser.conftest import GOOD, Desk, at_both_widths
from tests.browser.test_casework import CHILD, fill, photograph


async def test_a_section_goes_from_the_first_page_to_its_answer(desk: Desk) -> None:
    await fill(desk)
    async with desk.page() as clerk, desk.page(320, script=False) as health:
        await desk.log_in(clerk, "hakata.clerk")
        await clerk.goto(f"/children/{CHILD}")
        await clerk.get_by_role("button", name="この内容で調査を始める").click()
        await desk.log_in(health, "hakata.health")
        await health.goto("/")
        found = {}
        for address in ("/today", "/closed", "/statistics"):
            await clerk.goto(address)
            await photograph(clerk, address[1:])
            found[address] = await at_both_widths(clerk)
        await health.get_by_role("link", name="自課の回答待ち").first.click()
        await health.locator("#my_answers").locator("xpath=ancestor::section").get_by_role("link", name="見本 あおい").click()

        await expect(health.get_by_label("自課の関わり")).to_be_in_viewport()

    assert found == dict.fromkeys(found, GOOD)
