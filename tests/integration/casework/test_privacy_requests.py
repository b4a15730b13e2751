"""Requests for disclosure, correction and suspension on real servers: two people, the register, the log, the paper."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from contracts.messages import DecisionRecorded
from contracts.values import Role, Ward
from services.casework.accesses import act_as
from services.casework.screens.privacy.compiled.reading import CompiledSheet, CompileQuestion, read, show
from services.casework.seeing import Asking
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_disposal import ended
from tests.integration.casework.test_programme import sends
from tests.integration.casework.test_walls import acting

RECEIVED = {
    "kind": "disclosure",
    "received_on": "2026-04-10",
    "requester": "見本 ちちお",
    "capacity": "legal_representative",
    "subject": "見本 あおい",
    "wanted": "こどもについての記録の全部",
}
CHECKED = {"identity": "driving_licence", "evidence": "family_register", "issued_on": "2026-04-01"}


async def receives(client: httpx.AsyncClient, **other: Any) -> dict[str, Any]:
    """Receive a request; returns which."""
    key = uuid4()
    answer = await sends(client, "/requests/receive", key=key, **{**RECEIVED, **other})
    assert answer.status_code == 303, answer.text
    return {"request": str(key)}


async def does(client: httpx.AsyncClient, act: str, at: dict[str, Any], **form: Any) -> httpx.Response:
    """Do something with a request as its page is read."""
    page = (await client.get("/requests", params=at)).text
    [version] = {*re.findall(r'name="version" value="(\d+)"', page)}
    return await sends(client, f"/requests/{act}", **at, version=version, **form)


CHILDS = {"person_no": "0077", "birth_date": b.BIRTH.isoformat()}
"""As `builders.is_called` numbers whoever is called for the 77th time."""


async def test_a_request_goes_from_paper_to_its_end_through_two_people_and_the_log_names_nobody(office: Office) -> None:
    await office.hear(b.lives("a"), b.is_called("a", "見本 あおい", version=77), b.needed("a"))
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other, office.as_("hakata.lead") as ward:
        at = await receives(one)
        key = at["request"]
        twice = await sends(one, "/requests/receive", key=key, **RECEIVED)
        differs = await sends(one, "/requests/receive", key=key, **{**RECEIVED, "wanted": "ほかのこと"})
        nobody = await does(one, "check", at, **{**CHECKED, "evidence": "mandate"})
        old = await does(one, "check", at, **{**CHECKED, "issued_on": "2026-03-01"})
        checked = await does(one, "check", at, **CHECKED, **CHILDS, requester_no="999")
        too_early = await does(one, "carry_out", at, on="2026-04-11", how="copy")
        bare = await does(one, "propose", at, result="part")
        proposed = await does(one, "propose", at, result="part", ground="third_party", words="兄の記録を除く")
        not_theirs = await does(one, "decide", at)
        decided = await does(other, "decide", at)
        stale = await sends(other, "/requests/decide", **at, version=2)
        done = await does(one, "carry_out", at, on="2026-04-11", how="copy")
        page = (await other.get("/requests", params=at)).text
        of_ward = await ward.get("/requests")

    statuses = [each.status_code for each in (twice, differs, nobody, old, checked, too_early, bare, proposed, not_theirs, decided)]
    assert statuses == [303, 409, 422, 422, 303, 409, 422, 303, 403, 303]
    assert [each.status_code for each in (stale, done, of_ward)] == [409, 303, 403]
    assert "こどもについての記録の全部" in page
    assert "兄の記録を除く" in page
    kept = [each for each in await office.said() if isinstance(each, DecisionRecorded) and each.action.startswith("privacy.")]
    assert [(each.action.removeprefix("privacy."), each.reason_code) for each in kept] == [
        ("request_changed", "request_received"),
        ("child_of_request", None),
        ("request_changed", "request_check"),
        ("request_changed", "request_propose"),
        ("request_changed", "request_decide.decided_part"),
        ("request_changed", "request_carry_out"),
    ]
    assert [each.thing.id for each in kept if each.action == "privacy.child_of_request"] == [str(b.person("a"))]
    told = "".join(each.model_dump_json() for each in await office.said())
    assert not [word for word in ("見本", "兄の記録", "0077") if word in told]


async def test_to_the_opponents_side_and_of_a_protected_child_nothing_is_laid_open_also_where_the_measure_comes_late(
    office: Office,
) -> None:
    """domain.md §2.8-8, §4.4: a parent asks as legal representative, and is whom the child is hidden from."""
    called = (b.is_called("a", "名前 a", version=77), b.is_called("f", "名前 f", version=2))
    await office.hear(b.lives("a"), b.lives("f", Ward.MINAMI, household="F"), *called, b.needed("a"))
    async with office.as_("coordinator") as one, office.as_("privacy.officer") as other:
        at = await receives(one)
        await does(one, "check", at, **CHECKED, **CHILDS, requester_no="002")
        whole = await does(one, "propose", at, result="whole")
        await office.hear(b.measure(("a",), ("f",)))
        late = await does(other, "decide", at)
        warned = (await one.get("/requests", params=at)).text
        back = await does(other, "send_back", at, words="支援措置がある")
        affairs = await does(one, "propose", at, result="part", ground="affairs", words="x")
        silent = await does(one, "propose", at, result="no_answer", ground="harm_to_the_person", words="x")
        decided = await does(other, "decide", at)

    assert [each.status_code for each in (whole, late, back, affairs, silent, decided)] == [303, 422, 303, 422, 303, 303]
    assert "相手方の側" in late.text
    assert "所在や措置が分かることは、何も伝えられません" in warned


async def test_who_it_is_about_and_who_asks_stand_when_a_request_is_completed_and_checked_again(office: Office) -> None:
    """Whoever asks is the opponent under another id by now; the second check names no number."""
    called = (b.is_called("a", "名前 a", version=77), b.is_called("g", "名前 g", version=2))
    await office.hear(
        b.lives("a"), b.lives("f", Ward.MINAMI, household="F"), b.lives("g", Ward.MINAMI, household="G"), *called, b.needed("a")
    )
    await office.hear(b.measure(("a",), ("f",)), b.is_one_person("g", "f"))
    async with office.as_("coordinator") as one:
        at = await receives(one)
        await does(one, "check", at, **CHECKED, **CHILDS, requester_no="002")
        warned = (await one.get("/requests", params=at)).text
        await does(one, "ask_to_complete", at, on="2026-04-10", words="委任の範囲")
        await does(one, "complete", at, on="2026-04-11")
        checked = await does(one, "check", at, **CHECKED)
        whole = await does(one, "propose", at, result="whole")

    assert "所在や措置が分かることは、何も伝えられません" in warned
    assert [each.status_code for each in (checked, whole)] == [303, 422]
    assert "相手方の側" in whole.text


async def compiled(office: Office, request: str) -> CompiledSheet:
    """What stands on the paper; that it is printed, and for whom, is every screen's test."""
    who: Any = SimpleNamespace(id=b.person("x"), roles={Role.COORDINATOR}, ward=None, place="x", name="x", login="x")
    async with office.service.work() as work:
        asking = Asking(who, work.today, CompileQuestion(request=UUID(request), code="1", confirmed=True))
        await act_as(work, who)
        return show(await read(work, asking), asking)


async def test_what_is_held_is_put_on_paper_and_of_a_protected_child_without_wards_staff_and_words(office: Office) -> None:
    """domain.md §4.4: also where the measure comes after the request."""
    await ended(office, "a", "2026-04-01")
    await office.hear(b.is_called("a", "見本 あおい", version=77))
    async with office.as_("hakata.clerk") as clerk, office.as_("coordinator") as one:
        await clerk.get(f"/children/{b.person('a')}")
        at = await receives(one)
        await does(one, "check", at, **CHECKED, **CHILDS, requester_no="999")
        without = (await sends(one, "/requests/compile", **at)).status_code
        plain = str(await compiled(office, at["request"]))
        await office.hear(b.measure(("a",), ("f",)))
        masked = str(await compiled(office, at["request"]))

    assert without == 422
    for told in ("博多区", "見本 あおいのこと", "1歳6か月児健診", "こどもの画面を開いた"):
        assert told in plain, told
    assert [each for each in ("博多区", "見本 あおいのこと", "見本 ひかり") if each in masked] == []
    assert "1歳6か月児健診" in masked, "what led to the review tells not where it is"


async def test_time_limits_are_kept_and_an_extension_comes_with_its_notice(office: Office) -> None:
    async with office.as_("coordinator") as one:
        at = await receives(one, capacity="self", kind="correction", disclosed_on="2026-01-01")
        await does(one, "check", at, identity="my_number_card")
        office.clock.at += timedelta(days=40)
        late = (await one.get("/requests", params=at)).text
        after = await does(one, "extend", at, days=30, on="2026-05-20", words="件数が多い")
        before = await does(one, "extend", at, days=30, on="2026-05-08", words="件数が多い")
        again = await does(one, "extend", at, days=1, on="2026-05-09", words="件数が多い")
        extended = (await one.get("/requests", params=at)).text
        odd = await sends(one, "/requests/note", request="x", version="y", words="")
        gone = await sends(one, "/requests/note", request=uuid4(), version=0, words="経過")

    assert "決定の期限を過ぎた請求が1件" in late
    assert "90日を過ぎた請求です" in late
    assert [each.status_code for each in (after, before, again, odd, gone)] == [422, 303, 409, 422, 409]
    assert "決定の期限を過ぎた請求" not in extended


async def test_the_database_lets_nobody_decide_on_the_own_proposal_and_takes_no_word_back(office: Office) -> None:
    """The second wall."""
    async with office.as_("coordinator") as one:
        at = await receives(one)
        await does(one, "check", at, identity="driving_licence", evidence="family_register", issued_on="2026-04-01")
        await does(one, "propose", at, result="not_held", words="記録がない")
    request_id = UUID(at["request"])
    async with acting(office, "system") as db:
        proposer = await db.fetchval("select made_by from privacy_request_word where version = 2")
    row = "insert into privacy_request_word values ($1, 3, $2, '{}', 2, $3, now(), $3, 'x')"
    for actor, done, error in (
        ("privacy_officer", "decide", asyncpg.CheckViolationError),
        ("coordinator", "decide", asyncpg.InsufficientPrivilegeError),
        ("staff", "note", asyncpg.InsufficientPrivilegeError),
    ):
        with pytest.raises(error):
            async with acting(office, actor, "hakata" if actor == "staff" else "") as db:
                await db.execute(row, request_id, done, proposer)
    async with acting(office, "privacy_officer") as db:
        assert await db.execute("delete from privacy_request_word") == "DELETE 0"
        assert await db.execute("update privacy_request set subject = 'x'") == "UPDATE 0"
        assert await db.fetchval("select count(*) from privacy_request_person") == 0
    async with acting(office, "staff", "hakata") as db:
        assert await db.fetchval("select count(*) from privacy_request") == 0
