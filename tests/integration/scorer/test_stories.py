"""The scorer's part of the stories of `domain.md` §8, with real messages and a real PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracts.messages import DecisionRecorded, ReviewBasisChanged, ReviewNeeded
from contracts.values import Group, Item, ServiceName, Source
from infra.testing.fixtures import announced, unit_of_work
from services.scorer import inspection
from services.scorer.actions import take_in
from services.scorer.domain.programme import Programme
from services.scorer.domain.rulesets import SP_3
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    CHILD,
    MOTHER,
    SIBLING,
    assistance,
    checkup,
    kinship,
    notified,
    person,
    postpartum,
    prenatal,
    watermark,
)

pytestmark = pytest.mark.servers

A, B = Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED
LATE, NO_EXAM, EPDS, ECON = Item.LATE_PREGNANCY_NOTIFICATION, Item.NO_PRENATAL_CHECKUPS, Item.EPDS_HIGH, Item.HOUSEHOLD_PUBLIC_ASSISTANCE


async def test_of_twins_only_the_one_without_a_checkup_is_listed_s01(scorer: Scorer) -> None:
    await scorer.day_comes("2026-08-06")
    await scorer.hears(
        person("1994-01-01", who=MOTHER),
        person("2026-03-10"),
        person("2026-03-10", who=SIBLING),
        kinship(CHILD, SIBLING),
        notified("2025-10-06", 14),
        *(prenatal(f"2025-{month}-01", f"P-{month}") for month in ("10", "11", "12")),
        postpartum("2026-03-24", 11),
        postpartum("2026-04-09", 6, "E-2"),
        checkup("4m", "2026-08-05"),
        watermark("2026-08-06"),
    )
    before = await scorer.told()

    await scorer.hears(watermark("2026-11-09"))
    await scorer.day_comes("2026-11-09")

    [told] = await scorer.told()
    assert before == []
    assert isinstance(told, ReviewNeeded)
    assert (told.person_id, told.groups, told.as_of) == (SIBLING, (Group.PERI, Group.CHK), date(2026, 11, 9))
    assert await scorer.value(A) == ("FALSE", "received")
    assert await scorer.value(A, SIBLING) == ("TRUE", "not_received")
    assert await scorer.value(NO_EXAM, SIBLING) == ("FALSE", "exam_recorded")


async def test_an_older_sibling_never_inherits_a_pregnancy_s05(scorer: Scorer) -> None:
    await scorer.hears(person("2022-03-01", who=SIBLING), person("1994-01-01", who=MOTHER), notified("2026-01-20", 13))

    assert await scorer.value(LATE, SIBLING) == ("UNKNOWN", "no_pregnancy_linked")
    assert await scorer.told() == []


async def test_a_pregnancy_that_comes_late_is_true_in_the_past_but_known_now_s06(scorer: Scorer) -> None:
    await scorer.day_comes("2026-06-02")
    await scorer.hears(person("2026-05-31"), person("1994-01-01", who=MOTHER), watermark("2026-06-02"))
    await scorer.day_comes("2026-07-15")
    await scorer.hears(notified("2026-01-16", 20), prenatal("2026-02-01"), postpartum("2026-06-30", 10))
    still = {item: (await scorer.value(item))[0] for item in (LATE, NO_EXAM, EPDS)}

    await scorer.hears(kinship())

    late = await scorer.answer(LATE)
    listed = {a["item"]: a["value"] for a in await scorer.asked(inspection.indicators_as_of, CHILD, date(2026, 7, 1))}
    assert set(still.values()) == {"UNKNOWN"}
    assert (late["value"], late["valid_from"]) == ("TRUE", date(2026, 5, 31))
    assert late["known_at"] == datetime(2026, 7, 15, 3, tzinfo=UTC)
    assert (await scorer.value(NO_EXAM))[0] == "FALSE"
    assert (await scorer.answer(EPDS))["valid_from"] == date(2026, 6, 30)
    assert {listed[item] for item in (LATE, NO_EXAM, EPDS)} == {"UNKNOWN"}
    assert await scorer.told() == []


async def test_a_late_checkup_changes_the_basis_of_a_review_once_s08(scorer: Scorer) -> None:
    await scorer.hears(
        person("2024-02-10"),
        person("1994-01-01", who=MOTHER),
        kinship(),
        notified("2023-10-01", 18),
        prenatal("2023-10-15"),
        checkup("4m", "2024-06-20", "K-4"),
        watermark("2026-04-11"),
    )
    await scorer.day_comes("2026-04-11")
    opened = await scorer.told()
    await scorer.day_comes("2026-05-20")

    await scorer.hears(checkup("18m", "2026-05-08"))
    await scorer.hears(checkup("18m", "2026-05-08", revision=2))

    answer = await scorer.answer(B)
    [needed, changed] = await scorer.told()
    then = {a["item"]: a["value"] for a in await scorer.asked(inspection.indicators_as_of, CHILD, date(2026, 4, 20))}
    assert [needed] == opened
    assert (answer["value"], answer["valid_from"], answer["detail"]["late"]) == ("FALSE", date(2026, 5, 8), True)
    assert isinstance(changed, ReviewBasisChanged)
    assert (changed.needed, changed.groups, changed.version) == (False, (Group.PERI,), 2)
    assert then[B] == "TRUE"


async def test_assistance_that_ends_and_one_that_never_was_s11(scorer: Scorer) -> None:
    await scorer.hears(person("2020-01-01"), assistance("2026-02-01"), watermark("2026-04-01"))
    since = await scorer.answer(ECON)

    await scorer.hears(assistance("2026-02-01", abolished_on="2026-08-31", revision=2))
    await scorer.day_comes("2026-08-30")
    last = await scorer.value(ECON)
    await scorer.day_comes("2026-08-31")
    ended = await scorer.answer(ECON)
    await scorer.hears(assistance("2026-02-01", revision=3, void=True), watermark("2026-08-31"))

    assert (since["value"], since["valid_from"]) == ("TRUE", date(2026, 2, 1))
    assert last == ("TRUE", "receiving")
    assert (ended["value"], ended["valid_from"]) == ("FALSE", date(2026, 8, 31))
    assert await scorer.value(ECON) == ("FALSE", "no_record")
    history = {a["item"]: a["value"] for a in await scorer.asked(inspection.indicators_as_of, CHILD, date(2026, 4, 1))}
    assert history[ECON] == "TRUE"


async def test_a_newcomer_is_never_listed_by_absence_s22(scorer: Scorer) -> None:
    await scorer.day_comes("2026-08-02")
    await scorer.hears(person("2023-06-01", ("2026-08-01", None)), watermark("2028-01-01"))

    await scorer.day_comes("2027-09-01")

    values = {a["item"]: a["value"] for a in await scorer.asked(inspection.indicators, CHILD)}
    # A child of four: what is of school does not apply yet.
    of_school = {
        *(Item.SCHOOL_ABSENCE_HIGH, Item.SCHOOL_TARDINESS_HIGH, Item.SCHOOL_LOW_WEIGHT),
        *(Item.LIFESTYLE_SURVEY_CONCERN, Item.LEARNING_ACHIEVEMENT_LOW, Item.CARE_RECIPIENT_IN_HOUSEHOLD),
    }
    assert {values[item] for item in of_school} == {"NOT_APPLICABLE"}
    assert {values[item] for item in Item if item is not ECON and item not in of_school} == {"UNKNOWN"}
    assert await scorer.told() == []


async def test_a_feed_outage_opens_no_review_s23(scorer: Scorer) -> None:
    first = checkup("4m", "2024-10-20", "K-4")
    await scorer.hears(person("2024-06-16"), assistance("2026-02-01"), first, watermark("2026-07-01"))
    await scorer.day_comes("2026-08-15")
    stale = await scorer.value(B)
    await scorer.day_comes("2026-09-03")

    await scorer.hears(checkup("18m", "2026-06-02"), watermark("2026-09-03"))
    await scorer.day_comes("2026-09-03")

    assert stale == ("UNKNOWN", "feed_stale")
    assert await scorer.value(B) == ("FALSE", "received")
    assert await scorer.told() == []


async def test_who_waited_for_a_feed_is_evaluated_when_it_delivers(scorer: Scorer) -> None:
    await scorer.hears(person("2024-06-16"), checkup("4m", "2024-10-20", "K-4"), watermark("2026-07-01"))
    await scorer.day_comes("2026-08-20")
    waiting = await scorer.asked(inspection.due_on_or_before, date(2026, 8, 20))

    await scorer.hears(watermark("2026-08-14", Source.MATERNAL_CHILD_HEALTH))
    not_yet = await scorer.asked(inspection.due_on_or_before, date(2026, 8, 20))
    await scorer.hears(watermark("2026-08-15", Source.MATERNAL_CHILD_HEALTH))
    woken = await scorer.asked(inspection.due_on_or_before, date(2026, 8, 20))
    await scorer.day_comes("2026-08-20")

    assert (waiting, not_yet, woken) == (0, 0, 1)
    assert await scorer.value(B) == ("TRUE", "not_received")


async def test_with_two_partitions_a_watermark_counts_when_both_are_past_it(scorer: Scorer) -> None:
    scorer = replace(scorer, partitions=2)
    await scorer.hears(person("2024-06-16"))
    await scorer.day_comes("2026-08-20")

    await scorer.hears(watermark("2026-08-15"))
    on_one = await scorer.asked(inspection.due_on_or_before, date(2026, 8, 20))
    await scorer.hears(watermark("2026-08-15"))
    await scorer.day_comes("2026-08-20")

    assert on_one == 0
    assert await scorer.value(B) == ("TRUE", "not_received")


async def test_a_child_of_whom_only_the_register_told_has_every_item(scorer: Scorer) -> None:
    await scorer.hears(person("2024-06-16"))

    answers = await scorer.asked(inspection.indicators, CHILD)

    assert {answer["item"] for answer in answers} == set(Item)


async def test_an_adult_is_never_evaluated(scorer: Scorer) -> None:
    await scorer.hears(person("1994-01-01", who=MOTHER), prenatal("2025-10-01"), assistance("2026-02-01", who=MOTHER))

    assert await scorer.asked(inspection.indicators, MOTHER) == []


async def test_a_mothers_move_counts_for_her_child(scorer: Scorer) -> None:
    await scorer.hears(
        person("2026-01-01"), kinship(), person("1994-01-01", who=MOTHER), notified("2025-07-01", 11), watermark("2026-12-01")
    )
    await scorer.day_comes("2026-05-01")
    here = await scorer.value(NO_EXAM)

    await scorer.hears(person("1994-01-01", ("2025-12-01", None), who=MOTHER, version=2))

    assert here == ("TRUE", "no_exam_on_record")
    assert await scorer.value(NO_EXAM) == ("UNKNOWN", "mother_residence_incomplete")


async def test_a_record_that_was_another_persons_is_taken_from_the_one_and_given_to_the_other(scorer: Scorer) -> None:
    await scorer.hears(person("2024-02-10"), person("2024-02-10", who=SIBLING), checkup("18m", "2025-09-01"), watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")

    await scorer.hears(checkup("18m", "2025-09-01", who=SIBLING, said=2))
    await scorer.hears(checkup("18m", "2025-09-01", said=1, void=True))

    assert await scorer.value(B) == ("TRUE", "not_received")
    assert await scorer.value(B, SIBLING) == ("FALSE", "received")


async def test_kinship_that_was_wrong_is_taken_back(scorer: Scorer) -> None:
    await scorer.hears(person("2026-03-10"), kinship(), notified("2025-10-06", 14))
    linked = await scorer.value(LATE)

    await scorer.hears(kinship(version=2, linked=False))
    await scorer.hears(kinship(version=1))

    assert linked == ("TRUE", "notified_late")
    assert await scorer.value(LATE) == ("UNKNOWN", "no_pregnancy_linked")


async def test_a_person_whose_records_were_all_voided_has_nothing(scorer: Scorer) -> None:
    await scorer.hears(person("2024-02-10"))

    await scorer.hears(person("2024-02-10", version=2, exists=False))

    assert {a["reason_code"] for a in await scorer.asked(inspection.indicators, CHILD)} == {"person_voided"}
    assert await scorer.asked(inspection.next_due, None) is None


async def test_a_review_is_explained_and_audited_push_10(scorer: Scorer) -> None:
    await scorer.hears(
        person("2024-02-10"),
        kinship(),
        notified("2023-10-01", 18),
        checkup("4m", "2024-06-20", "K-4"),
        watermark("2026-04-11"),
    )
    await scorer.day_comes("2026-04-11")

    [said] = await scorer.told()
    audited = [m for m in await announced(scorer.pool) if isinstance(m, DecisionRecorded)]
    [true] = [state for state in said.indicators if state.item is LATE]
    assert [m.action for m in audited] == ["scorer.review_needed"]
    assert audited[0].thing.id == str(CHILD)
    assert len(said.indicators) == len(Item)
    assert (true.detail["weeks"], true.fresh_through, len(true.evidence)) == (18, date(2026, 4, 11), 1)
    assert (await scorer.asked(inspection.review_signal, CHILD))["needed"] is True


async def test_what_a_second_ruleset_says_goes_on_where_the_first_ended_and_leaves_its_words_alone(scorer: Scorer) -> None:
    await scorer.hears(
        person("2024-02-10"), kinship(), notified("2023-10-01", 18), checkup("4m", "2024-06-20", "K-4"), watermark("2026-04-11")
    )
    await scorer.day_comes("2026-04-11")
    other = Programme(ruleset=replace(SP_3, name="SP-9"))

    for number in (1, 2):
        async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
            await take_in(work, [checkup("10m", "2025-01-05", f"K-{number}")], other)

    first, second = await scorer.told()
    assert [(said.ruleset, said.version) for said in (first, second)] == [("SP-3", 1), ("SP-9", 2)]
    assert first.event_id != second.event_id
    assert (await scorer.asked(inspection.review_signal, CHILD))["version"] == 1
    assert (await scorer.asked(inspection.review_signal, CHILD, other))["version"] == 2
    assert (await scorer.asked(inspection.figures))["reviews_told"] == 1
