"""News of a child's own records alone: the items that read them are asked, and it comes to the same as asking all."""

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.messages import Message, RecordLinked, ReviewNeeded
from contracts.values import Item, ServiceName, Source
from infra.testing.fixtures import unit_of_work
from services.scorer import inspection
from services.scorer.evaluating import evaluate_due
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    CHILD,
    MOTHER,
    SIBLING,
    assistance,
    certain_mother,
    checkup,
    fact,
    in_hand,
    person,
    watermark,
)
from tests.integration.scorer.test_school_years import month, registered

pytestmark = pytest.mark.servers
TODAY = "2026-11-20"
PUPIL, TODDLER = CHILD, SIBLING


def told(source: Source, event_type: str, record: str, **data: Any) -> RecordLinked:
    return fact(event_type, record, **data).model_copy(update={"source": source})


def course() -> Iterator[list[Message]]:
    """What is said of a pupil and a toddler, feed by feed: with corrections, voids, and a record that was about the other one."""
    yield [registered("JS-1", 2026), *(month(f"A-{number}", 2026, number, 1) for number in (4, 5, 6, 7, 9, 10))]
    yield [month("A-11", 2026, 11, 1)]
    yield [
        told(
            Source.SCHOOL_AFFAIRS,
            "school_health.exam_recorded",
            "X-1",
            fiscal_year=2026,
            grade=5,
            exam_date="2026-05-14",
            height_cm=139.0,
            weight_kg=32.0,
        )
    ]
    yield [
        told(
            Source.CHILD_CONSULTATION, "consultation.status_changed", "S-1", status="closed", opened_on="2026-02-01", closed_on="2026-03-01"
        )
    ]
    survey = {"fiscal_year": 2026, "survey": "learning", "surveyed_on": "2026-05-21"}
    yield [told(Source.LIFESTYLE_LEARNING_SURVEY, "survey.result_recorded", "L-1", standard_score=31, **survey)]
    yield [told(Source.LIFESTYLE_LEARNING_SURVEY, "survey.result_recorded", "L-1", standard_score=51, revision=2, **survey)]
    certificate = {"kind": "day_support_certificate", "valid_from": "2026-11-01", "status": "issued"}
    yield [told(Source.DISABILITY, "disability.certificate_changed", "D-1", **certificate)]
    yield [told(Source.MEDICAL_SUBSIDY, "medical_subsidy.changed", "M-1", kind="child", valid_from="2026-04-01", status="active")]
    yield [told(Source.DISABILITY, "disability.certificate_changed", "D-1", who=TODDLER, revision=2, **certificate)]
    yield [checkup("18m", "2025-09-01", "K-18", who=TODDLER), checkup("4m", "2024-06-20", "K-4", who=TODDLER)]
    yield [checkup("18m", "2025-09-01", "K-18", who=TODDLER, revision=2, void=True)]
    yield [month("A-10", 2026, 10, 2), assistance("2026-04-01", "W-1")]


async def asked_again(scorer: Scorer) -> int:
    """Ask everything of everybody. Returns how many answers were others."""
    before = await scorer.pool.fetchval("select count(*) from evaluation")
    await scorer.pool.execute("update due set evaluate_on = $1", scorer.clock.today())
    await scorer.day_comes(TODAY)
    return int(await scorer.pool.fetchval("select count(*) from evaluation")) - int(before)


async def asked_partly(scorer: Scorer, *parcel: Message) -> int:
    """Let a parcel be heard in a flood, and evaluate. Returns of how many children some items alone were asked and an answer was new."""
    await scorer.hears(list(parcel), put_off=True)
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        await evaluate_due(work, 200)
    return int(await scorer.pool.fetchval("select count(*) from due where answers = ''"))


async def families(scorer: Scorer) -> None:
    await scorer.day_comes(TODAY)
    people: list[Message] = [person("2015-07-07"), person("2024-02-10", who=TODDLER), person("1985-01-01", who=MOTHER)]
    await scorer.hears(people, certain_mother(PUPIL, TODDLER), watermark(TODAY, *Source))
    await scorer.day_comes(TODAY)


async def test_news_of_records_asks_the_items_that_read_them_and_comes_to_the_same_as_asking_all(scorer: Scorer) -> None:
    await families(scorer)
    partly = 0
    for parcel in course():
        partly += await asked_partly(scorer, *parcel)
        state, due = await scorer.asked(inspection.content_hash), await scorer.pool.fetch("select * from due order by 1")

        assert await asked_again(scorer) == 0, parcel
        assert await scorer.asked(inspection.content_hash) == state
        # Some items alone may have been due earlier than all are; never later.
        then = await scorer.pool.fetch("select * from due order by 1")
        assert all(
            (a["evaluate_on"] or scorer.clock.today().replace(year=9999)) <= b["evaluate_on"] for a, b in zip(due, then, strict=True)
        )
    assert partly >= 6, "most parcels are of the child's own records"


async def test_news_of_anything_else_asks_all(scorer: Scorer) -> None:
    """Who is in hand, whose mother or person is told anew, whose day has come, and of whom nothing was ever asked."""
    await families(scorer)
    one = told(Source.MEDICAL_SUBSIDY, "medical_subsidy.changed", "M-1", kind="single_parent", valid_from="2026-04-01", status="active")
    later = one.model_copy(update={"revision": 2, "data": {**one.data, "status": "ended", "valid_to": "2026-10-01"}})

    for parcel in (
        [one, person("2015-07-07", version=2)],
        [later, in_hand(1, PUPIL, source=Source.DISABILITY)],
        [month("A-4", 2026, 4, 1)],
    ):
        assert await asked_partly(scorer, *parcel) == 0, "not one item alone"
        assert await asked_again(scorer) == 0
    await scorer.pool.execute("delete from evaluation where person_id = $1", TODDLER)
    assert await asked_partly(scorer, checkup("4m", "2024-06-20", "K-4", who=TODDLER)) == 0
    assert await scorer.pool.fetchval("select count(*) from evaluation where person_id = $1 and superseded_at is null", TODDLER) == len(
        Item
    )


async def test_what_is_held_of_a_mother_keeps_absence_from_being_concluded_where_some_items_are_asked_too(scorer: Scorer) -> None:
    """A list of hers may name the child, who is in her care by no other one."""
    await families(scorer)
    await asked_partly(scorer, in_hand(1, MOTHER, source=Source.MEDICAL_SUBSIDY))
    assert await scorer.value(Item.MEDICAL_SUBSIDY) == ("UNKNOWN", "record_in_hand")

    own = told(Source.MEDICAL_SUBSIDY, "medical_subsidy.changed", "M-1", kind="child", valid_from="2026-04-01", status="active")
    await asked_partly(scorer, own)

    assert await scorer.value(Item.MEDICAL_SUBSIDY) == ("UNKNOWN", "record_in_hand")
    assert await asked_again(scorer) == 0


async def test_whose_reasons_change_by_news_of_records_is_told_of_at_once(scorer: Scorer) -> None:
    await families(scorer)
    before = await scorer.told()
    # Thirty days absent, and welfare: two groups.
    months = [month(f"A-{number}", 2026, number, 6) for number in (4, 5, 6, 7, 9, 10)]

    await asked_partly(scorer, registered("JS-1", 2026), *months)
    await asked_partly(scorer, assistance("2026-04-01", "W-1", member_from="2026-04-01"))

    assert await scorer.value(Item.SCHOOL_ABSENCE_HIGH) == ("TRUE", "days_high")
    new = [each for each in (await scorer.told())[len(before) :] if each.person_id == PUPIL]
    assert [type(each) for each in new] == [ReviewNeeded]
    assert await asked_again(scorer) == 0
