"""Binary mode: attributes beside the body, which is the data."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.domain.admission import Admitted, judge
from services.ingest.domain.binary import Told, binary_event
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import Event, checkup, door


def beside(event: Event, prefix: str = "ce-") -> list[Told]:
    return [Told(name, prefix, value) for name, value in event.items() if name not in {"data", "datacontenttype"}]


def read(event: Event, *more: Told, content_type: str | None = "application/json") -> RawEvent:
    content = binary_event([*beside(event), *more], json.dumps(event["data"]).encode(), content_type)
    assert not isinstance(content, Refusal)
    return content[0]


def wrong(raw: RawEvent) -> list[tuple[str, str]]:
    verdict = judge(raw, door())
    assert isinstance(verdict, Refusal)
    return [*verdict.faults]


@pytest.mark.parametrize("revision", [1, "1"])
@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", None])
def test_an_event_is_the_same_in_both_modes(revision: Any, content_type: str | None) -> None:
    sent = checkup()

    assert judge(read({**sent, "revision": revision}, content_type=content_type), door()) == judge(RawEvent(sent), door())


def test_instants_may_come_in_a_type_of_their_own() -> None:
    as_clients_read_it = datetime(2026, 3, 31, 3)  # noqa: DTZ001 -- AMQP's instants are in UTC and some clients do not say so
    verdict = judge(read(checkup(time=datetime(2026, 3, 31, 15, tzinfo=UTC), recordedat=as_clients_read_it)), door())

    assert isinstance(verdict, Admitted)
    assert (verdict.envelope.time.hour, verdict.envelope.recorded_at.hour) == (15, 3)


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (Told("datacontenttype", "ce-", "application/json"), ("ce-datacontenttype", "in_content_type")),
        (Told("data", "ce-", "{}"), ("ce-data", "data_in_body")),
        (Told("data_base64", "ce-", "e30="), ("ce-data_base64", "data_in_body")),
        (Told("subject", "ce-", "K-2"), ("ce-subject", "duplicate_key")),
        (Told("mood", "ce-", "good"), ("mood", "unknown_attribute")),
        (Told("山田太郎", "cloudEvents:", "x"), ("*", "unknown_attribute")),
        (Told("", "ce-", "x"), ("*", "unknown_attribute")),
        (Told("op", "cloudEvents_", [1]), ("cloudEvents_op", "duplicate_key")),
        (Told("traceparent", "cloudEvents_", {"a": 1}), ("cloudEvents_traceparent", "wrong_form")),
    ],
)
def test_what_stands_wrongly_beside_the_body_is_named_where_it_stands(told: Told, fault: tuple[str, str]) -> None:
    assert fault in wrong(read(checkup(), told))


def test_what_is_said_beside_the_body_and_what_is_in_it_are_named_together() -> None:
    raw = read(checkup({"exam_place_kind": "\x00"}), Told("data", "ce-", "{}"), Told("datacontenttype", "ce-", "text/xml"))

    assert wrong(raw) == [("ce-data", "data_in_body"), ("ce-datacontenttype", "in_content_type"), ("exam_place_kind", "nul_character")]


def test_an_attribute_without_a_value_is_unset() -> None:
    assert isinstance(
        judge(read(checkup(), Told("traceparent", "cloudEvents:", None), Told("mood", "cloudEvents:", None)), door()), Admitted
    )


def test_a_body_of_another_type_is_not_read() -> None:
    assert wrong(read(checkup(), content_type="text/xml")) == [("datacontenttype", "not_in_list")]


def test_a_body_cannot_smuggle_attributes_in() -> None:
    refusal = binary_event(beside(checkup()), b'{}, "subject": "K-9"', "application/json")

    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_json"
