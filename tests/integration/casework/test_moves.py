"""The first move: by a named person, once (PUSH-10, casework.md §2.2, §5)."""

import asyncio
from itertools import permutations
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts.messages import AccessRecorded, CaseMoved, CaseOpened, DecisionRecorded
from contracts.values import CaseState, Ward
from services.casework import inspection
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

CHILD = b.person("a")
SECTIONS = ["childcare_support_section", "community_health_welfare_section", "health_section"]


async def start(client: httpx.AsyncClient, etag: str | None = '"1.0"', key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"idempotency-key": key or str(uuid4())} | ({"if-match": etag} if etag else {})
    return await client.post(
        f"/v1/reviews/{CHILD}/moves", json={"move": "start_investigation", "sections": SECTIONS} | body, headers=headers
    )


async def case_of(office: Office) -> inspection.CaseSeen | None:
    async with office.service.pool.acquire() as db:
        return await inspection.case_of(db, CHILD)


async def test_a_clerk_opens_the_case(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        etag = (await clerk.get(f"/v1/children/{CHILD}")).headers["etag"]
        answer = await start(clerk, etag)

    case = await case_of(office)
    assert answer.status_code == 201
    assert case is not None
    assert (case["state"], case["ward"], case["due_on"].isoformat()) == ("investigation", "hakata", "2026-04-17")
    said = await office.said()
    opened = [each for each in said if isinstance(each, CaseOpened)]
    moved = [each for each in said if isinstance(each, CaseMoved)]
    decided = [each for each in said if isinstance(each, DecisionRecorded) and each.action == "casework.investigation_started"]
    assert [(each.person_id, each.ward, each.state) for each in opened] == [(CHILD, Ward.HAKATA, CaseState.INVESTIGATION)]
    assert [(each.from_state, each.to_state, each.version) for each in moved] == [(CaseState.NOTICED, CaseState.INVESTIGATION, 1)]
    assert [(each.actor.id, each.thing.id, each.decision) for each in decided] == [(case["opened_by"], str(CHILD), "done")]


async def test_a_section_that_is_named_a_thousand_times_is_asked_once(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        answer = await start(clerk, sections=["health_section", "childcare_support_section"] * 500)
        page = (await clerk.get(f"/children/{CHILD}")).text

    assert answer.status_code == 201
    assert "子育て支援課、健康課" in page
    assert "子育て支援課、子育て支援課" not in page


async def test_pressing_twice_opens_one_case(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    key = str(uuid4())
    async with office.as_("hakata.clerk") as clerk:
        first, second = await asyncio.gather(start(clerk, key=key), start(clerk, key=key))
        third = await start(clerk, key=key)

    assert first.json()["case_id"] == second.json()["case_id"] == third.json()["case_id"]
    assert sorted([first.json()["again"], second.json()["again"]]) == [False, True]
    assert len([each for each in await office.said() if isinstance(each, CaseOpened)]) == 1


async def test_two_colleagues_open_one_case(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk, office.as_("hakata.lead") as lead:
        answers = await asyncio.gather(start(clerk), start(lead))

    assert sorted(answer.status_code for answer in answers) == [201, 412]


async def test_a_key_belongs_to_one_request(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    key = str(uuid4())
    async with office.as_("hakata.clerk") as clerk:
        await start(clerk, key=key)
        answer = await start(clerk, key=key, sections=SECTIONS[:1])

    assert answer.status_code == 422


async def test_new_facts_since_the_page_was_made_are_looked_at_first(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    await office.hear(b.basis_changed("a", still_needed=True))
    async with office.as_("hakata.clerk") as clerk:
        stale = await start(clerk, '"1.0"')
        fresh = await start(clerk, '"2.0"')

    assert (stale.status_code, fresh.status_code) == (412, 201)
    assert '"2.0"' in stale.json()["detail"]


GONE = (b.lives("a"), b.needed("a"), b.basis_changed("a"))


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_nobody_starts_with_a_review_whose_reasons_are_gone(office: Office, order: tuple[int, ...]) -> None:
    """In whatever order it is heard: also where the reasons went before the request was heard at all."""
    for number in order:
        await office.hear(GONE[number])
    async with office.as_("hakata.clerk") as clerk:
        seen = await clerk.get(f"/v1/children/{CHILD}")
        answer = await start(clerk, seen.headers["etag"])

    assert (seen.json()["needed"], seen.json()["moves"]) == (False, ["withdraw_as_error", "report_urgently"])
    assert (answer.status_code, answer.json()["title"]) == (409, "この操作はできません")
    assert await case_of(office) is None


async def test_a_review_that_is_asked_for_again_is_started(office: Office) -> None:
    await office.hear(*GONE, b.needed("a", version=3))
    async with office.as_("hakata.clerk") as clerk:
        answer = await start(clerk, '"3.0"')

    assert answer.status_code == 201


async def test_a_case_that_has_begun_goes_on_when_its_reasons_go(office: Office) -> None:
    """S08: nothing closes by itself, and who started it keeps the page and the answer to the request."""
    key = str(uuid4())
    await office.hear(*GONE[:2])
    async with office.as_("hakata.clerk") as clerk:
        first = await start(clerk, key=key)
        await office.hear(GONE[2])
        again = await start(clerk, key=key)
        listed = (await clerk.get("/v1/reviews?tab=investigation")).json()

    assert (again.status_code, again.json()["case_id"]) == (201, first.json()["case_id"])
    assert {tab: n for tab, n in listed["counts"].items() if n} == {"investigation": 1, "all": 1, "due_soon": 1, "my_answers": 1}


async def test_reports_count_reviews_whose_reasons_are_gone_apart_and_hand_them_to_nobody(office: Office) -> None:
    await office.hear(*GONE, b.lives("b"), b.needed("b"))

    async with office.service.pool.acquire() as db:
        figures, waiting = await inspection.figures(db), await inspection.reviews_without_case(db)

    assert figures["reviews_by_ward"] == {"hakata": {"noticed": 1, "reasons_gone": 1}}
    assert [person_id for person_id, _ in waiting] == [b.person("b")]


async def test_whoever_may_and_cannot_start_tried_and_reads_so_in_the_list_of_ones_own(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    key = str(uuid4())
    async with office.as_("hakata.clerk") as clerk:
        answers = [
            await start(clerk, '"0.0"'),
            await start(clerk, sections=["child_family_division"]),
            await start(clerk, key=key),
            await start(clerk, '"1.1"'),
            await start(clerk, key=key, sections=SECTIONS[:1]),
        ]
        own = (await clerk.get("/me/accesses")).text

    refused = [each for each in await office.said() if isinstance(each, AccessRecorded) and each.action == "casework.move_refused"]
    assert [answer.status_code for answer in answers] == [412, 422, 201, 409, 422]
    assert [(each.decision, each.thing.id, each.fields, each.reason_code) for each in refused] == [
        ("deny", str(CHILD), (), why) for why in ("page_outdated", "not_filled_in", "move_not_possible", "key_reused")
    ]
    assert own.count("ケースの段階を進めようとした") == len(refused)


async def test_a_case_is_not_started_twice(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await start(clerk)
        answer = await start(clerk, '"1.1"')

    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sections": []}, 422),
        ({"sections": ["child_family_division"]}, 422),
        ({"sections": ["kitchen"]}, 422),
        ({"due_on": "2026-04-11"}, 422),
        ({"due_on": "2026-04-19"}, 422),
        # A slip of the pen: every page would count the opening days of seven thousand years.
        ({"due_on": "9026-04-20"}, 422),
        ({"due_on": "tomorrow"}, 422),
        ({"move": "close"}, 422),
        ({"reason": "free text"}, 422),
    ],
)
async def test_a_move_that_is_not_filled_in_does_nothing(office: Office, body: dict[str, Any], status: int) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        answer = await start(clerk, **body)

    assert answer.status_code == status
    assert await case_of(office) is None


async def test_a_move_without_version_or_key_is_not_made(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        without_version = await start(clerk, None)
        without_key = await clerk.post(
            f"/v1/reviews/{CHILD}/moves", json={"move": "start_investigation", "sections": SECTIONS}, headers={"if-match": '"1.0"'}
        )

    assert (without_version.status_code, without_key.status_code) == (428, 428)


@pytest.mark.parametrize(("login", "status"), [("nishi.clerk", 404), ("coordinator", 403), ("security.officer", 403)])
async def test_who_may_not_move_it_is_refused_and_recorded(office: Office, login: str, status: int) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_(login) as person:
        answer = await start(person)

    assert answer.status_code == status
    assert await case_of(office) is None
    refused = [each for each in await office.said() if isinstance(each, AccessRecorded)]
    assert [(each.action, each.decision) for each in refused] == [("casework.move_refused", "deny")]


async def test_a_case_stays_with_its_ward_when_the_child_moves_and_the_new_one_reads(office: Office) -> None:
    """casework.md §2.5: until somebody there accepts it (test_handovers.py)."""
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await start(clerk)

    await office.hear(b.lives("a", Ward.NISHI, version=2))

    async with office.as_("hakata.lead") as old, office.as_("nishi.clerk") as new:
        answers = [await old.get(f"/v1/children/{CHILD}"), await new.get(f"/v1/children/{CHILD}")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert ("add_note" in answers[0].json()["moves"], answers[1].json()["moves"]) == (True, [])


async def test_a_case_leaves_the_ward_where_the_opponent_lives(office: Office) -> None:
    """S07: the old ward loses access at once, case or not."""
    await office.hear(b.lives("a", Ward.HAKATA), b.lives("f", Ward.HAKATA), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await start(clerk)

    await office.hear(b.lives("a", Ward.NISHI, version=2), b.measure(("a",), ("f",)))

    async with office.as_("hakata.lead") as old, office.as_("nishi.clerk") as new:
        answers = [await old.get(f"/v1/children/{CHILD}"), await new.get(f"/v1/children/{CHILD}")]
    assert [answer.status_code for answer in answers] == [404, 200]


async def test_who_starts_with_a_protected_child_is_kept_without_a_ward(office: Office) -> None:
    """S07: the clerk's ward is the child's."""
    await office.hear(b.measure(("a",), ("f",)), b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        answer = await start(clerk)

    [started] = [each for each in await office.said() if getattr(each, "action", None) == "casework.investigation_started"]
    assert isinstance(started, DecisionRecorded)
    assert (answer.status_code, started.actor.ward, started.actor.id is None) == (201, None, False)
