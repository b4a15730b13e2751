"""The coordinator runs the programme: a cycle, a meeting, an issue that comes of it, at both widths and with every form open."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import GOOD, Desk, at_both_widths

pytestmark = pytest.mark.browser

MEETING = {"会議の名前": "第1回 検討会", "開催日": "2026-04-10", "議題": "調査と協議の手順の見直し"}


async def open_everything(page: Page) -> None:
    """Open what is folded, as somebody would one after the other."""
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


async def test_a_year_is_planned_a_meeting_held_and_an_issue_raised_from_it_and_no_form_is_a_barrier(desk: Desk) -> None:
    """PUSH-09, ROLE-09, EVAL-01."""
    found = {}
    async with desk.page() as page:
        await desk.log_in(page, "coordinator")
        await page.get_by_role("link", name="事業の運営").click()
        await page.get_by_role("button", name="令和8年度の予定の案を作る").click()
        await expect(page.get_by_role("heading", name="個別アプローチを始める")).to_be_visible()
        await open_everything(page)
        found["cycle"] = await at_both_widths(page)

        await page.get_by_role("link", name="検討会").click()
        await page.get_by_text("会議の予定や記録を書く").click()
        for label, text in MEETING.items():
            await page.get_by_label(label, exact=True).fill(text)
        await page.get_by_label("議事録（なくてもよい）").fill("期限の数え方を書き足す")
        await page.get_by_role("button", name="会議を加える").click()
        # Without anybody present there are no minutes: the form comes back as it was, with what is missing.
        await expect(page.get_by_role("alert")).to_contain_text("出席した人を一人以上")
        await page.get_by_label("こども家庭課（なくてもよい）").fill("見本 みどり")
        await page.get_by_role("button", name="会議を加える").click()
        await expect(page.get_by_role("status")).to_contain_text("会議を記録しました")
        await open_everything(page)
        found["meetings"] = await at_both_widths(page)

        await page.get_by_role("link", name="課題", exact=True).click()
        await page.get_by_label("課題", exact=True).fill("調査の期限の数え方が分かりにくい")
        await page.get_by_label("挙がった会議（なくてもよい）").select_option(index=1)
        await page.get_by_role("button", name="課題を挙げる").click()
        await expect(page.get_by_role("heading", name="調査の期限の数え方が分かりにくい")).to_be_visible()
        await open_everything(page)
        found["issues"] = await at_both_widths(page)

    assert found == dict.fromkeys(("cycle", "meetings", "issues"), GOOD)
