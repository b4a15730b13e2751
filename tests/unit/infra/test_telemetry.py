"""The W3C trace context is read and written as the standard says (opentelemetry's own propagator does it)."""

import pytest

from infra.telemetry import Telemetry, current_traceparent, parcel_span, span_context, traceparent_of

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
VALID = f"00-{TRACE}-{SPAN}-01"


def test_a_trace_context_that_is_read_is_written_the_same() -> None:
    context = span_context(VALID, "vendor=opaque")

    assert context is not None
    assert traceparent_of(context) == VALID
    assert context.trace_state.get("vendor") == "opaque"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-extra",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0g",
        f"00-+{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE[:3]}_{TRACE[4:]}-{SPAN}-01",
    ],
)
def test_what_is_no_trace_context_is_none(text: str | None) -> None:
    assert span_context(text) is None


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert span_context(f"cc-{TRACE}-{SPAN}-01-what-comes-later") == span_context(VALID)


def test_a_parcel_goes_on_with_its_first_trace() -> None:
    telemetry = Telemetry("test")

    with parcel_span(telemetry, "a parcel", [None, "nonsense", VALID]) as span:
        assert span.get_span_context().trace_id == int(TRACE, 16)
        written = current_traceparent()

    assert written is not None
    assert written.startswith(f"00-{TRACE}-")
