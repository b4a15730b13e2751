"""The list narrowed, and many children given to a colleague at once, in Chromium: shown before it is done."""

from playwright.async_api import expect

from tests.browser.conftest import GOOD, Desk, at_both_widths
from tests.browser.test_casework import fill, photograph


async def test_a_lead_narrows_the_list_keeps_that_and_gives_all_on_the_page_to_a_colleague(desk: Desk) -> None:
    await fill(desk)
    async with desk.page() as lead:
        await desk.log_in(lead, "hakata.lead")
        await lead.goto("/reviews?tab=all")
        await lead.get_by_text("条件で絞る").click()
        await lead.get_by_label("受け持ち", exact=True).select_option("受け持ちなし")
        await lead.get_by_role("button", name="絞る", exact=True).click()
        await lead.get_by_label("この条件に付ける名前").fill("受け持ちなし")
        await photograph(lead, "narrowed")
        await lead.get_by_role("button", name="条件を保存する").click()
        await photograph(lead, "filters")
        await lead.get_by_role("link", name="受け持ちなし").click()
        await lead.get_by_role("button", name="この画面の全員").click()
        await lead.get_by_label("職員", exact=True).select_option(index=1)
        await lead.get_by_role("button", name="どうなるかを確かめる").click()
        await photograph(lead, "assignment")
        found = await at_both_widths(lead)
        await lead.get_by_role("button", name="受け持ちを決める").click()
        await photograph(lead, "assignments")

        await expect(lead.get_by_role("status")).to_contain_text("受け持ちを、見本 ひかり")

    assert found == GOOD
