"""What people are asked about who is who, and what they answer: pages in, judgements and the log out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from infra.clock import FixedClock
from infra.testing.fixtures import Database
from services.linker import inspection
from tests.integration.linker.office import Office, opened
from tests.integration.linker.records import REGISTER, accepted, attendance, checkup, child, father, mother, protection, pupil
from tests.integration.linker.test_stories import person

pytestmark = pytest.mark.servers

NAMED = {"name": "架空 はな", "kana": "カクウ ハナ"}


@pytest.fixture
async def office(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    async with opened(database, clock) as office:
        yield office


async def two_entries_of_one_child(office: Office) -> str:
    await office.hears(
        child("1", "2024-06-01", "H1", **NAMED),
        child("2", "2024-06-01", "H1", **NAMED),
        checkup("1", "4m", "2024-10-01"),
        checkup("2", "18m", "2026-02-01"),
    )
    [address] = await office.asked()
    return address


async def test_two_people_take_two_entries_for_one_childs_and_the_first_alone_changes_nothing(office: Office) -> None:
    # linkage.md §4: two-person rule for merges
    address = await two_entries_of_one_child(office)
    kept, other = await person(office.pool, "1"), await person(office.pool, "2")
    async with office.at_work("linkage.clerk") as first:
        page = await first.opens(address)
        assert page.status_code == 200, page.text
        assert "母子保健システムの記録 1件が、もう一方の人のものになります" in page.text
        answer = await first.sends(f"{address}/answer", why="match.papers")
        assert (answer.status_code, answer.headers["location"]) == (303, "/queue?queue=match")
        assert await office.pool.fetchval("select count(*) from judgement") == 0
        await first.opens(address)
        refused = await first.sends(f"{address}/confirm")
        assert refused.status_code == 403
    async with office.at_work("linkage.second") as second:
        await second.opens(address)
        assert (await second.sends(f"{address}/confirm")).status_code == 303
    assert list(map(tuple, await office.pool.fetch("select word, judged_by, basis from judgement"))) == [("same", "clerk", "match_papers")]
    assert {row["person_id"] for row in await office.pool.fetch("select person_id from record")} == {kept}
    assert other != kept
    assert await office.asked() == []
    told = [
        (each.action, each.decision, each.reason_code, each.actor.id == office.ids["linkage.clerk"]) for each in await office.decisions()
    ]
    assert told == [
        ("linker.answer_proposed", "done", "match_papers", True),
        ("linker.answer_confirmed", "deny", "one_person", True),
        ("linker.answer_confirmed", "done", "match_papers", False),
    ]


async def test_that_two_entries_are_two_persons_one_clerk_says_and_nobody_is_asked_again(office: Office) -> None:
    address = await two_entries_of_one_child(office)
    async with office.at_work("linkage.clerk") as clerk:
        await clerk.opens(address)
        assert (await clerk.sends(f"{address}/answer", why="not.section")).status_code == 303
        await office.looks_through()
        assert await office.asked() == []
        assert "確認を待つものは、ありません" in (await clerk.opens("/queue")).text
    assert list(map(tuple, await office.pool.fetch("select word, basis from judgement"))) == [("not_same", "not_section")]


async def test_who_cannot_tell_leaves_it_to_others_and_an_answer_to_an_old_page_does_nothing(office: Office) -> None:
    address = await two_entries_of_one_child(office)
    async with office.at_work("linkage.clerk") as clerk:
        await clerk.opens(address)
        assert (await clerk.sends(f"{address}/answer", why="cant_tell.little")).status_code == 303
        assert "判断できない</span>" in (await clerk.opens("/queue")).text
        await clerk.opens(address)
        await office.hears(child("2", "2024-06-01", "H2", revision=2, **NAMED))
        old = await clerk.sends(f"{address}/answer", why="match.papers")
        assert (old.status_code, "記録が変わりました" in old.text) == (409, True)
        none = await clerk.sends(f"{address}/answer", why="")
        assert (none.status_code, "答えを1つ選んでください" in none.text) == (422, True)
    assert await office.pool.fetchval("select count(*) from judgement") == 0
    assert [each.action for each in await office.decisions()] == ["linker.question_answered"]


async def test_two_who_confirm_at_once_decide_once(office: Office) -> None:
    address = await two_entries_of_one_child(office)
    async with office.at_work("linkage.clerk") as first:
        await first.opens(address)
        await first.sends(f"{address}/answer", why="match.papers")
    async with office.at_work("linkage.second") as second:
        await second.opens(address)
        answers = await asyncio.gather(*(second.sends(f"{address}/confirm") for _ in range(2)))
    assert sorted(each.status_code for each in answers) == [303, 404]
    assert await office.pool.fetchval("select count(*) from judgement") == 1


async def test_the_whereabouts_of_a_protected_person_are_neither_shown_nor_weighed_and_two_people_decide(office: Office) -> None:
    # domain.md §4.4, §2.8-8; linkage.md §4
    home = {"address_code": "40133-777", **NAMED}
    await office.hears(
        protection("m1", "2026-03-01", ["1"], ["f1"]),
        mother("m1", "H1"),
        father("f1", "H9"),
        child("1", "2024-06-01", "H1", **home),
        child("2", "2024-06-01", "H1", **home),
    )
    [address] = await office.asked()
    async with office.at_work("linkage.clerk") as clerk:
        page = await clerk.opens(address)
        assert "支援措置のため表示しません" in page.text
        assert not any(hidden in page.text for hidden in ("40133-777", "H1", "博多区"))
        told = (await clerk.http.get(f"/v1{address}")).json()
        assert {each["name"] for each in told["fields"] if each["hidden"]} == {"household_no", "ward_code", "address_code"}
        assert {each["field"]: each["level"] for each in told["evidence"]["fields"]}["address"] == "unknown"
        assert (await clerk.sends(f"{address}/answer", why="not.papers")).status_code == 303
    assert await office.pool.fetchval("select count(*) from judgement") == 0
    assert {each.reason_code for each in await office.looks() if each.action == "linker.question_opened"} == {"protected_person"}


async def test_nobody_learns_that_a_protected_person_and_their_opponent_look_alike(office: Office) -> None:
    # domain.md §4.4: duplicate-detection hints and counts must not reveal
    await office.hears(
        protection("1", "2026-03-01", [], ["2"]), child("1", "2024-06-01", "H1", **NAMED), child("2", "2024-06-01", "H2", **NAMED)
    )
    [one, other] = [row["one"] for row in await office.pool.fetch("select unnest(array[one, other]) as one from review_pair")]
    assert await office.asked() == []
    async with office.at_work("linkage.clerk") as clerk:
        assert (await clerk.opens(f"/pairs/entries/{one}/{other}")).status_code == 404
        assert "確認を待つものは、ありません" in (await clerk.opens("/queue")).text


@pytest.mark.parametrize(("why", "state", "rule"), [("match.section", "linked", "number_decided"), ("not.section", "waiting", None)])
async def test_a_number_that_went_astray_is_somebodys_or_nobodys_for_every_record_that_names_it(
    office: Office, why: str, state: str, rule: str | None
) -> None:
    # domain.md §2.8-11
    await office.hears(child("0012", "2024-06-01", "H1"), checkup("12", "4m", "2024-10-01"), checkup("12", "18m", "2026-02-01"))
    [address] = await office.asked()
    async with office.at_work("linkage.clerk") as clerk:
        page = await clerk.opens(address)
        assert "番号だけが手がかりです" in page.text
        assert "母子保健システムの記録 2件が、この人のものになります" in page.text
        assert (await clerk.sends(f"{address}/answer", why=why)).status_code == 303
    rows = await office.pool.fetch("select state, rule from record where event_type = 'infant_checkup.recorded'")
    assert [(row["state"], row["rule"]) for row in rows] == [(state, rule)] * 2
    assert await office.asked() == []


async def test_an_entry_that_turns_into_somebody_else_is_asked_about_and_changes_nothing_before(office: Office) -> None:
    await office.hears(child("1", "2024-06-01", "H1", **NAMED))
    await office.hears(child("1", "2019-02-03", "H7", revision=2, name="別人 たろう", kana="ベツジン タロウ"))
    [address] = await office.asked()
    async with office.at_work("linkage.clerk") as clerk:
        page = await clerk.opens(address)
        assert "新しく届いた内容" in page.text
        assert "令和6年6月1日" in page.text
        assert "平成31年2月3日" in page.text
        assert (await clerk.sends(f"{address}/answer", why="not.papers")).status_code == 303
    assert await office.asked() == []
    assert await office.pool.fetchval("select name from person") == NAMED["name"]


async def test_joined_entries_that_contradict_each_other_are_asked_about_and_parted(office: Office) -> None:
    address = await two_entries_of_one_child(office)
    async with office.at_work("linkage.clerk") as first, office.at_work("linkage.second") as second:
        await first.opens(address)
        await first.sends(f"{address}/answer", why="match.evidence")
        await second.opens(address)
        await second.sends(f"{address}/confirm")
        await office.hears(child("3", "2024-06-01", "H5"), child("2", "2023-01-01", "H2", revision=2, name="架空 じろう", sex="female"))
        await office.looks_through()
        split = [each for each in await office.asked() if "/joined/" in each]
        if not split:
            # The register's own revision is contested first: people say that it is about whom the number names.
            [contested] = await office.asked()
            await first.opens(contested)
            await first.sends(f"{contested}/answer", why="match.papers")
            await office.looks_through()
            split = [each for each in await office.asked() if "/joined/" in each]
        [joined] = split
        await first.opens(joined)
        assert (await first.sends(f"{joined}/answer", why="not.papers")).status_code == 303
    assert await office.asked() == []
    words = await office.pool.fetch("select word from judgement order by judged_at, judgement_id")
    assert sorted(row["word"] for row in words) == ["not_same", "same"]


BORN = "2019-06-01"


async def a_pupil_of_whom_it_is_not_certain_who_it_is(office: Office) -> str:
    row = pupil("k1", name=NAMED["name"], kana=NAMED["kana"], birth_date=BORN)
    await office.hears(child("1", BORN, "H1", **NAMED), row, attendance("k1", 5))
    [address] = await office.asked()
    assert "/pupil/" in address
    return address


@pytest.mark.parametrize(("why", "after"), [("match.papers", "linked"), ("not.papers", "waiting")])
async def test_whom_a_row_without_a_number_means_people_say_for_all_that_the_school_tells_of_the_pupil(
    office: Office, why: str, after: str
) -> None:
    # domain.md §6.5
    address = await a_pupil_of_whom_it_is_not_certain_who_it_is(office)
    async with office.at_work("linkage.clerk") as clerk:
        page = await clerk.opens(address)
        assert "同じ家であることを示すものがない" in page.text
        assert "児童生徒管理システムの記録 1件が、この人のものになります" in page.text
        assert (await clerk.sends(f"{address}/answer", why=why)).status_code == 303
    assert await office.asked() == []
    await office.hears(attendance("k1", 6))
    states = await office.pool.fetch("select state, rule from record where event_type <> 'resident.changed'")
    assert {row["state"] for row in states} == {after}
    # What the register says afterwards takes nothing of it back.
    await office.hears(child("1", BORN, "H5", revision=2, **NAMED))
    assert await office.asked() == []
    async with office.pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0


async def test_of_two_pupils_of_a_list_who_would_be_one_child_one_answer_settles_both(office: Office) -> None:
    rows = [pupil(key, name=NAMED["name"], kana=NAMED["kana"], birth_date=BORN) for key in ("k1", "k2")]
    grade = accepted(REGISTER, "school_register.changed", "GR-1", {"person_no": "1", "school_code": "S1", "grade": 1}, on="2026-04-01")
    await office.hears(child("1", BORN, "H1", **NAMED), grade, *rows, attendance("k1", 5), attendance("k2", 5))
    first, _ = await office.asked()
    async with office.at_work("linkage.clerk") as clerk:
        page = await clerk.opens(first)
        assert "同じ名簿の2人の児童生徒が、住民記録の同じ人に当たる" in page.text
        assert "同じ名簿のもう1人の児童生徒管理システムの記録 1件が、この人のものになります" in page.text
        assert (await clerk.sends(f"{first}/answer", why="not.papers")).status_code == 303
    assert await office.asked() == []
    states = await office.pool.fetch("select state, rule from record where event_type = 'pupil.registered' order by state")
    assert [(row["state"], row["rule"]) for row in states] == [("linked", "school_and_claims"), ("waiting", None)]


async def test_a_pupil_whose_number_is_of_another_name_is_asked_about_and_people_outrank_the_contradiction(office: Office) -> None:
    address = await a_pupil_of_whom_it_is_not_certain_who_it_is_by_number(office)
    async with office.at_work("linkage.clerk") as clerk:
        await clerk.opens(address)
        assert (await clerk.sends(f"{address}/answer", why="match.section")).status_code == 303
    rows = await office.pool.fetch("select state, rule from record where event_type = 'pupil.registered'")
    assert [(row["state"], row["rule"]) for row in rows] == [("linked", "number_decided")]
    assert await office.asked() == []


async def a_pupil_of_whom_it_is_not_certain_who_it_is_by_number(office: Office) -> str:
    row = pupil("k1", person_no="1", name="別人 たろう", kana="ベツジン タロウ", birth_date="2018-01-01")
    await office.hears(child("1", BORN, "H1", **NAMED), row)
    [address] = await office.asked()
    return address


async def test_a_pupil_is_whom_people_said_also_over_a_merge_and_back(office: Office) -> None:
    address = await a_pupil_of_whom_it_is_not_certain_who_it_is(office)
    async with office.at_work("linkage.clerk") as clerk, office.at_work("linkage.second") as second:
        await clerk.opens(address)
        await clerk.sends(f"{address}/answer", why="match.papers")
        await office.hears(child("0", BORN, "H0", on="2026-03-01", **NAMED))
        [twice] = await office.asked()
        assert "/entries/" in twice
        await clerk.opens(twice)
        await clerk.sends(f"{twice}/answer", why="match.papers")
        await second.opens(twice)
        await second.sends(f"{twice}/confirm")
    kept = await person(office.pool, "0")
    assert {row["person_id"] for row in await office.pool.fetch("select person_id from record")} == {kept}
    async with office.pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0
