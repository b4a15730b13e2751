"""A list that leaves: asked for, approved by another, taken with a code, in the log child by child, deleted (issue 12 point 7)."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from openpyxl import load_workbook

from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Ward
from infra.identity.credentials import code_at
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_pages import hidden_fields
from tests.integration.casework.test_walls import acting

ASKED = {"purpose": "list_for_visits", "words": "訪問の予定を立てる", "stage": "all", "format": "xlsx", "most": "3"}

FIFTY_NEWER = """
    insert into list_export (
        export_id, number, ward, purpose, words, format, most, asked_at, asked_by, asked_by_name, asked_by_place,
        decided_at, decided_by, decided_by_name, approved
    )
    select gen_random_uuid(), 'N-' || n, 'hakata', 'list_for_visits', '訪問', 'csv', 1, $2::timestamptz + n * interval '1 second',
        $1, '見本', 'x', now(), gen_random_uuid(), '見本', false
    from generate_series(1, 50) as n
"""


@pytest.fixture(autouse=True)
async def some_children(office: Office) -> None:
    await office.hear(
        b.measure(("p",), ("f",)),
        *(b.lives(who, birth=b.BIRTH, household=None) for who in ("a", "c", "p")),
        b.lives("f", Ward.MINAMI, household=None),
        b.lives("n", Ward.NISHI, household=None),
        b.is_called("a", "=HYPERLINK(1)", "あお"),
        b.is_called("c", "葛\U000e0100城 しろ", "しろ"),
        b.is_called("p", "架空 みどり", "みどり"),
        *(b.needed(who, indicators=(b.NO_18M, b.EPDS, b.WELFARE)) for who in ("a", "c", "p", "n")),
    )


async def sends(client: httpx.AsyncClient, act: str, **form: Any) -> httpx.Response:
    fields = hidden_fields((await client.get("/exports")).text, "ask-title")
    return await client.post(f"/exports/{act}", data={**fields, **form})


async def the_list(office: Office) -> Any:
    async with acting(office, "system") as db:
        return await db.fetchrow("select * from list_export order by asked_at desc limit 1")


def code(office: Office, login: str) -> str:
    return code_at(office.secrets[login], datetime.now(UTC))


async def a_code_later(office: Office) -> None:
    """Half a minute later everybody has a code that was not used yet."""
    admin = await asyncpg.connect(office.database.admin_url)
    await admin.execute("update identity.staff set totp_last_step = 0")
    await admin.close()


async def takes(office: Office, client: httpx.AsyncClient, login: str = "hakata.lead", typed: str | None = None) -> httpx.Response:
    await a_code_later(office)
    return await sends(client, "file", export=str((await the_list(office))["export_id"]), code=typed or code(office, login))


async def test_a_list_leaves_by_two_people_and_a_code_and_is_in_the_log_before_and_child_by_child(office: Office) -> None:
    async with office.as_("hakata.lead") as lead, office.as_("hakata.chief") as chief:
        await sends(lead, "ask", **ASKED)
        export = str((await the_list(office))["export_id"])
        too_early = await takes(office, lead)
        own = await sends(lead, "approve", export=export)
        waits = (await chief.get("/today")).text
        approved = [(await sends(chief, "approve", export=export)).status_code for _ in range(2)]
        codeless, guessed = await takes(office, lead, typed=" "), await takes(office, lead, typed="000000")
        of_another = await takes(office, chief, "hakata.chief")
    await a_code_later(office)
    async with office.as_("hakata.lead") as lead:
        file = await takes(office, lead)
        deleted = [(await sends(lead, "deleted", export=export, how="裁断した")).status_code for _ in range(2)]
        after = (await lead.get("/exports")).text

    assert (too_early.status_code, own.status_code, approved) == (403, 409, [303, 409])
    assert "対象者リストの申請が、1件、決裁を待っています" in waits
    assert (codeless.status_code, guessed.status_code, of_another.status_code) == (422, 422, 403)
    assert (file.status_code, "filename*=UTF-8''L-" in file.headers["content-disposition"]) == (200, True)
    rows = [[str(each.value) for each in row if each.value] for row in load_workbook(io.BytesIO(file.content)).worksheets[0].iter_rows()]
    text = "\n".join("".join(row) for row in rows)
    for said in (
        "取扱注意",
        "訪問の予定を立てる",
        "hakata.lead",
        "=HYPERLINK(1)",
        "葛\U000e0100城 しろ",
        "1歳6か月児健診を受けた記録がない",
    ):
        assert said in text, said
    for left_out in ("みどり", "生活保護", "11点", "福祉の項目"):
        assert left_out not in text, left_out
    assert (deleted, "廃棄しました" in after) == ([303, 409], True)
    looks = [each for each in await office.said() if isinstance(each, AccessRecorded) and each.decision == "permit"]
    assert {each.thing.id for each in looks if each.action == "casework.child_exported"} == {str(b.person("a")), str(b.person("c"))}
    [given] = [each for each in looks if each.action == "casework.list_export_given_out"]
    assert ((given.thing.id or "")[:2], given.reason_code) == ("L-", "list_for_visits")
    kept = [each.action for each in await office.said() if isinstance(each, DecisionRecorded) and "list_export" in each.action]
    assert kept == [f"casework.list_export_{done}" for done in ("asked", "approved", "deleted")]


async def test_what_is_more_than_was_asked_for_is_not_given_and_nothing_goes_by_halves(office: Office) -> None:
    async with office.as_("hakata.chief") as chief:
        wrong = await sends(chief, "ask", **{**ASKED, "most": "201", "purpose": "x"})
        await sends(chief, "ask", **{**ASKED, "most": "1", "format": "csv"})
    export = str((await the_list(office))["export_id"])
    async with office.as_("hakata.lead") as lead, office.as_("nishi.lead") as other, office.as_("hakata.clerk") as clerk:
        foreign = [(await sends(other, "approve", export=export)).status_code, export in (await other.get("/exports")).text]
        await sends(lead, "approve", export=export)
        clerks = (await clerk.get("/exports")).status_code
    await a_code_later(office)
    async with office.as_("hakata.chief") as chief:
        refused = await takes(office, chief, "hakata.chief")

    assert (wrong.status_code, "上限は、1から200まで" in wrong.text, "訪問の予定を立てる" in wrong.text) == (422, True, True)
    assert (foreign, clerks, refused.status_code) == ([409, False], 403, 403)
    assert ("申請した上限より、こどもが多い" in refused.text, "あなたの登録では" in refused.text) == (True, False)
    assert (await the_list(office))["taken_at"] is None
    denied = [
        each.reason_code for each in await office.said() if isinstance(each, AccessRecorded) and each.action == "casework.list_export_taken"
    ]
    assert denied == ["too_many"]


async def test_who_asked_cannot_approve_in_the_database_either_and_a_measure_hides_who_was_counted(office: Office) -> None:
    async with office.as_("hakata.lead") as lead:
        await sends(lead, "ask", **{**ASKED, "format": "csv"})
        with pytest.raises(Exception, match="check"):
            async with acting(office, "system") as db:
                await db.execute(
                    "update list_export set decided_at = now(), decided_by = asked_by, decided_by_name = 'x', approved = false"
                )
    async with office.as_("hakata.chief") as chief:
        await sends(chief, "approve", export=str((await the_list(office))["export_id"]))
    await office.hear(b.measure(("c",), ("f",), name="another"))
    await a_code_later(office)
    async with office.as_("hakata.lead") as lead:
        file = await takes(office, lead)

        taken = await the_list(office)
        async with acting(office, "system") as db:
            await db.execute(FIFTY_NEWER, taken["asked_by"], taken["asked_at"])
        page = (await lead.get("/exports")).text

    text = file.content.decode("utf-8-sig")
    assert (file.status_code, "'=HYPERLINK(1)" in text, "しろ" in text) == (200, True, False)
    assert (taken["number"] in page, "廃棄したと記録する" in page) == (True, True)


async def test_a_list_has_whom_the_screen_has_and_a_reason_that_is_called_wrong_leaves_with_that_word(office: Office) -> None:
    await office.hear(b.basis_changed("c"))
    async with office.as_("hakata.lead") as lead:
        form = hidden_fields((await lead.get(f"/children/{b.person('a')}")).text, "ask")
        wrong = {**form, "ask_item": "checkup_18m_not_received", "ask_kind": "wrong", "ask_why": "受診したと聞いた"}
        asked = await lead.post(f"/children/{b.person('a')}/ask_owner", data=wrong)
        page = (await lead.get("/exports")).text
        on_screen = [(await lead.get(f"/reviews?tab={tab}")).text for tab in ("not_started", "reasons_gone")]
        await sends(lead, "ask", **{**ASKED, "format": "csv", "stage": "noticed"})
    async with office.as_("hakata.chief") as chief:
        await sends(chief, "approve", export=str((await the_list(office))["export_id"]))
    await a_code_later(office)
    async with office.as_("hakata.lead") as lead:
        file = await takes(office, lead)

    assert (asked.status_code, ["しろ" in each for each in on_screen]) == (303, [False, True])
    assert ("未着手（いま1人）" in page, "すべて（いま2人）" in page) == (True, True)
    text = file.content.decode("utf-8-sig")
    assert (file.status_code, "あお" in text, "しろ" in text, "「誤っている」：もとの課の回答を待っています" in text) == (
        200,
        True,
        False,
        True,
    )


async def test_what_somebody_took_who_left_another_lead_says_to_be_deleted_and_nobody_before(office: Office) -> None:
    async with office.as_("hakata.chief") as chief, office.as_("hakata.lead") as lead:
        await sends(lead, "ask", **ASKED)
        export = str((await the_list(office))["export_id"])
        await sends(chief, "approve", export=export)
        await takes(office, lead)
        said = {"export": export, "how": "細断した"}
        while_there = (await sends(chief, "deleted", **said)).status_code
        admin = await asyncpg.connect(office.database.admin_url)
        try:
            await admin.execute("update identity.staff set active = false where login = 'hakata.lead'")
            office.clock.at += timedelta(days=40)
            async with office.as_("hakata.chief") as again:
                told = (await again.get("/today")).text
                page = (await again.get("/exports")).text
                after = (await sends(again, "deleted", **said)).status_code
        finally:
            await admin.execute("update identity.staff set active = true where login = 'hakata.lead'")
            await admin.close()

    assert (while_there, after) == (409, 303)
    assert "廃棄" in told
    assert 'action="/exports/deleted"' in page
