"""Clocks of sources that run ahead."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Source
from services.ingest.domain.admission import Admitted, Verdict, judge
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import LATEST, Event, checkup, door, event, resident, watermark

MEASURE = {"person_no": "0000000100", "from": "2026-03-31", "to": "2027-03-31"}
KINDS = {
    "a record": checkup(),
    "an entry of the register": resident(),
    "a protection measure": event(Source.RESIDENT_REGISTRY, "resident.protection_measure", MEASURE),
    "a watermark": watermark("2026-03-31"),
    "a record taken back": checkup(op="void", data=None),
}
STAMPS = ["time", "recordedat"]


def judged(sent: Event, **changes: object) -> Verdict:
    return judge(RawEvent({**sent, **changes}), door(Source(sent["source"])))


@pytest.mark.parametrize("stamp", STAMPS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_that_runs_ahead_is_refused_by_the_name_of_its_field(kind: str, stamp: str) -> None:
    found = judged(KINDS[kind], **{stamp: "2026-04-01T12:05:00.000001+09:00"})

    assert isinstance(found, Refusal)
    assert (found.path, found.code) == (stamp, f"{stamp}_ahead")
    assert stamp in found.ja
    assert stamp in found.en


@pytest.mark.parametrize("kind", KINDS)
def test_a_clock_may_run_ahead_by_a_little(kind: str) -> None:
    assert isinstance(judged(KINDS[kind], time="2026-04-01T12:05:00+09:00", recordedat="2026-04-01T12:05:00+09:00"), Admitted)


def test_both_fields_are_named_together_with_whatever_else_is_wrong() -> None:
    found = judged(checkup(), time="2190-01-01T00:00:00Z", recordedat="2190-01-01T00:00:00Z", mood="good")

    assert isinstance(found, Refusal)
    assert found.paths == ("time", "recordedat", "mood")


@pytest.mark.parametrize("stamp", STAMPS)
@pytest.mark.parametrize("written", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "2200-01-01T00:00:00Z"])
def test_an_instant_beyond_what_can_be_counted_is_refused_by_its_path_too(stamp: str, written: str) -> None:
    found = judged(checkup(), **{stamp: written})

    assert isinstance(found, Refusal)
    assert found.path == stamp


def test_what_was_agreed_for_later_may_be_told_ahead() -> None:
    assert isinstance(judged(resident({"resident_from": "2027-04-01"}), effectiveon="2027-04-01"), Admitted)


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
differences = st.one_of(st.integers(-3, 3).map(lambda n: timedelta(microseconds=n)), st.timedeltas(timedelta(days=-2), timedelta(days=2)))


@given(difference=differences, zone=offsets, stamp=st.sampled_from(STAMPS), separator=st.sampled_from("Tt "), small=st.booleans())
def test_an_instant_is_compared_and_not_its_writing(
    difference: timedelta, zone: timezone, stamp: str, separator: str, *, small: bool
) -> None:
    instant = LATEST + difference
    written = instant.astimezone(zone).isoformat(separator).replace("+00:00", "z" if small else "Z")

    assert isinstance(judged(checkup(), **{stamp: written}), Refusal) is (instant > LATEST)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 3, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants them without a zone
def test_what_lies_behind_is_taken_however_old(instant: datetime) -> None:
    assert isinstance(judged(checkup(), time=instant.isoformat(), recordedat=instant.isoformat()), Admitted)
