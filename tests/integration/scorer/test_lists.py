"""Candidate lists: the same bytes for a day, whatever comes later (REP-02); out of the system only by two people (SEC-P3)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from contracts.messages import AccessRecorded, DecisionRecorded, PersonChanged, Residence
from contracts.values import IndicatorValue, Role, ServiceName, Ward
from infra.pages.dates import era_date
from infra.testing.fixtures import announced, unit_of_work
from services.casework.domain import wording
from services.casework.domain.review import reason_from, without_opponent
from services.scorer import explaining, exporting, lists, shown
from services.scorer.domain.lists import Asked, text
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.standing import NotAllowed
from services.scorer.recalling import NotKept
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    AT,
    CHILD,
    SIBLING,
    assistance,
    checkup,
    fact,
    fresh_id,
    kinship,
    measure,
    notified,
    person,
    watermark,
)
from tests.integration.scorer.test_ruleset_changes import Office

pytestmark = pytest.mark.servers


@pytest.fixture
def office(scorer: Scorer) -> Office:
    return Office(scorer)


async def printed(scorer: Scorer, as_of: str, known_on: str | None = None, ward: Ward | None = None, ruleset: str | None = None) -> str:
    async with scorer.pool.acquire() as db:
        day, known = date.fromisoformat(as_of), date.fromisoformat(known_on or as_of)
        asked = await lists.asked_for(db, ruleset, day, known, ward)
        return text(asked, await lists.list_of(db, asked, scorer.clock.today()))


def moved(day: str, version: int) -> PersonChanged:
    """The child lived in another ward from `day` on; said later."""
    born, moved_on = date(2024, 2, 10), date.fromisoformat(day)
    residence = (Residence(start=born, end=moved_on, ward=Ward.HAKATA), Residence(start=moved_on, end=None, ward=Ward.NISHI))
    return person("2024-02-10", version=version).model_copy(update={"residence": residence, "event_id": fresh_id(), "occurred_at": AT})


async def two_children(scorer: Scorer) -> None:
    """One child is listed by a late notification and a missed checkup, its sibling by two missed checkups."""
    await scorer.hears(
        person("2024-02-10"), kinship(), notified("2023-10-01", 18), checkup("4m", "2024-06-20", "K-4"), person("2024-02-10", who=SIBLING)
    )
    await scorer.hears(watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")


async def test_a_list_of_a_past_day_is_the_same_after_late_corrected_and_voided_records(scorer: Scorer) -> None:
    await two_children(scorer)
    before = {ward: await printed(scorer, "2026-04-11", ward=ward) for ward in (None, Ward.HAKATA, Ward.NISHI)}
    assert before[None].count(str(CHILD)) == before[None].count(str(SIBLING)) == 1
    assert "PERI CHK" in before[None]

    await scorer.day_comes("2026-04-12")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18"), notified("2023-10-01", 9, revision=2))
    await scorer.hears(checkup("4m", "2024-06-20", "K-4", void=True, revision=2), moved("2026-04-01", 2))
    await scorer.hears(fact("infant_checkup.recorded", "K-S", SIBLING, checkup_type="4m", exam_date="2024-06-21"))
    await scorer.day_comes("2026-04-20")

    after = {ward: await printed(scorer, "2026-04-11", ward=ward) for ward in before}
    assert {ward: written.encode() for ward, written in after.items()} == {ward: written.encode() for ward, written in before.items()}
    assert await printed(scorer, "2026-04-20", ward=Ward.NISHI) != before[Ward.NISHI]


async def test_where_a_protected_child_lives_is_on_no_list_also_of_days_before_the_measure_was_heard(scorer: Scorer) -> None:
    """S07: of all wards the child stays on the list, without its ward; on a ward's own list its very being there would tell."""
    await two_children(scorer)
    before = await printed(scorer, "2026-04-11", ward=Ward.HAKATA)
    await scorer.day_comes("2026-04-12")
    await scorer.hears(measure("2026-04-12"))

    of_all, of_ward = await printed(scorer, "2026-04-11"), await printed(scorer, "2026-04-11", ward=Ward.HAKATA)

    assert str(CHILD) in before
    assert f"{CHILD},,rule," in of_all
    assert str(CHILD) not in of_ward
    assert str(SIBLING) in of_ward
    # A measure that never was hides nothing.
    await scorer.hears(measure("2026-04-12", version=2, voided=True))
    assert await printed(scorer, "2026-04-11", ward=Ward.HAKATA) == before


async def test_a_past_day_by_all_that_was_known_on_a_later_one_is_computed_anew(scorer: Scorer) -> None:
    await two_children(scorer)
    await scorer.day_comes("2026-04-20")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18"))

    then, between, now = [await printed(scorer, "2026-04-11", known) for known in ("2026-04-11", "2026-04-15", "2026-04-20")]

    assert str(CHILD) in then
    assert str(CHILD) not in now
    assert str(SIBLING) in now
    assert str(CHILD) in between


async def test_a_list_names_its_ruleset_and_one_with_other_parameters_is_simulated_instead(scorer: Scorer, office: Office) -> None:
    await two_children(scorer)
    await office.follow()

    assert (await printed(scorer, "2026-04-11")).startswith(f"# ruleset {IN_USE.ruleset.name} sha256 ")
    with pytest.raises(NotKept, match="there is no ruleset FK-9"):
        await printed(scorer, "2026-04-11", ruleset="FK-9")


async def test_a_list_leaves_the_system_for_a_purpose_after_another_person_approved_it_and_once(scorer: Scorer, office: Office) -> None:
    await two_children(scorer)
    asked = Asked(*await named(scorer), date(2026, 4, 11), date(2026, 4, 11), Ward.HAKATA)
    async with office.work() as work:
        export_id = await exporting.request(work, office.decider(1), asked, "9月からの訪問の準備")
    assert isinstance(export_id, UUID)

    async with office.work() as work:
        assert await exporting.write(work, office.decider(1), export_id) is NotAllowed.NOT_APPROVED
        assert await exporting.approve(work, office.decider(1), export_id) is NotAllowed.OWN_PROPOSAL
        assert await exporting.approve(work, office.decider(3, Role.WARD_CLERK), export_id) is NotAllowed.ROLE
        assert await exporting.approve(work, office.decider(2, Role.PRIVACY_OFFICER), export_id) is None
        written = await exporting.write(work, office.decider(1), export_id)
        assert await exporting.write(work, office.decider(1), export_id) is NotAllowed.WRITTEN_ALREADY

    assert written == await printed(scorer, "2026-04-11", ward=Ward.HAKATA)
    told = [m for m in await announced(scorer.pool) if isinstance(m, DecisionRecorded) and m.action == "scorer.list_exported"]
    assert [(m.decision, m.count) for m in told] == [("deny", None), ("done", 2), ("deny", None)]


async def named(scorer: Scorer) -> tuple[str, str]:
    async with scorer.pool.acquire() as db:
        asked = await lists.asked_for(db, None, date(2026, 4, 11), date(2026, 4, 11), None)
    return asked.ruleset, asked.document


async def test_it_is_explained_as_a_page_shows_it_also_of_a_past_day(scorer: Scorer) -> None:
    await two_children(scorer)
    await scorer.hears(assistance("2026-04-01"))
    await scorer.day_comes("2026-04-20")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18"))

    async def explained(as_of: str, known_on: str) -> dict[str, Any]:
        today = scorer.clock.today()
        found = await scorer.asked(explaining.explained, CHILD, date.fromisoformat(as_of), date.fromisoformat(known_on), today)
        page: dict[str, Any] = found["page"]
        return page

    then, anew, now = [await explained(*days) for days in (("2026-04-11", "2026-04-11"), ("2026-04-11", "2026-04-20"), ("2026-04-20",) * 2)]

    assert then["groups"] == ["PERI", "CHK", "ECON"]
    assert then["why"][0]["title"] == "1歳6か月児健診を受けた記録がない"
    assert anew["groups"] == now["groups"] == ["PERI", "ECON"]
    assert [line["title"] for line in now["reassuring"]] == ["1歳6か月児健診を受けている", "4か月児健診を受けている"]
    assert not any(isinstance(value, int | float) and not isinstance(value, bool) for value in now.values()), "no number to rank by"
    came = [(date(2026, 4, 11), "checkup_18m_not_received", True), (date(2026, 4, 11), "household_public_assistance", True)]
    changed = [[(each["on"], each["item"], each["came"]) for each in page["changed"]] for page in (then, now)]
    assert changed == [came, [(date(2026, 4, 20), "checkup_18m_not_received", False), *came]]


async def test_what_is_explained_is_word_by_word_what_the_wards_page_says(scorer: Scorer) -> None:
    """The page is casework's: of the same answers, told over the bus, it makes the same lines, and writes days as people do."""
    await two_children(scorer)
    await scorer.hears(assistance("2026-04-01"))
    told = [each for each in await scorer.told() if each.person_id == CHILD][-1]
    reasons = [reason_from(without_opponent(each.model_dump(mode="json"))) for each in told.indicators]
    today = scorer.clock.today()

    page = (await scorer.asked(explaining.explained, CHILD, today, today, today))["page"]

    kinds = {
        "why": [reason for reason in reasons if reason.holds],
        "context": [reason for reason in reasons if reason.stands and not reason.holds],
        "not_known": [reason for reason in reasons if reason.value is IndicatorValue.UNKNOWN and reason.counted],
        "reassuring": [reason for reason in reasons if wording.reassures(reason)],
        "history": [reason for reason in reasons if reason.value is IndicatorValue.TRUE and not reason.counted],
    }
    for kind, some in kinds.items():
        expected = {
            (wording.title_of(r), wording.explain(r, era_date), wording.SOURCES[r.source], r.fresh_through, r.known_at) for r in some
        }
        assert {(e["title"], e["sentence"], e["source"], e["fresh_through"], e["known_at"]) for e in page[kind]} == expected, kind
    assert len(page["why"]) == 3
    assert any("令和" in line["sentence"] for line in page["not_known"] + page["why"])


async def test_whoever_is_shown_on_a_terminal_is_in_the_log_by_name_of_the_field_and_never_by_value(scorer: Scorer) -> None:
    """SEC-T3: who looks for a child in the log finds that a list or its answers were printed."""
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        shown.keep_candidates(work, None, [SIBLING, CHILD, CHILD], shown.OF_A_LIST)
        shown.keep_answers(work, CHILD)

    said = [each for each in await announced(scorer.pool) if isinstance(each, AccessRecorded)]
    assert [(each.action, each.thing.id, each.count) for each in said] == [
        ("scorer.candidates_shown", None, 2),
        ("scorer.candidate_shown", str(CHILD), None),
        ("scorer.candidate_shown", str(SIBLING), None),
        ("scorer.answers_shown", str(CHILD), None),
    ]
    assert said[1].fields == ("ward", "groups", "counted_items")
    assert all(each.thing.ward is None for each in said)
