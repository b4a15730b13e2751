"""Facts are written by hand: what they say is what the contract's class would say."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts import catalogue
from contracts.ids import EventId, PersonId, PregnancyId, WelfareCaseId
from contracts.kinds import EventKind
from contracts.messages import RecordLinked
from contracts.values import Operation, Source
from infra.identifiers import caused
from services.linker.announcements import facts_of
from services.linker.domain.records import Link, LinkState, Record, RecordKey

WELFARE = catalogue.event_type(Source.PUBLIC_ASSISTANCE, EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED)
NAMES = [field.name for field in WELFARE.fields]
TOLD = {field.name for field in WELFARE.fields if not field.names_person}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
DATA = st.dictionaries(st.sampled_from(NAMES), st.recursive(PLAIN, lambda some: st.lists(some, max_size=3)))
INSTANTS = st.datetimes(timezones=st.just(UTC))
TRACES = st.sampled_from([None, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])
IDS = st.uuids()


def _record(record_id: str, revision: int, on: date, event: UUID, data: dict[str, Any], said: int) -> Record:
    key = RecordKey(Source.PUBLIC_ASSISTANCE, WELFARE.type, record_id)
    return Record(key, revision, on, datetime(2026, 4, 1, tzinfo=UTC), EventId(event), data, None, None, said=said)


@given(TEXT, st.integers(0, 2**63), st.dates(), IDS, DATA, st.integers(0, 9), INSTANTS, st.data())
def test_a_fact_says_what_the_contracts_class_would(
    record_id: str, revision: int, on: date, event: UUID, data: dict[str, Any], said: int, at: datetime, draw: st.DataObject
) -> None:
    was, now, pregnancy, case = (draw.draw(IDS | st.none()) for _ in range(4))
    trace, case_id = draw.draw(TRACES), WelfareCaseId(case) if case else None
    record = _record(record_id, revision, on, event, data, said)
    before = _linked(was, None) if was is not None else None
    after = _linked(now, pregnancy) if now is not None else Link(LinkState.REVIEW, reason="?")

    facts = facts_of(record, before, after, at, case_id=case_id, fresh=True, version_of=lambda who: who.int % 97, trace=trace)

    common = {
        "occurred_at": at,
        "traceparent": trace,
        "source": record.key.source,
        "event_type": WELFARE.type,
        "record_id": record_id,
        "revision": revision,
        "effective_on": on,
    }
    expected = []
    if was is not None and was != now:
        taken = {"operation": Operation.VOID, "person_id": was, "data": {}, "person_version": was.int % 97}
        expected.append(_checked(event, said, common | taken))
    if now is not None:
        number = said + len(expected)
        told = {name: value for name, value in data.items() if name in TOLD}
        given_now = {"operation": Operation.UPSERT, "person_id": now, "pregnancy_id": pregnancy, "data": told, "case_id": case}
        expected.append(_checked(event, number, common | given_now | {"person_version": now.int % 97}))
    assert [RecordLinked.model_validate_json(fact.text) for fact in facts] == expected
    assert [fact.person_id for fact in facts] == [each.person_id for each in expected]


def test_every_field_of_the_contract_is_written() -> None:
    record = _record("R-1", 1, date(2026, 4, 1), UUID(int=7), {}, 0)
    [fact] = facts_of(record, None, _linked(UUID(int=1), None), record.recorded_at, case_id=None, fresh=True, version_of=lambda _: 0)

    written = RecordLinked.model_validate_json(fact.text).model_fields_set

    assert RecordLinked.model_fields.keys() == written


def _checked(event: UUID, number: int, told: dict[str, Any]) -> RecordLinked:
    return RecordLinked.model_validate({"event_id": caused(event, f"RecordLinked:{number}"), "said": number, **told})


def _linked(person: UUID, pregnancy: UUID | None) -> Link:
    return Link(LinkState.LINKED, "person_no", None, PersonId(person), PregnancyId(pregnancy) if pregnancy else None)
