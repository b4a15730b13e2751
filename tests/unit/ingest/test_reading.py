import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.texts import MARKS
from services.ingest.domain.reading import _ESCAPED_MARK, DEPTH_MAX, EVENTS_MAX, RawEvent, deeper_than, read
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import body, checkup

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def events_of(content: bytes) -> tuple[RawEvent, ...]:
    found = read(content)
    assert not isinstance(found, Refusal)
    return found


def test_one_event_and_a_batch_are_read_alike() -> None:
    first, second = checkup(), checkup()

    assert events_of(body(first)) == (RawEvent(first),)
    assert events_of(body(first, second)) == (RawEvent(first), RawEvent(second))
    assert events_of(b"[]") == ()


def test_200_events_are_a_batch_and_201_are_too_many() -> None:
    assert len(events_of(json.dumps([{}] * EVENTS_MAX).encode())) == EVENTS_MAX
    assert isinstance(read(json.dumps([{}] * (EVENTS_MAX + 1)).encode()), Refusal)


def test_one_unfit_event_leaves_the_rest_of_its_batch_fit() -> None:
    unfit = body(checkup(), checkup({"exam_place_kind": "@"}), checkup()).replace(b"@", rb"\u0000")

    defects = [event.defect for event in events_of(unfit)]

    assert [defect.path if defect else None for defect in defects] == [None, "exam_place_kind", None]


def test_a_pair_of_surrogates_is_a_character_and_an_escaped_backslash_is_no_nul() -> None:
    content = body(checkup({"a": "@", "b": "#"})).replace(b"@", rb"\ud842\udfb7").replace(b"#", rb"\\u0000")

    (event,) = events_of(content)

    assert event.defect is None
    assert (event.content["data"]["a"], event.content["data"]["b"]) == ("𠮷", "\\u0000")


def test_the_largest_integers_pass() -> None:
    (event,) = events_of(b'{"a": 9223372036854775807, "b": -9223372036854775808}')

    assert event == RawEvent({"a": 2**63 - 1, "b": -(2**63)})


@pytest.mark.parametrize(("levels", "deep"), [(DEPTH_MAX, False), (DEPTH_MAX + 1, True)])
def test_depth_is_counted_exactly(levels: int, deep: bool) -> None:
    assert deep == deeper_than(b"[" * levels + b"]" * levels, DEPTH_MAX)


def depth_of(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(values, st.booleans())
def test_depth_is_that_of_the_parsed_value_whatever_stands_in_texts(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace")
    depth = depth_of(value)

    assert not deeper_than(text, depth)
    assert depth == 0 or deeper_than(text, depth - 1)


@given(st.dictionaries(st.text(max_size=8), values, max_size=6))
def test_what_json_writes_is_read_back_or_refused_by_its_place(content: dict[str, object]) -> None:
    found = read(json.dumps(content).encode())

    if isinstance(found, Refusal):
        assert found.code == "too_deep"
    else:
        assert found[0].content == content


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    read(content)


@given(st.text(alphabet='[]{}",:\\ u0dea1-9.eE"', max_size=120))
def test_no_almost_json_breaks_the_reader(text: str) -> None:
    read(text.encode())


def test_every_mark_that_is_written_as_an_escape_has_its_event_looked_through() -> None:
    escaped = [json.dumps(mark).encode() for mark in MARKS if mark < "\U00010000"]

    assert all(_ESCAPED_MARK.search(each) and _ESCAPED_MARK.search(each.upper().replace(b"\\U", b"\\u")) for each in escaped)
    assert not _ESCAPED_MARK.search(json.dumps("山田 太郎 ヤマダ はなこ ﾊﾅｺ").encode())


def test_marks_in_a_name_as_japanese_and_vietnamese_write_them_pass() -> None:
    sent = checkup({"exam_place_kind": "か\u3099き\u3099く\u3099 Nguye\u0302\u0303n " * 40})

    assert events_of(body(sent)) == (RawEvent(sent),)
