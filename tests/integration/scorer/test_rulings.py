"""The rulings of `domain.md` §2.8 that the scorer keeps, with real messages and a real PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracts.feeds import NOWHERE
from contracts.messages import EvaluationOverdue, KinshipChanged, Message
from contracts.values import DatePrecision, Item, ServiceName, Source
from infra.testing.fixtures import announced, unit_of_work
from services.scorer import inspection
from services.scorer.actions import hold
from services.scorer.evaluating import evaluate_due_singly
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    ANOTHER_CASE,
    CASE,
    CHILD,
    FATHER,
    MOTHER,
    SIBLING,
    assistance,
    certain_mother,
    checkup,
    fact,
    in_hand,
    kinship,
    measure,
    notified,
    person,
    postpartum,
    prenatal,
    watermark,
)

pytestmark = pytest.mark.servers

A, B = Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED
WEIGHT = Item.INFANT_LOW_WEIGHT
LATE, NO_EXAM, EPDS, ECON = Item.LATE_PREGNANCY_NOTIFICATION, Item.NO_PRENATAL_CHECKUPS, Item.EPDS_HIGH, Item.HOUSEHOLD_PUBLIC_ASSISTANCE
IN_HAND = ("UNKNOWN", "record_in_hand")
WELFARE = Source.PUBLIC_ASSISTANCE


async def overdue_checkup(scorer: Scorer) -> None:
    """A child whose 18-month checkup is TRUE."""
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), checkup("4m", "2024-06-20", "K-4"), watermark("2026-04-11"))


async def holds(scorer: Scorer, message: Message, *, held: bool) -> None:
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        await hold(work, message, held)
    await scorer.day_comes(scorer.clock.at.date().isoformat())


# --- 2: no value that held records refute -------------------------------------------------------------------------------


async def test_absence_is_not_concluded_while_facts_of_the_child_are_on_their_way(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10", facts_said=3), watermark("2026-04-11"))
    behind = [await scorer.value(item) for item in (A, B, ECON)]

    await scorer.hears(fact("pregnancy.ended", "C-1"), checkup("4m", "2024-06-20", revision=1, record="K-4"))
    still = await scorer.value(B)
    await scorer.hears(checkup("18m", "2026-04-01"))

    assert behind == [IN_HAND] * 3
    assert still == IN_HAND
    assert [await scorer.value(item) for item in (A, B, ECON)] == [("FALSE", "received"), ("FALSE", "received"), ("FALSE", "no_record")]
    assert await scorer.told() == []


async def test_absence_is_not_concluded_before_the_person_was_heard_that_was_decided_with_a_fact(scorer: Scorer) -> None:
    await overdue_checkup(scorer)

    await scorer.hears(checkup("4m", "2024-06-20", "K-4", revision=2, person_version=2))
    behind = await scorer.value(B)
    await scorer.hears(person("2024-02-10", ("2024-02-10", "2025-12-01"), ("2026-01-01", None), version=2))

    assert behind == IN_HAND
    assert await scorer.value(B) == ("UNKNOWN", "residence_incomplete")


async def test_every_fact_counts_once_whatever_it_holds(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), checkup("18m", "2025-09-01", revision=2, void=True), watermark("2026-04-11"))

    await scorer.hears(person("2024-02-10", version=2, facts_said=2))
    behind = await scorer.value(B)
    await scorer.hears(checkup("18m", "2025-09-01"))

    assert behind == IN_HAND
    assert await scorer.value(B) == ("TRUE", "not_received")


async def test_absence_is_not_concluded_while_facts_of_the_mother_are_on_their_way(scorer: Scorer) -> None:
    await scorer.day_comes("2026-05-01")
    await scorer.hears(person("2026-01-01"), person("1994-01-01", who=MOTHER), watermark("2026-05-01"))
    await scorer.hears(certain_mother(facts_said=1))
    behind = await scorer.value(NO_EXAM)

    await scorer.hears(prenatal("2025-08-01", pregnancy=None))

    assert behind == IN_HAND
    assert await scorer.value(NO_EXAM) == ("FALSE", "exam_recorded")
    assert await scorer.told() == []


async def test_a_record_in_hand_of_the_child_keeps_its_source_from_concluding_absence_until_it_is_gone(scorer: Scorer) -> None:
    await overdue_checkup(scorer)
    before = await scorer.value(B)

    await scorer.hears(in_hand(2))
    held = await scorer.value(B), await scorer.value(ECON)
    await scorer.hears(in_hand(0, version=3))
    await scorer.hears(in_hand(1, version=2))

    assert before == ("TRUE", "not_received")
    assert held == (IN_HAND, ("FALSE", "no_record"))
    assert await scorer.value(B) == ("TRUE", "not_received")


async def test_a_record_in_hand_of_nobody_concerns_everybody_until_every_partition_let_it_go(scorer: Scorer) -> None:
    scorer = replace(scorer, partitions=2)
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), checkup("4m", "2024-06-20", "K-4"), watermark("2026-04-11"), watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")

    await scorer.hears(in_hand(1, None))
    await scorer.day_comes("2026-04-11")
    begun = await scorer.value(B)
    await scorer.hears(in_hand(1, None), in_hand(0, None, version=2))
    await scorer.day_comes("2026-04-11")
    on_one = await scorer.value(B)
    await scorer.hears(in_hand(0, None, version=2))
    await scorer.day_comes("2026-04-11")

    assert (begun, on_one) == (IN_HAND, IN_HAND)
    assert await scorer.value(B) == ("TRUE", "not_received")


@pytest.mark.parametrize("thrown_away", [False, True])
async def test_a_fact_that_the_scorer_put_aside_blocks_its_person_and_source(scorer: Scorer, *, thrown_away: bool) -> None:
    await overdue_checkup(scorer)
    parked = checkup("18m", "2026-04-01")

    await holds(scorer, parked, held=True)
    await scorer.hears(person("2024-02-10", version=2, facts_said=2))
    held = await scorer.value(B), await scorer.value(ECON)
    if not thrown_away:
        await scorer.hears(parked)
    await holds(scorer, parked, held=False)

    assert held == (IN_HAND, ("FALSE", "no_record"))
    assert await scorer.value(B) == (("TRUE", "not_received") if thrown_away else ("FALSE", "received"))


@pytest.mark.parametrize("parked", [person("2024-02-10", version=9), *certain_mother(version=9)], ids=["person", "kinship"])
async def test_a_person_or_kinship_that_was_put_aside_blocks_the_child(scorer: Scorer, parked: KinshipChanged) -> None:
    await overdue_checkup(scorer)

    await holds(scorer, parked, held=True)
    held = await scorer.value(B), await scorer.value(ECON)
    await holds(scorer, parked, held=False)

    assert held == (IN_HAND, IN_HAND)
    assert await scorer.value(B) == ("TRUE", "not_received")


# --- 1, 12: feeds ----------------------------------------------------------------------------------------------------


async def test_what_is_concluded_from_absence_holds_seven_days_and_what_a_record_says_stays(scorer: Scorer) -> None:
    await overdue_checkup(scorer)
    await scorer.hears(person("2020-01-01", who=SIBLING), assistance("2026-02-01", who=SIBLING))

    await scorer.day_comes("2026-04-18")
    fresh = await scorer.value(B), await scorer.value(ECON)
    await scorer.day_comes("2026-04-19")
    silent = await scorer.value(B), await scorer.value(ECON)
    lasting = await scorer.answer(ECON, SIBLING)
    await scorer.hears(watermark("2026-04-19"))
    await scorer.day_comes("2026-04-19")

    assert fresh == (("TRUE", "not_received"), ("FALSE", "no_record"))
    assert silent == (("UNKNOWN", "feed_stale"),) * 2
    assert (lasting["value"], lasting["stale_since"]) == ("TRUE", date(2026, 4, 12))
    assert await scorer.value(B) == ("TRUE", "not_received")
    assert (await scorer.answer(ECON, SIBLING))["stale_since"] is None


# --- 1 and 15: a source takes back how far it is complete, and says from when on it is -----------------------------------


async def test_what_was_concluded_beyond_a_watermark_that_was_taken_back_is_believed_no_longer(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), checkup("4m", "2024-06-20", "K-4"), watermark("2026-04-11", version=1))
    before = await scorer.value(B), await scorer.value(ECON)

    await scorer.hears(watermark("2024-01-01", version=2))
    await scorer.day_comes("2026-04-11")
    back = await scorer.value(B), await scorer.value(ECON)
    await scorer.hears(watermark("2026-04-11", version=3))
    await scorer.day_comes("2026-04-11")

    assert before == (("TRUE", "not_received"), ("FALSE", "no_record"))
    assert back == (("UNKNOWN", "feed_stale"),) * 2
    assert (await scorer.value(B), await scorer.value(ECON)) == before


async def test_a_source_that_took_back_all_it_said_is_as_one_that_never_spoke(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-11")
    await scorer.hears(person("2024-02-10"), checkup("4m", "2024-06-20", "K-4"), watermark("2026-04-11", version=1))

    await scorer.hears(watermark(NOWHERE.isoformat(), version=2))
    await scorer.day_comes("2026-04-11")

    assert await scorer.value(B) == ("UNKNOWN", "feed_stale")
    assert (await scorer.answer(B))["stale_since"] is None


async def test_a_late_watermark_takes_nothing_back(scorer: Scorer) -> None:
    await overdue_checkup(scorer)
    await scorer.hears(watermark("2026-04-11", version=2))

    await scorer.hears(watermark("2026-04-01", version=1), watermark("2026-04-02"))
    await scorer.day_comes("2026-04-11")

    assert await scorer.value(B) == ("TRUE", "not_received")


async def test_a_watermark_is_taken_back_once_every_partition_heard_of_it(scorer: Scorer) -> None:
    scorer = replace(scorer, partitions=2)
    await scorer.day_comes("2026-04-11")
    said = [watermark("2026-04-11", version=1) for _ in range(2)]
    await scorer.hears(person("2024-02-10"), checkup("4m", "2024-06-20", "K-4"), *said)
    await scorer.day_comes("2026-04-11")

    await scorer.hears(watermark("2024-01-01", version=2))
    await scorer.day_comes("2026-04-11")
    on_one = await scorer.value(B)
    await scorer.hears(watermark("2024-01-01", version=2))
    await scorer.day_comes("2026-04-11")

    assert on_one == ("TRUE", "not_received")
    assert await scorer.value(B) == ("UNKNOWN", "feed_stale")


async def test_nothing_is_concluded_before_the_day_from_which_on_a_source_says_that_it_is_complete(scorer: Scorer) -> None:
    await overdue_checkup(scorer)

    await scorer.hears(watermark("2026-04-12", version=1, complete_from="2025-09-01"))
    await scorer.day_comes("2026-04-12")
    after = await scorer.value(B)
    await scorer.hears(watermark("2026-04-13", version=2, complete_from="2020-01-01"))
    await scorer.day_comes("2026-04-13")

    assert after == ("UNKNOWN", "before_feed")
    assert await scorer.value(B) == ("TRUE", "not_received")


async def test_a_watermark_of_every_night_makes_nobody_due(scorer: Scorer) -> None:
    await overdue_checkup(scorer)
    rows = await scorer.pool.fetchval("select count(*) from evaluation")

    for day in range(12, 19):
        await scorer.day_comes(f"2026-04-{day}")
        await scorer.hears(watermark(f"2026-04-{day}"))
        assert await scorer.asked(inspection.due_on_or_before, date(2026, 4, day)) == 0
    assert await scorer.pool.fetchval("select count(*) from evaluation") == rows


async def test_a_watermark_makes_nobody_due_who_waits_for_another_feed_of_the_item(scorer: Scorer) -> None:
    await scorer.hears(person("2021-06-01"), watermark("2026-04-10"))
    await scorer.day_comes("2026-04-11")
    waits = await scorer.value(Item.NO_MUNICIPAL_CONTACT)

    await scorer.hears(watermark("2026-04-11"))
    of_those_that_told_before = await scorer.asked(inspection.due_on_or_before, date(2026, 4, 11))
    await scorer.hears(watermark("2026-04-11", Source.CHILDCARE))

    assert waits == ("UNKNOWN", "feed_stale")
    assert of_those_that_told_before == 0
    assert await scorer.asked(inspection.due_on_or_before, date(2026, 4, 11)) == 1


async def test_a_watermark_after_a_silence_reaches_those_who_waited_when_one_before_it_came_too_late(scorer: Scorer) -> None:
    """A mark that is old when it comes proves nothing, and hides nobody from the next."""
    await scorer.day_comes("2026-04-20")
    await scorer.hears(watermark("2026-03-20"))
    await scorer.hears(person("2024-02-10"), checkup("4m", "2024-06-20", "K-4"))
    await scorer.day_comes("2026-04-20")
    silent = await scorer.value(ECON)

    await scorer.hears(watermark("2026-03-25"))
    await scorer.day_comes("2026-04-20")
    late = await scorer.value(ECON)
    await scorer.hears(watermark("2026-04-19"))
    await scorer.day_comes("2026-04-20")

    assert silent == late == ("UNKNOWN", "feed_stale")
    assert (await scorer.value(ECON), await scorer.value(B)) == (("FALSE", "no_record"), ("TRUE", "not_received"))


# --- 4, 5: the mother --------------------------------------------------------------------------------------------------


async def test_no_exam_without_a_notification_needs_the_certain_mother(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-30")
    await scorer.hears(
        person("2026-01-01"), person("2026-01-01", who=SIBLING), person("1994-01-01", who=MOTHER), certain_mother(), watermark("2026-05-01")
    )
    before = (await scorer.value(NO_EXAM))[0]
    await scorer.day_comes("2026-05-01")

    assert before == "UNKNOWN"
    assert await scorer.value(NO_EXAM) == ("TRUE", "no_notification_no_exam")
    assert await scorer.value(NO_EXAM, SIBLING) == ("UNKNOWN", "no_pregnancy_linked")
    await scorer.hears(prenatal("2026-01-02", pregnancy=None))
    assert (await scorer.value(NO_EXAM))[0] == "TRUE"
    await scorer.hears(person("1994-01-01", ("2025-08-15", None), who=MOTHER, version=2))
    assert await scorer.value(NO_EXAM) == ("UNKNOWN", "mother_residence_incomplete")


async def test_a_mothers_pregnancy_that_belongs_to_no_child_may_be_this_one(scorer: Scorer) -> None:
    await scorer.day_comes("2026-05-01")
    await scorer.hears(person("2026-01-01"), person("1994-01-01", who=MOTHER), certain_mother(), watermark("2026-05-01"))

    await scorer.hears(notified("2025-07-01", 9))

    assert await scorer.value(NO_EXAM) == ("UNKNOWN", "no_pregnancy_linked")
    # One that was voided counts as none.
    await scorer.hears(notified("2025-07-01", 9, revision=2, void=True))
    assert await scorer.value(NO_EXAM) == ("TRUE", "no_notification_no_exam")


async def test_epds_reaches_the_child_by_its_certain_mother_and_no_older_sibling(scorer: Scorer) -> None:
    await scorer.day_comes("2026-05-01")
    await scorer.hears(person("2025-05-20", who=SIBLING), person("1994-01-01", who=MOTHER), certain_mother(SIBLING))
    await scorer.hears(postpartum("2026-04-20", 12, pregnancy=None))
    alone = await scorer.value(EPDS, SIBLING)

    await scorer.hears(person("2026-04-01"), certain_mother())

    assert alone == ("TRUE", "total_high")
    assert await scorer.value(EPDS) == ("TRUE", "total_high")
    assert (await scorer.value(EPDS, SIBLING))[0] == "UNKNOWN"


async def test_a_delivery_without_a_mother_answers_15_and_leaves_16_open(scorer: Scorer) -> None:
    await scorer.day_comes("2026-05-01")
    [linked] = kinship()
    assert isinstance(linked, KinshipChanged)
    nobody = linked.model_copy(update={"deliveries": (linked.deliveries[0].model_copy(update={"mother_id": None}),)})

    await scorer.hears(person("2026-01-01"), nobody, notified("2025-07-01", 14), watermark("2026-05-01"))

    assert await scorer.value(LATE) == ("TRUE", "notified_late")
    assert await scorer.value(NO_EXAM) == ("UNKNOWN", "mother_not_certain")


# --- 6, 7: two kinds of past -------------------------------------------------------------------------------------------


async def test_a_spell_that_was_over_before_it_became_known_holds_on_its_days(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-01")
    await scorer.hears(person("2020-01-01", ("2025-03-01", None)), watermark("2026-04-01"))

    await scorer.hears(assistance("2025-01-01", abolished_on="2025-10-01"))

    async def on(day: date) -> str:
        return str((await scorer.asked(inspection.indicators_on, CHILD, day))[ECON])

    assert [await on(date(2025, month, 1)) for month in (2, 3, 9, 10)] == ["NOT_APPLICABLE", "TRUE", "TRUE", "FALSE"]


async def test_known_at_moves_with_the_answer_and_not_with_what_adds_to_it(scorer: Scorer) -> None:
    first = datetime(2026, 4, 1, 3, tzinfo=UTC)
    await scorer.day_comes("2026-04-01")
    await scorer.hears(person("2020-01-01"), assistance("2026-02-01"), watermark("2026-04-10"))

    await scorer.day_comes("2026-04-05")
    await scorer.hears(assistance("2026-02-01", revision=2, abolished_on="2026-12-01"), assistance("2026-03-01", "W-2"))
    more = await scorer.answer(ECON)
    await scorer.day_comes("2026-04-06")
    await scorer.hears(assistance("2026-01-15", revision=3))
    moved = await scorer.answer(ECON)

    assert (more["known_at"], len(more["evidence"])) == (first, 2)
    assert moved["known_at"] == datetime(2026, 4, 6, 3, tzinfo=UTC)
    [then] = [a for a in await scorer.asked(inspection.indicators_as_of, CHILD, date(2026, 4, 3)) if a["item"] == ECON]
    assert len(then["evidence"]) == 1


# --- 14 and 20: what cannot be, and what contradicts itself --------------------------------------------------------------


async def test_a_weight_that_cannot_be_is_a_task_of_its_owner_until_it_is_said_anew_and_so_are_two_that_contradict(scorer: Scorer) -> None:
    await scorer.day_comes("2026-06-25")
    await scorer.hears(person("2023-04-20"), checkup("3y", "2026-06-25", weight_kg=109.0))
    slip, asked_of = await scorer.value(WEIGHT), await scorer.asked(inspection.doubtful)

    await scorer.hears(checkup("3y", "2026-06-25", weight_kg=14.9, revision=2))
    mended, no_more = await scorer.value(WEIGHT), await scorer.asked(inspection.doubtful)
    await scorer.hears(checkup("3y", "2026-06-25", "K-2", weight_kg=10.9))

    assert slip == ("UNKNOWN", "measurement_quarantined")
    assert [(t["source"], t["item"], t["reason"], t["records"]) for t in asked_of] == [
        (Source.MATERNAL_CHILD_HEALTH, WEIGHT, "measurement_quarantined", ["K-1"])
    ]
    assert (mended, no_more) == (("FALSE", "weight_not_low"), [])
    assert await scorer.value(WEIGHT) == ("TRUE", "weight_low")
    assert [(t["reason"], t["records"]) for t in await scorer.asked(inspection.doubtful)] == [("contradictory", ["K-1", "K-2"])]


# --- 8: the opponent's welfare case -------------------------------------------------------------------------------------


async def test_a_case_that_an_opponent_shares_says_nothing_of_a_protected_child_until_the_owner_says_a_new_row(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-09")
    await scorer.hears(
        person("2020-01-01"),
        person("1990-01-01", who=FATHER),
        assistance("2026-02-01", case=CASE, effective_on="2026-02-01"),
        assistance("2026-02-01", "W-F", who=FATHER, case=CASE, effective_on="2026-02-01"),
        watermark("2026-04-09"),
    )
    before = await scorer.value(ECON)
    await scorer.hears(measure("2026-04-10"))
    not_yet = await scorer.value(ECON)

    await scorer.day_comes("2026-04-10")
    separated = await scorer.answer(ECON)
    tasks = await scorer.asked(inspection.separated)
    await scorer.hears(assistance("2026-02-01", case=ANOTHER_CASE, effective_on="2026-04-15", revision=2))

    assert (before, not_yet) == (("TRUE", "receiving"), ("TRUE", "receiving"))
    assert (separated["value"], separated["reason_code"]) == ("UNKNOWN", "protected_separation")
    assert (separated["evidence"], separated["valid_from"], separated["detail"]) == ([], None, {})
    assert [(task["person_id"], task["records"]) for task in tasks] == [(CHILD, ["W-1"])]
    assert await scorer.value(ECON) == ("TRUE", "receiving")
    assert await scorer.asked(inspection.separated) == []


async def test_an_opponent_who_joins_the_case_later_separates_it_too_and_a_voided_measure_ends_it(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-20")
    await scorer.hears(person("2020-01-01"), measure("2026-04-10"), assistance("2026-02-01", case=CASE, effective_on="2026-02-01"))
    alone = await scorer.value(ECON)

    await scorer.hears(assistance("2026-03-01", "W-F", who=FATHER, case=CASE))
    shared = await scorer.value(ECON)
    await scorer.hears(measure("2026-04-10", version=2, voided=True))

    assert alone == ("TRUE", "receiving")
    assert shared == ("UNKNOWN", "protected_separation")
    assert await scorer.value(ECON) == ("TRUE", "receiving")


# --- who cannot be evaluated ------------------------------------------------------------------------------------------


async def test_a_child_who_cannot_be_evaluated_is_told_of_once_and_again_when_it_works(scorer: Scorer) -> None:
    await overdue_checkup(scorer)
    await scorer.pool.execute("update person set residence = '[[\"never\", null]]'")
    await scorer.hears(checkup("18m", "2026-04-01"))
    failures = 0

    def failed() -> None:
        nonlocal failures
        failures += 1

    for day in (11, 12):
        scorer.clock.at = datetime(2026, 4, day, 3, tzinfo=UTC)
        async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
            await evaluate_due_singly(work, 200, failed=failed)
    listed = await scorer.asked(inspection.overdue)
    await scorer.hears(person("2024-02-10", version=2))

    told = [m for m in await announced(scorer.pool) if isinstance(m, EvaluationOverdue)]
    assert failures == 2
    assert listed == [{"person_id": CHILD, "since": date(2026, 4, 11)}]
    assert [(m.person_id, m.version, m.since) for m in told] == [(CHILD, 1, date(2026, 4, 11)), (CHILD, 2, None)]
    assert await scorer.asked(inspection.overdue) == []
    assert await scorer.value(B) == ("FALSE", "received")


async def test_a_person_of_whose_birth_date_not_all_is_known_is_never_a_child(scorer: Scorer) -> None:
    await scorer.hears(person("2007-01-01", birth_date_precision=DatePrecision.YEAR), person("1868-01-25", who=MOTHER))

    assert await scorer.asked(inspection.indicators, CHILD) == []
