from datetime import date
from pathlib import Path

import pytest

from contracts.values import Group, IndicatorValue, Item, Source
from infra.city.story import FAILED, MALFORMED, PASSED, play_files, read_all
from infra.city.story_format import Judged, MalformedStory, Story, parse_story

STORIES = Path(__file__).parent.parent.parent / "stories"

FROM_THE_ISSUE = """
story: S08 late checkup
ruleset: SP-1
steps:
  - at: 2026-04-11            # the clock
    watermarks: {all: 2026-04-11}      # or by source: {maternal_child_health: 2026-04-11}
    events: []                # each as below
    expect:
      children:
        "100":
          indicators: {checkup_18m_not_received: "TRUE"}
          valid_from: {checkup_18m_not_received: 2026-04-11}
          review: open
  - at: 2026-05-20
    watermarks: {all: 2026-05-20}
    events:
      - {source: maternal_child_health, type: infant_checkup.recorded, record: K-1, revision: 1,
         data: {person_no: "100", checkup_type: "18m", exam_date: 2026-05-08}}
      - {source: maternal_child_health, type: infant_checkup.recorded, record: K-9, revision: 1,
         data: {person_no: "100", questionnaire: {hit_emotionally: true}}}
    expect:
      refused: [{record: K-9, path: questionnaire}]
      children:
        "100":
          indicators: {checkup_18m_not_received: "FALSE"}
          review: open
          case: {state: investigation, ward: hakata}
          as_of: {2026-04-20: {checkup_18m_not_received: "TRUE"}}
"""


def story(body: str) -> Story:
    return parse_story(f"story: t\nsteps:\n  - at: 2026-04-11\n{body}", "t.yaml")


def test_the_story_of_the_issue_is_understood() -> None:
    told = parse_story(FROM_THE_ISSUE, "issue.yaml")

    second = told.steps[1].expect
    assert second.refused is not None
    assert [(one.record, one.path) for one in second.refused] == [("K-9", "questionnaire")]
    assert second.children["100"].as_of == {date(2026, 4, 20): {Item.CHECKUP_18M_NOT_RECEIVED: IndicatorValue.TRUE}}


def test_every_story_of_the_repository_is_understood() -> None:
    assert len(read_all([STORIES])) >= 16


@pytest.mark.parametrize("service", ["ingest", "casework", "audit", "nobody"])
def test_a_record_is_put_aside_by_linker_or_scorer_only(service: str) -> None:
    with pytest.raises(MalformedStory, match=r"events\[0\]\.parked_by"):
        story(f"    events: [{{source: maternal_child_health, type: t, record: K-1, parked_by: {service}}}]")


def test_a_number_needs_no_quotes_and_keeps_its_leading_zeros() -> None:
    told = story("    expect: {children: {100: {review: none}, 0100: {review: open}}}")

    assert set(told.steps[0].expect.children) == {"100", "0100"}


def test_an_unquoted_truth_value_is_an_indicators_value() -> None:
    told = story("    expect: {children: {1: {indicators: {epds_high: TRUE, no_prenatal_checkups: false}, review: null}}}")

    child = told.steps[0].expect.children["1"]
    assert child.indicators == {Item.EPDS_HIGH: IndicatorValue.TRUE, Item.NO_PRENATAL_CHECKUPS: IndicatorValue.FALSE}


def test_reasons_may_stand_in_any_order() -> None:
    told = story("    expect: {children: {1: {reasons: [CHK, PERI]}}}")

    assert told.steps[0].expect.children["1"].reasons == frozenset({Group.PERI, Group.CHK})


def test_watermarks_are_told_for_all_and_for_single_sources() -> None:
    told = story("    watermarks: {all: 2026-04-11, public_assistance: 2026-04-01}")

    assert told.steps[0].watermarks == {"all": date(2026, 4, 11), Source.PUBLIC_ASSISTANCE: date(2026, 4, 1)}


def test_people_may_say_that_two_entries_are_one_persons_and_that_they_are_not() -> None:
    told = story("    same: {kept: R-1, other: 2}\n    not_same: {kept: R-1, other: R-3}\n    expect: {logged: {linker.persons_same: 2}}")

    step = told.steps[0]
    assert (step.same, step.not_same) == (Judged(kept="R-1", other="2"), Judged(kept="R-1", other="R-3"))
    assert step.expect.logged == {"linker.persons_same": 2}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("story: t\nsteps: [{at: 2026-01-01, same: {kept: R-1}}]", "steps[0].same.other"),
        ("story: t\nsteps: []", "steps"),
        ("story: t", "steps"),
        ("- a", "(story)"),
        ("story: t\nruleset: SP-0\nsteps: [{at: 2026-01-01}]", "SP-1"),
        ("story: t\nsteps: [{at: 2026-01-01, expct: {}}]", "steps[0].expct: unknown key"),
        (
            "story: t\nsteps: [{at: 2026-01-01, expect: {children: {100: {indicatrs: {}}}}}]",
            "steps[0].expect.children[100].indicatrs: unknown key",
        ),
        ("story: t\nsteps: [{at: 2026-01-01, expect: {children: {100: {indicators: {epds: 'TRUE'}}}}}]", "indicators.epds"),
        ("story: t\nsteps: [{at: 2026-01-01, expect: {children: {100: {indicators: {epds_high: MAYBE}}}}}]", "indicators.epds_high"),
        ("story: t\nsteps: [{at: 2026-01-01, expect: {children: {'name: x': {review: none}}}}]", "not in this release"),
        ("story: t\nsteps: [{at: 2026-01-02}, {at: 2026-01-01}]", "time does not go back"),
        ("story: t\nsteps: [{at: 2026-01-01, events: [{source: nowhere, type: a, record: b}]}]", "steps[0].events[0].source"),
        ("story: t\nstory: u\nsteps: [{at: 2026-01-01}]", "stands twice"),
        ("story: [", "not YAML"),
        ("story: t\nsteps: [{at: today}]", "steps[0].at"),
    ],
)
def test_a_malformed_story_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(MalformedStory) as refused:
        parse_story(text, "t.yaml")

    assert "t.yaml" in str(refused.value)
    assert complaint in str(refused.value)


def test_the_command_answers_a_malformed_file_without_starting_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("story: t\nsteps: [{at: 2026-01-01, wen: 1}]")

    code = play_files([file])

    assert code == MALFORMED
    assert "wen: unknown key" in capsys.readouterr().err
    assert {PASSED, FAILED, MALFORMED} == {0, 1, 2}


def test_a_file_that_is_not_there_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(MalformedStory):
        read_all([tmp_path / "none.yaml"])
