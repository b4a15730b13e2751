"""What is found waits for people: each once, worked off step by step, and every step is in the log (audit.md §5)."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from contracts.messages import DecisionRecorded
from contracts.values import ServiceName
from infra.testing.fixtures import announced, unit_of_work
from services.audit import findings
from services.audit.collecting import Collector
from services.audit.domain.absences import Absence
from services.audit.domain.findings.hits import Hit, Sign, of_entry
from services.audit.domain.findings.moves import State
from services.audit.domain.sequences import Numbers
from services.audit.findings import Asked, Line
from services.audit.rollcall import Alarms
from services.audit.verification import verify
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import ORIGIN, SIGNER, hear, seal
from tests.unit.audit.builders import CHILD, CLERK, access

GAP = Alarms((Absence("casework", 3, Numbers(7, 9)),), ("linker",))


async def raised(desk: Desk, *hits: Hit) -> int:
    async with unit_of_work(desk.pool, ServiceName.AUDIT, desk.clock) as work:
        return await findings.raise_all(work, hits)


async def listed(desk: Desk, **asked: str) -> list[Line]:
    async with desk.pool.acquire() as db:
        return await findings.listed(db, Asked(**asked))  # type: ignore[arg-type]


async def decided(desk: Desk) -> Sequence[DecisionRecorded]:
    return [each for each in await announced(desk.pool) if isinstance(each, DecisionRecorded)]


def of_clerk(*entries: int, actor: UUID = CLERK, role: str = "ward_clerk") -> Hit:
    return Hit("log_altered", "somebody", [of_entry(each) for each in entries], actor, role, "child", CHILD)


async def moved(desk: Desk, key: UUID, move: str, reason: str, *, words: str = "本人と上司に聞いた", step: int = 0) -> tuple[int, str]:
    token = re.search(r'name="form_token" value="([^"]+)"', (await desk.browser.get("/")).text)
    assert token is not None
    form = {"form_token": token[1], "reason": reason, "words": words, "step": str(step)}
    answer = await desk.browser.post(f"/findings/{key}/{move}", data=form)
    return answer.status_code, answer.text


async def test_what_is_found_again_is_no_second_finding_and_what_is_new_after_it_was_closed_is_one(desk: Desk) -> None:
    assert [await raised(desk, of_clerk(1, 2), of_clerk(2, 3)), await raised(desk, of_clerk(3, 1))] == [1, 0]
    (line,) = await listed(desk)
    await desk.sit_down("privacy.officer")
    await moved(desk, line.finding.id, "explain", "needed_for_work")
    await moved(desk, line.finding.id, "close", "right_to_look", step=1)

    assert [await raised(desk, of_clerk(1, 2, 3)), await raised(desk, of_clerk(3, 4))] == [0, 1]

    assert [(each.state, each.finding.episode) for each in await listed(desk)] == [(State.OPEN, 2), (State.CLOSED, 1)]
    assert [each.action for each in await decided(desk) if each.action == "audit.finding_raised"] == ["audit.finding_raised"] * 2


async def test_what_the_log_finds_about_itself_comes_in_once_however_often_it_is_looked_at(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(1), access(2), access(1, fields=("name",))])
    await seal(desk.pool, desk.clock)
    admin = await asyncpg.connect(desk.database.admin_url)
    await admin.execute("alter table audit.entry_0 disable trigger no_change; update audit.entry_0 set role = 'nobody' where idx = 1")
    await admin.close()
    keeper = desk.wired.keeper
    keeper.rollcall.now, keeper.rollcall.alarms = (lambda: 0.0), GAP
    async with desk.pool.acquire() as db:
        keeper.report = await verify(db, SIGNER.public_key, origin=ORIGIN, at=desk.clock.now())
    collector = Collector(desk.service, keeper, SIGNER.verifier)

    for _ in range(3):
        await collector.look()

    found = [(line.finding.kind, line.finding.about) for line in await listed(desk)]
    assert sorted(found) == [
        ("contradiction_found", "casework equivocation"),
        ("log_altered", "column_differs"),
        ("numbers_missing", "casework/3"),
        ("producer_silent", "linker"),
    ]

    # What is set aside later is read, and what was read before is not read again.
    await hear(desk.pool, desk.clock, [access(2, fields=("name",))])
    await collector.look()
    assert await desk.pool.fetchval("select count(*) from finding_sign where kind = 'contradiction_found'") == 2
    assert await desk.pool.fetchval("select upto = max(number) from collected, quarantine group by upto")


async def test_a_finding_is_worked_off_on_its_page_and_each_step_is_in_the_log_without_its_words(desk: Desk) -> None:
    await raised(desk, of_clerk(1))
    (line,) = await listed(desk)
    key = line.finding.id
    await desk.sit_down("security.officer")

    steps = [
        await moved(desk, key, "explain", "needed_for_work", words="氏名を書いた：山田"),
        await moved(desk, key, "explain", "needed_for_work", words="氏名を書いた：山田"),  # sent twice
        await moved(desk, key, "escalate", "not_explained"),  # on a page of before
        await moved(desk, key, "escalate", "too_large", step=1),
        await moved(desk, key, "close", "right_to_look", step=2),
        await moved(desk, key, "close", "nonsense", step=2),
        await moved(desk, UUID(int=0), "explain", "needed_for_work"),
    ]

    assert [status for status, _ in steps] == [303, 303, 409, 303, 403, 422, 404]
    assert "理由を選んでください" in steps[5][1]
    kept = [each for each in await decided(desk) if each.action.startswith("audit.finding_") and each.actor.id is not None]
    assert [(each.action, each.decision, each.reason_code) for each in kept] == [
        ("audit.finding_explained", "done", "needed_for_work"),
        ("audit.finding_escalated", "done", "too_large"),
        ("audit.finding_closed", "deny", "for_privacy_officer"),
        ("audit.finding_explained", "deny", "no_such_finding"),
    ]
    assert "山田" not in "".join(each.model_dump_json() for each in kept)
    page = (await desk.browser.get(f"/findings/{key}")).text
    assert ["氏名を書いた：山田" in page, page.count("氏名を書いた"), "上申中" in page] == [True, 1, True]


async def test_nobody_handles_a_finding_about_themself_or_about_their_own_office(desk: Desk) -> None:
    own = await desk.sit_down("security.officer")
    await raised(desk, of_clerk(1, actor=own, role="security_officer"))
    (line,) = await listed(desk)

    status, _ = await moved(desk, line.finding.id, "explain", "needed_for_work")
    page = (await desk.browser.get(f"/findings/{line.finding.id}")).text

    assert (status, "あなた自身についてのもの" in page, "<textarea" in page) == (403, True, False)
    desk.browser.cookies.clear()
    await desk.sit_down("privacy.officer")
    assert (await moved(desk, line.finding.id, "explain", "needed_for_work"))[0] == 303


async def test_what_was_written_is_unreadable_for_ever_once_its_key_is_destroyed(desk: Desk) -> None:
    await raised(desk, of_clerk(1))
    (line,) = await listed(desk)
    await desk.sit_down("security.officer")
    await moved(desk, line.finding.id, "explain", "needed_for_work", words="聞き取りの中身")

    async with unit_of_work(desk.pool, ServiceName.AUDIT, desk.clock) as work:
        assert await findings.shred(work, str(CLERK), actor=work.service_actor(), reason_code="T-1", origin="command line")

    page = (await desk.browser.get(f"/findings/{line.finding.id}")).text
    assert ["聞き取りの中身" in page, "鍵を廃棄したため" in page] == [False, True]
    assert [each.thing.id for each in await decided(desk) if each.action == "audit.reasons_shredded"] == [str(CLERK)]


async def test_what_is_written_after_a_key_was_destroyed_is_read_and_what_was_written_before_is_no_forgery(desk: Desk) -> None:
    await raised(desk, of_clerk(1))
    (line,) = await listed(desk)
    await desk.sit_down("security.officer")
    await moved(desk, line.finding.id, "explain", "needed_for_work", words="聞き取りの中身")
    async with unit_of_work(desk.pool, ServiceName.AUDIT, desk.clock) as work:
        await findings.shred(work, str(CLERK), actor=work.service_actor(), reason_code="T-1", origin="command line")

    await moved(desk, line.finding.id, "escalate", "too_large", words="あとの聞き取り", step=1)

    page = (await desk.browser.get(f"/findings/{line.finding.id}")).text
    assert ["聞き取りの中身" in page, "鍵を廃棄したため" in page, "あとの聞き取り" in page, "改ざん" in page] == [False, True, True, False]
    forged = "select finding_id, 3, 'open', at, staff_id, role, reason_code, sealed, digest from finding_step where step = 2"
    await desk.pool.execute(f"insert into finding_step {forged}")  # what was written to another step
    assert "改ざんの疑い" in (await desk.browser.get(f"/findings/{line.finding.id}")).text


async def test_a_finding_says_what_it_came_to_while_whoever_it_is_about_goes_on(desk: Desk) -> None:
    def of_night(*entries: int, last: int, first: int = 20, looks: int) -> Hit:
        at = (desk.clock.now().replace(hour=first), desk.clock.now().replace(hour=last))
        return replace(of_clerk(*entries), first_at=at[0], last_at=at[1], figures={"looks": looks, "children": 1})

    await raised(desk, of_night(1, last=20, looks=1))
    assert await raised(desk, of_night(1, 2, 3, last=22, looks=3)) == 0
    # What was told before, and a part that came late.
    assert await raised(desk, of_night(1, last=20, looks=1), of_night(4, first=19, last=19, looks=1)) == 0

    ((line,), key) = await listed(desk), (await listed(desk))[0].finding.id
    assert (line.finding.figures, line.finding.first_at, line.finding.last_at) == (
        {"looks": 3, "children": 1},
        desk.clock.now().replace(hour=19),
        desk.clock.now().replace(hour=22),
    )
    await desk.sit_down("security.officer")
    assert [("3回" in (await desk.browser.get(page)).text) for page in ("/findings", f"/findings/{key}")] == [True, True]


async def test_two_processes_that_find_the_same_at_once_make_one_finding(desk: Desk) -> None:
    both = await asyncio.gather(*(raised(desk, of_clerk(1, 2), of_clerk(2, 3)) for _ in range(4)))

    assert (sum(both), len(await listed(desk))) == (1, 1)
    assert len([each for each in await decided(desk) if each.action == "audit.finding_raised"]) == 1


async def test_the_list_is_filtered_and_an_impossible_filter_is_told_beside_its_field(desk: Desk) -> None:
    await desk.register("hakata.clerk")
    await raised(desk, of_clerk(1), Hit("producer_silent", "linker", [Sign("never heard")]))
    await desk.sit_down("security.officer")

    pages = [
        await desk.browser.get(f"/findings{query}")
        for query in (
            "",
            "?kind=producer_silent",
            f"?thing={CHILD}",
            "?state=closed",
            "?state=x",
            "?actor=nobody.at.all",
            f"?actor={CLERK}",
        )
    ]
    told = await desk.browser.get("/v1/findings?state=all")

    assert [page.text.count('scope="row"') for page in pages] == [2, 1, 1, 0, 0, 0, 1]
    assert [page.text.count('aria-invalid="true"') for page in pages] == [0, 0, 0, 0, 1, 1, 0]
    assert sorted(each["kind"] for each in told.json()["findings"]) == ["log_altered", "producer_silent"]


@pytest.mark.parametrize("login", ["hakata.clerk", "coordinator"])
async def test_whoever_handles_cases_is_refused_and_moves_nothing(login: str, desk: Desk) -> None:
    await raised(desk, of_clerk(1))
    (line,) = await listed(desk)
    await desk.sit_down(login)

    key = line.finding.id
    asked = [await desk.browser.get(path) for path in ("/findings", f"/findings/{key}", "/v1/findings", f"/v1/findings/{key}")]
    sent = await desk.browser.post(f"/v1/findings/{key}/explain", json={"reason": "needed_for_work", "words": "x", "step": "0"})

    assert [each.status_code for each in (*asked, sent)] == [403] * 5
    assert (await listed(desk))[0].state is State.OPEN
