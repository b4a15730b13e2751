"""Where children stand in the list, and what is on which page of it (domain.md §2.7, S12; §4.4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest

from contracts.feeds import FeedStanding
from contracts.values import Group, Item, Source
from services.casework.handlers import Heard
from services.casework.screens.reviews import screen
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

FIRST_DAY = date(2026, 4, 1)
ALL_GROUPS = (Group.PERI, Group.CHK, Group.ECON)


@dataclass(frozen=True)
class Given:
    """A child as a test puts it on the list."""

    who: str
    household: str | None
    groups: int = 2
    days: int = 0
    """How many days later its fact became known."""
    opened: int = 0
    """How many days later people were asked to look."""
    protected: bool = False
    gone: bool = False

    def said(self) -> Iterator[Heard]:
        """Return what casework hears of it."""
        known = b.SAID + timedelta(days=self.days)
        reason = b.indicator(Item.CHECKUP_18M_NOT_RECEIVED, known_at=known)
        if self.protected:
            yield b.measure((self.who,), ("nobody",)).model_copy(update={"measure_id": b.person(f"measure of {self.who}")})
        yield b.lives(self.who, household=self.household)
        yield b.needed(self.who, indicators=(reason,), groups=ALL_GROUPS[: self.groups], as_of=FIRST_DAY + timedelta(days=self.opened))
        if self.gone:
            yield b.basis_changed(self.who, indicators=(reason,), groups=ALL_GROUPS[: self.groups])


def in_order(children: Iterable[Given]) -> list[list[str]]:
    """The list, told a second time: households in the order of their first child, those whose reasons are gone behind all others."""

    def key(child: Given) -> tuple[bool, int, int, int, UUID]:
        return child.gone, -child.groups, child.opened, child.days, b.person(child.who)

    houses: dict[object, list[str]] = {}
    for child in sorted(children, key=key):
        house = (child.gone, child.household or child.who, child.protected)
        houses.setdefault(house, []).append(str(b.person(child.who)))
    return list(houses.values())


async def hear(office: Office, children: Sequence[Given]) -> None:
    for child in children:
        await office.hear(*child.said())


async def page(clerk: httpx.AsyncClient, question: str = "tab=all") -> dict[str, Any]:
    answer = await clerk.get(f"/v1/reviews?{question}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def people(told: dict[str, Any]) -> list[list[str]]:
    return [[line["person_id"] for line in household] for household in told["households"]]


async def test_siblings_stand_together_where_the_first_of_them_stands(office: Office) -> None:
    """S12."""
    children = [Given("a", "H", groups=1), Given("b", "other", groups=2), Given("c", "H", groups=3)]
    await hear(office, children)
    async with office.as_("hakata.clerk") as clerk:
        told = people(await page(clerk))

    assert told == [[str(b.person("c")), str(b.person("a"))], [str(b.person("b"))]]


async def test_a_protected_child_is_not_listed_with_a_sibling_who_is_not(office: Office) -> None:
    """domain.md §4.4: household screens must not reveal."""
    await hear(office, [Given("a", "H"), Given("b", "H", protected=True)])
    async with office.as_("hakata.clerk") as clerk:
        told = people(await page(clerk))

    assert sorted(told) == sorted([[str(b.person("a"))], [str(b.person("b"))]])


@pytest.mark.parametrize("seed", range(3))
async def test_page_after_page_the_whole_list_comes_once_and_in_its_order(
    office: Office, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(screen, "HOUSEHOLDS_ON_A_PAGE", 4)
    chance = Random(seed)  # noqa: S311 - a test's own chance
    children = [
        Given(
            f"child {number}",
            chance.choice([None, "H1", "H2", "H3", "H4"]),
            groups=chance.randint(1, 3),
            days=chance.randint(0, 2),
            opened=chance.randint(0, 2),
            protected=chance.random() < 0.1,
            gone=chance.random() < 0.2,
        )
        for number in range(24)
    ]
    await hear(office, children)

    async with office.as_("hakata.clerk") as clerk:
        pages = [await page(clerk)]
        while pages[-1]["after"]:
            pages.append(await page(clerk, f"tab=all&after={pages[-1]['after']}"))
        back = [pages[-1]]
        while back[-1]["before"]:
            back.append(await page(clerk, f"tab=all&before={back[-1]['before']}"))

    assert [household for told in pages for household in people(told)] == in_order(children)
    assert [people(told) for told in reversed(back)] == [people(told) for told in pages]
    assert {told["total"] for told in pages} == {len(in_order(children))}
    assert not any(told["begun_anew"] for told in pages + back)


async def test_nobody_is_passed_over_where_a_household_before_the_next_page_is_taken_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "HOUSEHOLDS_ON_A_PAGE", 2)
    await hear(office, [Given(who, None, days=days) for days, who in enumerate("abcd")])
    async with office.as_("hakata.clerk") as clerk:
        first = await page(clerk, "tab=not_started")
        for who in "ab":
            child = await clerk.get(f"/v1/children/{b.person(who)}")
            move = {"move": "start_investigation", "sections": ["health_section"]}
            headers = {"if-match": child.headers["etag"], "idempotency-key": str(b.person(f"key {who}"))}
            started = await clerk.post(f"/v1/reviews/{b.person(who)}/moves", json=move, headers=headers)
            assert started.status_code == 201, started.text
        second = await page(clerk, f"tab=not_started&after={first['after']}")

    assert people(second) == [[str(b.person("c"))], [str(b.person("d"))]]
    assert (second["before"], second["after"], second["total"], second["begun_anew"]) == (None, None, 2, False)


@pytest.mark.parametrize("login", ["hakata.clerk", "nishi.clerk"])
async def test_a_place_that_is_none_any_more_or_may_not_be_seen_begins_the_list_anew_and_says_so(office: Office, login: str) -> None:
    """A child whose facts changed stands elsewhere now: to go on from there would pass over others unseen."""
    await hear(office, [Given("a", None, groups=1), Given("b", None)])
    await office.hear(b.basis_changed("b", indicators=(b.NO_18M,), groups=(Group.CHK,), still_needed=True))
    async with office.as_(login) as clerk:
        told = await page(clerk, f"tab=all&after={b.person('b')}.1")
        text = (await clerk.get(f"/reviews?after={b.person('b')}.1")).text

    assert told["begun_anew"] is True
    assert len(told["households"]) == (2 if login == "hakata.clerk" else 0)
    assert "はじめから表示しています" in text


async def test_the_menu_counts_what_the_list_counts(office: Office) -> None:
    await hear(office, [Given("a", "H"), Given("b", "H"), Given("c", None, gone=True), Given("d", None, protected=True)])
    counts: list[int] = []
    for login in ("hakata.clerk", "coordinator"):
        async with office.as_(login) as somebody:
            told = await page(somebody)
            child = (await somebody.get(f"/children/{b.person('d')}")).text
        assert f'要確認 <span class="num">{told["counts"]["not_started"]}</span>' in child
        counts.append(told["counts"]["not_started"])

    assert counts == [3, 1]


async def test_a_birth_date_or_a_household_that_comes_late_places_the_child(office: Office) -> None:
    await office.hear(b.needed("a"), b.lives("b"), b.needed("b"))
    await office.hear(b.lives("a"))
    async with office.as_("hakata.clerk") as clerk:
        together = people(await page(clerk))
        await office.hear(b.lives("a", version=2, household="other"))
        apart = people(await page(clerk))

    assert [len(household) for household in together] == [2]
    assert [len(household) for household in apart] == [1, 1]


async def test_a_dead_feed_does_not_look_like_a_quiet_day(office: Office) -> None:
    await office.hear(
        b.delivered(Source.MATERNAL_CHILD_HEALTH, date(2026, 4, 10)),
        b.delivered(Source.RESIDENT_REGISTRY, date(2026, 4, 9)),
        b.delivered(Source.PUBLIC_ASSISTANCE, date(2026, 4, 4)),
    )
    async with office.as_("hakata.clerk") as clerk:
        before = (await clerk.get("/reviews")).text
        office.clock.at += timedelta(days=1)
        # What comes late, or once more, takes nothing back.
        await office.hear(b.delivered(Source.RESIDENT_REGISTRY, date(2026, 4, 8)), b.delivered(Source.RESIDENT_REGISTRY, date(2026, 4, 11)))
        after = (await clerk.get("/reviews")).text
        told = await page(clerk)

    assert "記録は、4月4日から4月10日（課によって違います）の分まで届いています。" in before
    assert "届いていない記録があります" not in before
    assert "ほかの記録は、4月10日から4月11日（課によって違います）の分まで届いています。" in after
    assert "区 保護課（生活保護）は令和8年4月4日の分まで。そのあとに起きたことは、この一覧に出ていません。" in after
    assert [(each["source"], each["complete_through"], each["silent"]) for each in told["feeds"]] == [
        ("maternal_child_health", "2026-04-10", False),
        ("public_assistance", "2026-04-04", True),
        ("resident_registry", "2026-04-11", False),
    ]


async def test_a_feed_that_is_stopped_is_told_at_once_on_the_list_and_on_every_childs_page(office: Office) -> None:
    """Its last word is fresh for a week, or for a year: until then nothing else would tell."""
    await hear(office, [Given("a", None)])
    await office.hear(b.delivered(Source.PUBLIC_ASSISTANCE, date(2026, 4, 10)))
    await office.hear(b.feed_stands(Source.PUBLIC_ASSISTANCE, FeedStanding.SUSPENDED, version=2))
    await office.hear(b.feed_stands(Source.PUBLIC_ASSISTANCE, FeedStanding.OPEN, version=1))
    async with office.as_("hakata.clerk") as clerk:
        listed, child = (await clerk.get("/reviews")).text, (await clerk.get(f"/children/{b.person('a')}")).text
        told = await page(clerk)
        await office.hear(b.feed_stands(Source.PUBLIC_ASSISTANCE, FeedStanding.OPEN, version=3))
        again = (await clerk.get("/reviews")).text + (await clerk.get(f"/children/{b.person('a')}")).text

    assert "受け入れが止まっている記録があります：</b>区 保護課（生活保護）は令和8年4月11日から。" in listed
    assert "区 保護課（生活保護）は令和8年4月11日から受け入れが止まっています。" in child
    assert [each["standing"] for each in told["feeds"]] == ["suspended"]
    assert "止まってい" not in again


async def test_a_list_that_has_heard_of_no_feed_says_that_it_does_not_know(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk:
        text = (await clerk.get("/reviews")).text

    assert "記録がいつの分まで届いているかは、まだ分かりません。" in text
