"""Whatever the compiled door admits, the slow way admits alike: the same values, of the same types, with the same text and hash."""

import json
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.catalogue import ENUMS, EVENT_TYPES, WATERMARK_TYPE, EventType, FieldType, SourceField, example_event
from contracts.values import Source
from infra.city.events import build
from services.ingest.domain.admission import Admitted, Door, Inlet, judge
from services.ingest.domain.compiled import Glance
from services.ingest.domain.denial import denies_text
from services.ingest.domain.envelope import instant_of
from services.ingest.domain.reading import RawEvent, read
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import BAD, MY_NUMBER, TODAY, Bad, Event, body, checkup, door, event, resident
from tests.unit.ingest.test_denial import CASES, trees, words

RECORDS = [kind for kind in EVENT_TYPES if kind.type != WATERMARK_TYPE]


def exact(admitted: Admitted) -> str:
    """Every value with its type; the order of the data is no part of what a record says."""
    envelope = admitted.envelope
    parts = [sorted(map(repr, admitted.data.items())), sorted(map(repr, envelope.data.items())), admitted.text, admitted.content_hash]
    attributes = [
        envelope.id,
        envelope.source,
        envelope.type,
        envelope.time,
        envelope.subject,
        envelope.revision,
        envelope.operation,
        envelope.recorded_at,
        envelope.stated_effective_on,
        envelope.effective_on,
        envelope.traceparent,
        envelope.person_no,
    ]
    return repr([*parts, *attributes, type(envelope.source), admitted.source, admitted.person_no, admitted.remarks])


def admits_alike(raw: RawEvent, at: Door) -> bool:
    """Whether the compiled door took it. Then the slow way must have come to the same."""
    quick = Glance(at).admitted(raw)
    if quick is None:
        return False
    slow = judge(raw, at)
    assert isinstance(slow, Admitted), slow
    assert exact(quick) == exact(slow)
    assert quick == slow
    return True


def media_door(kind: EventType, **changes: Any) -> Door:
    return door(kind.source, inlet=Inlet.MEDIA, **changes)


# --- what is usual goes the quick way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: f"{kind.source}-{kind.type}")
def test_an_example_of_every_type_of_every_source_is_admitted_at_a_glance(kind: EventType) -> None:
    said = example_event(kind.source, kind.type)
    at = media_door(kind, today=date(2026, 11, 26), latest=instant_of("2027-01-01T00:00:00Z"))

    assert admits_alike(RawEvent(said), at)
    assert admits_alike(RawEvent({**said, "data": dict(reversed(said["data"].items()))}), at)


def test_nearly_all_of_a_city_is_admitted_at_a_glance() -> None:
    today = date(2026, 4, 11)
    events = build(3, today, 60, days_before=(30,)).all_events
    latest = instant_of("2026-04-12T00:00:00Z")

    quick = [admits_alike(RawEvent(said), door(Source(said["source"]), today=today, latest=latest)) for said in events]

    assert sum(quick) > 0.95 * len(quick)


@pytest.mark.parametrize(
    "sent",
    [
        resident({"name": "山田 太郎", "kana": "ヤマダ タロウ", "sex": "女", "birth_date": "令和6年2月10日"}),
        resident({"name": "ｼﾏﾀﾞ Anna-Lena", "resident_to": None, "household_no": ""}),
        checkup({"weight_kg": 10}, personno="0000000100"),
        checkup({"weight_kg": 10.25}, effectiveon="R8.3.1", traceparent=f"00-{'a' * 32}-{'b' * 16}-01", tracestate="x=1"),
        event(Source.MATERNAL_CHILD_HEALTH, "pregnancy.notified", {"pregnancy_id": "P", "person_no": "2", "gestational_weeks": "14w2d"}),
    ],
    ids=["names", "other names", "a number in the envelope", "a trace and an era", "weeks"],
)
def test_so_are_other_spellings_numbers_of_the_envelope_and_names(sent: Event) -> None:
    assert admits_alike(RawEvent(sent), door(Source(sent["source"])))


def test_nothing_is_admitted_at_a_glance_where_the_door_is_shut() -> None:
    for at in (door(purposes={}), door(Source.SCHOOL_AFFAIRS)):
        assert Glance(at).admitted(RawEvent(checkup())) is None
        assert isinstance(Glance(at).judged(RawEvent(checkup())), Refusal)


# --- what is hostile does not, and what it lets through the slow way lets through ---------------------------------------


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_no_bad_body_is_admitted_at_a_glance(bad: Bad) -> None:
    events = read(bad.body)

    if not isinstance(events, Refusal):
        assert [Glance(door()).admitted(raw) for raw in events] == [None] * len(events)
        assert [Glance(door()).judged(raw) for raw in events] == [judge(raw, door()) for raw in events]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_nothing_that_is_denied_is_admitted_at_a_glance(case: tuple[str, dict[str, Any], str, str]) -> None:
    assert Glance(door()).admitted(RawEvent(checkup(case[1]))) is None


DAYS = [
    "2024-02-29", "2023-02-29", "2026-04-01", "2026-04-02", "R6.2.10", "令和6年2月10日", "２０２４－０２－１０", "1600-01-01", "2199-12-31",
    "1985-06", "1985", "unknown", "昭和60年6月日不詳", "1985-00-00", "20240210", "2024-2-1", " 2024-02-10", "2024-02-10\n",
    "平成34年1月1日",
]  # fmt: skip
INSTANTS = [
    "2026-03-31T15:00:00Z", "2026-03-31t15:00:00z", "2026-03-31 15:00:00+09:00", "2026-03-31T15:00:00", "2026-04-01T03:05:00Z",
    "2026-04-01T03:05:01Z", "2026-03-31T15:00:00.123456789+09:00", "1868-01-25T00:00:00+09:00", "1868-01-24T23:00:00-01:00",
    "2199-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-03-31T24:00:00Z", "20260331T150000Z", "2026-W14-2T15:00:00Z",
]  # fmt: skip
NUMBERS = [0, 1, -1, 9, 45, 46, 12.5, -0.0, 0.0, 1e-5, 0.001, 1e15, 1e16, 1e308, True, False, int(MY_NUMBER), 2**63 - 1, 1.0, "1", "12.5"]
OWN = [
    "1", "0000000100", "K-1", MY_NUMBER, f"K{MY_NUMBER}", "-".join((MY_NUMBER[:4], MY_NUMBER[4:8], MY_NUMBER[8:])), "x" * 64, "x" * 65,
    "1" * 15, "1" * 16, "1 2", "１", "a\n", "B1402-134", "\u200b", "死にたい",
]  # fmt: skip
NAMES = [
    "山田 太郎", "ヤマダ　タロウ", "塚本\ufa10", "シニ タイ", "シニタイ", "死にたい", "一時保護 太郎", f"山田 {MY_NUMBER}", "〓田",
    "\ue000",
    "カシニタイゾウ", "ﾔﾏﾀﾞ", "Nguyễn Văn", "か\u3099", "山\x1f田", "マイナンバー", "x" * 101, "々木", "12", "１２３４５６７８９０１８",
]  # fmt: skip
ODD: list[Any] = [None, "", [], {}, ["1"], [None], [""], {"a": 1}, [["1"]], [1, 2], "2", "女", "長女", "40132", 1, "Female", " female "]


@cache
def said_by_lists(field: SourceField) -> list[Any]:
    listed = ENUMS[field.enum] if field.enum else None
    return [*listed.values, *listed.spellings] if listed else ["city"]


def values_of(field: SourceField) -> st.SearchStrategy[Any]:
    usual: dict[FieldType, st.SearchStrategy[Any]] = {
        FieldType.DATE: st.sampled_from(DAYS),
        FieldType.BIRTH_DATE: st.sampled_from(DAYS),
        FieldType.TEXT: st.sampled_from(NAMES) | words | st.text(max_size=12),
        FieldType.IDENTIFIER: st.sampled_from(OWN) | st.text(max_size=6),
        FieldType.PERSON_NO: st.sampled_from(OWN),
        FieldType.ENUM: st.sampled_from(said_by_lists(field)),
        FieldType.WEEKS: st.sampled_from([*NUMBERS, "14w2d", "14週2日", "46w"]),
        FieldType.BOOLEAN: st.booleans(),
    }
    one = usual.get(field.type, st.sampled_from(NUMBERS) | st.floats(allow_nan=False, allow_infinity=False) | st.integers())
    return (st.lists(one, max_size=3) if field.list else one) | st.sampled_from(ODD) | trees


ATTRIBUTES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.sampled_from(OWN),
    "subject": st.sampled_from(OWN),
    "personno": st.sampled_from([None, "", *OWN]),
    "time": st.sampled_from(INSTANTS) | st.datetimes().map(lambda found: f"{found.isoformat()}Z"),
    "recordedat": st.sampled_from([None, *INSTANTS]),
    "effectiveon": st.sampled_from([None, "", *DAYS]),
    "revision": st.sampled_from([*NUMBERS, None, 2**31 - 1, 2**31, 1.0]),
    "op": st.sampled_from([None, "upsert", "void", "UPSERT", ""]),
    "schemaversion": st.sampled_from([None, "1", 1, True, "2"]),
    "specversion": st.sampled_from(["1.0", None, 1.0]),
    "datacontenttype": st.sampled_from([None, "application/json", "application/json; charset=utf-8", "text/xml"]),
    "traceparent": st.sampled_from([f"00-{'a' * 32}-{'b' * 16}-01", f"01-{'a' * 32}-{'b' * 16}-01-more", "broken", None, 1]),
    "tracestate": st.sampled_from([MY_NUMBER, None, {"a": 1}]),
    "type": st.sampled_from(sorted({kind.type.value for kind in RECORDS})),
    "source": st.sampled_from(sorted(Source)),
    "mood": st.sampled_from([None, "good", MY_NUMBER]),
}


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[EventType, Event]:
    """A good event of any type in which a few things are otherwise."""
    kind = RECORDS[draw(st.integers(0, len(RECORDS) - 1))]
    said = example_event(kind.source, kind.type)
    fields = [kind.fields[place] for place in draw(st.lists(st.integers(0, len(kind.fields) - 1), max_size=3))]
    attributes = draw(st.lists(st.sampled_from(sorted(ATTRIBUTES)), max_size=2))
    unknown = draw(st.just({}) | st.dictionaries(words, trees, max_size=1))
    data = {
        **said["data"],
        **{field.name: draw(values_of(field)) for field in fields},
        **unknown,
    }
    # As it comes out of JSON: a member of an enumeration is a text there.
    return kind, json.loads(json.dumps({**said, "data": data, **{name: draw(ATTRIBUTES[name]) for name in attributes}}))


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(spoiled(), st.sampled_from([TODAY, date(2040, 1, 1)]), st.booleans())
def test_whatever_is_admitted_at_a_glance_the_slow_way_admits_alike(sent: tuple[EventType, Event], today: date, twice: bool) -> None:
    kind, said = sent
    at = media_door(kind, today=today, latest=instant_of("2027-01-01T00:00:00Z"))

    admits_alike(RawEvent(said), at)
    if twice:
        # What a field's looks remembered of the first one must hold for the second.
        admits_alike(RawEvent(said), at)


@given(st.datetimes(), st.integers(0, 9), st.sampled_from(["Z", "z", "+09:00", "-12:00"]), st.sampled_from("Tt "))
def test_no_instant_holds_anything_that_is_denied(found: Any, places: int, zone: str, between: str) -> None:
    """The compiled door does not search them."""
    fraction = f".{found.microsecond:06d}000"[: places + 1] if places else ""
    text = found.replace(microsecond=0).isoformat(sep="T").replace("T", between) + fraction + zone

    assert not denies_text(text)


def test_a_day_later_the_same_event_is_looked_at_anew() -> None:
    said = RawEvent(checkup({"exam_date": "2026-04-02"}))

    assert [admits_alike(said, door(today=TODAY + timedelta(days=days))) for days in (0, 1)] == [False, True]


def test_a_batch_is_judged_as_its_events_are() -> None:
    events = read(body(checkup(), checkup({"exam_date": "soon"}), checkup(op="void")))

    assert not isinstance(events, Refusal)
    assert [type(Glance(door()).judged(raw)).__name__ for raw in events] == ["Admitted", "Refusal", "Admitted"]
