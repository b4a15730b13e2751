"""A case on the screens of its ward: each section answers, they decide, one asks and another one approves (casework.md §2.2, §6.1)."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from playwright.async_api import Locator, Page, expect

from services.casework.domain.casefile import ATTEMPTS_NEEDED
from tests.browser.conftest import GOOD, Desk, Widths, at_both_widths
from tests.browser.test_casework import CHILD, fill, photograph

Work = Callable[[Page], Awaitable[None]]


async def opened(page: Page, move: str) -> Locator:
    """Follow a folded form's own address, which opens it, or open it by hand."""
    form = page.locator(f"#{move}")
    if not await form.is_visible():
        await page.locator(f"details:has(#{move}) > summary").click()
    return form


async def press(page: Page, button: str) -> None:
    """Press a button and wait until the page says what was done."""
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.get_by_role("status")).to_be_visible()


async def start(page: Page) -> None:
    await press(page, "この内容で調査を始める")


async def hold_nothing(page: Page) -> None:
    await page.get_by_label("自課の関わり").select_option("nothing")
    await press(page, "回答する")


async def put_on_agenda(page: Page) -> None:
    await page.get_by_label("きょうだいの要確認の有無を確かめた").check()
    await press(page, "議題にする")


async def decide(page: Page) -> None:
    """By the link at the head of the page: the form that it leads to is folded, and opens."""
    await page.get_by_role("link", name="方針を決める").click()
    form = page.locator("#decide_approach")
    await expect(form).to_be_visible()
    await form.get_by_label("はじめの方法").select_option("home_visit")
    await form.get_by_label("担当する課").select_option("health_section")
    await form.get_by_label("担当者").fill("見本 このみ")
    await form.get_by_label("理由").fill("健康課が訪問し、母の休息について聞く。\nきょうだいの通園も確かめる。")
    await press(page, "方針を決める")


async def find_nobody(page: Page) -> None:
    for _ in range(ATTEMPTS_NEEDED):
        form = await opened(page, "record_contact")
        await form.get_by_label("方法").select_option("home_visit")
        await form.get_by_label("結果").select_option("absent")
        await press(page, "接触を記録する")


async def meet(page: Page) -> None:
    form = await opened(page, "met")
    await form.get_by_label("方法").select_option("home_visit")
    await form.get_by_label("会えた人").fill("母")
    await form.get_by_label("こどもの姿を見たか").select_option("yes")
    await form.get_by_label("聞いたこと・見たこと").fill("夜に眠れていない。本児は元気に遊んでいた。")
    await press(page, "記録してアセスメントに進む")


async def ask_to_close(page: Page) -> None:
    form = await opened(page, "no_need_found")
    await form.get_by_label("アセスメント").fill("祖母の手助けがあり、心配はない。")
    await form.get_by_label("結果").select_option("already_supported")
    await press(page, "支援不要とする決裁を依頼する")


async def approve(page: Page) -> None:
    await press(page, "決裁する")


WAY: tuple[tuple[str, str, Work], ...] = (
    ("hakata.clerk", "begun", start),
    ("hakata.clerk", "answered", hold_nothing),
    ("hakata.health", "answered-health", hold_nothing),
    ("hakata.welfare", "answered-welfare", hold_nothing),
    ("hakata.clerk", "conference", put_on_agenda),
    ("hakata.lead", "approach", decide),
    ("hakata.health", "absent", find_nobody),
    ("hakata.health", "assessment", meet),
    ("hakata.health", "asked", ask_to_close),
    ("hakata.lead", "closed", approve),
)


async def test_a_case_goes_its_way_through_the_hands_of_five_people(desk: Desk) -> None:
    """Every other one of them on a narrow screen. What each of them sees next fits either window and is free of barriers."""
    await fill(desk)
    found: dict[str, Widths] = {}
    async with AsyncExitStack() as screens:
        pages: dict[str, Page] = {}
        for login, name, work in WAY:
            if login not in pages:
                pages[login] = await screens.enter_async_context(desk.page(320 if len(pages) % 2 else 1366))
                await desk.log_in(pages[login], login)
            page = pages[login]
            await page.goto(f"/children/{CHILD}")
            await photograph(page, f"case-before-{name}")
            await work(page)
            found[name] = await at_both_widths(page)
        await photograph(page, "case")
        text = await page.get_by_role("main").inner_text()

    assert found == dict.fromkeys(found, GOOD)
    assert "終結しています" in text
    assert "すでに支援を受けていた" in text
    assert "健康課が訪問し、母の休息について聞く。\nきょうだいの通園も確かめる。" in text
