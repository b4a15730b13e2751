"""A decision of the review pages is taken back by a page: what would follow first, two people where two decided, and as if never said."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.messages import HouseholdChanged, KinshipChanged, LinkingHeldUp, RecordLinked, RecordsInHand
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced
from services.linker import inspection
from tests.integration.linker.office import Office, opened
from tests.integration.linker.records import attendance, checkup, child, father, mother, protection, pupil
from tests.integration.linker.test_any_order import what_hearers_hold
from tests.integration.linker.test_review import BORN, NAMED, a_pupil_of_whom_it_is_not_certain_who_it_is, two_entries_of_one_child

pytestmark = pytest.mark.servers

TOLD_OF_RECORDS = (RecordLinked, RecordsInHand, LinkingHeldUp, KinshipChanged, HouseholdChanged)


@pytest.fixture
async def office(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    async with opened(database, clock) as office:
        yield office


async def state(office: Office) -> tuple[str, dict[str, Any], dict[Any, Any]]:
    """What is linked, the figures, and what a hearer knows of records."""
    told = [each for each in await announced(office.pool) if isinstance(each, TOLD_OF_RECORDS)]
    async with office.pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0
        return await inspection.content_hash(db), await inspection.figures(db), what_hearers_hold(told)


async def answers(office: Office, login: str, address: str, act: str, **filled: str) -> int:
    async with office.at_work(login) as clerk:
        await clerk.opens(address)
        return (await clerk.sends(f"{address}/{act}", **filled)).status_code


async def test_two_people_part_what_two_people_merged_and_it_is_as_if_it_had_never_been(office: Office) -> None:
    # linkage.md §4: un-merge is replay; the two-person rule for merges
    address = await two_entries_of_one_child(office)
    apart = await state(office)
    assert await answers(office, "linkage.clerk", address, "answer", why="match.papers") == 303
    assert await answers(office, "linkage.second", address, "confirm") == 303
    assert await state(office) != apart

    async with office.at_work("linkage.clerk") as clerk:
        assert address in (await clerk.opens("/decisions")).text
        page = (await clerk.opens(address)).text
        assert "母子保健システムの記録 1件が、もう一方の人のものになります" in page
        assert "2人で取り消します" in page
        wrong = await clerk.sends(f"{address}/take-back", why="match.papers")
        assert wrong.status_code == 422
        assert (await clerk.sends(f"{address}/take-back", why="back.section")).headers["location"] == "/decisions"
        await clerk.opens(address)
        assert (await clerk.sends(f"{address}/confirm-back")).status_code == 403
    assert await state(office) != apart
    assert await answers(office, "linkage.second", address, "confirm-back") == 303

    assert await state(office) == apart
    words = await office.pool.fetch("select word, judged_by, basis from judgement order by supersedes nulls first")
    assert list(map(tuple, words)) == [("same", "clerk", "match_papers"), ("open", "clerk", "back_section")]
    assert [(each.action, each.decision, each.reason_code) for each in await office.decisions()][2:] == [
        ("linker.taking_back_proposed", "done", "back_section"),
        ("linker.answer_taken_back", "deny", "one_person"),
        ("linker.answer_taken_back", "done", "back_section"),
    ]
    # It is asked again, and may be decided again.
    await office.looks_through()
    assert await office.asked() == [address]
    assert await answers(office, "linkage.second", address, "answer", why="not.papers") == 303
    assert await answers(office, "linkage.clerk", address, "take-back", why="back.mistake") == 303
    await office.looks_through()
    assert await office.asked() == [address]
    assert await state(office) == apart


@pytest.mark.parametrize("why", ["match.papers", "not.papers"])
async def test_what_was_said_of_a_pupil_is_taken_back_for_all_that_the_school_tells_of_it(office: Office, why: str) -> None:
    address = await a_pupil_of_whom_it_is_not_certain_who_it_is(office)
    await office.hears(attendance("k1", 6))
    before = await state(office)
    assert await answers(office, "linkage.clerk", address, "answer", why=why) == 303
    assert await state(office) != before

    async with office.at_work("linkage.second") as clerk:
        assert "学校の校務" in (page := (await clerk.opens(address)).text) or "決め直されます" in page
        assert "2人で取り消します" not in page
        assert (await clerk.sends(f"{address}/take-back", why="back.papers")).status_code == 303
        assert (await clerk.opens("/figures")).status_code == 200
        assert address not in (await clerk.opens("/decisions")).text
    assert await state(office) == before
    assert await office.asked() == [address]
    # A decision that was taken back is not taken back twice.
    assert await answers(office, "linkage.clerk", address, "take-back", why="back.papers") == 404


@pytest.mark.parametrize("why", ["match.papers", "not.papers"])
async def test_what_was_said_of_a_number_is_taken_back_for_every_record_that_names_it(office: Office, why: str) -> None:
    # domain.md §2.8-11
    await office.hears(child("100", BORN, "H1", **NAMED), checkup("000100", "4m", "2019-10-01"), checkup("000100", "18m", "2021-02-01"))
    before = await state(office)
    [address] = await office.asked()
    assert "/number/" in address
    assert await answers(office, "linkage.clerk", address, "answer", why=why) == 303
    assert await state(office) != before or why == "not.papers"
    async with office.at_work("linkage.clerk") as clerk:
        assert "母子保健システムの記録 2件が、この判断がなかったものとして決め直されます" in (await clerk.opens(address)).text
        assert (await clerk.sends(f"{address}/take-back", why="back.papers")).status_code == 303

    after = await state(office)
    assert after[1] == before[1]
    assert after[2] == before[2]
    assert after[0] == before[0]
    assert await office.asked() == [address]


async def test_two_people_take_back_what_concerns_a_protected_person_and_the_first_may_drop_it(office: Office) -> None:
    # domain.md §4.4
    await office.hears(
        protection("m1", "2026-03-01", ["1"], ["f1"]),
        mother("m1", "H1"),
        father("f1", "H9"),
        child("1", BORN, "H1", **NAMED),
        pupil("k1", name=NAMED["name"], kana=NAMED["kana"], birth_date=BORN),
    )
    [address] = await office.asked()
    assert await answers(office, "linkage.clerk", address, "answer", why="match.papers") == 303
    assert await answers(office, "linkage.second", address, "confirm") == 303
    linked = await state(office)

    assert await answers(office, "linkage.clerk", address, "take-back", why="back.mistake") == 303
    async with office.at_work("linkage.second") as clerk:
        assert "支援措置のため表示しません" in (await clerk.opens(address)).text
    assert await answers(office, "linkage.clerk", address, "take-back", why="back.mistake") == 409
    assert await answers(office, "linkage.clerk", address, "decline-back") == 303
    assert await state(office) == linked
    assert await answers(office, "linkage.clerk", address, "take-back", why="back.mistake") == 303
    assert await answers(office, "linkage.second", address, "confirm-back") == 303
    assert await office.asked() == [address]


SOMEBODY_ELSE: dict[str, Any] = {"name": "別人 たろう", "kana": "ベツジン タロウ"}


@pytest.mark.parametrize("why", ["match.papers", "not.papers"])
async def test_what_was_said_of_a_revision_is_taken_back_with_what_was_taken_in_upon_it(office: Office, why: str) -> None:
    # domain.md §2.8-11, §2.8-16
    await office.hears(child("1", BORN, "H1", **NAMED), checkup("1", "4m", "2019-10-01"))
    await office.hears(child("1", "2017-02-03", "H7", revision=2, **SOMEBODY_ELSE))
    before = await state(office)
    [address] = await office.asked()
    assert await answers(office, "linkage.clerk", address, "answer", why=why) == 303
    assert (await state(office) != before) is (why == "match.papers")

    async with office.at_work("linkage.second") as clerk:
        assert address in (await clerk.opens("/decisions")).text
        page = (await clerk.opens(address)).text
        assert NAMED["name"] in page
        assert SOMEBODY_ELSE["name"] in page
        assert (await clerk.sends(f"{address}/take-back", why="back.papers")).headers["location"] == "/decisions"
        assert address not in (await clerk.opens("/decisions")).text
    assert await state(office) == before
    assert await office.asked() == [address]

    # What the register says further of whom it was taken for goes the same way.
    assert await answers(office, "linkage.clerk", address, "answer", why="match.papers") == 303
    await office.hears(child("1", "2017-02-03", "H8", revision=3, **SOMEBODY_ELSE))
    assert await office.asked() == []
    assert await answers(office, "linkage.clerk", address, "take-back", why="back.mistake") == 303
    assert await office.asked() == [address.removesuffix("2") + "3"]
    assert await state(office) == before


async def test_two_people_join_again_what_was_parted_by_mistake(office: Office) -> None:
    address = await two_entries_of_one_child(office)
    assert await answers(office, "linkage.clerk", address, "answer", why="match.papers") == 303
    assert await answers(office, "linkage.second", address, "confirm") == 303
    await office.hears(child("2", "2023-01-01", "H2", revision=2, name="架空 じろう", sex="female"))
    [contested] = await office.asked()
    assert await answers(office, "linkage.clerk", contested, "answer", why="match.papers") == 303
    await office.looks_through()
    [joined] = await office.asked()
    one = await state(office)
    assert await answers(office, "linkage.clerk", joined, "answer", why="not.papers") == 303
    assert await state(office) != one

    async with office.at_work("linkage.clerk") as clerk:
        assert "2人で取り消します" in (await clerk.opens(joined)).text
        assert (await clerk.sends(f"{joined}/take-back", why="back.papers")).status_code == 303
        await clerk.opens(joined)
        assert (await clerk.sends(f"{joined}/confirm-back")).status_code == 403
    assert await state(office) != one
    assert await answers(office, "linkage.second", joined, "confirm-back") == 303

    assert await state(office) == one
    await office.looks_through()
    assert await office.asked() == [joined]
    words = await office.pool.fetch("select word from judgement order by judged_at, supersedes nulls first")
    assert sorted(each["word"] for each in words) == ["not_same", "same", "same"]
