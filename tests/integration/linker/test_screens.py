"""Every page of the linker, and the same as JSON: one main entry in the log for who sees it, and one for who does not."""

from collections.abc import AsyncIterator

import pytest

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database
from services.linker.screens import MENU, SCREENS
from services.linker.seeing import AnyScreen
from tests.integration.linker.office import PEOPLE, Office, opened
from tests.integration.linker.test_review import two_entries_of_one_child
from tests.integration.routes import Witness, differs

pytestmark = pytest.mark.servers

PLANTED = {
    "compared_name": "架空 はな",
    "compared_kana": "カクウ ハナ",
    "compared_birth_date": "2024-06-01|令和6年6月1日",
    "compared_household_no": "H1",
}
"""By which words one knows what is shown of a pair."""

DOORS = [pytest.param(screen, prefix, id=f"{screen.name}{prefix}") for screen in SCREENS for prefix in ("", "/v1")]


@pytest.fixture
async def office(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    async with opened(database, clock) as office:
        yield office


def strangers_to(screen: AnyScreen) -> list[str]:
    return [login for login, person in PEOPLE.items() if not person.roles & screen.roles]


@pytest.mark.parametrize(("screen", "prefix"), DOORS)
async def test_who_sees_a_page_and_who_does_not_leaves_one_main_entry_each(office: Office, screen: AnyScreen, prefix: str) -> None:
    pair = await two_entries_of_one_child(office)
    address = prefix + (pair if "{" in screen.address else screen.address)
    async with office.at_work("linkage.clerk") as clerk:
        assert (await clerk.opens(address)).status_code == 200
    for login in strangers_to(screen):
        async with office.at_work(login) as stranger:
            assert (await stranger.opens(address)).status_code == 403
            sent = [(await stranger.sends(f"{address}/{act.name}", why="not.papers")).status_code for act in screen.acts]
            assert sent == [403] * len(screen.acts)

    main = [each for each in await office.looks() if each.action == screen.deed.code]
    told = [(each.decision, each.reason_code, each.actor.role) for each in main]
    roles = [min(PEOPLE[login].roles) for login in strangers_to(screen)]
    assert told == [("permit", None, "linkage_clerk"), *(("deny", "role", role) for role in roles)]
    assert set(main[0].fields) <= screen.deed.fields.keys()
    refused = [each for each in await office.decisions() if each.decision == "deny"]
    assert len(refused) == len(roles) * len(screen.acts)
    beside = [each for each in await office.looks() if each.action == "linker.person_compared"]
    assert len(beside) == (2 if screen.acts else 0)
    assert await office.pool.fetchval("select count(*) from review_answer") == 0


async def test_every_address_is_declared_and_leaves_one_entry_that_says_what_was_shown(office: Office) -> None:
    """audit.md §5, target 9."""
    assert differs(ServiceName.LINKER, office.wired.service.app) == set()
    kind, one, other = (await two_entries_of_one_child(office)).removeprefix("/pairs/").split("/")
    witness = Witness(ServiceName.LINKER, office.pool, {"kind": kind, "one": one, "other": other}, PLANTED)
    async with office.at_work("hakata.clerk") as stranger:
        assert await witness.turned_away(stranger.http) == []
    async with office.at_work("linkage.clerk") as clerk:
        assert await witness.shown(clerk.http) == []


async def test_what_is_not_asked_and_what_is_no_question_are_answered_the_same(office: Office) -> None:
    pair = await two_entries_of_one_child(office)
    async with office.at_work("linkage.clerk") as clerk:
        answers = [await clerk.opens(pair.replace("entries", kind)) for kind in ("number", "revision", "joined", "nonsense")]
    assert {each.status_code for each in answers} == {404}
    assert [(each.decision, each.reason_code) for each in await office.looks()] == [("deny", "nothing_there")] * 4


async def test_who_watches_over_all_finds_what_waits_and_nobody_of_whom(office: Office) -> None:
    await two_entries_of_one_child(office)
    async with office.at_work("coordinator") as coordinator:
        page = (await coordinator.opens(MENU[0].address)).text
    assert "住民記録に同じ氏名・生年月日の2人がいる" in page
    assert "架空" not in page.replace("架空データ", "")
    assert "/pairs/" not in page
