"""Builders of source events, and of what is wrong with them."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from contracts.values import Source
from services.ingest.domain.admission import Door, Inlet, Purpose
from services.ingest.domain.my_number import check_digit

TODAY = date(2026, 4, 1)
LATEST = datetime(2026, 4, 1, 3, 5, tzinfo=UTC)
MY_NUMBER = "12345678901" + str(check_digit("12345678901"))
Event = dict[str, Any]


def door(login: Source = Source.MATERNAL_CHILD_HEALTH, **changes: Any) -> Door:
    """A door at which every source has a purpose, unless `changes` say otherwise."""
    purposes = {source: Purpose(source, None) for source in Source}
    return Door(**{"login": login, "inlet": Inlet.AMQP, "today": TODAY, "latest": LATEST, "purposes": purposes, **changes})


def event(source: Source, kind: str, data: dict[str, Any], /, **changes: Any) -> Event:
    """A source event; `changes` replace attributes, None takes one away."""
    said = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": source.value,
        "type": kind,
        "time": "2026-03-31T15:00:00Z",
        "subject": "K-1",
        "schemaversion": "1",
        "revision": 1,
        "op": "upsert",
        "effectiveon": "2026-03-31",
        "recordedat": "2026-03-31T12:00:00+09:00",
        "datacontenttype": "application/json",
        "data": data,
        **changes,
    }
    return {key: value for key, value in said.items() if value is not None}


def checkup(data: dict[str, Any] | None = None, /, **changes: Any) -> Event:
    """An infant checkup; `data` are fields besides the required ones."""
    required = {"person_no": "0000000100", "checkup_type": "18m", "exam_date": "2026-03-20"}
    return event(Source.MATERNAL_CHILD_HEALTH, "infant_checkup.recorded", {**required, **(data or {})}, **changes)


def resident(data: dict[str, Any] | None = None, /, **changes: Any) -> Event:
    """A resident's entry."""
    return event(
        Source.RESIDENT_REGISTRY, "resident.changed", {"person_no": "0000000100", "birth_date": "2024-02-10", **(data or {})}, **changes
    )


def watermark(through: str, source: Source = Source.MATERNAL_CHILD_HEALTH, /, **changes: Any) -> Event:
    """A source's word that it is complete."""
    return event(source, "feed.watermark", {"complete_through": through}, subject=None, revision=None, **changes)


def body(*events: Event) -> bytes:
    """One event, or a batch of several, as bytes."""
    return json.dumps(events[0] if len(events) == 1 else list(events), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Bad:
    """A bad body, with the path and the code that its refusal must name."""

    name: str
    body: bytes
    path: str
    code: str


def _with_raw(field: str, raw: str) -> bytes:
    """A checkup whose `field` of the data is written as `raw` JSON."""
    return body(checkup({field: "@@"})).replace(b'"@@"', raw.encode("utf-8", "surrogatepass"))


BAD = (
    # the body as a whole
    Bad("nothing", b"", "body", "empty"),
    Bad("broken JSON", b'{"specversion": "1.0",', "body", "not_json"),
    Bad("no JSON at all", b"hello", "body", "not_json"),
    Bad("a control character in a text", b'{"id": "a\nb"}', "body", "not_json"),
    Bad("two documents", b"{} {}", "body", "not_json"),
    Bad("a text", b'"event"', "body", "not_events"),
    Bad("a number", b"1", "body", "not_events"),
    Bad("a BOM", b"\xef\xbb\xbf" + body(checkup()), "body", "byte_order_mark"),
    Bad("CP932", json.dumps({"id": "健診"}, ensure_ascii=False).encode("cp932"), "body", "not_utf8"),
    Bad("UTF-16", body(checkup()).decode().encode("utf-16"), "body", "byte_order_mark"),
    Bad("10 MB", b'"' + b"x" * 10_000_000 + b'"', "body", "too_large"),
    Bad("nested 33 deep", b'{"a":' * 33 + b"1" + b"}" * 33, "body", "too_deep"),
    Bad("nested 10,000 deep", b"[" * 10_000 + b"]" * 10_000, "body", "too_deep"),
    Bad("nested 200,000 deep", b'{"a":' * 200_000, "body", "too_deep"),
    Bad("nested deep behind quotes", b'{"\\"": "\\\\", "a":' + b"[" * 10_000, "body", "too_deep"),
    Bad("201 events", json.dumps([{}] * 201).encode(), "body", "too_many_events"),
    # what no store can hold
    Bad("U+0000", _with_raw("exam_place_kind", '"ci\\u0000ty"'), "exam_place_kind", "nul_character"),
    Bad("half a surrogate", _with_raw("exam_place_kind", '"\\ud83d"'), "exam_place_kind", "lone_surrogate"),
    Bad("U+FFFD", _with_raw("exam_place_kind", '"\ufffd"'), "exam_place_kind", "replacement_character"),
    Bad("40,000 marks", _with_raw("exam_place_kind", '"' + "a" + "\u0300\u0323" * 20_000 + '"'), "exam_place_kind", "too_many_marks"),
    Bad("31 escaped marks", _with_raw("exam_place_kind", '"' + "\\u0300" * 31 + '"'), "exam_place_kind", "too_many_marks"),
    Bad("marks beyond plane 0", _with_raw("exam_place_kind", '"' + "\U0001d165" * 31 + '"'), "exam_place_kind", "too_many_marks"),
    Bad("half-width marks", _with_raw("exam_place_kind", '"' + "\uff9e\u0334" * 16 + '"'), "exam_place_kind", "too_many_marks"),
    Bad("40,000 marks in a key", body(checkup({"か" + "\u3099\u0323" * 20_000: 1})), "*", "too_many_marks"),
    Bad("40,000 marks in an id", body(checkup(id="\u0300\u0323" * 20_000)), "id", "too_many_marks"),
    Bad("NaN", _with_raw("weight_kg", "NaN"), "weight_kg", "number_not_finite"),
    Bad("Infinity", _with_raw("weight_kg", "-Infinity"), "weight_kg", "number_not_finite"),
    Bad("1e400", _with_raw("weight_kg", "1e400"), "weight_kg", "number_not_finite"),
    Bad("2^63", _with_raw("weight_kg", str(2**63)), "weight_kg", "integer_too_large"),
    Bad("an integer of 5,000 digits", _with_raw("weight_kg", "9" * 5000), "weight_kg", "integer_too_large"),
    Bad("a key twice", _with_raw("height_cm", '80, "height_cm": 90'), "height_cm", "duplicate_key"),
    # the envelope
    Bad("no object", b"[1]", "body", "not_an_object"),
    Bad("a future version of the schema", body(checkup(schemaversion="2", invented=1)), "schemaversion", "unsupported_version"),
    Bad("another CloudEvents", body(checkup(specversion="0.3")), "specversion", "unsupported_version"),
    Bad("no id", body(checkup(id=None)), "id", "missing"),
    Bad("an empty id", body(checkup(id="")), "id", "wrong_form"),
    Bad("no time", body(checkup(time=None)), "time", "missing"),
    Bad("a time without offset", body(checkup(time="2026-04-01T00:00:00")), "time", "wrong_form"),
    Bad("the year 99999", body(checkup(recordedat="99999-01-01T00:00:00Z")), "recordedat", "wrong_form"),
    Bad("no subject", body(checkup(subject=None)), "subject", "missing"),
    Bad("no revision", body(checkup(revision=None)), "revision", "missing"),
    Bad("a revision as text", body(checkup(revision="1")), "revision", "wrong_form"),
    Bad("a revision below zero", body(checkup(revision=-1)), "revision", "out_of_range"),
    Bad("another operation", body(checkup(op="delete")), "op", "not_in_list"),
    Bad("an effective day that is none", body(checkup(effectiveon="2026-02-30")), "effectiveon", "not_a_date"),
    Bad("an attribute of nobody", body(checkup(mood="good")), "mood", "unknown_attribute"),
    Bad("XML", body(checkup(datacontenttype="text/xml")), "datacontenttype", "not_in_list"),
    Bad("no data", body(checkup(data=None)), "data", "missing"),
    Bad("data that is a list", body(checkup(data=[])), "data", "wrong_form"),
    # who, and what
    Bad("somebody else's event", body(resident()), "source", "wrong_source"),
    Bad("an unknown source", body(checkup(source="tax_office")), "source", "unknown_source"),
    Bad("an unknown type", body(checkup(type="infant_checkup.deleted")), "type", "unknown_type"),
    Bad("an unknown field", body(checkup({"favourite_colour": "blue"})), "favourite_colour", "unknown_field"),
    Bad("a missing field", body(checkup({"exam_date": None})), "exam_date", "missing"),
    Bad("a day that is none", body(checkup({"exam_date": "2026-02-30"})), "exam_date", "not_a_date"),
    Bad("the year 99999 in a field", body(checkup({"exam_date": "99999-01-01"})), "exam_date", "not_a_date"),
    Bad("the year 1600", body(checkup({"exam_date": "1600-01-01"})), "exam_date", "not_a_date"),
    Bad("a number for a person", body(checkup({"person_no": 100})), "person_no", "not_text"),
    Bad("a person's number too long", body(checkup({"person_no": "1" * 16})), "person_no", "wrong_form"),
    Bad("an exam of the future", body(checkup({"exam_date": "2190-04-02"})), "exam_date", "out_of_range"),
    Bad("an exam of the future in an era", body(checkup({"exam_date": "令和99年4月1日"})), "exam_date", "out_of_range"),
    Bad("a watermark of the future", body(watermark("2190-04-02")), "complete_through", "out_of_range"),
    Bad("a kind of nothing", body(checkup({"checkup_type": "7y"})), "checkup_type", "not_in_list"),
    Bad("a weight in words", body(checkup({"weight_kg": "heavy"})), "weight_kg", "wrong_form"),
    Bad("true as a weight", body(checkup({"weight_kg": True})), "weight_kg", "wrong_form"),
    Bad("taking a watermark back without a revision", body(watermark("2026-03-31", op="void")), "revision", "missing"),
    Bad(
        "a watermark that ends before it begins",
        body(event(Source.MATERNAL_CHILD_HEALTH, "feed.watermark", {"complete_through": "2026-03-30", "complete_from": "2026-03-31"})),
        "complete_from",
        "contradiction",
    ),
    # 無し items (S18)
    Bad("S18a", body(checkup({"questionnaire": {"hit_emotionally": True}})), "questionnaire", "disallowed_item"),
    Bad("a My Number", body(checkup({"exam_place_kind": MY_NUMBER})), "exam_place_kind", "my_number"),
    Bad("a My Number as an attribute", body(checkup(cityextension=MY_NUMBER)), "cityextension", "my_number"),
    Bad("a My Number in words as the id", body(checkup(id=f"番号{MY_NUMBER}")), "id", "my_number"),
    Bad("a My Number as a key", body(checkup({MY_NUMBER: 1})), "*", "my_number"),
)
"""Bodies that the health system may send by mistake, and where each is wrong."""
