"""Closed cases are found again, by year, by whoever may see them (casework.md §2.4; S15)."""

from datetime import timedelta

import pytest

from contracts.values import Group
from services.casework.screens.closed import screen
from tests.integration.casework import builders as b
from tests.integration.casework.test_moves import CHILD
from tests.integration.casework.test_way_of_a_case import CLERK, Ward, closed, ward

__all__ = ["ward"]


async def test_what_was_closed_stands_in_its_year_until_it_is_hidden(ward: Ward) -> None:
    await closed(ward)
    page = (await ward.people[CLERK].get("/closed")).text
    year_before = (await ward.people[CLERK].get("/closed?year=2025")).text

    assert f'href="/children/{CHILD}#history"' in page
    assert "支援は必要なかった" in page
    assert "4月11日" in page
    assert "新しい要確認があります" not in page
    assert "この年度に終えたケースはありません" in year_before
    async with ward.office.as_("nishi.clerk") as stranger:
        assert str(CHILD) not in (await stranger.get("/closed")).text

    await ward.office.hear(b.needed("a", version=2, groups=(Group.CHK, Group.PERI, Group.SCH)))

    assert "新しい要確認があります" in (await ward.people[CLERK].get("/closed")).text

    # S07: who lives in the opponent's ward reads neither the line nor the count.
    await ward.office.hear(b.lives("foe", household="F"), b.measure(("a",), ("foe",)))

    assert "この年度に終えたケースはありません" in (await ward.people[CLERK].get("/closed")).text


async def test_a_page_follows_after_the_last_line_of_the_one_before(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "LINES_ON_A_PAGE", 1)
    await closed(ward)
    await ward.office.hear(b.needed("a", version=2, groups=(Group.CHK, Group.PERI, Group.SCH)))
    ward.office.clock.at += timedelta(days=1)
    await closed(ward)
    first = (await ward.people[CLERK].get("/closed")).text
    after = first.partition("&amp;after=")[2].partition('"')[0]
    second = (await ward.people[CLERK].get(f"/closed?year=2026&after={after}")).text
    nonsense = await ward.people[CLERK].get("/closed?year=2026&after=2026-13-45.00000000-0000-0000-0000-000000000000")

    assert "全2件のうち 1番目" in first
    assert "4月12日" in first
    assert "全2件のうち 2番目" in second
    assert "&amp;after=" not in second
    assert nonsense.status_code == 200
