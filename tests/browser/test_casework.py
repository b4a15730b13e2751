"""The way of a ward clerk through the pages, with eyes, keyboard and axe (casework.md §3.5, §6.3)."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from contracts.values import Group, Relationship, Source, Ward
from services.casework.screens.reviews import screen
from tests.browser.conftest import Desk, overflows, violations
from tests.integration.casework import builders as b

CHILD = b.person("a")
pytestmark = pytest.mark.browser


async def fill(desk: Desk) -> None:
    """Put two households, a protected child and a changed basis on the list."""
    await desk.office.hear(
        b.delivered(Source.RESIDENT_REGISTRY, date(2026, 4, 10)),
        b.delivered(Source.MATERNAL_CHILD_HEALTH, date(2026, 4, 9)),
        b.delivered(Source.PUBLIC_ASSISTANCE, date(2026, 3, 20)),
        b.measure(("p",), ("f",)),
        b.lives("f", Ward.MINAMI, household="F"),
        b.lives("a"),
        b.lives("s", birth=date(2019, 6, 3)),
        b.lives("t", birth=date(2025, 12, 24)),
        b.lives("p", birth=date(2022, 8, 19), household="P"),
        b.lives("q", birth=date(2023, 1, 7), household="Q"),
        b.is_called("a", "見本 あおい", "みほん あおい"),
        b.is_called("s", "見本 そうた", "みほん そうた"),
        b.is_called("t", "見本 つむぎ", "みほん つむぎ"),
        b.is_called("p", "架空 ひなた", "かくう ひなた"),
        b.is_called("q", "例題 りお", "れいだい りお"),
        b.lives("m", birth=date(1991, 8, 2)),
        b.lives("g", birth=date(1958, 1, 20)),
        b.is_called("m", "見本 みお", "みほん みお"),
        b.is_called("g", "見本 ふみ", "みほん ふみ"),
        b.household(
            "M-11873",
            *((who, Relationship.CHILD) for who in "ast"),
            ("m", Relationship.HEAD),
            ("g", Relationship.PARENT),
        ),
        b.household("M-20418", ("p", Relationship.CHILD), name="P"),
        b.household("M-30951", ("q", Relationship.CHILD), name="Q"),
        b.needed("a", indicators=(*b.S08, b.WELFARE, b.EPDS), groups=(Group.PERI, Group.CHK, Group.ECON)),
        b.needed("t", indicators=(b.NO_18M, b.LATE_NOTIFICATION)),
        b.needed("p", indicators=(b.NO_18M, b.LATE_NOTIFICATION)),
        b.needed("q"),
        b.basis_changed("q"),
    )


async def photograph(page: Page, name: str) -> None:
    """Keep a picture of the whole page where the environment names a folder for them."""
    folder = os.environ.get("TSUNAGU_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def keep(paper: bytes, name: str) -> None:
    """Keep a printed page beside the pictures."""
    folder = os.environ.get("TSUNAGU_PICTURES")
    if folder:
        await asyncio.to_thread((Path(folder) / name).write_bytes, paper)


async def test_a_clerk_logs_in_finds_a_child_understands_why_and_starts_the_investigation(desk: Desk) -> None:
    await fill(desk)
    async with desk.page() as page:
        await desk.log_in(page, "hakata.clerk")
        await page.get_by_role("link", name="見本 あおい").click()
        reasons = await page.get_by_role("table", name="要確認になった理由").inner_text()
        await page.get_by_role("link", name="調査を始める").click()
        await page.get_by_role("button", name="この内容で調査を始める").click()
        done = await page.get_by_role("status").inner_text()
        await page.get_by_role("link", name="要確認 博多区").click()
        await page.get_by_role("link", name="調査中").click()
        listed = await page.get_by_role("table").inner_text()

    assert "1歳6か月児健診を受けた記録がない" in reasons
    assert "調査を始めました。" in done
    assert "見本 あおい" in listed


async def test_another_wards_clerk_is_refused(desk: Desk) -> None:
    """S24."""
    await fill(desk)
    async with desk.page() as page:
        await desk.log_in(page, "nishi.clerk")
        empty = await page.get_by_role("main").inner_text()
        answer = await page.goto(f"/children/{CHILD}")
        refusal = await page.get_by_role("main").inner_text()

    assert "ここに出す要確認はありません。" in empty
    assert answer is not None
    assert answer.status == 404
    assert "見つかりません" in refusal


async def searches(page: Page, look: Callable[[Page, str], Awaitable[None]]) -> None:
    """Look for somebody, at first without saying whom."""
    await page.get_by_role("link", name="さがす").click()
    await look(page, "search")
    await page.get_by_label("さがす理由").select_option("会議の準備")
    await page.get_by_role("button", name="理由を記録してさがす").click()
    await look(page, "search-refused")
    await page.get_by_label("なまえ").fill("見本")
    await page.get_by_role("button", name="理由を記録してさがす").click()
    await look(page, "found")


@pytest.mark.parametrize("width", [1366, 320])
async def test_every_page_is_free_of_barriers_and_fits_the_window(desk: Desk, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """WCAG 2.2 AA as far as axe sees, and 1.4.10 (reflow at 320 px)."""
    monkeypatch.setattr(screen, "HOUSEHOLDS_ON_A_PAGE", 1)
    await fill(desk)
    found: dict[str, tuple[bool, list[str]]] = {}

    async def look(page: Page, name: str) -> None:
        await photograph(page, f"{name}-{width}")
        found[name] = (await overflows(page), await violations(page))

    async with desk.page(width) as page:
        await page.goto("/login")
        await look(page, "login")
        await page.get_by_label("ログイン名").fill("nobody")
        await page.get_by_label("パスワード").fill("x")
        await page.get_by_label("確認コード").fill("000000")
        await page.get_by_role("button", name="ログインする").click()
        await look(page, "login-refused")
        await desk.log_in(page, "hakata.clerk")
        await look(page, "list")
        await page.get_by_role("link", name="次の世帯へ").click()
        await page.get_by_role("link", name="前の世帯へ").wait_for()
        await look(page, "list-end")
        await page.goto(f"/children/{CHILD}")
        await look(page, "child")
        await page.get_by_label("開く理由").select_option("investigation")
        await page.get_by_role("button", name="理由を記録して開く").click()
        await look(page, "child-opened")
        for box in await page.get_by_role("checkbox").all():
            await box.uncheck()
        await page.get_by_role("button", name="この内容で調査を始める").click()
        await expect(page.get_by_role("alert").first).to_be_focused()
        await look(page, "child-refused-form")
        await page.goto(f"/children/{CHILD}")
        await page.get_by_role("button", name="この内容で調査を始める").click()
        await look(page, "child-started")
        await page.goto(f"/children/{b.person('p')}")
        await look(page, "child-protected")
        await page.goto(f"/children/{b.person('q')}")
        await look(page, "child-changed")
        await page.goto(f"/children/{b.person('nobody')}")
        await look(page, "refused")
        await page.goto("/me/accesses")
        await look(page, "accesses")
        await searches(page, look)

    assert found == dict.fromkeys(found, (False, []))
    assert len(found) == 15


@pytest.mark.parametrize("width", [1366, 1241, 1240, 1101, 1100, 768, 641, 640, 320])
async def test_the_table_of_reasons_is_cut_at_no_width(desk: Desk, width: int) -> None:
    await fill(desk)
    async with desk.page(width) as page:
        await desk.log_in(page, "hakata.clerk")
        await page.goto(f"/children/{CHILD}")
        table = page.get_by_role("region", name="理由の表")

        assert await table.evaluate("e => e.scrollWidth - e.clientWidth") == 0


@pytest.mark.parametrize("who", ["a", "p"])
async def test_a_child_on_paper_says_whose_paper_it_is_and_asks_nothing(desk: Desk, who: str) -> None:
    """Marked 取扱注意, with whoever printed it and when; where the case stands can be seen without colour; no control is left."""
    await fill(desk)
    async with desk.page() as page:
        await desk.log_in(page, "hakata.clerk")
        await page.goto(f"/children/{b.person(who)}")
        await page.emulate_media(media="print")
        await photograph(page, f"child-{who}-print")
        found = await violations(page)
        head = await page.get_by_role("region", name="印刷物の見出し").inner_text()
        controls = await page.locator("button, input, select, form, nav").evaluate_all("all => all.filter(e => e.checkVisibility()).length")
        here = await page.locator("[aria-current=step] b").evaluate("e => getComputedStyle(e, '::before').content")
        paper = await page.pdf(format="A4", prefer_css_page_size=True)
        await keep(paper, f"child-{who}.pdf")

    assert found == []
    assert [part in head for part in ("取扱注意", "博多区 子育て支援課　見本 ひかりが印刷", "に開いた画面")] == [True] * 3
    assert controls == 0
    assert "▶" in here
    assert paper.count(b"/Type /Page\n") <= 2


async def test_the_way_works_without_a_script(desk: Desk) -> None:
    await fill(desk)
    async with desk.page(script=False) as page:
        await desk.log_in(page, "hakata.clerk")
        await page.get_by_role("link", name="見本 あおい").click()
        await page.get_by_role("button", name="この内容で調査を始める").click()
        done = await page.get_by_role("status").inner_text()

    assert "調査を始めました。" in done


async def test_the_keyboard_is_where_the_next_thing_is_to_be_typed_or_read(desk: Desk) -> None:
    async with desk.page(script=False) as page:
        await page.goto("/login")
        await expect(page.get_by_label("ログイン名")).to_be_focused()
        await page.keyboard.type("hakata.clerk")
        await page.get_by_label("パスワード").fill("x")
        await page.get_by_label("確認コード").fill("000000")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_be_focused()
        await expect(page.get_by_label("ログイン名")).to_have_value("hakata.clerk")


async def test_the_way_works_with_the_keyboard_alone(desk: Desk) -> None:
    await fill(desk)
    async with desk.page() as page:
        await desk.log_in(page, "hakata.clerk")
        # The keys of somebody who is quicker than the page go to the page before.
        await page.get_by_role("link", name="見本 あおい").wait_for()
        stops = [await tab(page) for _ in range(2)]
        await page.keyboard.press("Enter")
        stops.append(await tab(page))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/children/*")
        while "この内容で調査を始める" not in await focused(page):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.get_by_role("status").get_by_text("調査を始めました。").wait_for()

    # Five strokes from the list to the child, whatever menu and conditions stand before it.
    assert stops[:2] == ["本文へ移動", "一覧へ移動"]
    assert "見本 あおい" in stops[2]


async def test_logging_out_ends_the_session(desk: Desk) -> None:
    async with desk.page() as page:
        await desk.log_in(page, "hakata.clerk")
        await page.get_by_role("button", name="ログアウト").click()
        await page.wait_for_url("**/login?note=logged-out")
        said = await page.get_by_role("status").inner_text()
        await page.goto("/reviews")

        assert page.url.endswith("/login?next=%2Freviews")
    assert said == "ログアウトしました。"


async def tab(page: Page) -> str:
    """Go to the next stop of the keyboard and return what it says."""
    await page.keyboard.press("Tab")
    return await focused(page)


async def focused(page: Page) -> str:
    """Return what the focused control says; nothing where the focus is on a region or on the page itself."""
    text: str = await page.evaluate("(e => e && e.matches('a, button') ? e.innerText : '')(document.activeElement)")
    return text
