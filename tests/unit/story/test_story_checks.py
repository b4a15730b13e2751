from collections.abc import Mapping
from datetime import date
from uuid import UUID

from infra.city import story_checks
from infra.city.story_format import Expected, ExpectedChild, Refusal
from infra.city.story_inlets import Answer
from infra.city.story_report import StepResult, StoryResult, as_json, lines
from infra.city.story_state import ChildState

PERSON = UUID(int=1)
STATE = ChildState(
    PERSON,
    indicators={"epds_high": {"value": "TRUE", "valid_from": date(2026, 3, 24), "evidence": ["a", "b"], "detail": {"latest": 6, "n": 2}}},
    review={"state": "open", "reasons": ["PERI", "CHK"]},
    case={"state": "investigation", "ward": "hakata"},
)


async def never(_person: UUID, _day: date) -> Mapping[str, str]:
    return {}


async def only_hakata(who: str, _person: UUID) -> bool:
    return who == "hakata"


QUESTIONS = story_checks.Questions(known=never, on=never, opens=only_hakata, lists=only_hakata)


async def verdicts(expected: object, state: ChildState = STATE) -> dict[str, bool]:
    checks = await story_checks.child("1", ExpectedChild.model_validate(expected), state, QUESTIONS)
    return {check.place: check.passed for check in checks}


async def test_what_is_met_passes_and_what_is_not_fails() -> None:
    found = await verdicts({"indicators": {"epds_high": "TRUE"}, "valid_from": {"epds_high": "2026-03-25"}, "review": "open"})

    assert found == {"1.indicators.epds_high": True, "1.valid_from.epds_high": False, "1.review": True}


async def test_only_the_written_figures_of_a_detail_are_compared() -> None:
    assert await verdicts({"detail": {"epds_high": {"latest": 6}}, "evidence": {"epds_high": 2}}) == {
        "1.evidence.epds_high": True,
        "1.detail.epds_high": True,
    }


async def test_nobody_has_no_answers_and_opens_no_door() -> None:
    nobody = ChildState(None)

    found = await verdicts({"known": False, "review": "none", "case": {"state": "none"}, "visible_to": {"hakata": True}}, nobody)

    assert found == {"1.known": True, "1.review": True, "1.case.state": True, "1.visible_to.hakata": False}


async def test_doors_are_asked_for_each_who() -> None:
    assert await verdicts({"visible_to": {"hakata": True, "nishi": True}}) == {"1.visible_to.hakata": True, "1.visible_to.nishi": False}


def test_refusals_are_compared_as_a_set_with_their_paths() -> None:
    answers = [Answer("e1", "refused", "questionnaire"), Answer("e1", "refused", "questionnaire"), Answer("e2", "accepted", None)]
    records = {"e1": "K-9", "e2": "K-1"}

    met = list(story_checks.refusals(Expected(refused=(Refusal(record="K-9", path="questionnaire"),), accepted=1), answers, records))
    unmet = list(story_checks.refusals(Expected(refused=()), answers, records))

    assert [check.passed for check in met] == [True, True]
    assert [check.passed for check in unmet] == [False]


async def test_a_report_names_place_expected_and_got_and_its_json_says_whether_it_passed() -> None:
    checks = await story_checks.child("1", ExpectedChild.model_validate({"review": "none"}), STATE, QUESTIONS)
    result = StoryResult("t", "t.yaml", [StepResult(date(2026, 4, 11), None, tuple(checks), {"children": {"1": STATE.as_json()}})])

    text = "\n".join(line.plain for line in lines(result))
    told = as_json([result])[0]

    assert "FAIL  1.review: expected none, got open" in text
    assert told["passed"] is False
    assert told["steps"][0]["children"]["1"]["indicators"]["epds_high"]["valid_from"] == "2026-03-24"


def test_a_story_that_could_not_be_played_to_its_end_has_not_passed() -> None:
    assert StoryResult("t", "t.yaml", [], "NotAtRest: something").passed is False
