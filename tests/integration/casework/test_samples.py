"""Of what is kept quiet after a review a part is drawn, judged by a person, and told to the scorer (casework.md §2.4, EVAL-02)."""

import asyncio
import re
from datetime import date

import asyncpg
import httpx
import pytest

from contracts.messages import CaseOpened, DecisionRecorded, SampleDrawn, SampleJudged
from contracts.values import Group
from services.casework.domain.sampling import Sampling
from services.casework.sampling import tell_what_is_untold
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_accesses import entries
from tests.integration.casework.test_moves import CHILD
from tests.integration.casework.test_walls import acting

EVERYBODY = Sampling(b"", 1)
QUIET = b.needed("a", version=2)
WHY = "前回と同じ理由で、家庭のようすも変わっていない"


@pytest.fixture(autouse=True)
async def drawn(office: Office) -> None:
    """A child whose review ended in vain, and a request of it that is quiet and was drawn."""
    await office.hear(b.lives("a"), b.is_called("a", "見本 あお"), b.needed("a"))
    async with acting(office, "system") as db:
        await db.execute("update review set closed_at = now(), closed_on = '2026-04-11', outcome = 'not_needed'")
    office.sampling = EVERYBODY
    await office.hear(QUIET)


async def judges(client: httpx.AsyncClient, verdict: str = "not_needed", why: str = WHY) -> httpx.Response:
    token = (await client.get("/session")).json()["form_token"]
    return await client.post("/samples/judge", data={"form_token": token, "sample": str(QUIET.event_id), "verdict": verdict, "why": why})


async def told(office: Office) -> list[SampleJudged]:
    return [each for each in await office.said() if isinstance(each, SampleJudged)]


async def said_of_draws(office: Office) -> list[tuple[object, bool]]:
    """Of which requests the scorer was told, and whether that they left."""
    return [(each.signal_id, each.left_at is not None) for each in await office.said() if isinstance(each, SampleDrawn)]


async def test_a_quiet_request_that_was_drawn_waits_for_the_ward_is_judged_once_and_opens_nothing(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk, office.as_("hakata.health") as health:
        first_page, page = (await clerk.get("/today")).text, (await clerk.get("/samples")).text
        async with office.as_("nishi.clerk") as stranger, office.as_("coordinator") as coordinator:
            outside = [(await stranger.get("/samples")).text, (await coordinator.get("/samples")).text]
            turned_away = [(await judges(each)).status_code for each in (stranger, coordinator)]
        wrong = [await judges(clerk, "perhaps"), await judges(clerk, why=" ")]
        both = await asyncio.gather(judges(clerk, "needed"), judges(health))
        after, listed = (await clerk.get("/samples")).text, (await clerk.get("/v1/reviews?tab=all")).json()

    assert "抜取りの確認が、1件、判断を待っています。" in first_page
    assert ("見本 あお" in page, "支援は必要なかった" in page, "4月24日" in page) == (True, True, True)
    assert (["見本 あお" in each for each in outside], turned_away) == ([False, False], [404, 403])
    assert [each.status_code for each in wrong] == [422, 422]
    assert WHY in wrong[0].text, "what was filled in stays"
    assert sorted(each.status_code for each in both) == [303, 409]
    [said] = await told(office)
    assert (said.signal_id, said.person_id, said.share, said.as_of) == (QUIET.event_id, CHILD, 1, date(2026, 4, 11))
    assert "判断を待っているものはありません" in after
    assert WHY in after
    assert ([each for each in await office.said() if isinstance(each, CaseOpened)], listed["total"]) == ([], 0)
    [kept] = [each for each in await office.said() if isinstance(each, DecisionRecorded) and each.action == "casework.sample_judged"]
    assert (kept.thing.id, kept.reason_code, kept.fields) == (str(CHILD), "needed" if said.needed else "not_needed", ())
    look = next(each for each in await entries(office) if each.action == "casework.sampled_child_listed")
    assert (look.thing.id, "reasons" in look.fields, "outcome" in look.fields) == (str(CHILD), True, True)


async def test_whoever_hears_it_again_or_in_another_order_draws_the_same_and_what_is_quiet_no_more_leaves(office: Office) -> None:
    async def samples() -> list[tuple[object, float]]:
        async with acting(office, "system") as db:
            return [tuple(row) for row in await db.fetch("select event_id, share from sample")]

    office.sampling = Sampling(b"", 0.5)
    await office.hear(QUIET)
    again = await samples()
    # A word between the two breaks the quiet: what was quiet belongs to the review that it opens.
    await office.hear(b.needed("a", version=4))
    breaks = b.needed("a", version=3, groups=(Group.CHK, Group.PERI, Group.SCH))
    before = len(await samples())
    await office.hear(breaks)

    assert again == [(QUIET.event_id, 1)]
    assert (await said_of_draws(office))[0] == (QUIET.event_id, False)
    assert [of for of, _ in await said_of_draws(office)].count(QUIET.event_id) == 1
    # What was drawn by a version that told nobody is told once.
    async with acting(office, "system") as db:
        await db.execute("update sample set told = false")
    for _ in range(2):
        async with office.service.work() as work:
            await tell_what_is_untold(work)
    assert [of for of, _ in await said_of_draws(office)].count(QUIET.event_id) == 2
    assert (before - len(await samples()) in {0, 1}, [each[0] for each in await samples()]) == (True, [QUIET.event_id])


async def test_a_larger_share_draws_nothing_of_the_past_and_what_is_quiet_no_more_leaves_whoever_else_is_in_the_parcel(
    office: Office,
) -> None:
    """The sample stands for what was quiet: nobody is in it because something new was told of them later."""
    passed_over, drawn_now = b.needed("a", version=3), b.needed("a", version=4)
    office.sampling = Sampling(b"", 0)
    await office.hear(passed_over)
    office.sampling = EVERYBODY
    await office.hear(drawn_now)
    async with acting(office, "system") as db:
        drawn = {row["event_id"] for row in await db.fetch("select event_id from sample")}
        await db.execute("update review set (closed_at, closed_on, outcome) = (null, null, null)")
    await office.hear(b.needed("a", version=5))
    async with acting(office, "system") as db:
        left = await db.fetchval("select count(*) from sample")

    assert drawn == {QUIET.event_id, drawn_now.event_id}
    [first] = [each for each in await office.said() if isinstance(each, SampleDrawn)][:1]
    assert (first.person_id, first.share, first.ruleset, first.as_of) == (CHILD, 1, QUIET.ruleset, QUIET.as_of)
    assert first.asked_at == QUIET.occurred_at
    both = (QUIET.event_id, drawn_now.event_id)
    assert sorted(await said_of_draws(office)) == sorted((of, is_left) for of in both for is_left in (False, True))
    assert left == 0, "people opened again what they had closed, and nobody else's review was ever closed"


async def test_whoever_asked_for_the_end_or_decided_on_it_leaves_it_to_another(office: Office) -> None:
    identity = await asyncpg.connect(office.database.url("identity"))
    asked, decided = [await identity.fetchval("select id from staff where login = $1", login) for login in ("hakata.lead", "hakata.chief")]
    await identity.close()
    async with acting(office, "system") as db:
        await db.execute(
            "insert into cases"
            " (case_id, person_id, ward, noticed_in, state, version, opened_at, opened_by, opened_by_name, due_on, outcome)"
            " values ($1, $1, 'hakata', 'hakata', 'closed', 3, now(), $1, 'x', '2026-04-11', 'not_needed')",
            CHILD,
        )
        await db.execute(
            "insert into case_move (case_id, version, move, from_state, to_state, moved_at, moved_by, details, asks, by_name, by_section)"
            " values ($1, 2, 'close_without_need', 'conference', 'conference', now(), $2, '{}', true, 'x', 'health_section'),"
            " ($1, 3, 'close_without_need', 'conference', 'closed', now(), $3, '{}', false, 'x', 'health_section')",
            CHILD,
            asked,
            decided,
        )
        await db.execute(
            "update review set (case_id, case_state, case_due_on, case_asks, case_unanswered)"
            " = (cases.case_id, cases.state, cases.due_on, false, cases.unanswered) from cases"
        )
    async with office.as_("hakata.lead") as lead, office.as_("hakata.chief") as chief, office.as_("hakata.clerk") as clerk:
        pages = [(await each.get("/samples")).text for each in (lead, chief, clerk)]
        tried = [await judges(each) for each in (lead, chief, clerk)]

    assert ['action="/samples/judge"' in page for page in pages] == [False, False, True]
    assert ["ほかの職員が判断します" in page for page in pages] == [True, True, False]
    assert [each.status_code for each in tried] == [409, 409, 303]
    assert len(await told(office)) == 1


async def test_a_measure_hides_it_from_the_opponents_ward_and_what_was_written_from_everybody(office: Office) -> None:
    """S07: also who is under a measure is judged, by those of its ward; no age beyond the scope (S16)."""
    async with office.as_("hakata.clerk") as clerk:
        await judges(clerk)
        await office.hear(b.measure(("a",), ("foe",)), b.lives("foe", household="F", ward=None))
        shown = (await clerk.get("/samples")).text
        await office.hear(b.needed("a", version=3), b.lives("foe", household="F", version=2))
        hidden, count = (await clerk.get("/samples")).text, (await clerk.get("/today")).text
    async with acting(office, "staff", "hakata") as db:
        walled = await db.fetchval("select count(*) from sample")

    assert (WHY in shown, "支援措置" in shown) == (False, True)
    assert (re.search("見本 あお|支援措置", hidden), "抜取りの確認が" in count, walled) == (None, False, 0)
