from contracts.values import Source
from infra.city.story_events import events_of, watermarks_of
from infra.city.story_format import parse_story

TEXT = """
story: t
steps:
  - at: 2026-04-11
    watermarks: {all: 2026-04-10, public_assistance: 2026-04-01}
    events:
      - {source: resident_registry, type: resident.changed, record: 7,
         data: {person_no: 100, birth_date: 2024-02-10, household_no: 5, ward_code: 40132}}
      - {source: maternal_child_health, type: postpartum_checkup.recorded, record: S, revision: 2, effective_on: 2026-04-01,
         recorded_at: 2026-04-02, data: {mother_person_no: 100, exam_date: 2026-04-01, epds_total: 11}}
      - {source: public_assistance, type: public_assistance.member_changed, record: W, op: void}
"""
STORY = parse_story(TEXT, "t.yaml")
EVENTS = [event for _, event in events_of(STORY, 0)]


def test_what_a_story_leaves_out_follows_from_the_step() -> None:
    first = EVENTS[0]

    assert first["time"] == first["recordedat"] == "2026-04-11T09:00:00+09:00"
    assert (first["effectiveon"], first["revision"], first["op"], first["subject"]) == ("2026-04-11", 1, "upsert", "7")


def test_numbers_that_are_texts_become_texts_and_figures_stay() -> None:
    assert EVENTS[0]["data"] == {"person_no": "100", "birth_date": "2024-02-10", "household_no": "5", "ward_code": "40132"}
    assert EVENTS[1]["data"]["epds_total"] == 11


def test_what_a_story_says_goes_before_the_step() -> None:
    assert (EVENTS[1]["effectiveon"], EVENTS[1]["recordedat"]) == ("2026-04-01", "2026-04-02T09:00:00+09:00")


def test_a_void_needs_no_data() -> None:
    assert "data" not in EVENTS[2]


def test_the_same_story_has_the_same_event_ids_and_another_one_has_others() -> None:
    again = [event["id"] for _, event in events_of(parse_story(TEXT, "u.yaml"), 0)]
    other = [event["id"] for _, event in events_of(parse_story(TEXT.replace("story: t", "story: u"), "u.yaml"), 0)]

    assert again == [event["id"] for event in EVENTS]
    assert len(set(again) | set(other)) == 6


def test_watermarks_for_all_go_to_each_source_and_single_ones_go_over_it() -> None:
    told = watermarks_of(STORY, 0, (Source.RESIDENT_REGISTRY, Source.PUBLIC_ASSISTANCE))

    days = {event["source"]: event["data"]["complete_through"] for event in told}
    assert days == {"resident_registry": "2026-04-10", "public_assistance": "2026-04-01"}
