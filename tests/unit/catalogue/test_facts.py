"""Facts: whatever ingest lets pass reads, anything else is Unreadable with the name of its field, and nobody is named."""

import dataclasses
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import facts
from contracts.catalogue import ENUMS, EVENT_TYPES, EventType, FieldType, Linking, NotInCatalogue, SourceField, data_model
from contracts.catalogue.facts import Unreadable, fact_of
from contracts.days import EARLIEST_DAY, LATEST_DAY
from contracts.facts import READERS, InfantCheckupRecorded, LongTermCareCertificationChanged, PregnancyNotified
from contracts.kinds import EventKind, Source

KINDS = [kind for kind in EVENT_TYPES if kind.link is not Linking.NONE]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[f"{kind.source}:{kind.type}" for kind in KINDS])

VISIBLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=15)
DAYS = st.dates(EARLIEST_DAY, LATEST_DAY).map(date.isoformat)

WRONG: dict[FieldType, tuple[Any, ...]] = {
    FieldType.TEXT: (1, "", ["x"]),
    FieldType.DATE: (20260401, "", "2026-4-1", "20260401", "2026-W14-1", "2026-02-30", "1600-01-01", ["2026-04-01"], {}),
    FieldType.BIRTH_DATE: (1985, "", "85", "1985-13", "1985-6-11", "2026-02-30"),
    FieldType.INTEGER: ("1", 1.5, True, []),
    FieldType.WEEKS: ("14w2d", 14.0, True),
    FieldType.DECIMAL: ("10.5", True, float("nan"), float("inf")),
    FieldType.BOOLEAN: (1, "true"),
    FieldType.ENUM: ("nothing of the list", 1, [], {}),
}


def values_of(field: SourceField) -> st.SearchStrategy[Any]:
    of: dict[FieldType, st.SearchStrategy[Any]] = {
        FieldType.TEXT: st.text(min_size=1, max_size=field.max_length),
        FieldType.IDENTIFIER: VISIBLE,
        FieldType.PERSON_NO: VISIBLE,
        FieldType.DATE: DAYS,
        FieldType.BIRTH_DATE: DAYS | st.sampled_from(["1985-06", "1985", "unknown"]),
        FieldType.INTEGER: st.integers(field.minimum, field.maximum),
        FieldType.WEEKS: st.integers(0, field.maximum),
        FieldType.DECIMAL: st.floats(field.minimum, field.maximum) | st.integers(field.minimum, field.maximum),
        FieldType.BOOLEAN: st.booleans(),
        FieldType.ENUM: st.sampled_from(ENUMS[field.enum].values) if field.enum else st.nothing(),
    }
    return st.lists(of[field.type], max_size=field.max_items) if field.list else of[field.type]


def records(kind: EventType) -> st.SearchStrategy[dict[str, Any]]:
    """Records of a type as ingest passes them on."""
    needed = {field.name: values_of(field) for field in kind.fields if field.required or field.name in kind.any_of}
    others = {field.name: st.none() | values_of(field) for field in kind.fields if field.name not in needed}
    return st.fixed_dictionaries(needed, optional=others)


def told(kind: EventType, data: dict[str, Any]) -> dict[str, Any]:
    """What the linker tells of a record: nothing that names a person."""
    return {name: value for name, value in data.items() if name not in kind.names_person}


@each_kind
@settings(max_examples=30)
@given(st.data())
def test_every_record_that_the_catalogue_takes_can_be_read(kind: EventType, data: st.DataObject) -> None:
    record = data.draw(records(kind))
    model = data_model(kind.source, kind.type).model_validate(record)

    fact = fact_of(kind.source, kind.type, told(kind, record))

    said = {name.rstrip("_"): value for name, value in dataclasses.asdict(fact).items()}
    assert said == {
        field.name: date.fromisoformat(value) if field.type is FieldType.DATE and value is not None else value
        for field in kind.fields
        if not field.names_person
        # A default stands also where a null does.
        for value in (field.default if getattr(model, field.name) is None else getattr(model, field.name),)
    }


@each_kind
@settings(max_examples=30)
@given(st.data())
def test_a_field_that_is_missing_or_holds_something_else_is_named_and_its_value_is_not(kind: EventType, data: st.DataObject) -> None:
    record = told(kind, data.draw(records(kind)))
    fields = [field for field in kind.fields if not field.names_person]
    if not fields:
        return
    field = data.draw(st.sampled_from(fields))
    wrong = data.draw(st.sampled_from([*WRONG[field.type], *([None] if field.required else [])]))

    with pytest.raises(Unreadable) as refused:
        fact_of(kind.source, kind.type, {**record, field.name: wrong})
    if field.required:
        with pytest.raises(Unreadable) as missed:
            fact_of(kind.source, kind.type, {name: value for name, value in record.items() if name != field.name})
        assert missed.value.path == field.name

    assert refused.value.path == field.name
    assert str(refused.value) == f"cannot read {field.name}"
    assert refused.value.__cause__ is None


@each_kind
def test_no_class_of_facts_has_a_field_that_names_a_person_nor_can_be_changed(kind: EventType) -> None:
    fact = getattr(facts, kind.fact_name)

    assert not {field.name for field in dataclasses.fields(fact)} & kind.names_person
    assert fact.__dataclass_params__.frozen
    assert "__slots__" in vars(fact)


def test_there_is_a_reader_for_every_type_of_record_and_none_for_the_watermark() -> None:
    assert set(READERS) == {(kind.source, kind.type) for kind in KINDS}
    with pytest.raises(NotInCatalogue):
        fact_of(Source.CHILDCARE, EventKind.FEED_WATERMARK, {})
    with pytest.raises(NotInCatalogue):
        fact_of("childcare", "resident.changed", {})


def test_facts_are_typed_know_what_they_are_and_leave_aside_what_is_newer_than_they() -> None:
    checkup = fact_of("maternal_child_health", "infant_checkup.recorded", {"checkup_type": "18m", "exam_date": "2026-04-01", "mood": "?"})
    care = fact_of("long_term_care", "long_term_care.certification_changed",
                   {"class": "care_1", "valid_from": "2026-04-01", "status": "active"})  # fmt: skip
    notified = PregnancyNotified.read({"gestational_weeks": 9})

    assert checkup == InfantCheckupRecorded(checkup_type="18m", exam_date=date(2026, 4, 1))
    assert (checkup.said_by, checkup.event_kind) == (Source.MATERNAL_CHILD_HEALTH, EventKind.INFANT_CHECKUP_RECORDED)
    assert isinstance(care, LongTermCareCertificationChanged)
    assert care.class_ == "care_1"
    assert (notified.issue_kind, notified.gestational_weeks, notified.edd) == ("new", 9, None)
