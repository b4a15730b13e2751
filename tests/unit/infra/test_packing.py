import asyncio
from collections.abc import Sequence
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from contracts.topology import is_barrier
from contracts.values import ServiceName
from infra.relay import Parcel, Relay, pack
from infra.telemetry import Telemetry
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
    said = [_Said(0, "events", key, "k", None, str(number), None) for number, key in enumerate(keys)]

    assert [made.payloads for made in _runs(said)] == [["0"], ["1"], ["2", "3"]]


def test_a_parcel_is_a_json_array_of_its_runs() -> None:
    parcel = pack([run(1, "linker.person.p0"), run(2, "linker.person.p0")])[0]

    assert parcel.body() == b"[xxxxxxxxxx,xxxxxxxxxx]"


class Broker(Relay):
    """A relay whose broker does not take some parcels, and notes in which order it took the others."""

    def __init__(self, refused: set[int]) -> None:
        super().__init__(ServiceName.LINKER, broker_url="", pool=lambda: cast("Any", None), telemetry=TELEMETRY)
        self.refused = refused
        self.taken: list[int] = []
        self.forgotten: list[int] = []

    async def execute(self, _statement: str, _partition: int, ids: list[int]) -> None:
        self.forgotten = ids

    async def _publish(self, parcel: Parcel) -> None:
        await asyncio.sleep(0)
        if self.refused.intersection(parcel.ids):
            raise TimeoutError
        self.taken.extend(parcel.ids)


TELEMETRY = Telemetry("test")
KEYS = ["linker.fact.p0", "linker.fact.p1", "linker.person.p0", "linker.watermark.p0", "linker.watermark.p1", "linker.protection.p0"]


@given(st.lists(st.sampled_from(KEYS), max_size=30), st.sets(st.integers(0, 29), max_size=6))
def test_nothing_passes_what_the_broker_did_not_take(keys: list[str], refused: set[int]) -> None:
    broker = Broker(refused)
    waiting = [run(number, key, events=PARCEL_EVENTS) for number, key in enumerate(keys)]

    failures = asyncio.run(broker._publish_all(cast("Any", broker), pack(waiting)))

    assert sorted(broker.taken) == sorted(broker.forgotten)
    assert bool(failures) == bool(refused.intersection(range(len(keys))))
    place = {number: order for order, number in enumerate(broker.taken)}
    for later, key in enumerate(keys):
        for earlier, other in enumerate(keys[:later]):
            same_partition = key[-2:] == other[-2:]
            if later in place and (key == other or (same_partition and (is_barrier(key) or is_barrier(other)))):
                assert earlier in place
                assert place[earlier] < place[later]


def test_partitions_do_not_wait_for_each_other() -> None:
    broker = Broker({0})
    keys = ["linker.fact.p0", "linker.watermark.p0", "linker.fact.p1", "linker.watermark.p1"]

    asyncio.run(broker._publish_all(cast("Any", broker), pack([run(number, key) for number, key in enumerate(keys)])))

    assert broker.taken == [2, 3]
