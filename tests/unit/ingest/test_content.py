import json
from datetime import date
from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Operation, Source
from services.ingest.domain.admission import Admitted, judge
from services.ingest.domain.content import hash_of, written
from services.ingest.domain.reading import RawEvent
from tests.unit.ingest.events import checkup, door, resident

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
days = st.none() | st.dates(date(1868, 1, 25), date(2199, 12, 31))


def hash_of_the_first_release(operation: Operation, stated: date | None, data: dict[str, Any]) -> bytes:
    said = [operation.value, stated.isoformat() if stated else None, data]
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()


@given(st.sampled_from(Operation), days, st.dictionaries(st.text(max_size=6), values, max_size=6))
def test_what_was_kept_of_an_event_is_known_again_by_every_later_release(operation: Operation, stated: date | None, data: Any) -> None:
    assert hash_of(operation, stated, written(data)) == hash_of_the_first_release(operation, stated, data)


def test_the_hash_of_an_event_is_the_one_that_every_release_has_made_of_it() -> None:
    verdict = judge(RawEvent(resident({"name": "塚本 花", "sex": "女"})), door(Source.RESIDENT_REGISTRY))

    assert isinstance(verdict, Admitted)
    assert verdict.content_hash == hash_of_the_first_release(Operation.UPSERT, date(2026, 3, 31), verdict.data)
    assert verdict.content_hash.hex() == "7f63381196a3cf61a80b5348f3f2bbb14f03b630595c75036d7e824b7a886736"


@given(st.floats(0, 200), st.booleans())
def test_an_event_carries_its_data_as_they_are_hashed(weight: float, is_void: bool) -> None:
    verdict = judge(RawEvent(checkup({"weight_kg": weight}, op="void" if is_void else "upsert", effectiveon=None)), door())

    if isinstance(verdict, Admitted):
        assert json.loads(verdict.text) == verdict.data
        assert verdict.content_hash == hash_of_the_first_release(verdict.envelope.operation, None, verdict.data)
