"""The purpose register as people work with it (LAW-02): renewed by two, suspended by one, and readable as it was on any day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from contracts.values import ServiceName, Source
from infra.clock import FixedClock
from infra.testing.fixtures import unit_of_work
from services.ingest import registering, store
from services.ingest.deciders import Decider
from services.ingest.domain.admission import Purpose
from services.ingest.domain.register import NotAllowed, Proposal, Standing, Why
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.office import Browser, Office
from tests.unit.ingest.events import body, checkup

pytestmark = pytest.mark.servers

HEALTH = Source.MATERNAL_CHILD_HEALTH
PAGE = f"/register/{HEALTH}"
FILLED = {
    "basis": "個人情報保護法第69条第2項第2号",
    "nature": "standing",
    "reason": "見直しの結果、引き続き相当の理由がある。",
    "approver": "こども未来局こども健やか部こども家庭課",
    "owner_unit": "母子保健所管課（こども未来局）",
    "review_on": "2027-03-31",
}


def version_in(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0]


async def proposes(browser: Browser, **changes: str) -> tuple[int, str]:
    page = await browser.opens(PAGE)
    answer = await browser.sends(f"{PAGE}/propose", version=version_in(page.text), **{**FILLED, **changes})
    return answer.status_code, answer.text


async def stands(office: Office, at: datetime | None = None) -> registering.Registration:
    async with office.pool.acquire() as db:
        (found,) = await registering.registrations(db, [HEALTH], at)
    return found


async def purposes(office: Office) -> Mapping[Source, Purpose]:
    async with office.pool.acquire() as db:
        return (await store.purposes(db))[0]


async def test_a_renewal_holds_when_another_person_has_approved_it_and_not_before(office: Office) -> None:
    async with office.at_work("health.owner") as owner, office.at_work("coordinator") as coordinator:
        before = await stands(office)
        proposed = await proposes(owner)
        still = await stands(office)
        page = await coordinator.opens(PAGE)
        approved = await coordinator.sends(f"{PAGE}/approve", version=version_in(page.text))
        after = await coordinator.opens(PAGE)
        again = await coordinator.opens(PAGE)
    now = await stands(office)

    assert (proposed[0], approved.status_code, approved.headers["location"]) == (303, 303, PAGE)
    assert (before.review_on, still.review_on, now.review_on) == (date(2035, 3, 31), date(2035, 3, 31), date(2027, 3, 31))
    assert FILLED["reason"] in page.text
    assert "見本 けい（health.owner、データ所管課）" in page.text
    assert (now.proposed_by, now.approved_by) == ("見本 けい（health.owner、データ所管課）", "見本 みどり（coordinator、こども家庭課）")
    assert now.since == office.clock.today()
    assert "更新を承認しました" in after.text
    assert "更新を承認しました" not in again.text
    told = [(each.action, each.thing.id, each.actor.role, each.decision) for each in await office.decisions()]
    assert told == [
        ("ingest.registration_proposed", HEALTH, "data_owner", "done"),
        ("ingest.registration_approved", HEALTH, "coordinator", "done"),
    ]


async def test_nobody_approves_what_they_proposed_themselves_and_the_attempt_is_in_the_log(office: Office) -> None:
    async with office.at_work("coordinator") as browser:
        await proposes(browser)
        page = await browser.opens(PAGE)
        answer = await browser.sends(f"{PAGE}/approve", version=version_in(page.text))

    assert f'action="{PAGE}/approve"' not in page.text
    assert answer.status_code == 409
    assert "申請した本人は承認できません" in answer.text
    assert (await stands(office)).review_on == date(2035, 3, 31)
    last = (await office.decisions())[-1]
    assert (last.action, last.decision, last.reason_code) == ("ingest.registration_approved", "deny", "same_person")


async def test_a_second_coordinator_approves_and_an_owner_may_not(office: Office) -> None:
    async with (
        office.at_work("coordinator") as first,
        office.at_work("second.coordinator") as second,
        office.at_work("health.owner") as owner,
    ):
        await proposes(first)
        page = await owner.opens(PAGE)
        by_owner = await owner.sends(f"{PAGE}/approve", version=version_in(page.text))
        page = await second.opens(PAGE)
        by_second = await second.sends(f"{PAGE}/approve", version=version_in(page.text))

    assert (by_owner.status_code, by_second.status_code) == (403, 303)
    assert (await stands(office)).review_on == date(2027, 3, 31)


async def test_what_would_not_hold_today_any_more_is_not_approved(office: Office) -> None:
    async with office.at_work("health.owner") as owner, office.at_work("coordinator") as coordinator:
        await proposes(owner, review_on="2026-04-10")
        office.clock.at = office.clock.at.replace(day=11)
        page = await coordinator.opens(PAGE)
        answer = await coordinator.sends(f"{PAGE}/approve", version=version_in(page.text))

    assert answer.status_code == 409
    assert "申請された見直し期限を、すでに過ぎています" in answer.text
    assert (await stands(office)).review_on == date(2035, 3, 31)


async def test_what_was_changed_meanwhile_is_not_approved_unseen(office: Office) -> None:
    async with office.at_work("health.owner") as owner, office.at_work("coordinator") as coordinator:
        await proposes(owner)
        seen = version_in((await coordinator.opens(PAGE)).text)
        page = await owner.opens(PAGE)
        taken_back = await owner.sends(f"{PAGE}/decline", version=version_in(page.text))
        await proposes(owner, review_on="2030-03-31")
        answer = await coordinator.sends(f"{PAGE}/approve", version=seen)

    assert taken_back.status_code == 303
    assert answer.status_code == 409
    assert "画面を開いたあとに登録が変わりました" in answer.text
    assert (await stands(office)).review_on == date(2035, 3, 31)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"review_on": "2026-04-01"}, "見直し期限は、あす以降の日にしてください。"),
        ({"review_on": "2037-04-01"}, "見直し期限は、10年以内の日にしてください。"),
        ({"review_on": "soon"}, "日付を入力してください。"),
        ({"reason": "  "}, "入力してください。"),
        ({"basis": "なんとなく"}, "根拠を選んでください。"),
        ({"owner_unit": ""}, "入力してください。"),
    ],
)
async def test_what_is_not_filled_in_right_is_said_beside_it_and_nothing_is_lost(
    office: Office, changes: dict[str, str], sentence: str
) -> None:
    async with office.at_work("coordinator") as browser:
        status, page = await proposes(browser, approver="わたしたちの課", **changes)

    assert status == 422
    assert sentence in page
    assert "わたしたちの課" in page
    assert (await stands(office)).proposal is None


async def test_a_suspended_source_is_refused_at_once_and_taken_again_when_it_goes_on(office: Office, ingest: Ingest) -> None:
    async with office.at_work("health.owner") as owner, office.at_work("coordinator") as coordinator:
        await owner.opens(PAGE)
        suspended = await owner.sends(f"{PAGE}/suspend", why="data_doubtful")
        sent = checkup()
        (refused,) = await ingest.takes(body(sent))
        page = await owner.opens("/register")
        may_not = await owner.sends(f"{PAGE}/resume", why="by_mistake")
        await coordinator.opens(PAGE)
        without = await coordinator.sends(f"{PAGE}/resume", why="")
        resumed = await coordinator.sends(f"{PAGE}/resume", why="cause_gone")
        (taken,) = await ingest.takes(body(sent))

    assert (suspended.status_code, may_not.status_code, without.status_code, resumed.status_code) == (303, 403, 422, 303)
    assert (refused["outcome"], refused["code"], refused["path"]) == ("refused", "purpose_suspended", "source")
    assert "一時停止" in refused["message"]["ja"]
    assert "一時停止中" in page.text
    assert taken["outcome"] == "accepted"
    told = [(each.action, each.reason_code) for each in await office.decisions() if each.action.startswith("ingest.feed")]
    assert told == [("ingest.feed_suspended", "data_doubtful"), ("ingest.feed_resumed", "role"), ("ingest.feed_resumed", "cause_gone")]


async def test_an_owner_suspends_nobody_elses_source(office: Office) -> None:
    async with office.at_work("schools.owner") as browser:
        await browser.opens("/register")
        answer = await browser.sends(f"{PAGE}/suspend", why="system_work")

    assert answer.status_code == 404
    assert not (await stands(office)).suspended
    (told,) = await office.decisions()
    assert (told.decision, told.reason_code, told.thing.id) == ("deny", "not_owner", HEALTH)


async def test_the_register_of_any_past_day_can_be_read(office: Office) -> None:
    clock = office.clock
    async with office.at_work("health.owner") as owner, office.at_work("coordinator") as coordinator:
        clock.at = datetime(2026, 5, 1, tzinfo=UTC)
        await proposes(owner)
        clock.at = datetime(2026, 5, 10, tzinfo=UTC)
        page = await coordinator.opens(PAGE)
        await coordinator.sends(f"{PAGE}/approve", version=version_in(page.text))
        clock.at = datetime(2026, 6, 1, tzinfo=UTC)
        await coordinator.sends(f"{PAGE}/suspend", why="system_work")
        clock.at = datetime(2026, 6, 3, tzinfo=UTC)
        await coordinator.sends(f"{PAGE}/resume", why="cause_gone")

    told = {}
    for day in ((4, 2), (5, 2), (5, 11), (6, 2), (6, 4)):
        was = await stands(office, datetime(2026, *day, tzinfo=UTC))
        told[day] = (was.review_on, was.proposal is not None, was.suspended)
    old, new = date(2035, 3, 31), date(2027, 3, 31)
    assert told == {
        (4, 2): (old, False, False),
        (5, 2): (old, True, False),
        (5, 11): (new, False, False),
        (6, 2): (new, False, True),
        (6, 4): (new, False, False),
    }


async def test_two_who_decide_at_the_same_time_do_so_one_after_the_other(office: Office) -> None:
    clock = FixedClock(office.clock.at)
    proposal = Proposal("EARLY_SUPPORT", FILLED["basis"], "standing", "r", "a", "u", date(2027, 3, 31))
    await office.register("coordinator")
    who = Decider.at_the_command_line(await office.confirmed("coordinator"))

    async with unit_of_work(office.pool, ServiceName.INGEST, clock) as first:
        done = await registering.propose(first, who, HEALTH, proposal, 1)
    async with unit_of_work(office.pool, ServiceName.INGEST, clock) as second:
        late = await registering.propose(second, who, HEALTH, proposal, 1)
        too_late = await registering.propose(second, who, HEALTH, proposal, 2)
        not_suspended = await registering.resume(second, who, HEALTH, Why.CAUSE_GONE)

    assert (done, late, too_late) == (None, NotAllowed.CHANGED_MEANWHILE, NotAllowed.PROPOSED_ALREADY)
    assert not_suspended is NotAllowed.NOT_SUSPENDED
    assert (await purposes(office))[HEALTH] == Purpose(HEALTH, date(2035, 3, 31))
    assert (await stands(office)).standing(clock.today(), 60) is Standing.VALID
