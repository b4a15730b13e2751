"""What is wrong is said place by place: code, message and what is allowed there. What is null is unset."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.catalogue import ENUMS, EVENT_TYPES, source_event_schema
from contracts.replies import REPLY
from contracts.values import Source
from services.ingest.domain import ledger
from services.ingest.domain.admission import Admitted, judge
from services.ingest.domain.answers import answer
from services.ingest.domain.envelope import ATTRIBUTES
from services.ingest.domain.ledger import Entry, Outcome
from services.ingest.domain.reading import RawEvent, read
from services.ingest.domain.refusals import MESSAGES, PATHS_MAX, Refusal
from services.ingest.replies import answer_json
from tests.unit.ingest.events import BAD, Event, body, checkup, door, watermark

HEALTH = Source.MATERNAL_CHILD_HEALTH


def told(event: Event | RawEvent) -> dict[str, Any]:
    """The answer to a refused event."""
    raw = event if isinstance(event, RawEvent) else RawEvent(event)
    verdict = judge(raw, door())
    assert isinstance(verdict, Refusal)
    key = ledger.event_key(HEALTH, "x")
    return answer_json(answer(Entry(key, HEALTH, ledger.identity_of(raw.content, HEALTH, verdict), Outcome.REFUSED, verdict), again=False))


def test_every_place_has_its_own_code_message_and_allowed_values() -> None:
    errors = told(checkup({"exam_date": "soon", "weight_kg": "heavy", "checkup_type": "7y", "mood": "good"}))["errors"]

    found = {error["path"]: (error["code"], error["allowed"]) for error in errors}
    kinds = list(ENUMS["checkup_type"].values)
    assert found == {
        "exam_date": ("not_a_date", None),
        "weight_kg": ("wrong_form", None),
        "checkup_type": ("not_in_list", kinds),
        "mood": ("unknown_field", None),
    }
    assert all((error["message"]["ja"], error["message"]["en"]) == MESSAGES[error["code"]] for error in errors)


def test_places_in_the_envelope_have_their_own_too() -> None:
    errors = told(checkup(op="delete", datacontenttype="text/xml", time=None, revision=-1, mood="good"))["errors"]

    assert {error["path"]: (error["code"], error["allowed"]) for error in errors} == {
        "time": ("missing", None),
        "op": ("not_in_list", ["upsert", "void"]),
        "revision": ("out_of_range", None),
        "datacontenttype": ("not_in_list", ["application/json"]),
        "mood": ("unknown_attribute", None),
    }


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"specversion": "0.3"}, ["1.0"]),
        ({"schemaversion": "2"}, ["1"]),
        ({"source": "tax_office"}, [HEALTH.value]),
        ({"source": Source.CHILDCARE.value}, [HEALTH.value]),
        ({"type": "infant_checkup.deleted"}, sorted(kind.type for kind in EVENT_TYPES if kind.source is HEALTH)),
    ],
)
def test_what_has_a_fixed_list_says_which(changes: Event, allowed: list[str]) -> None:
    (error,) = told(checkup(**changes))["errors"]

    assert error["allowed"] == allowed


def test_defects_of_several_kinds_in_one_event_keep_theirs() -> None:
    sent = body(checkup({"weight_kg": "@1", "exam_place_kind": "@2"})).replace(b'"@1"', b"NaN").replace(b"@2", rb"\u0000")
    content = read(sent)
    assert not isinstance(content, Refusal)

    assert {(error["path"], error["code"]) for error in told(content[0])["errors"]} == {
        ("weight_kg", "number_not_finite"),
        ("exam_place_kind", "nul_character"),
    }


def test_no_more_than_the_first_places_are_named_and_the_message_says_how_many_more() -> None:
    said = told(checkup({f"unknown_{'x' * n}": n for n in range(PATHS_MAX + 7)}))

    assert len(said["errors"]) == len(said["paths"]) == PATHS_MAX
    assert "7 more places" in said["message"]["en"]


def test_no_field_of_a_record_is_called_like_an_attribute() -> None:
    assert not {field.name for kind in EVENT_TYPES for field in kind.fields} & ATTRIBUTES


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_every_answer_to_a_bad_body_is_what_its_schema_says(bad: Any) -> None:
    content = read(bad.body)
    key = ledger.event_key(HEALTH, "x")
    nobody = ledger.Identity(None, None, None, None)
    if isinstance(content, Refusal):
        said = answer_json(answer(Entry(key, HEALTH, nobody, Outcome.REFUSED, content), again=False))
    else:
        said = told(content[0])

    Draft202012Validator(REPLY).validate({"source": HEALTH.value, "outcomes": [said]})
    assert (said["errors"][0]["path"], said["errors"][0]["code"]) == (bad.path, bad.code)


OPTIONAL = ("schemaversion", "op", "effectiveon", "recordedat", "datacontenttype", "traceparent", "tracestate", "personno", "invented")


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_attribute_that_is_null_is_unset(name: str) -> None:
    without = {key: value for key, value in checkup().items() if key != name}
    null = {**without, name: None}

    assert judge(RawEvent(null), door()) == judge(RawEvent(without), door())
    assert isinstance(judge(RawEvent(null), door()), Admitted)
    Draft202012Validator(source_event_schema(HEALTH, null["type"])).validate(null)


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "time", "subject", "revision", "data"])
def test_an_attribute_that_must_be_there_is_missing_where_it_is_null(name: str) -> None:
    sent = {**checkup(), name: None}

    assert (name, "missing") in [(error["path"], error["code"]) for error in told(sent)["errors"]]
    assert not Draft202012Validator(source_event_schema(HEALTH, "infant_checkup.recorded")).is_valid(sent)


def test_what_a_watermark_and_a_withdrawal_need_not_have_may_be_null() -> None:
    for sent in ({**watermark("2026-03-31"), "subject": None, "revision": None}, {**checkup(op="void"), "data": None}):
        assert isinstance(judge(RawEvent(sent), door()), Admitted)
        Draft202012Validator(source_event_schema(HEALTH, sent["type"])).validate(sent)


def test_the_name_of_a_denied_item_is_refused_though_it_says_nothing() -> None:
    assert told({**checkup(), "questionnaire": None})["path"] == "questionnaire"


@pytest.mark.parametrize("name", ["id", "subject", "op", "effectiveon", "recordedat", "datacontenttype", "schemaversion", "personno"])
def test_an_attribute_that_is_empty_is_not_unset(name: str) -> None:
    assert told({**checkup(), name: ""})["path"] == name
