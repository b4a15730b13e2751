"""Wrong or outdated: a reason goes to the owner of its record, and comes back with the answer (issue 12 point 6, domain.md §4.7)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.ids import DisputeId
from contracts.messages import DecisionRecorded, DisputeAnswered, ReasonDisputed
from contracts.values import OwnerAnswer, Relationship, Ward
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_pages import hidden_fields
from tests.integration.casework.test_walls import acting

CHILD = b.person("a")
PAGE = f"/children/{CHILD}"
EVIDENCE = UUID(int=77)
WAITS = "もとの課の回答を待っています"
KNOWN_WRONG = "誤りと分かっています。訂正した記録は、まだ届いていません"
NEWS = "もとの課から、記録の確認への回答が"
EXAMINED = b.LATE_NOTIFICATION.model_copy(update={"evidence": (EVIDENCE,)})


@pytest.fixture(autouse=True)
async def a_child(office: Office) -> None:
    await office.hear(
        b.lives("a"),
        b.is_called("a", "架空 あお", "かくう あお"),
        b.household("M-1", ("a", Relationship.CHILD)),
        b.needed("a", indicators=(b.NO_18M, EXAMINED)),
    )


async def asks(client: httpx.AsyncClient, item: str = "checkup_18m_not_received", **more: Any) -> httpx.Response:
    fields = hidden_fields((await client.get(PAGE)).text, "ask")
    form = {**fields, "ask_item": item, "ask_kind": "wrong", "ask_why": "受診したと母から聞いた", "ask_words": "ほかの会場で受診", **more}
    return await client.post(f"{PAGE}/ask_owner", data=form)


def answered(dispute: UUID, version: int, answer: OwnerAnswer, words: str = "") -> DisputeAnswered:
    return DisputeAnswered(
        event_id=b.fresh_id(),
        occurred_at=b.SAID,
        dispute_id=DisputeId(dispute),
        version=version,
        answer=answer,
        words=words,
        answered_on=date(2026, 4, 13),
    )


async def disputed(office: Office) -> list[ReasonDisputed]:
    return [each for each in await office.said() if isinstance(each, ReasonDisputed)]


async def test_a_reason_goes_to_its_owner_once_and_its_answer_is_seen_on_the_page_and_the_first_page_until_it_is_noted(
    office: Office,
) -> None:
    async with office.as_("hakata.clerk") as clerk, office.as_("hakata.health") as colleague, office.as_("nishi.clerk") as other:
        fields = hidden_fields((await clerk.get(PAGE)).text, "ask")
        twice = [await asks(clerk, key=fields["key"]) for _ in range(2)]
        again = await asks(colleague)
        waits = (await colleague.get(PAGE)).text
        [said] = await disputed(office)
        await office.hear(
            answered(said.dispute_id, 2, OwnerAnswer.CORRECTED, "会場の報告を取り込みます"),
            *[answered(said.dispute_id, 1, OwnerAnswer.LOOKING)] * 2,
        )
        first_page, of_others = (await colleague.get("/today")).text, (await other.get("/today")).text
        wrong = (await clerk.get(PAGE)).text
        note = {**hidden_fields(wrong, "disputes"), "dispute": str(said.dispute_id), "answer": "2"}
        noted = [await clerk.post(f"{PAGE}/owner_answer_seen", data=note) for _ in range(2)]
        after = (await colleague.get("/today")).text
        await office.hear(b.basis_changed("a", indicators=(b.HAD_18M, EXAMINED)))
        corrected = (await clerk.get(PAGE)).text

    assert ([each.status_code for each in twice], again.status_code, "もう確かめを頼んでいます" in again.text) == ([303, 303], 409, True)
    assert (said.item, said.kind, said.words, said.evidence, said.person_id) == (
        "checkup_18m_not_received",
        "wrong",
        "ほかの会場で受診",
        (),
        CHILD,
    )
    assert (WAITS in waits, said.number in waits, "受診したと母から聞いた" in waits) == (True, True, True)
    assert (f"{NEWS}1件" in first_page, said.number in first_page, NEWS in of_others) == (True, True, False)
    assert (KNOWN_WRONG in wrong, "会場の報告を取り込みます" in wrong) == (True, True)
    assert ([each.status_code for each in noted], NEWS in after) == ([303, 303], False)
    assert (KNOWN_WRONG in corrected, "このあと、記録の内容が変わっています" in corrected) == (False, True)
    kept = [each for each in await office.said() if isinstance(each, DecisionRecorded) and "owner" in each.action]
    assert [(each.action, each.fields, each.reason_code) for each in kept] == [
        ("casework.owner_asked", ("checkup_18m_not_received", "words_to_owner"), "wrong"),
        ("casework.owner_answer_seen", (), None),
    ]


async def test_what_rests_on_records_names_them_and_nothing_that_leads_to_the_child_goes_with_it(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk:
        refused = [
            await asks(clerk, "late_pregnancy_notification", ask_words=words)
            for words in ("架空あおさんの記録", "平成30年4月2日生まれ", "0012345678")
        ]
        gone = await asks(clerk, "checkup_4m_not_received")
        stale = await asks(clerk, "late_pregnancy_notification", version="0")
        empty = await asks(clerk, "late_pregnancy_notification", ask_why=" ", ask_kind="other")
        asked = await asks(clerk, "late_pregnancy_notification", ask_words="")
        token = hidden_fields((await clerk.get(PAGE)).text, "ask")["form_token"]
        numbered = [
            (
                await clerk.post(f"{PAGE}/owner_answer_seen", data={"form_token": token, "dispute": str(uuid4()), "answer": str(number)})
            ).status_code
            for number in (0, 2**31 - 1, 2**31, "x")
        ]

    assert [each.status_code for each in (*refused, gone, stale, empty, asked)] == [422, 422, 422, 422, 412, 422, 303]
    assert "受診したと母から聞いた" in refused[0].text
    assert numbered == [422, 303, 422, 422]
    [said] = await disputed(office)
    assert (said.evidence, said.words) == ((EVIDENCE,), "")


async def test_of_a_protected_child_no_word_leaves_the_ward(office: Office) -> None:
    await office.hear(b.measure(("a",), ("f",)), b.lives("f", Ward.MINAMI))
    async with office.as_("hakata.clerk") as clerk, office.as_("coordinator") as coordinator:
        offered = (await clerk.get(PAGE)).text
        await asks(clerk, ask_why="新町の会場で受診", ask_words="新町の会場で受診")
        shown = [(await each.get(PAGE)).text for each in (clerk, coordinator)]
        forbidden = await coordinator.post(f"{PAGE}/ask_owner", data={"key": str(uuid4())})

    [said] = await disputed(office)
    assert ("ask_words" in offered, said.words) == (False, "")
    assert ["新町" in each for each in shown] == [False, True]
    assert forbidden.status_code == 403
    [kept] = [
        each
        for each in await office.said()
        if isinstance(each, DecisionRecorded) and (each.action, each.decision) == ("casework.owner_asked", "done")
    ]
    assert (kept.reason_code, kept.actor.ward, kept.thing.ward) == ("protected_person.wrong", None, None)


async def test_another_ward_asks_nothing_and_reads_an_answer_once_the_child_is_theirs(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk, office.as_("nishi.clerk") as other:
        await asks(clerk)
        [said] = await disputed(office)
        before = await other.post(f"{PAGE}/ask_owner", data={"key": str(uuid4())})
        # No case was begun: the review is the ward's where the child lives now.
        await office.hear(b.lives("a", Ward.NISHI, version=2), answered(said.dispute_id, 1, OwnerAnswer.RIGHT))
        mine, theirs = (await clerk.get("/today")).text, (await other.get("/today")).text
        page = (await other.get(PAGE)).text
        async with acting(office, "staff", "hakata") as db:
            walled = [await db.fetchval(f"select count(*) from {table}") for table in ("dispute", "dispute_answer")]

    assert (before.status_code, NEWS in mine, NEWS in theirs) == (404, False, True)
    assert ("記録のとおりと回答しました" in page, walled) == (True, [0, 0])
