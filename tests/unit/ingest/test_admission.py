import copy
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Operation, Source
from services.ingest.domain.admission import Admitted, Inlet, Purpose, Verdict, judge
from services.ingest.domain.reading import RawEvent, read
from services.ingest.domain.refusals import MESSAGES, PATHS_MAX, Refusal
from tests.unit.ingest.events import BAD, TODAY, Bad, Event, body, checkup, door, event, resident, watermark


def judged(sent: Event, **changes: Any) -> Verdict:
    login = changes.pop("login", sent["source"])
    return judge(RawEvent(copy.deepcopy(sent)), door(Source(login), **changes))


def admitted(sent: Event, **changes: Any) -> Admitted:
    verdict = judged(sent, **changes)
    assert isinstance(verdict, Admitted), verdict
    return verdict


def refused(sent: Event, **changes: Any) -> Refusal:
    verdict = judged(sent, **changes)
    assert isinstance(verdict, Refusal), verdict
    return verdict


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_bad_input_is_refused_by_its_path_and_the_next_event_passes(bad: Bad) -> None:
    def decided(content: bytes) -> Verdict:
        events = read(content)
        return events if isinstance(events, Refusal) else judge(events[0], door())

    verdict, next_one = decided(bad.body), decided(body(checkup()))

    assert isinstance(verdict, Refusal)
    assert (bad.path, bad.code) == (verdict.path, verdict.code)
    assert verdict.ja
    assert verdict.en
    assert isinstance(next_one, Admitted)


def test_what_happened_today_is_taken_and_what_was_agreed_for_later_too() -> None:
    today, later = TODAY.isoformat(), "2030-04-01"

    assert admitted(checkup({"exam_date": today}))
    assert admitted(watermark(today))
    assert admitted(resident({"birth_date": today, "resident_from": today, "resident_to": later}, effectiveon=later))


def test_what_happened_tomorrow_is_refused() -> None:
    found = [refused(sent) for sent in (watermark("2026-04-02"), checkup({"exam_date": "R8.4.2"}), resident({"birth_date": "2026-04-02"}))]

    assert [each.path for each in found] == ["complete_through", "exam_date", "birth_date"]
    assert {each.code for each in found} == {"out_of_range"}


def test_a_refusal_names_fifty_places_and_says_how_many_more_there_are() -> None:
    refusal = refused(checkup({f"invented_{letter}{number}": 1 for letter in "abc" for number in range(40)}))

    assert len(refusal.paths) == PATHS_MAX
    assert "70" in refusal.ja
    assert "70" in refusal.en


def test_a_good_event_is_admitted_in_one_spelling() -> None:
    data = {"sex": "女", "ward_code": "40132", "resident_from": "令和6年2月10日", "relationship_to_head": "長女", "resident_to": None}

    verdict = admitted(resident(data))

    assert verdict.person_no == "0000000100"
    assert verdict.data == {
        "person_no": "0000000100",
        "birth_date": "2024-02-10",
        "sex": "female",
        "ward_code": "hakata",
        "resident_from": "2024-02-10",
        "relationship_to_head": "child",
    }


def test_what_the_envelope_leaves_out_follows_from_the_rest() -> None:
    sent = checkup(op=None, schemaversion=None, effectiveon=None, recordedat=None, datacontenttype=None)

    envelope = admitted(sent).envelope

    assert envelope.operation is Operation.UPSERT
    assert envelope.recorded_at == datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
    # 15:00 UTC is the next day in Japan.
    assert envelope.effective_on == date(2026, 4, 1)


def test_the_number_may_stand_in_the_envelope_but_not_against_the_data() -> None:
    """§6.4: person_no is part of the envelope for some systems."""
    without = checkup(personno="0000000100")
    del without["data"]["person_no"]

    assert admitted(without).person_no == "0000000100"
    assert refused(checkup(personno="0000000999")).path == "personno"


@pytest.mark.parametrize("kind", ["prenatal_exam.recorded", "postpartum_checkup.recorded"])
def test_an_exam_of_nobody_is_refused_and_one_of_these_is_enough(kind: str) -> None:
    source = Source.MATERNAL_CHILD_HEALTH

    assert refused(event(source, kind, {"exam_date": "2026-03-01"})).code == "none_of"
    for who in ("pregnancy_id", "mother_person_no", "person_no"):
        assert admitted(event(source, kind, {"exam_date": "2026-03-01", who: "7"})).data[who] == "7"


def test_the_mother_is_whom_a_pregnancy_is_about() -> None:
    data = {"pregnancy_id": "P-1", "person_no": "2", "mother_person_no": "1", "gestational_weeks": "14w2d"}

    verdict = admitted(event(Source.MATERNAL_CHILD_HEALTH, "pregnancy.notified", data))

    assert (verdict.person_no, verdict.data["gestational_weeks"], verdict.data["issue_kind"]) == ("1", 14, "new")


def test_a_record_is_taken_back_without_data_and_what_is_sent_along_is_not_kept() -> None:
    assert admitted(checkup(op="void", data=None)).data == {}
    assert admitted(checkup(op="void")).data == {}
    assert admitted(checkup(op="void")).person_no == "0000000100"
    assert refused(checkup({"mood": "good"}, op="void")).path == "mood"


@pytest.mark.parametrize("purposes", [{}, {Source.CHILDCARE: Purpose(Source.CHILDCARE, None)}])
def test_without_a_registered_purpose_nothing_comes_in(purposes: dict[Source, Purpose]) -> None:
    """LAW-02."""
    assert refused(checkup(), purposes=purposes).code == "no_purpose"


def test_a_purpose_past_its_review_stops_its_feed_and_on_the_day_itself_it_does_not() -> None:
    """LAW-02."""
    source = Source.MATERNAL_CHILD_HEALTH
    yesterday = Purpose(source, TODAY.replace(month=3, day=31))

    assert refused(checkup(), purposes={source: yesterday}).code == "purpose_overdue"
    assert admitted(checkup(), purposes={source: Purpose(source, TODAY)})


def test_a_source_of_removable_media_is_refused_over_the_network_and_taken_from_media() -> None:
    """ACQ-03."""
    data = {"school_code": "1", "pupil_key": "2", "fiscal_year": 2026, "month": 4, "school_days": 17, "absent_days": 1}
    row = event(Source.SCHOOL_AFFAIRS, "attendance.month_reported", data)

    assert [refused(row, inlet=inlet).code for inlet in (Inlet.AMQP, Inlet.HTTP)] == ["removable_media_only"] * 2
    assert admitted(row, inlet=Inlet.MEDIA)


def test_a_disallowed_item_is_named_before_everything_else_that_is_wrong() -> None:
    """S08: K-9 lacks its required fields too, and its path is `questionnaire`."""
    sent = checkup(schemaversion="9", source="tax_office", data={"person_no": "100", "questionnaire": {"hit_emotionally": True}})

    assert refused(sent, login=Source.MATERNAL_CHILD_HEALTH).path == "questionnaire"


def test_one_refusal_names_the_first_path_and_lists_all() -> None:
    verdict = refused(checkup({"exam_date": "soon", "weight_kg": "heavy", "mood": "good"}))

    assert (verdict.path, verdict.paths) == ("exam_date", ("exam_date", "weight_kg", "mood"))


def test_a_key_that_is_no_name_of_a_field_is_not_shown() -> None:
    for key in ("山田太郎", "0901234567", "a" * 65, "x y"):
        assert refused(checkup({key: 1})).path == "*"


def test_a_watermark_needs_neither_subject_nor_revision() -> None:
    assert admitted(watermark("R8.3.31")).data == {"complete_through": "2026-03-31"}


def test_every_code_that_is_said_has_its_message() -> None:
    assert {bad.code for bad in BAD} - {"disallowed_item", "my_number"} <= MESSAGES.keys()


secrets = st.text(alphabet="ひみつの値XYZ", min_size=6, max_size=12)


@given(secrets, st.sampled_from(["exam_date", "weight_kg", "checkup_type", "person_no", "unknown", "result_status", "gestational_weeks"]))
def test_a_refusal_never_holds_the_value(secret: str, field: str) -> None:
    verdict = judged(checkup({field: {"deep": secret}}))

    assert isinstance(verdict, Refusal)
    assert secret not in repr(verdict)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.dictionaries(st.sampled_from(sorted(checkup())), inner),
        max_leaves=30,
    )
)
def test_no_event_breaks_the_judgement(content: Any) -> None:
    if isinstance(content, dict):
        judge(RawEvent(json.loads(json.dumps(content))), door())
