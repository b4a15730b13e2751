"""What a household, the register and staff of a ward tell of a child, in any order (`domain.md` §2.6, §2.8-2, 8 and 22)."""

from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from contracts.ids import CaseId, PersonId
from contracts.messages import Message, ObservationRecorded, RecordLinked
from contracts.values import Item, Observation, ServiceName, Source
from infra.testing.fixtures import unit_of_work
from services.scorer import inspection
from services.scorer.actions import hold
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    AT,
    CHILD,
    FATHER,
    MOTHER,
    SIBLING,
    checkup,
    fact,
    fresh_id,
    household,
    measure,
    person,
    watermark,
)

pytestmark = pytest.mark.servers

CARE, MOVES, NO_CONTACT, NOWHERE = (
    *(Item.CARE_RECIPIENT_IN_HOUSEHOLD, Item.FREQUENT_MOVES),
    *(Item.NO_MUNICIPAL_CONTACT, Item.NOT_ENROLLED),
)
NEEDED = ("TRUE", "care_needed")
EVERYTHING = tuple(Source)


def certified(who: PersonId, record: str = "KG-1", **more: Any) -> RecordLinked:
    fields = {"class": "care_3", "valid_from": "2025-04-01", "status": "active"} | more
    return fact("long_term_care.certification_changed", record, who, **fields).model_copy(update={"source": Source.LONG_TERM_CARE})


def home(*members: tuple[PersonId, str | None, str | None], version: int = 1) -> Message:
    return household(*members, version=version)


FAMILY = ((CHILD, "2016-05-01", None), (MOTHER, None, None), (FATHER, None, None))
PEOPLE = (person("2016-05-01"), person("1985-01-01", who=MOTHER), person("1950-01-01", who=FATHER))


async def test_a_housemate_who_needs_care_reaches_the_pupils_of_the_household_in_any_order(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-01")
    said = [*PEOPLE, home(*FAMILY), certified(FATHER), *watermark("2026-04-01", *EVERYTHING)]
    for each in reversed(said):
        await scorer.hears(each)
    assert await scorer.value(CARE) == NEEDED
    before = await scorer.asked(inspection.content_hash)
    # Twice is once.
    await scorer.hears(*said)
    assert await scorer.asked(inspection.content_hash) == before

    # Another adult moves in: the child is evaluated, whom the news does not name.
    await scorer.hears(person("1990-01-01", who=SIBLING), home(*FAMILY, (SIBLING, "2026-03-01", None), version=2))
    assert await scorer.value(CARE) == ("FALSE", "adults_enough")
    # The certification ends: nobody needs care.
    await scorer.hears(certified(FATHER, revision=2, valid_to="2026-03-15"))
    assert await scorer.value(CARE) == ("FALSE", "nobody_in_need")


async def test_an_opponent_is_of_no_household_of_a_protected_child(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-01")
    await scorer.hears(*PEOPLE, home(*FAMILY), certified(FATHER), *watermark("2026-04-01", *EVERYTHING))
    before = await scorer.value(CARE)

    await scorer.hears(measure("2026-01-01"))

    assert before == NEEDED
    answer = await scorer.answer(CARE)
    assert (answer["value"], answer["reason_code"], list(answer["evidence"])) == ("FALSE", "nobody_in_need", [])


async def test_nobody_in_need_is_not_concluded_while_a_housemates_record_is_put_aside_or_the_household_is_unknown(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-01")
    await scorer.hears(*PEOPLE, *watermark("2026-04-01", *EVERYTHING))
    assert await scorer.value(CARE) == ("UNKNOWN", "household_unknown")

    await scorer.hears(home(*FAMILY))
    assert await scorer.value(CARE) == ("FALSE", "nobody_in_need")
    lost = certified(FATHER)
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        await hold(work, lost, held=True)
    await scorer.day_comes("2026-04-01")
    assert await scorer.value(CARE) == ("UNKNOWN", "record_in_hand")


async def test_days_of_moves_come_with_the_person_and_an_older_word_never_overwrites_a_newer_one(scorer: Scorer) -> None:
    await scorer.day_comes("2026-04-01")
    few, many = (date(2025, 5, 1),), (date(2025, 5, 1), date(2025, 9, 1), date(2026, 2, 1))
    await scorer.hears(person("2016-05-01"), *watermark("2026-04-01", *EVERYTHING))
    assert await scorer.value(MOVES) == ("UNKNOWN", "moves_not_told")

    await scorer.hears(person("2016-05-01", version=3, moves=many))
    await scorer.hears(person("2016-05-01", version=2, moves=few))

    answer = await scorer.answer(MOVES)
    assert (answer["value"], answer["valid_from"], answer["valid_to"]) == ("TRUE", date(2026, 2, 1), date(2027, 5, 1))


CHECKUPS = (checkup("4m", "2022-06-15", "K-4"), checkup("18m", "2023-08-15", "K-18"), checkup("3y", "2025-02-03"))


def seen(what: Observation, day: str, version: int) -> ObservationRecorded:
    return ObservationRecorded(
        event_id=fresh_id(),
        occurred_at=AT,
        case_id=CaseId(UUID(int=0xCA)),
        person_id=CHILD,
        version=version,
        observation=what,
        observed_on=date.fromisoformat(day),
    )


async def test_what_staff_saw_ends_that_nothing_was_heard_once_and_in_any_order_s13(scorer: Scorer) -> None:
    await scorer.day_comes("2026-02-20")
    await scorer.hears(person("2022-01-15"), *CHECKUPS, *watermark("2026-02-20", *EVERYTHING))
    assert await scorer.value(NO_CONTACT) == ("TRUE", "no_contact")
    found = [
        seen(Observation.MET, "2026-02-18", 7),
        seen(Observation.ENROLLED_NOWHERE, "2026-02-18", 7),
        seen(Observation.ENROLLED_ELSEWHERE, "2026-02-18", 8),
    ]
    for order in permutations(found):
        await scorer.pool.execute("delete from observation")
        for each in (*order, *order[::-1]):
            await scorer.hears(each)

        assert await scorer.value(NOWHERE) == ("FALSE", "seen_elsewhere")
        answer = await scorer.answer(NO_CONTACT)
        assert (answer["value"], answer["reason_code"]) == ("FALSE", "contact")
        assert set(answer["evidence"]) == {each.event_id for each in found}
    # The ward was told that people should look, and that the reason is gone: a person closes it.
    assert [(type(each).__name__, getattr(each, "needed", True)) for each in await scorer.told()][:2] == [
        ("ReviewNeeded", True),
        ("ReviewBasisChanged", False),
    ]


async def test_an_observation_that_is_put_aside_leaves_open_that_nothing_was_heard(scorer: Scorer) -> None:
    await scorer.day_comes("2026-02-20")
    await scorer.hears(person("2022-01-15"), *CHECKUPS, *watermark("2026-02-20", *EVERYTHING))
    lost = seen(Observation.MET, "2026-02-18", 7)

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        await hold(work, lost, held=True)
    await scorer.day_comes("2026-02-20")

    assert await scorer.value(NO_CONTACT) == ("UNKNOWN", "record_in_hand")
