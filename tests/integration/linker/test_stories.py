"""The linker's part of the scenarios (`domain.md` §8): messages in, messages out."""

from itertools import permutations
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest

from contracts import topology
from contracts.messages import (
    HouseholdChanged,
    KinshipChanged,
    LinkingHeldUp,
    Message,
    PersonChanged,
    PersonIdentified,
    ProtectionChanged,
    RecordAccepted,
    RecordLinked,
    RecordsInHand,
)
from contracts.values import Operation, ServiceName, Source, Ward
from infra.clock import FixedClock
from infra.identifiers import Identifiers
from infra.testing.fixtures import KEY, Database, announced, unit_of_work
from services.linker import inspection
from services.linker.domain.linking import NUMBER_REUSED
from services.linker.domain.records import RecordKey
from services.linker.domain.revisions import Verdict
from services.linker.inspection import SQL
from services.linker.judged import Judged
from services.linker.judging import judge, judge_number
from services.linker.naming import Names
from services.linker.store import open_named
from tests.integration.linker.records import (
    Event,
    accepted,
    checkup,
    child,
    ended,
    exam,
    father,
    hear,
    held_back,
    mother,
    notified,
    protection,
    resident,
    voided,
    welfare,
)

pytestmark = pytest.mark.servers

M = TypeVar("M", bound=Message)


@pytest.fixture
async def pool(database: Database) -> asyncpg.Pool:
    return await database.pool(ServiceName.LINKER)


def of(said: list[Message], kind: type[M]) -> list[M]:
    return [each for each in said if isinstance(each, kind)]


async def person(pool: asyncpg.Pool, number: str) -> UUID:
    async with pool.acquire() as db:
        found = await inspection.person_by_no(db, number)
    assert found is not None
    return found


async def states(pool: asyncpg.Pool) -> dict[str, tuple[str, str | None]]:
    return {row["record_id"]: (row["state"], row["rule"] or row["reason"]) for row in await pool.fetch("select * from record")}


async def children_of(pool: asyncpg.Pool, pregnancy_no: str) -> dict[UUID, str]:
    rows = await pool.fetch("select child_id, rule from delivery join pregnancy using (pregnancy_id) where pregnancy_no = $1", pregnancy_no)
    return {row["child_id"]: row["rule"] for row in rows}


def held_up_alone(said: list[Message]) -> list[tuple[str | None, str | None]]:
    """Which records are said to be held up, and why, where nothing else is said."""
    told = of(said, LinkingHeldUp)
    assert len(told) == len(said), said
    return [(each.state, each.reason) for each in told]


async def test_both_twins_are_linked_to_the_pregnancy_and_an_older_sibling_is_not(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S01
    said = await hear(
        pool,
        clock,
        mother("M1", "H1"),
        child("A", "2026-03-10", "H1", name="東 蓮"),
        child("B", "2026-03-10", "H1", name="東 湊"),
        child("older", "2023-05-01", "H1"),
        notified("P1", "M1", edd="2026-04-04"),
    )

    twins = {await person(pool, "A"), await person(pool, "B")}
    assert {each.child_id for each in of(said, KinshipChanged) if each.deliveries} == twins
    assert set(await children_of(pool, "P1")) == twins


async def test_a_postpartum_checkup_of_an_early_birth_without_a_pregnancy_number_finds_the_pregnancy(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    # S01: born 36w3d, checkup before the expected day.
    await hear(pool, clock, mother("M1", "H1"), child("A", "2026-03-10", "H1"), notified("P1", "M1", edd="2026-04-04"))

    said = await hear(pool, clock, exam("postpartum_checkup.recorded", "Y1", "2026-03-24", mother_person_no="M1", epds_total=11))

    [fact] = of(said, RecordLinked)
    assert fact.person_id == await person(pool, "M1")
    assert fact.pregnancy_id is not None
    assert fact.data == {"exam_date": "2026-03-24", "epds_total": 11}


async def test_a_stillbirth_links_no_child_and_unlinks_one_that_was_linked(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S05
    await hear(pool, clock, mother("M5", "H5"), child("c5", "2022-02-01", "H5"), notified("P5", "M5", edd="2026-07-28", on="2026-01-20"))
    assert await children_of(pool, "P5") == {}

    said = await hear(pool, clock, ended("P5", "stillbirth", "2026-05-20", children=["c5"]))

    assert await children_of(pool, "P5") == {}
    assert of(said, KinshipChanged) == []
    assert [each.data["outcome"] for each in of(said, RecordLinked)] == ["stillbirth"]


async def test_a_pregnancy_file_that_comes_after_the_birth_links_the_child(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S06
    before = await hear(pool, clock, mother("M6", "H6"), child("c6", "2026-05-31", "H6", on="2026-06-02"))

    late = notified("P6", "M6", edd="2026-06-05", on="2026-01-16", gestational_weeks=20)
    said = await hear(pool, clock, late, exam("prenatal_exam.recorded", "X6", "2026-03-01", pregnancy_id="P6"))

    assert [(each.deliveries, each.mother_id) for each in of(before, KinshipChanged)] == [((), await person(pool, "M6"))]
    [kinship] = of(said, KinshipChanged)
    assert kinship.child_id == await person(pool, "c6")
    assert [each.mother_id for each in kinship.deliveries] == [await person(pool, "M6")]
    assert {each.pregnancy_id for each in of(said, RecordLinked)} == {kinship.deliveries[0].pregnancy_id}


async def test_protection_is_said_before_the_address_change_and_the_opponent_loses_the_child_at_once(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    # S07
    await hear(pool, clock, father("F7", "H7"), mother("M7", "H7"), child("c7", "2021-01-10", "H7"))
    away: dict[str, Any] = {"on": "2026-04-10", "ward_code": "nishi", "change_reason": "move_within", "address_code": "40135-9"}

    said = await hear(
        pool,
        clock,
        mother("M7", "H7b", record="R2-M7", relationship_to_head="head", **away),
        child("c7", "2021-01-10", "H7b", record="R2-c7", **away),
        protection("M7", "2026-04-10", ["c7"], ["F7"]),
    )

    assert isinstance(said[0], ProtectionChanged)
    child_id, opponent = await person(pool, "c7"), await person(pool, "F7")
    assert set(said[0].protected) == {child_id, await person(pool, "M7")}
    assert said[0].opponents == (opponent,)
    fathers = next(each for each in of(said, HouseholdChanged) if each.household_no == "H7")
    assert [each.person_id for each in fathers.members] == [opponent]
    refuge = next(each for each in of(said, HouseholdChanged) if each.household_no == "H7b")
    assert opponent not in {each.person_id for each in refuge.members}
    moved = next(each for each in of(said, PersonChanged) if each.person_id == child_id)
    assert [each.ward for each in moved.residence] == [Ward.HAKATA, Ward.NISHI]
    assert moved.residence[0].end == moved.residence[1].start


async def test_an_opponents_household_lists_nobody_whom_a_measure_protects_also_where_the_register_still_does(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    # domain.md §2.8-8: said anew when the measure begins, and again when it is taken back.
    measure = protection("M7", "2026-04-10", ["c7"], ["F7"])
    await hear(pool, clock, father("F7", "H7"), mother("M7", "H7"), child("c7", "2021-01-10", "H7"), child("s7", "2022-01-10", "H7"))
    everybody = {await person(pool, number) for number in ("F7", "M7", "c7", "s7")}

    began = of(await hear(pool, clock, measure), HouseholdChanged)
    joined = of(await hear(pool, clock, child("n7", "2026-04-01", "H7")), HouseholdChanged)
    ended = of(await hear(pool, clock, voided(measure)), HouseholdChanged)

    newborn, free = await person(pool, "n7"), {await person(pool, "F7"), await person(pool, "s7")}
    assert [{each.person_id for each in said.members} for said in (*began, *joined, *ended)] == [
        free,
        free | {newborn},
        everybody | {newborn},
    ]
    assert [said.version for said in (*began, *joined, *ended)] == [2, 3, 4]


async def test_a_household_that_an_opponent_left_for_another_one_lists_who_stayed(pool: asyncpg.Pool, clock: FixedClock) -> None:
    measure = protection("M7", "2026-04-10", ["c7"], ["F7"])
    await hear(pool, clock, measure, father("F7", "H7"), mother("M7", "H7"), child("c7", "2021-01-10", "H7"))

    said = of(await hear(pool, clock, father("F7", "H8", record="R2-F7", on="2026-04-12", change_reason="move_within")), HouseholdChanged)

    home, new = (next(each for each in said if each.household_no == number) for number in ("H7", "H8"))
    opponent, protected = await person(pool, "F7"), {await person(pool, "M7"), await person(pool, "c7")}
    assert {each.person_id for each in home.members} == protected | {opponent}
    assert {each.person_id for each in new.members} == {opponent}


async def test_a_measure_protects_persons_whom_the_register_does_not_know_yet(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S07: "address of c7/M7 masked at every reader from first display".
    [said] = await hear(pool, clock, protection("M7", "2026-04-10", ["c7"], ["F7"]))

    await hear(pool, clock, mother("M7", "H7"), child("c7", "2021-01-10", "H7"))

    assert isinstance(said, ProtectionChanged)
    assert set(said.protected) == {await person(pool, "M7"), await person(pool, "c7")}


async def test_a_measure_is_said_on_every_partition(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S07: the address of a covered child may come by on another partition than the applicant's.
    copies = of(await hear(pool, clock, protection("M7", "2026-04-10", ["c7"], ["F7"]), partitions=3), ProtectionChanged)

    keys = {row["routing_key"] for row in await pool.fetch("select routing_key from outbox")}
    assert keys == {topology.routing_key(ServiceName.LINKER, "protection", partition) for partition in range(3)}
    assert len({each.event_id for each in copies}) == 3
    assert {(each.measure_id, each.version) for each in copies} == {(copies[0].measure_id, 1)}


async def test_a_measure_that_was_taken_back_is_said_to_be_void(pool: asyncpg.Pool, clock: FixedClock) -> None:
    measure = protection("M7", "2026-04-10", ["c7"], ["F7"])
    [first] = of(await hear(pool, clock, measure), ProtectionChanged)

    [second] = of(await hear(pool, clock, voided(measure)), ProtectionChanged)

    assert (second.measure_id, second.version, second.voided) == (first.measure_id, first.version + 1, True)
    assert second.protected == first.protected


async def test_a_corrected_checkup_is_said_again_and_a_late_older_revision_is_not(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S08, S09
    await hear(pool, clock, child("100", "2024-02-10", "H8"))

    newer = await hear(pool, clock, checkup("100", "18m", "2026-05-08", revision=2))
    older = await hear(pool, clock, checkup("100", "18m", "2025-05-08", revision=1))

    assert [(each.revision, each.data["exam_date"]) for each in of(newer, RecordLinked)] == [(2, "2026-05-08")]
    assert older == []


async def test_public_assistance_is_said_of_the_member_and_taken_back_when_the_record_is(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S11
    await hear(pool, clock, child("c11", "2020-01-01", "H11"))
    record = welfare("c11", "S1", "2026-02-01", abolished_on="2026-08-31")

    [upsert] = of(await hear(pool, clock, record), RecordLinked)
    [void] = of(await hear(pool, clock, voided(record)), RecordLinked)

    assert upsert.data == {"started_on": "2026-02-01", "abolished_on": "2026-08-31"}
    assert (void.operation, void.data, void.person_id) == (Operation.VOID, {}, upsert.person_id)


async def test_a_divorce_renames_one_person_and_makes_no_second_one(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S04
    await hear(pool, clock, mother("M4", "H4", name="山田 恵"), child("c4", "2017-05-01", "H4", name="山田 結衣", kana="ヤマダ ユイ"))
    renamed: dict[str, Any] = {"on": "2026-06-01", "change_reason": "name_change", "name": "佐藤 結衣", "kana": "サトウ ユイ"}

    said = await hear(pool, clock, child("c4", "2017-05-01", "H4b", record="R2-c4", **renamed))

    assert [each.name for each in of(said, PersonIdentified)] == ["佐藤 結衣"]
    assert await pool.fetchval("select count(*) from person where registered") == 2
    names = await pool.fetch("select name from person_name where person_id = $1 order by position", await person(pool, "c4"))
    assert [row["name"] for row in names] == ["山田 結衣", "佐藤 結衣"]


async def test_a_move_out_that_is_cancelled_leaves_no_gap(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S03
    await hear(pool, clock, child("c3", "2020-03-01", "H3"))
    gone = child("c3", "2020-03-01", "H3", record="R2-c3", on="2026-09-30", resident_to="2026-09-30", change_reason="move_out")
    [left] = of(await hear(pool, clock, gone), PersonChanged)

    cancelled = child("c3", "2020-03-01", "H3", record="R3-c3", on="2026-10-03", change_reason="ex_officio")
    [back] = of(await hear(pool, clock, cancelled), PersonChanged)

    assert [str(each.end) for each in left.residence] == ["2026-09-30"]
    assert [(str(each.start), each.end) for each in back.residence] == [("2020-03-01", None)]


async def test_another_person_under_a_used_number_goes_to_review_and_overwrites_nothing(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, mother("M9", "H9", name="山田 恵"))

    said = await hear(pool, clock, resident("M9", "1970-01-01", record="R2-M9", on="2026-05-01", sex="male", name="田中 一郎"))

    assert held_up_alone(said) == [("review", "number belongs to somebody else")]
    assert (await states(pool))["R2-M9"] == ("review", "number belongs to somebody else")


async def test_a_corrected_birth_date_of_the_same_record_is_accepted(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, child("c9", "2024-02-10", "H9"))

    [said] = of(await hear(pool, clock, child("c9", "2024-02-11", "H9", revision=2)), PersonChanged)

    assert str(said.birth_date) == "2024-02-11"


async def test_a_record_waits_for_its_person_and_is_linked_when_the_register_tells_of_them(pool: asyncpg.Pool, clock: FixedClock) -> None:
    waiting = await hear(pool, clock, checkup("c2", "18m", "2026-02-01"))
    before = await states(pool)

    said = await hear(pool, clock, child("c2", "2024-06-01", "H2"))

    assert held_up_alone(waiting) == [("waiting", "person not in the register")]
    assert [(each.record_id, each.state) for each in of(said, LinkingHeldUp)] == [("K-c2-18m", None)]
    assert before == {"K-c2-18m": ("waiting", "person not in the register")}
    assert [each.record_id for each in of(said, RecordLinked)] == ["K-c2-18m"]


async def test_facts_are_taken_back_when_the_register_takes_the_person_back(pool: asyncpg.Pool, clock: FixedClock) -> None:
    born = child("c2", "2024-06-01", "H2")
    await hear(pool, clock, born, checkup("c2", "18m", "2026-02-01"))

    said = await hear(pool, clock, voided(born))

    assert [each.exists for each in of(said, PersonChanged)] == [False]
    assert [each.name for each in of(said, PersonIdentified)] in ([], [None])
    assert [each.members for each in of(said, HouseholdChanged)] == [()]
    assert [each.operation for each in of(said, RecordLinked)] == [Operation.VOID]
    assert (await states(pool))["K-c2-18m"] == ("review", "number that the register gave up")


async def test_a_fact_moves_to_the_person_whom_a_correction_names(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # S01: "must fail if A's exam is attached to B".
    await hear(pool, clock, child("A", "2026-03-10", "H1"), child("B", "2026-03-10", "H1"), checkup("B", "4m", "2026-08-05", "K-1"))

    said = of(await hear(pool, clock, checkup("A", "4m", "2026-08-05", "K-1", revision=2)), RecordLinked)

    assert [(each.operation, each.person_id, each.said) for each in said] == [
        (Operation.VOID, await person(pool, "B"), 0),
        (Operation.UPSERT, await person(pool, "A"), 1),
    ]


async def test_an_exam_that_names_another_mother_than_its_pregnancy_is_reviewed(pool: asyncpg.Pool, clock: FixedClock) -> None:
    both = exam("prenatal_exam.recorded", "X1", "2026-01-10", pregnancy_id="P1", mother_person_no="M2")
    await hear(pool, clock, mother("M1", "H1"), mother("M2", "H2"), both)
    linked_at_first = await states(pool)

    said = await hear(pool, clock, notified("P1", "M1", edd="2026-04-04"))

    assert linked_at_first["X1"] == ("linked", "person_no")
    assert (await states(pool))["X1"] == ("review", "names another mother than the pregnancy")
    assert Operation.VOID in {each.operation for each in of(said, RecordLinked)}


async def test_no_fact_carries_a_number_or_name_of_a_person(pool: asyncpg.Pool, clock: FixedClock) -> None:
    said = await hear(
        pool,
        clock,
        mother("M-77", "H-77", name="山田 恵", address_code="40132-1"),
        child("C-77", "2026-03-10", "H-77"),
        notified("P-77", "M-77", edd="2026-04-04"),
        ended("P-77", "live_birth", "2026-03-10", children=["C-77"]),
        exam("postpartum_checkup.recorded", "Y", "2026-03-24", mother_person_no="M-77", pregnancy_id="P-77", epds_total=3),
        welfare("C-77", "S-77", "2026-01-01"),
    )

    for each in (*of(said, RecordLinked), *of(said, PersonChanged), *of(said, KinshipChanged)):
        text = each.model_dump_json(exclude={"record_id"})
        assert not [secret for secret in ("M-77", "C-77", "P-77", "S-77", "H-77", "山田", "40132-1") if secret in text]


async def test_a_record_of_a_type_without_a_rule_is_kept_for_review(pool: asyncpg.Pool, clock: FixedClock) -> None:
    said = await hear(pool, clock, accepted(Source.RESIDENT_REGISTRY, "dog.registered", "U-1", {"person_no": "M"}, on="2026-04-01"))

    assert held_up_alone(said) == [("review", "no linkage rule yet")]
    assert await states(pool) == {"U-1": ("review", "no linkage rule yet")}


async def test_saying_nothing_new_says_nothing(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, mother("M1", "H1", name="山田 恵"))

    said = await hear(pool, clock, mother("M1", "H1", record="R2-M1", name="山田 恵"))

    assert said == []


async def test_an_unreadable_record_is_parked_alone(pool: asyncpg.Pool, clock: FixedClock) -> None:
    from services.linker.handlers import on_parcel

    broken = resident("M1", "not a day")
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        outcomes = await on_parcel(work, [broken, mother("M2", "H2")])

    assert {key: getattr(outcome, "path", None) for key, outcome in outcomes.items()} == {broken.event_id: "birth_date"}
    assert await person(pool, "M2")


async def test_what_waited_is_said_before_its_person_and_counted(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-2: whoever hears of the child first must know that two facts are on their way.
    await hear(pool, clock, checkup("c2", "4m", "2024-10-20"), checkup("c2", "18m", "2026-02-01"))

    said = await hear(pool, clock, child("c2", "2024-06-01", "H2"))

    assert [type(each).__name__ for each in said][:2] == ["RecordLinked", "RecordLinked"]
    assert [each.facts_said for each in of(said, PersonChanged)] == [2]


async def test_a_mother_who_is_registered_late_brings_her_exams_with_her(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-2
    await hear(
        pool,
        clock,
        child("c6", "2026-05-31", "H6"),
        notified("P6", "M6", edd="2026-06-05"),
        exam("prenatal_exam.recorded", "X6", "2026-03-01", pregnancy_id="P6"),
    )

    said = await hear(pool, clock, mother("M6", "H6"))

    kinds = [type(each).__name__ for each in said]
    [kinship] = of(said, KinshipChanged)
    assert max(at for at, kind in enumerate(kinds) if kind == "RecordLinked") < kinds.index("PersonChanged")
    assert [each.facts_said for each in kinship.deliveries] == [2]
    assert (kinship.mother_id, kinship.mother_facts_said) == (await person(pool, "M6"), 2)


async def test_exams_of_a_mother_are_facts_before_anybody_notified_the_pregnancy(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-2, §2.8-5
    await hear(pool, clock, mother("M6", "H6"), child("c6", "2026-05-31", "H6"))

    [loose] = of(await hear(pool, clock, exam("prenatal_exam.recorded", "X6", "2026-03-01", mother_person_no="M6")), RecordLinked)
    said = await hear(pool, clock, notified("P6", "M6", edd="2026-06-05"))

    assert loose.pregnancy_id is None
    assert {(each.record_id, each.pregnancy_id is not None) for each in of(said, RecordLinked)} == {("N-P6", True), ("X6", True)}


async def test_a_record_in_review_is_in_hand_for_whom_it_may_concern_until_it_is_cleared_up(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-2
    both = exam("prenatal_exam.recorded", "X1", "2026-01-10", pregnancy_id="P1", mother_person_no="M2")
    notice = notified("P1", "M1", edd="2026-04-04")
    await hear(pool, clock, mother("M1", "H1"), mother("M2", "H2"), both)

    held = of(await hear(pool, clock, notice), RecordsInHand)
    cleared = of(await hear(pool, clock, voided(both)), RecordsInHand)

    mothers = {await person(pool, "M1"), await person(pool, "M2")}
    assert {(each.person_id, each.version, each.records) for each in held} == {(mother_id, 1, 1) for mother_id in mothers}
    assert {(each.person_id, each.version, each.records) for each in cleared} == {(mother_id, 2, 0) for mother_id in mothers}


async def test_what_ingest_holds_back_is_in_hand_for_everybody_where_nobody_is_named(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-2
    held = held_back("1", None), held_back("2", "M1")

    said = of(await hear(pool, clock, *held, partitions=2), RecordsInHand)
    again = of(await hear(pool, clock, *held), RecordsInHand)
    let_go = of(await hear(pool, clock, held_back("1", None, held=False)), RecordsInHand)

    assert sorted((each.person_id is None, each.records) for each in said) == [(False, 1), (True, 1), (True, 1)]
    assert again == []
    assert [(each.person_id, each.version, each.records) for each in let_go] == [(None, 2, 0)]


async def test_a_revision_that_is_somebody_else_is_seen_by_nobody_until_a_person_decides(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # Issue "Repairs", 10; domain.md §2.8-11
    await hear(pool, clock, child("c9", "2024-02-10", "H9", name="山田 結衣", ward_code="hakata"))
    other: dict[str, Any] = {"sex": "female", "name": "田中 花", "ward_code": "nishi", "revision": 2, "on": "2026-05-01"}
    stranger = child("c9", "2019-07-07", "H8", **other)

    said = await hear(pool, clock, stranger)
    again = await hear(pool, clock, stranger)
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        decided = await judge(work, RecordKey(stranger.source, stranger.event_type, stranger.record_id), 2, Verdict.SAME)

    assert said == again == []
    assert decided
    changed = of(await announced(pool), PersonChanged)[-1]
    assert (str(changed.birth_date), changed.residence[-1].ward) == ("2019-07-07", Ward.NISHI)


OTHER_CHILD: dict[str, Any] = {"sex": "female", "name": "田中 花", "ward_code": "nishi"}


async def decide(pool: asyncpg.Pool, clock: FixedClock, about: RecordAccepted, verdict: Verdict) -> list[Message]:
    already = len(await announced(pool))
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        assert await judge(work, RecordKey(about.source, about.event_type, about.record_id), about.revision, verdict)
    return (await announced(pool))[already:]


@pytest.mark.parametrize("record", ["R", "R-new"])
async def test_a_number_that_is_issued_again_to_somebody_else_is_a_clerks_case(pool: asyncpg.Pool, clock: FixedClock, record: str) -> None:
    # domain.md §2.8-11: the register takes an entry back and makes it anew with somebody else.
    for order in permutations(range(3)):
        number = "c{}{}{}".format(*order)
        first = child(number, "2024-02-10", "H9", name="山田 結衣", on="2026-04-01")
        entry = f"{record}-{number}"
        other = child(number, "2019-07-07", "H8", record=entry, revision=3, on="2026-05-01", **OTHER_CHILD)
        steps: list[Event] = [first, voided(first), other]

        await hear(pool, clock, checkup(number, "18m", "2026-02-01", f"K-{number}"), *(steps[each] for each in order))

        assert (await states(pool))[f"K-{number}"][0] == "review", order
        changed = of(await decide(pool, clock, other, Verdict.SAME), PersonChanged)
        assert [(str(each.birth_date), each.residence[-1].ward) for each in changed] == [("2019-07-07", Ward.NISHI)]
        assert (await states(pool))[f"K-{number}"] == ("linked", "person_no")


async def test_a_measure_of_somebody_else_lifts_nobodys_protection_until_a_person_decides(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # Issue "Repairs", 10, with the record that hides somebody; and whom it names is protected, whatever the order.
    first, other = protection("M1", "2026-01-01", ["c1"], ["F1"]), protection("M2", "2026-02-01", ["c2"], ["F2"], revision=2)
    other = other.model_copy(update={"record_id": first.record_id, "event_id": UUID(int=1)})
    names = Names(Identifiers(KEY), Judged())

    both = of(await hear(pool, clock, first), ProtectionChanged) + of(await hear(pool, clock, other), ProtectionChanged)
    decided = of(await decide(pool, clock, other, Verdict.SAME), ProtectionChanged)

    assert [set(each.protected) for each in (*both, *decided)] == [
        {names.person("M1"), names.person("c1")},
        {names.person(each) for each in ("M1", "c1", "M2", "c2")},
        {names.person("M2"), names.person("c2")},
    ]
    assert set(both[-1].opponents) == {names.person("F1"), names.person("F2")}


async def test_who_is_another_person_under_a_number_is_left_aside_and_asked_about_no_more(pool: asyncpg.Pool, clock: FixedClock) -> None:
    other = child("c9", "2019-07-07", "H8", record="R-new", on="2026-05-01", **OTHER_CHILD)
    await hear(pool, clock, child("c9", "2024-02-10", "H9", name="山田 結衣"), other)

    said = await decide(pool, clock, other, Verdict.OTHER)

    assert held_up_alone(said) == [("review", "number belongs to somebody else")]
    assert (await states(pool))["R-new"] == ("review", "number belongs to somebody else")
    async with pool.acquire() as db:
        assert await db.fetch(SQL.contested_revisions, NUMBER_REUSED) == []


async def test_an_older_revision_that_comes_late_still_says_what_was_before(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # domain.md §2.8-16
    moved = child("c9", "2024-02-10", "H9", revision=2, on="2026-10-01", ward_code="nishi", change_reason="move_within")
    await hear(pool, clock, moved)

    await hear(pool, clock, child("c9", "2024-02-10", "H9", on="2024-02-10", ward_code="hakata"))

    changed = of(await announced(pool), PersonChanged)[-1]
    assert [each.ward for each in changed.residence] == [Ward.HAKATA, Ward.NISHI]


@pytest.mark.parametrize(("first", "second"), [("100", "000000000000100"), ("000000000000100", "100"), ("0100", "100")])
@pytest.mark.parametrize("register_first", [True, False])
async def test_a_number_that_is_equal_but_for_leading_zeros_goes_to_people_and_is_in_hand(
    pool: asyncpg.Pool, clock: FixedClock, first: str, second: str, register_first: bool
) -> None:
    # Issue "Repairs", 21: never compared by guess, never ignored.
    told = [child(first, "2024-06-01", "H2"), checkup(second, "18m", "2026-02-01", "K-1")]

    said = [each for event in (told if register_first else told[::-1]) for each in await hear(pool, clock, event)]

    assert (await states(pool))["K-1"] == ("review", "number equal to another one but for leading zeros")
    assert of(said, RecordLinked) == []
    assert [(each.person_id, each.records) for each in of(said, RecordsInHand)] == [(await person(pool, first), 1)]


async def test_a_number_that_is_registered_after_all_is_linked_and_in_hand_no_more(pool: asyncpg.Pool, clock: FixedClock) -> None:
    await hear(pool, clock, child("100", "2024-06-01", "H2"), checkup("0100", "18m", "2026-02-01", "K-1"))

    said = await hear(pool, clock, child("0100", "2024-07-01", "H3"))

    assert [each.person_id for each in of(said, RecordLinked)] == [await person(pool, "0100")]
    assert [each.records for each in of(said, RecordsInHand)] == [0]


@pytest.mark.parametrize("again_first", [True, False])
async def test_a_child_whose_number_was_replaced_is_concerned_by_what_names_the_old_one(
    pool: asyncpg.Pool, clock: FixedClock, again_first: bool
) -> None:
    # Issue "Repairs", 21: the entry is voided and made anew under another number.
    old = child("c2", "2024-06-01", "H2", name="山田 結衣")
    await hear(pool, clock, old, checkup("c2", "18m", "2026-02-01", "K-1"), child("other", "2024-06-01", "H5", name="佐藤 花"))
    steps: list[Event] = [voided(old), child("c9", "2024-06-01", "H2", name="山田　結衣")]

    said = [each for event in (steps[::-1] if again_first else steps) for each in await hear(pool, clock, event)]

    assert (await states(pool))["K-1"] == ("review", "number that the register gave up")
    assert [(each.person_id, each.records) for each in of(said, RecordsInHand)] == [(await person(pool, "c9"), 1)]


async def test_what_names_the_new_number_of_a_contested_revision_concerns_who_holds_the_old_one(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    # domain.md §2.8-11
    await hear(pool, clock, child("c2", "2024-06-01", "H2"), child("c9", "2024-06-01", "H2", record="R-c2", revision=2))

    said = of(await hear(pool, clock, checkup("c9", "18m", "2026-02-01")), RecordsInHand)

    assert [(each.person_id, each.records) for each in said] == [(await person(pool, "c2"), 1)]


async def decide_number(
    pool: asyncpg.Pool, clock: FixedClock, about: RecordAccepted, verdict: Verdict, entry: str | None = None
) -> list[Message] | None:
    already = len(await announced(pool))
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        [record] = await open_named(work.db, about.event_type, about.record_id, about.revision)
        decided = await judge_number(work, record, verdict, entry)
    return (await announced(pool))[already:] if decided else None


async def test_a_number_that_people_say_is_the_same_persons_links_what_names_it_now_and_later(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    # Issue "Repairs", 21
    known, astray = child("100", "2024-06-01", "H2"), checkup("000100", "18m", "2026-02-01", "K-1")
    await hear(pool, clock, known, astray, checkup("000100", "4m", "2024-10-01", "K-2"))

    said = await decide_number(pool, clock, astray, Verdict.SAME)
    later = await hear(pool, clock, checkup("000100", "3y", "2027-07-01", "K-3"), held_back("1", "000100"))

    who = await person(pool, "100")
    assert said is not None
    assert [each.person_id for each in of(said, RecordLinked)] == [who, who]
    assert [(each.person_id, each.records) for each in of(said, RecordsInHand)] == [(who, 0)]
    assert [each.person_id for each in of(later, RecordLinked)] == [who]
    # Whom the number named first stays in the books, in case people think better of it.
    assert [each.records for each in of(later, RecordsInHand)] == [1, 1]
    assert who in {each.person_id for each in of(later, RecordsInHand)}
    assert set((await states(pool)).values()) == {("linked", "person_no"), ("linked", "number_decided")}


async def test_a_number_that_people_say_is_another_persons_concerns_nobody_and_waits(pool: asyncpg.Pool, clock: FixedClock) -> None:
    astray = checkup("000100", "18m", "2026-02-01", "K-1")
    await hear(pool, clock, child("100", "2024-06-01", "H2"), astray)

    said = await decide_number(pool, clock, astray, Verdict.OTHER)
    later = await hear(pool, clock, checkup("000100", "4m", "2026-02-01", "K-2"))

    assert said is not None
    assert [each.records for each in of(said, RecordsInHand)] == [0]
    assert held_up_alone(later) == [("waiting", "person not in the register")]
    assert {(await states(pool))[each] for each in ("K-1", "K-2")} == {("waiting", "person not in the register")}


async def test_of_two_whose_number_it_may_be_the_entry_is_named(pool: asyncpg.Pool, clock: FixedClock) -> None:
    astray = checkup("00100", "18m", "2026-02-01", "K-1")
    await hear(pool, clock, child("100", "2024-06-01", "H2"), child("0100", "2024-07-01", "H3"), astray)

    nobody = await decide_number(pool, clock, astray, Verdict.SAME)
    said = await decide_number(pool, clock, astray, Verdict.SAME, "R-0100")

    assert nobody is None
    assert said is not None
    assert [each.person_id for each in of(said, RecordLinked)] == [await person(pool, "0100")]
    assert {(each.person_id, each.records) for each in of(said, RecordsInHand)} == {
        (await person(pool, "0100"), 0),
        (await person(pool, "100"), 0),
    }


async def test_a_mother_whose_number_was_replaced_keeps_her_pregnancy_once_a_person_says_so(pool: asyncpg.Pool, clock: FixedClock) -> None:
    # Issue "Repairs", 21, with the number of a mother.
    old = mother("M1", "H1", name="山田 恵")
    notice = notified("P1", "M1", edd="2026-04-04")
    await hear(pool, clock, old, child("c1", "2026-04-01", "H1"), notice)
    await hear(pool, clock, exam("prenatal_exam.recorded", "X1", "2026-01-01", pregnancy_id="P1"))
    await hear(pool, clock, voided(old), mother("M9", "H1", record="R-M9", name="山田 恵"))

    said = await decide_number(pool, clock, notice, Verdict.SAME)

    who = await person(pool, "M9")
    assert said is not None
    assert {each.person_id for each in of(said, RecordLinked)} == {who}
    assert [(each.mother_id, len(each.deliveries)) for each in of(said, KinshipChanged)] == [(who, 1)]
    assert {each.records for each in of(said, RecordsInHand)} == {0}


async def test_what_is_put_aside_under_a_number_that_is_equal_but_for_leading_zeros_may_concern_who_has_it(
    pool: asyncpg.Pool, clock: FixedClock
) -> None:
    await hear(pool, clock, child("100", "2024-06-01", "H2"))

    said = of(await hear(pool, clock, held_back("1", "000100")), RecordsInHand)

    assert (await person(pool, "100"), 1) in [(each.person_id, each.records) for each in said]


@pytest.mark.parametrize("notice_first", [True, False])
async def test_an_exam_of_a_pregnancy_number_that_is_equal_but_for_leading_zeros_is_in_hand_for_the_mother(
    pool: asyncpg.Pool, clock: FixedClock, notice_first: bool
) -> None:
    # Issue "Repairs", 21, with the number of a pregnancy.
    notice, astray = notified("123", "M1", edd="2026-04-04"), exam("prenatal_exam.recorded", "X1", "2026-01-01", pregnancy_id="000123")
    await hear(pool, clock, mother("M1", "H1"), child("c1", "2026-04-01", "H1"))

    said = [each for event in ((notice, astray) if notice_first else (astray, notice)) for each in await hear(pool, clock, event)]
    after = await hear(pool, clock, voided(notice))

    who = await person(pool, "M1")
    assert [(each.person_id, each.records) for each in of(said, RecordsInHand) if not each.unnotified] == [(who, 1)]
    assert [(each.person_id, each.records) for each in of(after, RecordsInHand) if not each.unnotified] == [(who, 0)]
    assert (await states(pool))["X1"] == ("waiting", "pregnancy not notified")
