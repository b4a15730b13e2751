"""A record's data is stored with the values that came, and spelled as it came but for the smallest fractions."""

import json
from datetime import UTC, date, datetime
from json import JSONEncoder
from typing import Any
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.ids import EventId
from contracts.kinds import EventKind
from contracts.values import Source
from services.linker.domain.records import Record, RecordKey
from services.linker.stored import stated_columns

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TEN_THOUSANDTH = 1e-4
DECIMALS = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.none() | st.booleans() | st.integers() | TEXT
SPELLED = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _data(plain: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    inner = st.recursive(plain, lambda some: st.lists(some, max_size=3) | st.dictionaries(TEXT, some, max_size=3), max_leaves=8)
    return st.dictionaries(TEXT, inner, max_size=6)


def _stored(data: dict[str, Any]) -> Any:
    key = RecordKey(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_CHANGED, "J-1")
    record = Record(key, 1, date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC), EventId(UUID(int=1)), data, None, None)
    return stated_columns(record)[-2]


@given(_data(PLAIN | DECIMALS))
@example({"weight": 1e-5, "height": 5e-324, "other": 1e22})
def test_what_is_stored_is_read_back_as_the_same(data: dict[str, Any]) -> None:
    assert json.loads(_stored(data)) == data


@given(_data(PLAIN | DECIMALS.filter(lambda told: told == 0 or abs(told) >= TEN_THOUSANDTH)))
@example({"weight": 1e16, "height": 1e22, "other": -0.0})
def test_it_is_spelled_as_ingest_spelled_it(data: dict[str, Any]) -> None:
    assert _stored(data) == SPELLED(data)
