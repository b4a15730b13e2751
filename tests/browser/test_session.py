"""The end of a session, as people see it: a countdown, a way to stay, the reason, and nothing typed is lost."""

import asyncpg
import pytest
from playwright.async_api import Page, expect

from infra.identity.credentials import STEPS_TOLERATED
from tests.browser.conftest import Desk, overflows, violations
from tests.browser.test_casework import CHILD, fill, photograph

pytestmark = pytest.mark.browser

ASIDE = "document.getElementById('lasts').textContent"


async def sit_down(desk: Desk, page: Page) -> None:
    """Open a child's page with a form, at a clock that the test moves."""
    await fill(desk)
    await page.clock.install()
    await desk.log_in(page, "hakata.clerk")
    await page.goto(f"/children/{CHILD}")


async def identity(desk: Desk, statement: str) -> None:
    """Change something behind the session's back."""
    db = await asyncpg.connect(desk.office.database.url("identity"))
    await db.execute(statement)
    await db.close()


async def log_in_again(desk: Desk, page: Page) -> None:
    """Log in once more, though the telephone shows the same code."""
    await identity(desk, f"update staff set totp_last_step = totp_last_step - {2 * STEPS_TOLERATED + 1}")
    await desk.log_in(page, "hakata.clerk")


@pytest.mark.parametrize("width", [1366, 320])
async def test_a_countdown_is_seen_and_a_button_prolongs_the_session_without_a_reload(desk: Desk, width: int) -> None:
    async with desk.page(width) as page:
        await sit_down(desk, page)
        full = await page.locator("#lasts").inner_text()
        await page.clock.fast_forward("12:30")
        notice = page.get_by_role("region", name="自動ログアウトのお知らせ")
        await expect(notice).to_be_visible()
        warned = await notice.inner_text()
        barriers, is_wider = await violations(page), await overflows(page)
        await photograph(page, f"session-ends-soon-{width}")
        await identity(desk, "update session set seen_at = seen_at - interval '14 minutes'")
        await page.get_by_label("調査の期限").fill("2026-05-20")
        await page.get_by_role("button", name="ログインを続ける").click()
        await expect(notice).to_be_hidden()
        prolonged = await page.locator("#lasts").inner_text()
        kept = await page.get_by_label("調査の期限").input_value()

    assert full == prolonged == "自動ログアウトまで あと15分"
    assert "操作がないため、あと3分以内に自動でログアウトします。" in warned
    assert (barriers, is_wider) == ([], False)
    assert kept == "2026-05-20"


async def test_the_last_minute_is_counted_in_seconds(desk: Desk) -> None:
    async with desk.page() as page:
        await sit_down(desk, page)
        await page.clock.fast_forward("14:35")
        await page.wait_for_function(f"/あと2[0-9]秒/.test({ASIDE})")
        words = await page.get_by_role("alert").inner_text()

    assert words == "操作がないため、あと30秒以内に自動でログアウトします。"


async def test_a_page_left_alone_leads_to_the_login_and_says_why(desk: Desk) -> None:
    async with desk.page() as page:
        await sit_down(desk, page)
        await identity(desk, "update session set seen_at = seen_at - interval '16 minutes'")
        await page.clock.fast_forward("15:01")
        await page.wait_for_url("**/login?next=*")
        said = await page.get_by_role("status").inner_text()
        await log_in_again_here(desk, page)
        await page.wait_for_url(f"**/children/{CHILD}")

    assert said == "15分間操作がなかったため、自動でログアウトしました。"


async def log_in_again_here(desk: Desk, page: Page) -> None:
    await identity(desk, f"update staff set totp_last_step = totp_last_step - {2 * STEPS_TOLERATED + 1}")
    await desk.fill_login(page, "hakata.clerk")


@pytest.mark.parametrize("width", [1366, 320])
async def test_what_was_typed_outlasts_the_session_out_of_sight_and_can_be_sent_after_another_login(desk: Desk, width: int) -> None:
    async with desk.page(width) as page:
        await sit_down(desk, page)
        await page.get_by_label("調査の期限").fill("2026-05-20")
        await identity(desk, "update session set seen_at = seen_at - interval '16 minutes'")
        await page.clock.fast_forward("15:01")
        notice = page.get_by_role("region", name="自動ログアウトのお知らせ")
        await expect(notice).to_contain_text("15分間操作がなかったため、自動でログアウトしました。入力した内容は残っています。")
        is_out_of_sight = await page.get_by_text("見本 あおい").first.is_hidden()
        barriers, is_wider = await violations(page), await overflows(page)
        await photograph(page, f"session-ended-{width}")
        async with page.expect_popup() as popup:
            await page.get_by_role("link", name="新しい画面でログインする").click()
        other = await popup.value
        await log_in_again(desk, other)
        await expect(notice).to_be_hidden()
        kept = await page.get_by_label("調査の期限").input_value()
        await page.get_by_role("button", name="この内容で調査を始める").click()
        done = await page.get_by_role("status").inner_text()

    assert is_out_of_sight
    assert (barriers, is_wider) == ([], False)
    assert kept == "2026-05-20"
    assert "調査を始めました。" in done


async def test_who_types_after_a_second_login_elsewhere_is_told_at_once_and_loses_nothing(desk: Desk) -> None:
    async with desk.page() as page, desk.page() as elsewhere:
        await sit_down(desk, page)
        await log_in_again(desk, elsewhere)
        await page.clock.fast_forward("00:11")
        await page.get_by_label("調査の期限").fill("2026-05-20")
        notice = page.get_by_role("region", name="自動ログアウトのお知らせ")
        await expect(notice).to_contain_text("別の端末かブラウザーで、あなたのログイン名によるログインがあったため")
        kept = await page.locator("input[name=due_on]").input_value()

    assert kept == "2026-05-20"


async def test_another_persons_login_in_the_same_browser_does_not_take_over_the_page(desk: Desk) -> None:
    async with desk.page() as page:
        await sit_down(desk, page)
        await page.get_by_label("調査の期限").fill("2026-05-20")
        other = await page.context.new_page()
        await other.goto("/login")
        await desk.fill_login(other, "nishi.clerk")
        await expect(page.get_by_role("heading", name="見つかりません")).to_be_visible()


async def test_one_tab_keeps_the_others_from_warning(desk: Desk) -> None:
    async with desk.page() as page:
        await sit_down(desk, page)
        await page.clock.fast_forward("13:00")
        await expect(page.get_by_role("alert")).to_be_visible()
        other = await page.context.new_page()
        await other.goto("/reviews")
        await expect(page.get_by_role("alert")).to_be_hidden()
        await expect(page.locator("#lasts")).to_have_text("自動ログアウトまで あと15分")


async def test_without_a_script_the_end_is_told_as_a_time_of_day(desk: Desk) -> None:
    async with desk.page(script=False) as page:
        await fill(desk)
        await desk.log_in(page, "hakata.clerk")
        told = await page.locator("#lasts").inner_text()
        await identity(desk, "update session set seen_at = seen_at - interval '16 minutes'")
        await page.goto(f"/children/{CHILD}")
        said = await page.get_by_role("status").inner_text()

    assert told.endswith("分に自動ログアウト（操作すると延びます）")
    assert said == "15分間操作がなかったため、自動でログアウトしました。"
