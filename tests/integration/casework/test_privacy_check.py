"""The privacy check of every year on real tables: what is amiss is counted, kept as it was found, and signed by two (PRIV-02)."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from contracts.messages import DecisionRecorded
from services.casework.domain.privacy_check import Item
from services.casework.screens.privacy.check.store import SQL
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import PEOPLE, Office
from tests.integration.casework.test_programme import sends
from tests.integration.casework.test_races import until_done_or_waiting
from tests.integration.casework.test_walls import acting

AMISS = """
    insert into casework.list_export
        select $1, 'L-000001', 'hakata', 'list_for_visits', 'x', null, 'csv', 9, now(), $1, 'x', 'x', now(), $2, 'x', true, '2026-03-01',
            '2026-02-01', 3, '2026-03-03'
"""
ALL_IS_WELL = """
    insert into casework.privacy_check_evidence
    select 2026, $1, item, 3, 0, '', now(), gen_random_uuid(), 'x' from unnest($2::text[]) as item
"""
BY_HAND = ("masked_exports", "misuse", "guideline")


async def amiss(office: Office) -> dict[str, tuple[int, int]]:
    async with acting(office, "system") as db:
        rows = await db.fetch(
            "select item, looked_at, amiss from privacy_check_evidence where run = (select max(run) from privacy_check_evidence)"
        )
    return {row["item"]: (row["looked_at"], row["amiss"]) for row in rows}


async def looks_up(client: httpx.AsyncClient, run: int, **other: Any) -> list[int]:
    """Say of all that is looked up elsewhere that nothing is amiss."""
    told = {"year": 2026, "run": run, "looked_at": 3, "amiss": 0, "words": "一覧を見た"} | other
    return [(await sends(client, "/check/look_up", **told, item=item)).status_code for item in BY_HAND]


async def test_a_year_is_checked_on_the_real_tables_mended_and_signed_by_two(office: Office) -> None:
    await office.hear(b.measure(("a",), ("f",)), b.lives("a"), b.needed("a"))
    admin = await asyncpg.connect(office.database.admin_url)
    await admin.execute(AMISS, uuid4(), uuid4())
    await admin.close()
    finding = {"year": 2026, "item": "exports", "title": "廃棄の記録を求める", "owner": "各区", "due_on": "2026-05-01"}
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other, office.as_("hakata.lead") as ward:
        early = await sends(one, "/check/sign", year=2026, run=1)
        gathered = await sends(one, "/check/gather", year=2026)
        first = await amiss(office)
        looked_up = await looks_up(one, 1)
        twice = await looks_up(one, 1)
        again = await sends(other, "/check/gather", year=2026)
        second = await amiss(office)
        not_all = await sends(one, "/check/sign", year=2026, run=2)
        key = uuid4()
        found = [(await sends(one, "/check/find", key=key, **finding)).status_code for _ in range(2)]
        for item in [item for item, (_, bad) in second.items() if bad and item != "exports"]:
            await sends(one, "/check/find", key=uuid4(), **{**finding, "item": item})
        old_run = await sends(one, "/check/sign", year=2026, run=1)
        signed = [(await sends(one, "/check/sign", year=2026, run=2)).status_code for _ in range(2)]
        after = await sends(other, "/check/gather", year=2026)
        by_other = await sends(other, "/check/sign", year=2026, run=2, words="適正である")
        page = (await other.get("/check?year=2026")).text
        settled = await sends(other, "/check/settle", year=2026, finding=key, version=1, state="mended", words="廃棄を確かめた")
        of_ward = await ward.get("/check")

    assert (first["exports"], first["holders"], first["training"]) == ((1, 1), (1, 1), (len(PEOPLE), 0))
    assert second.keys() - first.keys() == set(BY_HAND), "what was looked up by hand stays as it was looked up"
    assert [early.status_code, gathered.status_code, again.status_code, not_all.status_code, old_run.status_code] == [
        409,
        303,
        303,
        409,
        409,
    ]
    assert (looked_up, twice, found, signed) == ([303] * 3, [409] * 3, [303] * 2, [303, 409])
    assert [after.status_code, by_other.status_code, settled.status_code, of_ward.status_code] == [409, 303, 303, 403]
    assert "直すことが書かれていません" in not_all.text
    assert all(text in page for text in ("適正である", "▲ 期限を過ぎたもの 1", "廃棄の記録を求める"))
    kept = [each for each in await office.said() if isinstance(each, DecisionRecorded) and each.action.startswith("privacy.")]
    assert [each.reason_code for each in kept][-3:] == ["check_signed_coordinator", "check_signed_privacy_officer", "check_mended"]


async def test_a_check_takes_no_words_about_anybody_and_no_nonsense(office: Office) -> None:
    async with office.as_("coordinator") as one:
        ahead = await sends(one, "/check/gather", year=2027)
        await sends(one, "/check/gather", year=2025)
        office.clock.at += timedelta(days=1)
        page = (await one.get("/check?year=2025")).text
        told = {"year": 2025, "run": 1, "item": "misuse", "looked_at": 1, "amiss": 1, "words": "見た"}
        more = await sends(one, "/check/look_up", **{**told, "amiss": 2})
        counted = await sends(one, "/check/look_up", **{**told, "item": "exports"})
        names = await sends(one, "/check/look_up", **{**told, "words": "世帯 1234567"})
        far = await sends(one, "/check/find", year=2025, key=uuid4(), item="misuse", title="直す", owner="各区", due_on="9999-12-31")
        odd = await sends(one, "/check/sign", year="x", run="y")
        nowhere = await one.get("/check?year=99999")

    assert [each.status_code for each in (ahead, more, counted, names, far, odd, nowhere)] == [422] * 7
    assert "点検の期限（令和8年3月31日）を過ぎています" in page
    assert re.search(r'value="世帯 1234567"|>世帯 1234567</textarea>', names.text), "nothing of a form is lost"


async def test_the_database_keeps_what_two_signed_and_lets_nobody_sign_in_anothers_seat(office: Office) -> None:
    """The second wall."""
    async with office.as_("coordinator") as one:
        await sends(one, "/check/gather", year=2026)
    signature = "insert into privacy_check_signature values (2026, $1, 1, '', now(), $2, 'x')"
    evidence = "insert into privacy_check_evidence values (2026, 2, 'files', 1, 0, '', now(), $1, 'x')"
    async with acting(office, "privacy_officer") as db:
        await db.execute(evidence, uuid4())
    who = uuid4()
    async with acting(office, "coordinator") as db:
        await db.execute(signature, "coordinator", who)
    for actor, statement, values, error in (
        ("coordinator", signature, ("privacy_officer", uuid4()), asyncpg.InsufficientPrivilegeError),
        ("staff", signature, ("coordinator", uuid4()), asyncpg.InsufficientPrivilegeError),
        ("privacy_officer", signature, ("privacy_officer", who), asyncpg.UniqueViolationError),
        ("privacy_officer", evidence.replace("'files'", "'misuse'"), (uuid4(),), asyncpg.InsufficientPrivilegeError),
    ):
        with pytest.raises(error):
            async with acting(office, actor, "hakata" if actor == "staff" else "") as db:
                await db.execute(statement, *values)


async def test_nobody_signs_evidence_that_somebody_gathers_anew_meanwhile(office: Office) -> None:
    admin = await asyncpg.connect(office.database.admin_url)
    await admin.execute(ALL_IS_WELL, 1, list(Item))
    async with office.as_("coordinator") as one:
        async with admin.transaction():
            await admin.execute(SQL.alone)
            await admin.execute(ALL_IS_WELL, 2, list(Item))
            signing = asyncio.create_task(sends(one, "/check/sign", year=2026, run=1))
            await until_done_or_waiting(office, signing)
        meanwhile = await signing
        anew = await sends(one, "/check/sign", year=2026, run=2)
    await admin.close()

    assert (meanwhile.status_code, anew.status_code) == (409, 303)
