"""A case on its way from ward to ward: what both see of it, and how it is sent back and accepted (casework.md §2.5, S02)."""

from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Page, expect

from contracts.values import Ward
from tests.browser.conftest import GOOD, Desk, Widths, at_both_widths
from tests.browser.test_case import opened, press, start
from tests.browser.test_casework import CHILD, fill, photograph
from tests.integration.casework import builders as b

pytestmark = pytest.mark.browser


async def test_a_case_is_offered_by_a_move_sent_back_offered_again_and_accepted(desk: Desk) -> None:
    await fill(desk)
    found: dict[str, Widths] = {}

    async def look(page: Page, name: str) -> None:
        await photograph(page, f"handover-{name}")
        found[name] = await at_both_widths(page)

    async with AsyncExitStack() as screens:
        old, new = [await screens.enter_async_context(desk.page(width)) for width in (1366, 320)]
        await desk.log_in(old, "hakata.lead")
        await desk.log_in(new, "nishi.lead")
        await old.goto(f"/children/{CHILD}")
        await start(old)
        await desk.office.hear(b.lives("a", Ward.NISHI, version=2))

        await new.goto("/reviews?tab=receiving")
        await look(new, "receiving")
        await new.get_by_role("link", name="見本 あおい").click()
        await look(new, "offered-new")
        form = await opened(new, "return_handover")
        await form.get_by_label("理由").fill("まだ荷物が残っている。")
        await new.get_by_role("button", name="引継ぎを差し戻す", exact=True).click()
        await expect(new.get_by_text("ここに出す要確認はありません。")).to_be_visible()

        await old.goto("/reviews?tab=returned")
        await look(old, "returned")
        await old.get_by_role("link", name="見本 あおい").click()
        await look(old, "returned-old")
        form = await opened(old, "offer_handover")
        await form.get_by_label("引き継ぐ区").select_option("nishi")
        await form.get_by_label("理由").fill("引っ越しが済んだ。")
        await press(old, "引継ぎを申し出る")
        await look(old, "offered-old")

        await new.goto(f"/children/{CHILD}")
        await opened(new, "accept_handover")
        await press(new, "受領する")
        await look(new, "accepted")
        told = await new.get_by_role("main").inner_text()
        await old.reload()
        gone = await old.get_by_role("main").inner_text()

    assert found == dict.fromkeys(found, GOOD)
    assert ("引継ぎを受領しました。" in told, "調査" in told) == (True, True)
    assert "このこどもの要確認は、ないか、あなたの登録では見られません。" in gone
