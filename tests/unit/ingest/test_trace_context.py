"""The door's reading of a trace context, which must import no library, held against the runtime's own propagator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.telemetry import span_context
from services.ingest.domain.envelope import trace_context

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
versions = st.sampled_from(["00", "01", "cc", "ff", "FF", "0", "000", "zz"])
traces = st.sampled_from([TRACE, "0" * 32, TRACE.upper(), TRACE[1:], "g" * 32])
spans = st.sampled_from([SPAN, "0" * 16, SPAN.upper(), SPAN + "0"])
flags = st.sampled_from(["00", "01", "ff", "1", ""])
rests = st.sampled_from(["", "-", "-what-the-future-says", "x", " ", "\t"])


@given(st.tuples(versions, traces, spans, flags, rests))
def test_the_door_and_the_runtime_take_the_same_trace_contexts(parts: tuple[str, str, str, str, str]) -> None:
    *words, rest = parts
    sent = "-".join(words) + rest

    taken = trace_context(sent)

    assert span_context(taken) == span_context(sent)
    assert (taken is None) == (span_context(sent) is None)


@pytest.mark.parametrize(
    "sent", [f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE}-{SPAN}-01-x", 7]
)
def test_what_the_standard_calls_invalid_is_dropped(sent: object) -> None:
    assert trace_context(sent) is None


def test_of_a_version_of_the_future_only_what_is_known_is_kept() -> None:
    assert trace_context(f"cc-{TRACE}-{SPAN}-01-山田") == f"00-{TRACE}-{SPAN}-01"
