"""A case from candidate to closure: by the sections of a ward, with a second person where the table asks for one (casework.md §2.2)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio

from contracts.ids import ReviewId
from contracts.messages import AccessRecorded, CaseMoved, CaseOpened, DecisionRecorded, ObservationRecorded, ReviewClosed
from contracts.values import CaseOutcome, CaseState, Group, Need, Observation
from infra.identifiers import caused
from services.casework import inspection
from services.casework.domain.casefile import ATTEMPTS_NEEDED
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_moves import CHILD, SECTIONS, case_of
from tests.integration.casework.test_pages import hidden_fields

CLERK, HEALTH, WELFARE, LEAD, SECOND_LEAD = "hakata.clerk", "hakata.health", "hakata.welfare", "hakata.lead", "hakata.chief"
BY_HEALTH = {"lead_section": "health_section", "person_in_charge": "見本 ちはる"}
CONFERRED = {"present": SECTIONS[:2], "agreed_in_writing": SECTIONS[2:], "why": "三課で話し合った。"}


@dataclass
class Ward:
    """The ward's people, each logged in, at work on one child."""

    office: Office
    people: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def child(self, login: str = CLERK) -> dict[str, Any]:
        """Return the child as somebody sees it."""
        answer: dict[str, Any] = (await self.people[login].get(f"/v1/children/{CHILD}")).json()
        return answer

    async def tries(self, login: str, move: str, **form: Any) -> httpx.Response:
        """Try something on what is there now."""
        version = (await self.child(login)).get("version", "1.0")
        headers = {"idempotency-key": str(uuid4()), "if-match": f'"{version}"'}
        return await self.people[login].post(f"/v1/reviews/{CHILD}/moves", json={"move": move, **form}, headers=headers)

    async def does(self, login: str, move: str, **form: Any) -> str:
        """Do something, and return where the case then stands."""
        answer = await self.tries(login, move, **form)
        assert answer.status_code == 201, (move, answer.json())
        state: str = answer.json()["state"]
        return state

    async def until_conference(self) -> None:
        """Start, let the three sections answer, and put it on the agenda."""
        await self.does(CLERK, "start_investigation", sections=SECTIONS)
        await self.does(CLERK, "answer_investigation", held="something", text="保育所の相談が2回あった。")
        await self.does(HEALTH, "answer_investigation", held="nothing")
        await self.does(WELFARE, "answer_investigation", held="nothing")
        assert await self.does(CLERK, "put_on_agenda", siblings_checked=["checked"], held_on="2026-04-20") == "conference"

    async def until_approach(self) -> None:
        """Decide on a visit by the health section."""
        await self.until_conference()
        decision = CONFERRED | BY_HEALTH | {"approach_method": "home_visit", "due_on": "2026-05-01"}
        assert await self.does(LEAD, "decide_approach", **decision) == "approach"


@pytest_asyncio.fixture
async def ward(office: Office) -> AsyncIterator[Ward]:
    """The ward with one review that nobody has taken up."""
    await office.hear(b.lives("a"), b.needed("a"))
    async with AsyncExitStack() as doors:
        yield Ward(
            office, {login: await doors.enter_async_context(office.as_(login)) for login in (CLERK, HEALTH, WELFARE, LEAD, SECOND_LEAD)}
        )


async def test_a_case_goes_from_candidate_to_closure(ward: Ward) -> None:
    await ward.until_approach()
    met = {"contacted_on": "2026-04-10", "method": "home_visit", "met_whom": "母", "sighted": "yes", "findings": "眠れていない。"}
    met |= {"enrolment": "enrolled_elsewhere"}
    states = [
        await ward.does(HEALTH, "met", **met),
        await ward.does(HEALTH, "need_found", assessment="母の休息が要る。"),
        await ward.does(LEAD, "approve"),
        await ward.does(
            HEALTH,
            "decide_plan",
            kinds=["menu", "advice"],
            plan="一時預かり",
            wish_of_guardian="休みたい",
            wish_of_child="乳児のため聞けない",
            look_again_on="2026-07-01",
        ),
        await ward.does(LEAD, "approve"),
        await ward.does(HEALTH, "finish", outcome="needed", nothing_left_to_do=["nothing_left"], why="生活が落ち着いた。"),
        await ward.does(LEAD, "approve"),
    ]
    page = (await ward.people[CLERK].get(f"/children/{CHILD}")).text
    listed = (await ward.people[CLERK].get("/v1/reviews?tab=all")).json()

    # What asks for a second person leaves the case where it stands.
    assert states == ["assessment", "assessment", "planning", "planning", "support", "support", "closed"]
    assert listed["total"] == 0
    assert "終結しています" in page
    assert "支援が必要だった" in page
    past = page[page.index('id="history"') :]
    assert past.index("「終える」を決裁した") < past.index("「終える」の決裁を依頼した") < past.index("保育所の相談が2回あった。")
    said = await ward.office.said()
    moved = [(each.from_state, each.to_state) for each in said if isinstance(each, CaseMoved)]
    way = ["noticed", "investigation", "conference", "approach", "assessment", "planning", "support", "closed"]
    assert moved == [(CaseState(start), CaseState(end)) for start, end in pairwise(way)]
    assert len([each for each in said if isinstance(each, CaseOpened)]) == 1
    # domain.md §2.8-22: what of it the rules are told, each once: the kind and the day, and nothing that anybody wrote.
    observed = [each for each in said if isinstance(each, ObservationRecorded)]
    today = ward.office.clock.at.date()
    assert [(each.observation, each.observed_on) for each in observed] == [
        (Observation.MET, date(2026, 4, 10)),
        (Observation.ENROLLED_ELSEWHERE, date(2026, 4, 10)),
        (Observation.SUPPORTED, today),
        (Observation.SUPPORTED, today),
    ]
    assert len({each.event_id for each in observed}) == len(observed)


async def test_what_a_review_came_to_is_told_with_the_move_that_ends_it_and_taken_back_with_the_one_that_opens_it_again(ward: Ward) -> None:
    """domain.md §2.8-22: what asked, when it did, what was found; nothing that anybody wrote."""
    before = ward.office.clock.at
    await closed(ward)
    after_asking = [each for each in await ward.office.said() if isinstance(each, ReviewClosed)]
    # Words that come later do not change what had asked.
    await ward.office.hear(b.basis_changed("a", version=2))
    await ward.does(LEAD, "reopen", why="秘密の話")
    await ward.does(SECOND_LEAD, "approve")
    await ward.does(CLERK, "withdraw_as_error", error_kind="wrong_record", correction_asked_of="健康課", why="別人の記録")
    await ward.does(LEAD, "approve")

    said = [each for each in await ward.office.said() if isinstance(each, ReviewClosed)]
    told = [(each.outcome, each.need, each.previously_unknown, each.closed_at is not None) for each in said]
    assert told == [
        (CaseOutcome.NOT_NEEDED, Need.NOTHING, False, True),
        (None, None, None, False),
        (CaseOutcome.DATA_ERROR, None, False, True),
    ]
    assert said[:1] == after_asking
    assert len({each.event_id for each in said}) == len({each.version for each in said}) == 3
    assert {(each.review_id, each.ruleset, each.as_of, each.asked_at) for each in said} == {
        (ReviewId(caused(b.person("a"), "review:1")), "SP-1", date(2026, 4, 11), b.SAID)
    }
    assert before <= said[0].occurred_at == said[0].closed_at
    assert "秘密の話" not in "".join(each.model_dump_json() for each in said)


async def test_the_log_is_told_what_was_done_and_never_what_was_written(ward: Ward) -> None:
    await ward.until_approach()
    await ward.does(HEALTH, "record_contact", contacted_on="2026-04-10", method="telephone", result="refused", findings="秘密の話")

    said = await ward.office.said()
    last = [each for each in said if isinstance(each, DecisionRecorded)][-1]
    assert (last.action, last.fields) == (
        "casework.record_contact",
        ("contacted_on", "method", "result", "sighted", "enrolment", "findings"),
    )
    assert "秘密の話" not in "".join(each.model_dump_json() for each in said)


async def test_all_three_sections_answer_before_they_confer(ward: Ward) -> None:
    """PUSH-02: each files what it knows, or that it holds nothing."""
    await ward.does(CLERK, "start_investigation", sections=SECTIONS)
    await ward.does(HEALTH, "answer_investigation", held="nothing")
    early = await ward.tries(CLERK, "put_on_agenda", siblings_checked=["checked"], held_on="2026-04-20", missing_reason="急ぐ")
    ward.office.clock.at += timedelta(days=10)
    late = await ward.tries(CLERK, "put_on_agenda", siblings_checked=["checked"], held_on="2026-04-30")
    far = await ward.tries(CLERK, "put_on_agenda", siblings_checked=["checked"], held_on="2062-04-30", missing_reason="回答が遅い")
    with_reason = await ward.tries(CLERK, "put_on_agenda", siblings_checked=["checked"], held_on="2026-04-30", missing_reason="回答が遅い")

    assert [answer.status_code for answer in (early, late, far, with_reason)] == [422, 422, 422, 201]
    assert "協議の日は、12か月以内の日" in far.text
    assert "子育て支援課、地域保健福祉課" in early.json()["errors"][0]["message"]


async def test_a_section_without_presence_or_agreement_stops_the_decision(ward: Ward) -> None:
    """PUSH-03."""
    await ward.until_conference()
    decision = BY_HEALTH | {"approach_method": "home_visit", "due_on": "2026-05-01", "why": "会う"}
    answer = await ward.tries(LEAD, "decide_approach", present=SECTIONS[:2], **decision)

    assert answer.status_code == 422
    assert "健康課" in answer.json()["errors"][0]["message"]


async def test_nobody_approves_what_they_asked_for(ward: Ward) -> None:
    """The second person is another one (casework.md §2.2), also where both are leads."""
    await ward.until_conference()
    await ward.does(LEAD, "close_without_need", outcome="not_needed", why="支援は要らない")
    own = await ward.tries(LEAD, "approve")
    clerk = await ward.tries(CLERK, "approve")
    waits = await ward.tries(LEAD, "defer", resume_on="2026-05-01", why="待つ")
    case = await case_of(ward.office)

    assert case is not None
    assert (own.status_code, clerk.status_code, waits.status_code, case["state"]) == (409, 403, 409, "conference")
    refused = [each.reason_code for each in await ward.office.said() if isinstance(each, AccessRecorded) and each.decision == "deny"]
    assert refused == ["waits_for_another", "not_in_charge", "waits_for_another"]
    assert (await ward.child())["case"]["asks"] == "close_without_need"


async def test_what_is_sent_back_stays_where_it_was_and_can_be_asked_again(ward: Ward) -> None:
    await ward.until_approach()
    met = {"contacted_on": "2026-04-10", "method": "home_visit", "met_whom": "母", "sighted": "yes", "findings": "元気"}
    await ward.does(HEALTH, "met", **met)
    await ward.does(HEALTH, "no_need_found", assessment="心配はない", outcome="not_needed")
    back = await ward.does(LEAD, "send_back", why="祖母の話も聞いてください")
    again = await ward.does(HEALTH, "no_need_found", assessment="祖母も心配ないと言う", outcome="not_needed")
    taken = await ward.does(HEALTH, "take_back")
    last = await ward.does(HEALTH, "no_need_found", assessment="決め直す", outcome="already_supported")

    assert (back, again, taken, last, await ward.does(LEAD, "approve")) == (*["assessment"] * 4, "closed")
    page = (await ward.people[HEALTH].get(f"/children/{CHILD}")).text
    assert "祖母の話も聞いてください" in page
    assert "すでに支援を受けていた" in page


async def test_a_refusal_or_three_absences_lead_back_to_the_conference_and_never_to_the_end(ward: Ward) -> None:
    """S14."""
    await ward.until_approach()
    early = await ward.tries(HEALTH, "not_met", why="会えない")
    for _ in range(ATTEMPTS_NEEDED):
        await ward.does(HEALTH, "record_contact", contacted_on="2026-04-10", method="home_visit", result="absent")
    moves = set((await ward.child(HEALTH))["moves"])

    assert early.status_code == 422
    assert not moves & {"close_without_need", "no_need_found", "finish"}
    assert await ward.does(HEALTH, "not_met", why="3回とも不在") == "conference"


async def test_only_the_section_in_charge_meets_and_assesses(ward: Ward) -> None:
    await ward.until_approach()

    assert "met" in (await ward.child(HEALTH))["moves"]
    assert "met" not in (await ward.child(CLERK))["moves"]
    assert (await ward.tries(CLERK, "met", contacted_on="2026-04-10")).status_code == 403


async def test_a_report_to_the_guidance_centre_waits_for_nothing(ward: Ward) -> None:
    """From a child of whom nobody has taken up a case, and while a move waits for its second person (casework.md §2.2)."""
    first = await ward.does(CLERK, "report_urgently", reported_to="児童相談所", text="けががある")
    await ward.does(CLERK, "withdraw_as_error", error_kind="wrong_record", correction_asked_of="健康課", why="別人の記録")
    second = await ward.does(WELFARE, "report_urgently", reported_to="児童相談所", text="泣き声")

    assert (first, second) == ("noticed", "noticed")
    assert await ward.does(LEAD, "sent_to_guidance_center", received_on="2026-04-11", receipt="受付 12", why="一緒に動く") == "closed"


async def test_what_is_put_off_has_a_day_and_is_taken_up_again(ward: Ward) -> None:
    await ward.until_conference()
    never = await ward.tries(LEAD, "defer", resume_on="2028-01-01", why="様子を見る")

    assert never.status_code == 422
    assert await ward.does(LEAD, "defer", resume_on="2026-06-01", why="夏に見る") == "deferred"
    assert (await ward.child())["case"]["due_on"] == "2026-06-01"
    assert await ward.does(CLERK, "resume", why="転居した") == "investigation"


async def closed(ward: Ward) -> None:
    """Let two leads close it: nothing is needed."""
    await ward.until_conference()
    await ward.does(LEAD, "close_without_need", outcome="not_needed", why="心配ない")
    assert await ward.does(SECOND_LEAD, "approve") == "closed"


async def test_a_child_whose_case_was_closed_is_in_no_list_and_found_as_closed(ward: Ward) -> None:
    await closed(ward)

    asked = {"birth_date": b.BIRTH.isoformat(), "reason": "told_of"}
    [child] = (await ward.people[HEALTH].post("/v1/search/found", json=asked)).json()["children"]
    assert (child["person_id"], child["state"]) == (str(CHILD), "closed")


async def test_a_closed_case_is_opened_again_by_two(ward: Ward) -> None:
    """S15."""
    await closed(ward)
    await ward.does(LEAD, "reopen", why="近所から相談があった")

    assert (await ward.people[LEAD].get("/v1/reviews")).json()["total"] == 0
    assert await ward.does(SECOND_LEAD, "approve") == "investigation"
    assert (await ward.people[LEAD].get("/v1/reviews?tab=investigation")).json()["total"] == 1
    assert (await ward.child())["case"]["outcome"] is None


async def test_in_the_cool_down_the_same_groups_are_quiet_and_a_new_one_asks_again(ward: Ward) -> None:
    """casework.md §2.4: what became of each request is kept, exactly one thing each."""
    await closed(ward)
    await ward.office.hear(b.needed("a", version=2))
    quiet = (await ward.people[LEAD].get("/v1/reviews")).json()["total"]
    await ward.office.hear(b.needed("a", version=3, indicators=(b.NO_18M, b.EPDS), groups=(Group.CHK, Group.PERI, Group.SCH)))
    child = await ward.child()
    async with ward.office.service.pool.acquire() as db:
        figures = await inspection.figures(db)

    assert quiet == 0
    assert (child["case"], child["version"]) == (None, "3.0")
    assert figures["dispositions"] == {"opened": 2, "suppressed": 1}
    assert await ward.does(CLERK, "start_investigation", sections=SECTIONS) == "investigation"


async def test_a_ruleset_with_a_shorter_cool_down_asks_again_sooner(ward: Ward) -> None:
    """domain.md §2.7: the days are the ruleset's."""
    await ward.office.hear(b.basis_changed("a", version=2, still_needed=True), b.needed("a", version=3, cool_down_days=10))
    await closed(ward)
    await ward.office.hear(b.needed("a", version=4, as_of=date(2026, 4, 20)))
    quiet = (await ward.people[LEAD].get("/v1/reviews")).json()["total"]
    await ward.office.hear(b.needed("a", version=5, as_of=date(2026, 4, 21)))

    assert (quiet, (await ward.people[LEAD].get("/v1/reviews")).json()["total"]) == (0, 1)


async def test_a_case_that_waits_to_be_opened_again_makes_way_for_a_new_review(ward: Ward) -> None:
    """One open review per child: what is asked of the old one is not done to the new one."""
    await closed(ward)
    await ward.does(LEAD, "reopen", why="近所から相談があった")
    await ward.office.hear(b.needed("a", version=2, groups=(Group.CHK, Group.PERI, Group.SCH)))
    answer = await ward.tries(SECOND_LEAD, "approve")

    assert (answer.status_code, (await ward.child())["case"]) == (409, None)
    assert (await ward.people[LEAD].get("/v1/reviews")).json()["counts"]["not_started"] == 1


async def test_a_page_asks_shows_what_waits_and_lets_the_second_person_decide(ward: Ward) -> None:
    await ward.until_approach()
    met = {"contacted_on": "2026-04-10", "method": "home_visit", "met_whom": "母", "sighted": "yes", "findings": "元気"}
    await ward.does(HEALTH, "met", **met)
    address = f"/children/{CHILD}"
    page = (await ward.people[HEALTH].get(address)).text
    form = hidden_fields(page, "watch_found") | {"assessment": "保育所で\r\n見守れる", "look_again_on": "2026-07-01"}
    asked = await ward.people[HEALTH].post(f"{address}/moves", data=form)
    told = (await ward.people[HEALTH].get(address)).text
    seen = (await ward.people[LEAD].get(address)).text
    listed = (await ward.people[LEAD].get("/reviews?tab=approval")).text
    approved = await ward.people[LEAD].post(f"{address}/moves", data=hidden_fields(seen, "approve"))

    assert (asked.status_code, approved.status_code) == (303, 303)
    assert "決裁を依頼しました。" in told
    assert "「見守りと判断する」" in seen
    assert "保育所で\n見守れる" in seen
    assert "アセスメント・決裁待ち" in listed
    assert 'id="approve"' not in told
    case = await case_of(ward.office)
    assert case is not None
    assert (case["state"], case["due_on"]) == ("watch_over", date(2026, 7, 1))


async def test_what_was_left_empty_is_named_and_nothing_is_lost(ward: Ward) -> None:
    await ward.until_conference()
    address = f"/children/{CHILD}"
    page = (await ward.people[LEAD].get(address)).text
    answer = await ward.people[LEAD].post(f"{address}/moves", data=hidden_fields(page, "defer") | {"resume_on": "2026-06-01"})

    assert answer.status_code == 422
    assert '<a href="#defer-why">「理由」を入れてください。</a>' in answer.text
    assert 'value="2026-06-01"' in answer.text


async def test_text_that_no_database_keeps_is_refused_by_its_field(ward: Ward) -> None:
    await ward.does(CLERK, "start_investigation", sections=SECTIONS)
    answer = await ward.tries(CLERK, "add_note", text="見えない\u0000文字")

    assert answer.status_code == 422
