import re
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from contracts.catalogue import (
    DENIED,
    EVENT_TYPES,
    SOURCES,
    AcquisitionMode,
    EventType,
    FieldType,
    NotInCatalogue,
    data_model,
    event_type,
    source,
    source_event_schema,
)
from contracts.values import Relationship, Sex, Source, Ward
from services.ingest.domain.denial import denies_key, denies_text

ENABLED = {"03a", "03b", "03c", "09a", "09b", "10", "11", "12", "13", "15", "16", "17", "18", "19"}
IDS = [f"{kind.source}:{kind.type}" for kind in EVENT_TYPES]
each_type = pytest.mark.parametrize("kind", EVENT_TYPES, ids=IDS)

SECTION_6_4 = {
    "resident.changed", "resident.protection_measure", "school_register.changed", "public_assistance.member_changed",
    "pregnancy.notified", "pregnancy.ended", "prenatal_exam.recorded", "postpartum_checkup.recorded", "infant_checkup.recorded",
    "allowance.entitlement_changed", "loan.changed", "childcare.use_changed", "medical_subsidy.changed", "disability.certificate_changed",
    "long_term_care.certification_changed", "pupil.registered", "attendance.month_reported", "school_health.exam_recorded",
    "survey.result_recorded", "school_aid.decided", "lunch_fee.arrears_changed", "consultation.status_changed", "feed.watermark",
}  # fmt: skip


def example(kind: EventType) -> dict[str, Any]:
    """A value for every field, as a source would write it."""
    values: dict[FieldType, Any] = {
        FieldType.TEXT: "x-1",
        FieldType.IDENTIFIER: "x-1",
        FieldType.DATE: "令和8年4月11日",
        FieldType.BIRTH_DATE: "令和8年4月11日",
        FieldType.INTEGER: 2026,
        FieldType.DECIMAL: 10.5,
        FieldType.BOOLEAN: True,
        FieldType.PERSON_NO: "000000000000001",
        FieldType.WEEKS: "14w2d",
    }
    said: dict[str, Any] = {}
    for field in kind.fields:
        value = values.get(field.type)
        if field.type is FieldType.INTEGER:
            value = field.minimum
        if field.type is FieldType.ENUM:
            model_field = data_model(kind.source, kind.type).model_json_schema()["properties"][field.name]
            listed = next(part for part in model_field.get("anyOf", [model_field]) if part.get("type") != "null")
            value = listed.get("const") or listed["enum"][0]
        said[field.name] = [value] if field.list else value
    return said


def test_the_sixteen_rows_of_the_city_are_there_each_with_one_owner_and_a_legal_basis() -> None:
    rows = [(entry.feed, entry.code) for entry in SOURCES]

    assert rows == [(f"FEED-{number:02}", code) for number, code in enumerate(Source, start=1)]
    assert all(entry.data_owner and entry.legal_basis and entry.system and entry.event_types for entry in SOURCES)


def test_every_event_type_of_the_interface_list_is_there_and_every_source_has_a_watermark() -> None:
    assert {kind.type for kind in EVENT_TYPES} == SECTION_6_4
    assert [kind.source for kind in EVENT_TYPES if kind.type == "feed.watermark"] == list(Source)


def test_surveys_and_school_affairs_come_by_removable_media_only() -> None:
    """ACQ-04."""
    media = {entry.code for entry in SOURCES if entry.acquisition is AcquisitionMode.REMOVABLE_MEDIA}

    assert media == {Source.SCHOOL_AFFAIRS, Source.LIFESTYLE_LEARNING_SURVEY}


def test_every_enabled_item_has_fields_and_no_disallowed_one_has_any() -> None:
    served = {item for kind in EVENT_TYPES for field in kind.fields for item in field.items if item.startswith("ITEM-")}

    assert served == {f"ITEM-{number}" for number in ENABLED}


def test_all_eight_disallowed_items_and_my_number_are_denied_by_name() -> None:
    denied = {rule.number for rule in DENIED}

    assert {1, 2, 4, 5, 6, 7, 8, 14, 0} <= denied
    assert all(rule.ja and rule.en for rule in DENIED)


@each_type
def test_no_field_of_the_catalogue_is_denied_itself(kind: EventType) -> None:
    for field in kind.fields:
        assert not denies_key(field.name), field.name
        assert not denies_text(field.en), field.name


@each_type
def test_every_number_of_a_person_is_marked_so_that_it_goes_no_further_than_the_linker(kind: EventType) -> None:
    numbers = {field.name for field in kind.fields if field.type is FieldType.PERSON_NO}

    assert numbers <= kind.names_person
    assert set(kind.subject) <= numbers


@each_type
def test_a_model_takes_what_the_catalogue_names_and_nothing_else(kind: EventType) -> None:
    model = data_model(kind.source, kind.type)
    good = {**example(kind), **{field.name: 14 for field in kind.fields if field.type is FieldType.WEEKS}}
    good |= {field.name: "2026-04-11" for field in kind.fields if field.type in {FieldType.DATE, FieldType.BIRTH_DATE}}

    model.model_validate(good)
    with pytest.raises(ValidationError) as refused:
        model.model_validate({**good, "note": "anything"})

    assert [error["loc"] for error in refused.value.errors()] == [("note",)]


@each_type
def test_a_schema_describes_an_event_as_its_source_writes_it(kind: EventType) -> None:
    schema = source_event_schema(kind.source, kind.type)
    Draft202012Validator.check_schema(schema)
    said = example(kind)
    sent: dict[str, Any] = {
        "specversion": "1.0", "id": "1", "source": kind.source.value, "type": kind.type, "time": "2026-04-01T00:00:00Z",
        "subject": "K-1", "revision": 1, "data": said,
    }  # fmt: skip

    assert not list(Draft202012Validator(schema).iter_errors(sent))
    assert list(Draft202012Validator(schema).iter_errors({**sent, "data": {**said, "note": 1}}))


def test_models_are_made_once() -> None:
    assert data_model("childcare", "childcare.use_changed") is data_model("childcare", "childcare.use_changed")


def test_what_is_not_in_the_catalogue_is_said_to_be_so() -> None:
    with pytest.raises(NotInCatalogue):
        source("tax_office")
    with pytest.raises(NotInCatalogue):
        event_type("childcare", "resident.changed")


def test_lists_mean_the_values_that_services_know() -> None:
    ward, sex, relationship = (
        event_type("resident_registry", "resident.changed").by_name[name] for name in ("ward_code", "sex", "relationship_to_head")
    )

    for field, values in ((ward, Ward), (sex, Sex), (relationship, Relationship)):
        schema = data_model("resident_registry", "resident.changed").model_json_schema()["properties"][field.name]
        assert set(schema["anyOf"][0]["enum"]) == {value.value for value in values}


@pytest.mark.parametrize("day", ["2026-02-30", "20260411", "2026-4-11", "99999-01-01", "1867-12-31", "2200-01-01", ""])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(ValidationError):
        data_model("resident_registry", "resident.changed").model_validate({"person_no": "1", "birth_date": day})


def test_words_of_the_catalogue_are_in_japanese_and_english() -> None:
    for kind in EVENT_TYPES:
        for field in kind.fields:
            assert re.search(r"[ぁ-んァ-ヶ一-龠A-Z]", field.ja), field.name
            assert field.en.isascii() or "宛名番号" in field.en, field.name


def test_the_watermark_carries_a_day() -> None:
    model = data_model("childcare", "feed.watermark")

    assert model.model_validate({"complete_through": date(2026, 4, 1).isoformat()})
