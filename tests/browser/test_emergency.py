"""Break-glass as people walk it (S24): refused, opened for a reason, ended, and looked into by the privacy officer."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Desk, overflows, violations
from tests.browser.test_casework import CHILD, fill, photograph
from tests.integration.casework import builders as b

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1366, 320])
async def test_a_clerk_of_another_ward_reads_in_an_emergency_and_another_person_looks_into_it(desk: Desk, width: int) -> None:
    await fill(desk)
    found: dict[str, tuple[bool, list[str]]] = {}

    async def look(page: Page, name: str) -> None:
        await photograph(page, f"emergency-{name}-{width}")
        found[name] = (await overflows(page), await violations(page))

    async with desk.page(width) as page, desk.page(width) as officer:
        await desk.log_in(page, "nishi.clerk")
        await page.goto(f"/children/{CHILD}")
        await look(page, "refused")
        await page.get_by_role("button", name="緊急の閲覧へ").click()
        await look(page, "form")
        await page.get_by_label("緊急の理由").select_option("こどもや家族が来所・電話していて、いま対応が要る")
        await page.get_by_label("事情").fill("窓口に家族が来ていて、けがの訴えがある。")
        await page.get_by_role("button", name="理由を記録して2時間だけ開く").click()
        await expect(page.get_by_role("heading", name="緊急の閲覧中です")).to_be_visible()
        await look(page, "child")
        child = await page.get_by_role("main").inner_text()
        await page.goto("/today")
        await look(page, "today")
        await page.get_by_role("link", name="緊急の閲覧中です").click()
        await page.get_by_role("button", name="緊急の閲覧を終える").click()
        await expect(page.get_by_text("緊急の閲覧を終えました。")).to_be_visible()
        await page.goto(f"/children/{CHILD}")
        after = await page.get_by_role("main").inner_text()

        await desk.log_in(officer, "privacy.officer")
        await officer.goto("/")
        await look(officer, "list")
        await officer.get_by_label("必要だったか").select_option("必要な閲覧だった")
        await officer.get_by_label("確かめたこと").fill("来所の記録と合っている。")
        await officer.get_by_role("button", name="確認したと記録する").click()
        await look(officer, "looked-into")
        told = await officer.get_by_role("main").inner_text()

    assert found == dict.fromkeys(found, (False, []))
    assert ("見本 あおい" in child, "見本 そうた" in child, "見本 みお" in child) == (True, False, False)
    assert "見つかりません" in after
    assert ("必要な閲覧だった" in told, "見本 あおい" in told) == (True, False)


async def test_the_coordinator_names_who_knows_where_a_protected_child_is_and_ends_it(desk: Desk) -> None:
    """domain.md §4.4."""
    await fill(desk)
    found: dict[str, tuple[bool, list[str]]] = {}
    async with desk.page() as page:
        await desk.log_in(page, "coordinator")
        await page.goto(f"/children/{b.person('p')}")
        await page.get_by_role("link", name="指定する・終える").click()
        await page.get_by_label("職員のログイン名").fill("nishi.clerk")
        await page.get_by_label("相手方やその親族でないことを、本人に確かめた").check()
        await page.get_by_role("button", name="住所を知る職員に指定する").click()
        await expect(page.get_by_text("担当する区の職員ではない")).to_be_visible()
        await page.get_by_label("職員のログイン名").fill("hakata.clerk")
        await page.get_by_label("相手方やその親族でないことを、本人に確かめた").check()
        await page.get_by_label("確かめたこと").fill("本人から聞き取り、戸籍でも確かめた。")
        await page.get_by_role("button", name="住所を知る職員に指定する").click()
        for width in (1366, 320):
            await page.set_viewport_size({"width": width, "height": 768})
            await photograph(page, f"holders-{width}")
            found[str(width)] = (await overflows(page), await violations(page))
        await page.get_by_role("button", name="指定を終える").click()
        told = await page.get_by_role("main").inner_text()

    assert found == dict.fromkeys(found, (False, []))
    assert ("まだいません。" in told, "指定を終えました。" in told) == (True, True)
