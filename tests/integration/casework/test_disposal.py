"""Disposal of what is over its years on real servers: two people, holds, slices, and nothing left but numbers (domain.md §4.6)."""

import asyncio
import json
import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from contracts.messages import DecisionRecorded
from contracts.values import OwnerAnswer
from services.casework import disposing
from services.casework.disposing import carry_out_slice
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_disputes import answered
from tests.integration.casework.test_programme import sends
from tests.integration.casework.test_races import until_done_or_waiting
from tests.integration.casework.test_walls import acting

ENDED = """
    with made as (
        insert into casework.cases (
            case_id, person_id, ward, noticed_in, state, version, opened_at, opened_by, opened_by_name, due_on, outcome
        )
        values ($1, $2, 'hakata', 'hakata', 'closed', 1, now(), $1, 'x', '2021-01-01', 'not_needed') returning *
    ), moved as (
        insert into casework.case_move (case_id, version, move, from_state, to_state, moved_at, moved_by, details)
        values ($1, 1, 'add_note', 'closed', 'closed', now(), $1, '{"text": "見本 あおいのこと"}')
    ), file as (
        insert into casework.case_file values ($3, $1, $2, 'x.pdf', 'application/pdf', 1, '', 'clean', now(), $1, 'x', 'x')
    )
    update casework.review set case_id = $1, closed_at = now(), closed_on = $4::date, outcome = 'not_needed',
        (case_state, case_due_on, case_asks, case_unanswered) = (select state, due_on, asks is not null, unanswered from made)
    where person_id = $2
"""
"""A case with a note and a file, that ended on a day."""


async def ended(office: Office, who: str, closed_on: str) -> UUID:
    case, file = b.person(f"case of {who}"), b.person(f"file of {who}")
    await office.hear(b.lives(who), b.is_called(who, "見本 あおい"), b.needed(who, as_of=date.fromisoformat(closed_on)))
    admin = await asyncpg.connect(office.database.admin_url)
    await admin.execute(ENDED, case, b.person(who), file, date.fromisoformat(closed_on))
    await admin.execute("insert into casework.case_file_body values ($1, 'x')", file)
    await admin.close()
    return case


async def carried_out(office: Office) -> int:
    async with office.service.work() as work:
        return await carry_out_slice(work)


async def states(office: Office) -> dict[UUID, str]:
    async with acting(office, "system") as db:
        return {row["case_id"]: row["state"] for row in await db.fetch("select case_id, state from disposal_item")}


async def left(office: Office, who: str) -> list[int]:
    """How many rows there are of somebody, in tables that go with a case."""
    tables = ("review", "cases", "review_word", "disposition", "case_file", "access_note")
    async with acting(office, "system") as db:
        return [await db.fetchval(f"select count(*) from {table} where person_id = $1", b.person(who)) for table in tables]


async def act(client: httpx.AsyncClient, name: str, **form: Any) -> int:
    return (await sends(client, f"/disposal/{name}", **form)).status_code


async def test_a_case_goes_by_two_people_after_five_years_and_its_number_is_what_is_left(office: Office) -> None:
    gone, kept, young = [await ended(office, who, day) for who, day in (("a", "2021-04-10"), ("b", "2021-01-01"), ("c", "2021-04-11"))]
    key = uuid4()
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other, office.as_("hakata.lead") as ward:
        made = [await act(one, "propose", key=key) for _ in range(2)]
        nothing_more = await act(one, "propose", key=uuid4())
        too_early = await act(other, "approve", list=key)
        reason = await act(one, "keep", list=key, case=kept, words="世帯 1234567")
        taken_out = [await act(one, "keep", list=key, case=kept, words="引継ぎの資料にする") for _ in range(2)]
        looked = [await act(one, "look", list=key) for _ in range(2)]
        not_theirs = await act(one, "approve", list=key)
        before = await carried_out(office)
        approved = [await act(other, "approve", list=key) for _ in range(2)]
        page = (await other.get(f"/disposal?list={key}")).text
        of_ward = (await ward.get("/disposal")).status_code
    done = [await carried_out(office) for _ in range(2)]

    assert (made, nothing_more, too_early, reason, taken_out) == ([303, 303], 409, 409, 422, [303, 409])
    assert (looked, not_theirs, approved, of_ward) == ([303, 409], 403, [303, 409], 403)
    assert (before, done) == (0, [1, 0])
    assert await states(office) == {gone: "disposed", kept: "kept"}
    assert await left(office, "a") == [0] * 6
    assert (await left(office, "b"))[:5] == [1, 1, 1, 1, 1] == (await left(office, "c"))[:5]
    assert str(gone) in page
    assert "見本" not in re.sub("見本 ひかり", "", page), "numbers of cases, and nobody"
    async with acting(office, "system") as db:
        [row] = await db.fetch("select went::text as went, person_id, review_id from disposal_item where state = 'disposed'")
        assert json.loads(row["went"]) == {"case_move": 1, "case_file": 1, "review": 1, "cases": 1, "disposition": 1, "review_word": 1}
        assert (row["person_id"], row["review_id"]) == (None, None)
        assert await db.fetchval("select count(*) from case_file_body where file_id = $1", b.person("file of a")) == 0
        assert await db.fetchval("select count(*) from review where case_id = $1", young) == 1
    of_list = [each for each in await office.said() if isinstance(each, DecisionRecorded) and each.thing.kind == "disposal_list"]
    told = [each for each in of_list if each.action == "privacy.cases_disposed"]
    assert [each.actor.id for each in told] == [None]
    assert {each.thing.id for each in of_list} == {told[0].thing.id}, "proposed, looked through, approved and gone, by one number"


async def test_what_is_held_or_opened_again_by_its_turn_stays_and_may_be_proposed_when_nothing_holds_it(office: Office) -> None:
    held, asked, again, of_another_id = [await ended(office, who, "2020-05-01") for who in "abcd"]
    await office.hear(b.is_one_person("survivor", "d"))
    key, hold = uuid4(), uuid4()
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other:
        await act(one, "propose", key=key)
        await act(one, "look", list=key)
        await act(other, "approve", list=key)
        of_nobody = await act(one, "hold", key=hold, case=uuid4(), why="litigation", words="訴訟のため")
        placed = [await act(one, "hold", key=each, case=held, why="litigation", words="訴訟のため") for each in (hold, uuid4())]
        admin = await asyncpg.connect(office.database.admin_url)
        for who in ("b", "survivor"):
            await admin.execute(
                "with request as (insert into casework.privacy_request"
                " values (gen_random_uuid(), $2, 'disclosure', '2026-04-10', 'self', 'x', 'y', 'z') returning request_id)"
                " insert into casework.privacy_request_person select request_id, $1 from request",
                b.person(who),
                who,
            )
        await admin.execute("update casework.review set closed_at = null, case_state = 'investigation' where person_id = $1", b.person("c"))
        await admin.execute("update casework.cases set state = 'investigation', outcome = null where case_id = $1", again)
        await admin.close()
        done = await carried_out(office)
        stay = await states(office)
        nothing = await act(one, "propose", key=uuid4())
        released = [await act(other, "release", hold=hold, words="訴訟が終わった") for _ in range(2)]
        proposed = await act(one, "propose", key=uuid4())

    assert (of_nobody, placed, done) == (409, [303, 409], 4)
    assert stay == dict.fromkeys((held, asked, again, of_another_id), "held")
    assert (nothing, released, proposed) == (409, [303, 409], 303)
    by_case = [each.reason_code for each in await office.said() if isinstance(each, DecisionRecorded) and each.thing.id == str(held)]
    assert by_case == ["disposal_held", "disposal_released"]


async def goes(one: httpx.AsyncClient, other: httpx.AsyncClient, *kept: UUID) -> None:
    """A list is made, looked through but for those that are kept, and approved."""
    key = uuid4()
    await act(one, "propose", key=key)
    for case in kept:
        await act(one, "keep", list=key, case=case, words="引継ぎの資料にする")
    await act(one, "look", list=key)
    assert await act(other, "approve", list=key) == 303


async def test_each_case_that_goes_is_in_the_log_and_an_earlier_list_leads_to_nobody_either(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slice by slice; also where it stayed once."""
    monkeypatch.setattr(disposing, "CASES_OF_A_SLICE", 1)
    stays, first, second = [await ended(office, who, "2020-05-01") for who in "abc"]
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other:
        await goes(one, other, stays)
        once = [await carried_out(office) for _ in range(3)]
        await goes(one, other)
        again = await carried_out(office)
    await office.hear(answered(uuid4(), 1, OwnerAnswer.RIGHT, "正しい"))

    assert (once, again) == ([1, 1, 0], 1)
    told = [each for each in await office.said() if isinstance(each, DecisionRecorded) and each.action == "privacy.cases_disposed"]
    assert {each.correlation for each in told} == {str(case) for case in (stays, first, second)}
    async with acting(office, "system") as db:
        rows = await db.fetch("select case_id from disposal_item where person_id is not null or review_id is not null")
        orphans = await db.fetchval("select count(*) from dispute_answer")
    assert (rows, orphans) == ([], 0), "nothing that an owner says of what is gone is kept"


async def test_what_was_said_for_a_review_goes_with_it_and_the_next_one_stays_as_it_was(office: Office) -> None:
    """The words of an older review, without it, would be taken for those that opened the next one (domain/review.py)."""
    await ended(office, "a", "2020-05-01")
    await office.hear(b.basis_changed("a", version=2, as_of=date(2020, 6, 1)), b.needed("a", version=3))
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other:
        await goes(one, other)
        await carried_out(office)
    await office.hear(b.basis_changed("a", version=4, still_needed=True))

    async with acting(office, "system") as db:
        [review] = await db.fetch("select opened_on, version from review")
        words = [row["version"] for row in await db.fetch("select version from review_word order by version")]
        became = [row["disposition"] for row in await db.fetch("select disposition from disposition")]
    assert (review["opened_on"], review["version"]) == (date(2026, 4, 11), 4)
    assert (words, became) == ([3, 4], ["opened"])


async def test_what_is_heard_while_a_case_goes_comes_after_it(office: Office) -> None:
    await ended(office, "a", "2020-05-01")
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other:
        await goes(one, other)
    async with office.service.work() as work:
        await carry_out_slice(work)
        word = asyncio.create_task(office.hear(b.needed("a", version=2)))
        await until_done_or_waiting(office, word)
    await word

    async with acting(office, "system") as db:
        became = [tuple(row) for row in await db.fetch("select disposition, review_id in (select review_id from review) from disposition")]
    assert became == [("opened", True)]


async def test_what_is_declined_stays_and_the_database_asks_for_two_people_and_the_privacy_officer(office: Office) -> None:
    """The second wall."""
    case = await ended(office, "a", "2020-05-01")
    key = uuid4()
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other:
        await act(one, "propose", key=key)
        await act(one, "look", list=key)
        decides = "update disposal_list set approved = true, decided_at = now(), decided_by = $1, decided_by_name = 'x'"
        async with acting(office, "system") as db:
            looker = await db.fetchval("select looked_by from disposal_list")
        for actor, who, error in (
            ("coordinator", uuid4(), asyncpg.InsufficientPrivilegeError),
            ("privacy_officer", looker, asyncpg.CheckViolationError),
        ):
            with pytest.raises(error):
                async with acting(office, actor) as db:
                    await db.execute(decides, who)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with acting(office, "privacy_officer") as db:
                await db.execute(
                    "update disposal_item set state = 'disposed', disposed_at = now(), went = '{}', review_id = null, person_id = null"
                )
        declined = await act(other, "decline", list=key, words="まだ要る")
        after = await carried_out(office)
        again = await act(one, "propose", key=uuid4())

    assert (declined, after, again) == (303, 0, 303)
    assert set(await states(office)) == {case}
