"""Rulesets on pages: proposed with reasons, simulated beside everything else, approved by another person; each look and deed in the log."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from contracts.ids import PersonId
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database
from services.scorer.domain.rulesets import DOCUMENTS
from services.scorer.screens import SCREENS
from services.scorer.seeing import AnyScreen
from services.scorer.worker import beside
from tests.integration.routes import Witness, differs
from tests.integration.scorer.messages import checkup, person, watermark
from tests.integration.scorer.office import PEOPLE, Office, opened
from tests.unit.scorer.test_analysis_results import RESULT

pytestmark = pytest.mark.servers

NEW = DOCUMENTS["SP-2"].replace('name = "SP-2"', 'name = "SP-7"').replace("at_least = 2", "at_least = 1")
NEW = NEW.replace("groups_needed = 2", "groups_needed = 2\ncool_down_days = 30")
POOR = NEW.replace('sufficient = ["no_prenatal_checkups"]', 'sufficient = ["household_public_assistance"]')
LONG = "SP-" + "9" * 3_000
GROUNDS = "健診を1つ受けていないときも声をかけたい。"


@pytest.fixture
async def office(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    async with opened(database, clock) as office:
        await office.scorer.day_comes("2026-04-11")
        children = [PersonId(UUID(int=0x100 + number)) for number in range(12)]
        await office.scorer.hears(
            *(person("2024-02-10", who=child) for child in children),
            *(checkup("4m", "2024-06-20", f"K-{number}", who=child) for number, child in enumerate(children)),
            watermark("2026-04-11"),
        )
        await office.a_day_begins()
        yield office


async def test_a_ruleset_goes_from_a_form_to_use_by_two_people(office: Office) -> None:
    """domain.md §2.7, MASK-04: proposed, simulated, approved by another person, effective from a day on."""
    async with office.at_work("coordinator") as coordinator:
        form = (await coordinator.opens("/proposals?begin=SP-1")).text
        assert "SP-1から書き始めています" in form
        sent = await coordinator.sends("/proposals/propose", document=NEW, grounds=GROUNDS, origin="person")
        page = (await coordinator.opens("/rulesets/SP-7")).text
        early = await coordinator.sends("/rulesets/SP-7/approve", effective_from="2026-04-15")
        await coordinator.sends("/rulesets/SP-7/simulate")
        again = await coordinator.sends("/rulesets/SP-7/simulate")
        waiting = (await coordinator.opens("/rulesets/SP-7")).text
        assert await office.works()
        assert not await office.works()
        simulated = (await coordinator.opens("/rulesets/SP-7")).text
        own = await coordinator.sends("/rulesets/SP-7/approve", effective_from="2026-04-15")
    async with office.at_work("privacy.officer") as officer:
        seen = (await officer.opens("/rulesets/SP-7")).text
        past = await officer.sends("/rulesets/SP-7/approve", effective_from="2026-04-10")
        approved = await officer.sends("/rulesets/SP-7/approve", effective_from="2026-04-15")
        listed = (await officer.opens("/rulesets")).text
    office.clock.at = office.clock.at.replace(day=15)
    await office.a_day_begins()
    await office.scorer.day_comes("2026-04-15")
    async with office.at_work("coordinator") as coordinator:
        used = (await coordinator.opens("/rulesets/SP-7")).text

    assert {(each.ruleset, each.cool_down_days) for each in await office.scorer.told()} == {("SP-7", 30)}
    assert (sent.status_code, sent.headers["location"]) == (303, "/rulesets/SP-7")
    assert "次の3項目のうち1つ以上に該当する" in page
    assert GROUNDS in page
    assert 'id="effective_from"' not in page
    assert (early.status_code, again.status_code, own.status_code, past.status_code) == (409, 409, 409, 409)
    assert "先に市全体で試算してください。" in early.text
    assert "市全体の試算をしています" in waiting
    assert "新しく挙がる" in simulated
    assert "12人" in simulated
    assert "あなたが提案した案です" in simulated
    assert 'id="effective_from"' in seen
    assert ("/evaluation?ruleset=SP-7" in seen, "/proposals?begin=SP-7" in seen, "/proposals?begin=SP-7" in used) == (True, False, True)
    assert "使い始める日は、今日か今日より後にしてください。" in past.text
    assert 'value="2026-04-10"' in past.text
    assert approved.status_code == 303
    assert "承認済み・開始日を待っている" in listed
    assert "使用を始めた" in used
    assert [(action, decision, why) for action, decision, why, _ in await office.decisions()] == [
        ("scorer.ruleset_proposed", "done", None),
        ("scorer.ruleset_approved", "deny", "not_simulated"),
        ("scorer.simulation_asked", "done", None),
        ("scorer.simulation_asked", "deny", "being_simulated"),
        ("scorer.ruleset_simulated", "done", None),
        ("scorer.ruleset_approved", "deny", "own_proposal"),
        ("scorer.ruleset_approved", "deny", "in_the_past"),
        ("scorer.ruleset_approved", "done", None),
    ]


async def test_what_is_refused_names_each_field_and_nothing_that_was_written_is_lost(office: Office) -> None:
    async with office.at_work("coordinator") as coordinator:
        await coordinator.opens("/proposals")
        poor = await coordinator.sends("/proposals/propose", document=POOR, grounds=GROUNDS, origin="analysis")
        broken = await coordinator.sends("/proposals/propose", document="name = [", grounds="", origin="person")
        taken = await coordinator.sends("/proposals/propose", document=DOCUMENTS["SP-2"], grounds=GROUNDS, origin="person")
        token = {"form_token": coordinator.token, "grounds": GROUNDS, "origin": "analysis"}
        chosen = await coordinator.http.post("/proposals/read", data=token, files={"file": ("SP-7.toml", NEW.encode())})
        odd = await coordinator.http.post("/proposals/read", data=token, files={"file": ("SP-7.toml", b"\xff\xfe")})
        none = await coordinator.http.post("/proposals/read", data=token, files={"file": ("", b"")})
        large = await coordinator.http.post("/proposals/read", data=token, files={"file": ("SP-7.toml", b"#" * 100_000)})
        result = await coordinator.http.post("/proposals/read", data=token, files={"file": ("result.toml", RESULT.encode())})

    assert [each.status_code for each in (poor, broken, taken, chosen, odd, none, large)] == [422, 422, 409, 200, 422, 422, 413]
    # MASK-04: of no dataset that the analysis body was given.
    assert (result.status_code, "dataset：その番号のマスキングデータは、分析主体に提供されていない" in result.text) == (422, True)
    assert "sufficient：次の項目だけで、つまり経済的な支援や障害だけで、要確認に挙がってしまう" in poor.text
    assert GROUNDS in poor.text
    assert "name = &#34;SP-7&#34;" in poor.text
    assert 'value="analysis" checked' in poor.text
    assert "TOMLの書き方になっていない" in broken.text
    assert 'aria-describedby="grounds-error"' in broken.text
    assert "同じ名前の把握基準があります。" in taken.text
    assert "ファイルを読み込みました" in chosen.text
    assert "at_least = 1" in chosen.text
    assert GROUNDS in chosen.text
    assert await office.pool.fetchval("select count(*) from ruleset") == 0


async def test_a_trial_counts_and_tells_nobody(office: Office) -> None:
    before = len(await office.scorer.told())
    async with office.at_work("coordinator") as coordinator:
        await coordinator.opens("/proposals")
        await coordinator.sends("/proposals/propose", document=NEW, grounds=GROUNDS, origin="person")
        await coordinator.sends("/rulesets/SP-7/trial")
        await office.a_day_begins()
        page = (await coordinator.opens("/rulesets/SP-7")).text
        await coordinator.sends("/rulesets/SP-7/end-trial")
        ended = (await coordinator.opens("/rulesets/SP-7")).text
        await coordinator.sends("/rulesets/SP-7/withdraw")
        withdrawn = (await coordinator.opens("/rulesets/SP-7")).text

    assert "いま12人が挙がります" in page
    assert "試行を終えました。" in ended
    assert "試行を始める" in ended
    assert "次にできること" not in withdrawn
    assert len(await office.scorer.told()) == before


async def test_a_simulation_that_cannot_be_done_says_so_and_can_be_asked_for_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: object) -> None:
        raise ArithmeticError

    async with office.at_work("coordinator") as coordinator:
        await coordinator.opens("/proposals")
        await coordinator.sends("/proposals/propose", document=NEW, grounds=GROUNDS, origin="person")
        await coordinator.sends("/rulesets/SP-7/simulate")
        with monkeypatch.context() as patch:
            patch.setattr("services.scorer.deciding.simulated_with", breaks)
            assert await office.works()
        page = (await coordinator.opens("/rulesets/SP-7")).text
        await coordinator.sends("/rulesets/SP-7/simulate")
        assert await office.works()

    assert "終えられませんでした" in page
    assert (await office.decisions())[-1][:2] == ("scorer.ruleset_simulated", "done")


async def test_what_runs_beside_the_service_is_cancelled_with_whoever_waits_for_it() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()
    here = asyncio.get_running_loop()

    async def long() -> None:
        here.call_soon_threadsafe(begun.set)
        try:
            await asyncio.Event().wait()
        finally:
            here.call_soon_threadsafe(ended.set)

    waiting = asyncio.create_task(beside(long))
    await begun.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.wait_for(ended.wait(), 10)

    assert waiting.cancelled()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_who_sees_a_page_and_who_does_not_leaves_one_entry_each(office: Office, screen: AnyScreen) -> None:
    address = screen.address.format(name="SP-2")
    doors = [address, *([f"/v1{address}"] if screen.json is not None else [])]
    strangers = [login for login, each in PEOPLE.items() if not each.roles & screen.roles]
    async with office.at_work("coordinator") as coordinator:
        for door in doors:
            assert (await coordinator.opens(door)).status_code == 200
    for login in strangers:
        async with office.at_work(login) as stranger:
            assert [(await stranger.opens(door)).status_code for door in doors] == [403] * len(doors)
            sent = [(await stranger.sends(f"{address}/{act.name}")).status_code for act in screen.acts]
            assert sent == [403] * len(screen.acts)

    thing = "SP-2" if "{" in screen.address else None
    looks = [each for each in await office.looks() if each[0] == screen.deed.code]
    expected = [(screen.deed.code, "permit", None, thing)] * len(doors)
    assert looks == expected + [(screen.deed.code, "deny", "role", thing)] * (len(doors) * len(strangers))
    assert len(await office.decisions()) == len(strangers) * len(screen.acts)


async def test_every_address_is_declared_and_leaves_one_entry(office: Office) -> None:
    """audit.md §5, target 9."""
    assert differs(ServiceName.SCORER, office.wired.service.app) == set()
    witness = Witness(ServiceName.SCORER, office.pool, {"name": "SP-2"})
    async with office.at_work("hakata.clerk") as stranger:
        assert await witness.turned_away(stranger.http) == []
    async with office.at_work("coordinator") as coordinator:
        assert await witness.shown(coordinator.http) == []


async def test_a_ruleset_that_nobody_knows_and_what_is_no_name_are_answered_the_same(office: Office) -> None:
    async with office.at_work("coordinator") as coordinator:
        answers = [(await coordinator.opens(f"/rulesets/{name}")).status_code for name in ("SP-99", "nonsense", "SP-2%00", LONG)]
        sent = [(await coordinator.sends(f"/rulesets/{name}/withdraw")).status_code for name in ("SP-99", "nonsense")]

    assert (set(answers), set(sent)) == ({404}, {404})
    # What is no name does not get into the log.
    assert {thing for *_, thing in await office.looks()} == {"SP-99", None}
