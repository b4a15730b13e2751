"""What the demonstration's schools carry over: the newest of each record, and nothing over the network."""

from datetime import date

from contracts.catalogue import WATERMARK_TYPE
from contracts.values import Source
from infra.city.events import Night, build
from infra.city.schools import parted
from infra.city.sources import ALL, on_network
from infra.city.sources.pen import Event

TODAY = date(2026, 11, 26)
MEDIA = set(ALL) - set(on_network(ALL))


def row(record: str, revision: int, days: int = 0, op: str = "upsert") -> Event:
    data = {"school_code": "B1", "pupil_key": record, "fiscal_year": 2026, "month": 6, "absent_days": days} if op == "upsert" else {}
    about = {"source": "school_affairs", "type": "attendance.month_reported", "subject": record}
    return {**about, "id": f"{record}-{revision}", "revision": revision, "op": op, "data": data}


def test_the_network_brings_what_it_may_and_the_rest_is_carried() -> None:
    city = build(7, TODAY, 60, days_before=(28, 2), sources=ALL)

    nights, carried = parted(city.nights)

    assert {Source(event["source"]) for night in nights for event in night.events} == set(on_network(ALL))
    assert {batch.source for batches in carried for batch in batches} == MEDIA
    assert [night.day for night in nights] == [night.day for night in city.nights]
    assert len(carried) == len(nights)


def test_each_batch_says_each_record_once_and_how_far_it_is_complete() -> None:
    _, carried = parted(build(7, TODAY, 60, days_before=(28, 2), sources=ALL).nights)

    for batch in (batch for batches in carried for batch in batches):
        records = [(event["type"], event["subject"]) for event in batch.events]
        assert len(set(records)) == len(records)
        assert [event["type"] for event in batch.events].count(WATERMARK_TYPE) == 1


def test_a_row_that_was_overtaken_is_not_carried_and_one_taken_back_says_which_it_was() -> None:
    first = Night(date(2026, 11, 24), (row("a", 2, days=3), row("a", 1, days=4), row("b", 1, days=5)))
    second = Night(TODAY, (row("a", 1, days=4), row("b", 2, op="void")))

    _, ((before,), (after,)) = parted((first, second))

    assert [(event["subject"], event["revision"]) for event in before.events] == [("a", 2), ("b", 1)]
    assert [(event["subject"], event["op"], event["data"]["pupil_key"]) for event in after.events] == [("b", "void", "b")]
