"""Leaves: one form only, and the columns follow from it."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from contracts.canonical import LARGEST_INTEGER, NotCanonical, canonical, instant_text
from contracts.messages import AccessRecorded, Actor, Thing
from contracts.values import ServiceName, Ward
from services.audit.domain.leaf import Columns, LeafMalformed, columns_of, columns_written, event_in, leaf_of
from tests.unit.audit.builders import CHILD, CLERK, NOON, access, event_of

ascii_keys = st.text(st.characters(codec="ascii"), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.text(max_size=30)
profile = st.recursive(scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ascii_keys, inner, max_size=5), max_leaves=30)

wards = st.none() | st.sampled_from(Ward)
texts = st.none() | st.text(max_size=20)
messages = st.builds(
    AccessRecorded,
    event_id=st.uuids(),
    occurred_at=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(timezone(timedelta(hours=9)))),  # noqa: DTZ001
    traceparent=texts,
    producer=st.sampled_from(ServiceName),
    lane=st.integers(0, 7),
    sequence=st.integers(1, LARGEST_INTEGER),
    actor=st.builds(Actor, id=st.none() | st.uuids(), role=st.text(max_size=20), ward=wards, session=texts),
    thing=st.builds(Thing, kind=st.text(max_size=20), id=texts, ward=wards),
    action=st.text(max_size=40),
    fields=st.lists(st.text(max_size=10), max_size=4).map(tuple),
    reason_code=texts,
    correlation=texts,
    origin=texts,
    count=st.none() | st.integers(0, 10_000),
)


@given(value=profile)
def test_a_leaf_is_written_as_rfc_8785_writes_it(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, -(2**53), {"鍵": 1}, {1: 2}, b"bytes", "\ud800", [{"a": 0.0}]])
def test_what_the_profile_does_not_cover_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@given(message=messages)
def test_the_columns_of_a_leaf_are_those_of_its_message(message: AccessRecorded) -> None:
    columns = columns_of(leaf_of(event_of(message), NOON))
    assert columns_written(event_of(message), NOON) == columns

    assert columns == Columns(
        event_id=message.event_id,
        type="AccessRecorded",
        ts=message.occurred_at,
        received=NOON,
        producer=message.producer,
        lane=message.lane,
        sequence=message.sequence,
        actor=message.actor.id,
        role=message.actor.role,
        actor_ward=message.actor.ward,
        session=message.actor.session,
        action=message.action,
        thing_kind=message.thing.kind,
        thing_id=message.thing.id,
        thing_ward=message.thing.ward,
        fields=message.fields,
        purpose=message.purpose,
        decision=message.decision,
        relation=message.relation,
        reason_code=message.reason_code,
        correlation=message.correlation,
        origin=message.origin,
        count=message.count,
    )


def test_a_leaf_holds_the_whole_message_and_nothing_else() -> None:
    message = access(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

    leaf = leaf_of(event_of(message), NOON)

    assert json.loads(leaf)["received"] == "2026-04-11T03:00:00.000000Z"
    assert AccessRecorded.model_validate(event_in(leaf)) == message.model_copy(update={"traceparent": None})
    assert (CHILD in leaf.decode(), str(CLERK) in leaf.decode(), "traceparent" in leaf.decode()) == (True, True, False)


@pytest.mark.parametrize(
    "change",
    [
        lambda leaf: leaf + b" ",
        lambda leaf: leaf.replace(b'"v":1', b'"v": 1'),
        lambda leaf: leaf.replace(b'"lane":0', b'"lane":0,"lane":0'),
        lambda leaf: leaf.replace(b'"lane":0', b'"lane":0.0'),
        lambda leaf: leaf.replace(b'"lane":0', b'"lane":-0'),
        lambda leaf: leaf.replace(b"casework", b"\\u0063asework"),
        lambda leaf: leaf[:-1],
        lambda _: b"\xff",
        lambda _: b"[" * 100_000,
    ],
)
def test_bytes_that_mean_the_same_in_another_form_are_refused(change: Any) -> None:
    leaf = leaf_of(event_of(access()), NOON)

    with pytest.raises(NotCanonical):
        columns_of(change(leaf))


@pytest.mark.parametrize(
    "leaf",
    [
        b"{}",
        b"null",
        b'{"event":{},"received":"2026-04-11T03:00:00.000000Z","v":1}',
        b'{"event":[],"received":"2026-04-11T03:00:00.000000Z","v":1}',
        leaf_of(event_of(access()), NOON).replace(b'"v":1', b'"v":2'),
        leaf_of(event_of(access()), NOON).replace(b'"received":"2026-04-11T03:00:00.000000Z"', b'"received":"2026-4-11T3:00:00.0Z"'),
        leaf_of(event_of(access()), NOON).replace(str(CLERK).encode(), b"clerk"),
    ],
)
def test_canonical_bytes_that_are_no_entry_are_refused(leaf: bytes) -> None:
    with pytest.raises(LeafMalformed):
        columns_of(leaf)


def test_a_leaf_that_is_too_large_is_refused() -> None:
    with pytest.raises(NotCanonical, match="at most 8192 bytes"):
        leaf_of(event_of(access(origin="x" * 8192)), NOON)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        instant_text(datetime(2026, 4, 11))  # noqa: DTZ001


def test_the_uuid_of_an_actor_reads_back() -> None:
    columns = columns_of(leaf_of(event_of(access()), NOON))

    assert isinstance(columns.actor, UUID)
