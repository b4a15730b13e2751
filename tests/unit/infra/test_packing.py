from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from infra.relay import pack
from infra.work import PARCEL_BYTES, PARCEL_EVENTS, _runs, _Said


def run(number: int, key: str, *, events: int = 1, size: int = 10) -> dict[str, object]:
    return {
        "id": number,
        "exchange": "events",
        "routing_key": key,
        "partition_key": "k",
        "events": events,
        "payload": "x" * size,
        "traceparent": None,
    }


rows = st.lists(
    st.tuples(
        st.sampled_from(["linker.person.p0", "linker.fact.p0", "linker.protection.p0"]),
        st.integers(1, PARCEL_EVENTS),
        st.integers(1, PARCEL_BYTES),
    ),
    max_size=60,
)


def runs_of(drawn: Sequence[tuple[str, int, int]]) -> list[dict[str, object]]:
    return [run(number, key, events=events, size=size) for number, (key, events, size) in enumerate(drawn)]


@given(rows)
def test_every_run_is_in_exactly_one_parcel_and_in_order_within_its_key(drawn: list[tuple[str, int, int]]) -> None:
    waiting = runs_of(drawn)

    parcels = pack(waiting)

    assert sorted(number for parcel in parcels for number in parcel.ids) == list(range(len(waiting)))
    for key in {str(row["routing_key"]) for row in waiting}:
        sent = [number for parcel in parcels if parcel.routing_key == key for number in parcel.ids]
        assert sorted(sent) == sent


@given(rows)
def test_no_parcel_is_over_its_bounds(drawn: list[tuple[str, int, int]]) -> None:
    for parcel in pack(runs_of(drawn)):
        assert parcel.events <= PARCEL_EVENTS
        assert sum(len(payload) for payload in parcel.payloads) <= PARCEL_BYTES


@given(rows)
def test_a_protection_measure_is_overtaken_by_nothing_that_came_after_it(drawn: list[tuple[str, int, int]]) -> None:
    waiting = runs_of(drawn)

    sent = [number for parcel in pack(waiting) for number in parcel.ids]

    for measure in (number for number, (key, _, _) in enumerate(drawn) if "protection" in key):
        before = sent[: sent.index(measure)]
        assert all(number <= measure for number in before)


def test_a_later_watermark_is_not_packed_with_an_earlier_one_past_the_records_between() -> None:
    waiting = [run(1, "ingest.watermark.p0"), run(2, "ingest.record.p0"), run(3, "ingest.watermark.p0"), run(4, "ingest.record.p0")]

    assert [parcel.ids for parcel in pack(waiting)] == [[1], [2], [3], [4]]


def test_what_one_transaction_says_keeps_its_barriers_too() -> None:
    keys = ("linker.person.p0", "linker.protection.p0", "linker.person.p0", "linker.person.p0")
    said = [_Said("events", key, "k", None, str(number), None) for number, key in enumerate(keys)]

    assert [made.payloads for made in _runs(said)] == [["0"], ["1"], ["2", "3"]]


def test_a_parcel_is_a_json_array_of_its_runs() -> None:
    parcel = pack([run(1, "linker.person.p0"), run(2, "linker.person.p0")])[0]

    assert parcel.body() == b"[xxxxxxxxxx,xxxxxxxxxx]"
