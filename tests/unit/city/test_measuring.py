"""The arithmetic of the benchmark, the latency and the books."""

import math
import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from contracts.messages import MESSAGES
from contracts.values import ServiceName
from infra.city.books import ways
from infra.city.cpu import cpu_seconds, own_cpu_seconds, used
from infra.city.latency import summary
from infra.city.limit import SAMPLES, Plan, Share
from infra.city.memory import memory_bytes


@given(
    heard=st.integers(1, 5000),
    said=st.dictionaries(st.sampled_from(["RecordLinked", "PersonChanged"]), st.integers(0, 9000)),
    audited=st.integers(0, 500),
    cuts=st.lists(st.integers(1, 400)),
)
def test_what_is_dealt_out_adds_up_to_what_the_real_service_said(heard: int, said: dict[str, int], audited: int, cuts: list[int]) -> None:
    share = Share(Plan(heard, said, audited))
    dealt: dict[str, int] = {}
    remaining = heard
    for size in [*cuts, heard]:
        taken = min(size, remaining)
        remaining -= taken
        for name, n in share.deal(taken).items():
            assert n >= 0
            dealt[name] = dealt.get(name, 0) + n

    assert dealt == {**said, "audited": audited}


def test_every_message_that_flows_by_itself_has_a_sample_of_the_usual_size() -> None:
    sayers = {ServiceName.INGEST, ServiceName.LINKER, ServiceName.SCORER}
    # Who is the same person is decided by people, now and then, and so is what is called wrong and answered.
    by_people = {"sameness", "dispute"}
    by_itself = {message.__name__ for message in MESSAGES if message.said_by in sayers and message.family not in by_people}

    assert by_itself == set(SAMPLES)


def test_latency_is_given_in_milliseconds_with_what_is_missing() -> None:
    found = summary([0.010, 0.020, 0.030], 4)

    assert (found.n, found.missing, found.p50, found.longest) == (4, 1, 20.0, 30.0)


def test_who_had_a_review_before_the_event_left_is_not_timed() -> None:
    """A median of less than nothing was told of a busy run: something else had opened the reviews."""
    found = summary([0.010, -7.0, 0.030, -6.5], 5)

    assert (found.n, found.missing, found.before) == (5, 1, 2)
    assert (found.p50, found.longest) == (20.0, 30.0)


def test_no_review_in_time_is_no_latency() -> None:
    assert math.isnan(summary([], 2).p50)
    assert summary([], 2).missing == 2


def test_records_reach_the_scorer_through_the_linker_and_watermarks_the_same_way() -> None:
    found = {(way.type, way.speaker, way.hearer) for way in ways()}

    assert ("RecordAccepted", ServiceName.INGEST, ServiceName.LINKER) in found
    assert ("FeedWatermark", ServiceName.INGEST, ServiceName.LINKER) in found
    assert ("FeedWatermark", ServiceName.LINKER, ServiceName.SCORER) in found
    assert ("FeedWatermark", ServiceName.INGEST, ServiceName.SCORER) not in found


def test_everybody_speaks_to_the_audit() -> None:
    found = {way.speaker for way in ways() if way.type == "AccessRecorded" and way.hearer is ServiceName.AUDIT}

    assert found == set(ServiceName)


def test_cpu_time_is_that_of_the_process_itself() -> None:
    before = {"me": own_cpu_seconds()}
    sum(number * number for number in range(300_000))

    spent = used(before, {"me": own_cpu_seconds()})

    assert spent["me"] >= 0
    assert cpu_seconds(os.getpid()) > 0
    assert cpu_seconds(2**31 - 2) == 0


def test_memory_is_that_of_the_process_and_of_those_that_it_started() -> None:
    holder = "import sys; held = bytearray(b'x') * 60_000_000; print('ready', flush=True); sys.stdin.read()"
    before = memory_bytes(os.getpid())

    with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        with_child = memory_bytes(os.getpid())
        child.kill()

    assert before > 1_000_000
    assert with_child - before > 50_000_000
    assert memory_bytes(2**31 - 2) == 0
