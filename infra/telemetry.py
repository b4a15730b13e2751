"""Traces that follow an event across parcels, and metrics that say when to worry."""

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Counter, Histogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, generate_latest

_W3C = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that the service counts: its name, its unit, what it means, and when to worry."""

    name: str
    unit: str
    meaning: str
    worry: str


EVENTS_HEARD = Metric("tsunagu.events.heard", "{event}", "Events handled for the first time.", "It stands still while the queue grows.")
EVENTS_REPEATED = Metric(
    "tsunagu.events.repeated",
    "{event}",
    "Redelivered events that were dropped.",
    "It grows steadily: something keeps failing before the acknowledgement.",
)
EVENTS_PARKED = Metric("tsunagu.events.parked", "{event}", "Events put aside for a person.", "Above zero: somebody has to look.")
EVENTS_SAID = Metric("tsunagu.events.said", "{event}", "Events that the broker confirmed.", "It stands still while the outbox grows.")
STALLS = Metric("tsunagu.stalls", "{stall}", "Attempts that waited for the database or the broker.", "It grows for more than a minute.")
PARCEL_SECONDS = Metric("tsunagu.parcel.duration", "s", "Time to handle one parcel, commit included.", "p99 above 1 s.")
REQUESTS_REFUSED = Metric(
    "tsunagu.requests.refused",
    "{request}",
    "Requests turned away before any event was looked at.",
    "401 grows: somebody tries logins.",
)
SEALS_REFUSED = Metric(
    "tsunagu.audit.seals_refused",
    "{attempt}",
    "Attempts to seal an audit log that does not continue what was signed last.",
    "Above zero: its history went back or was changed; nothing is signed any more.",
)
TASKS_FAILED = Metric(
    "tsunagu.tasks.failed",
    "{failure}",
    "Failures of the service's own tasks (relay, clock, retries), each followed by another try.",
    "It grows: `/ready` tells `tasks`, the log tells which and where.",
)
PARKING_STOPPED = Metric(
    "tsunagu.parking.stopped",
    "{stop}",
    "Times that hearing was stopped because too many events were parked.",
    "Above zero: look at the release that was deployed last.",
)
EVALUATIONS_FAILED = Metric(
    "tsunagu.evaluations.failed",
    "{evaluation}",
    "Children who could not be evaluated and were left until tomorrow.",
    "Above zero: `tsunagu scorer overdue` names them, the log says where it failed.",
)
FEEDS_QUIET = Metric(
    "tsunagu.feeds.quiet",
    "{feed}",
    "Times that the feed of a source fell silent for longer than it may.",
    "Above zero: `tsunagu ingest feeds` names it; ask its owner.",
)
MEDIA_OVERDUE = Metric(
    "tsunagu.media.overdue",
    "{medium}",
    "Removable media that were not erased in time after they were brought.",
    "Above zero: `tsunagu media list` names them.",
)
REVIEWS_DUE = Metric(
    "tsunagu.register.reviews_due",
    "{reminder}",
    "Reminders that the registration of a source is near its review, past it, or suspended: one a day each.",
    "It grows: its owner and the coordinator renew it (`tsunagu ingest register`).",
)
METRICS = (
    FEEDS_QUIET,
    MEDIA_OVERDUE,
    EVALUATIONS_FAILED,
    REVIEWS_DUE,
    REQUESTS_REFUSED,
    EVENTS_HEARD,
    EVENTS_REPEATED,
    EVENTS_PARKED,
    EVENTS_SAID,
    STALLS,
    TASKS_FAILED,
    PARKING_STOPPED,
    SEALS_REFUSED,
    PARCEL_SECONDS,
)
"""Every metric of the runtime; `infra/README.md` prints this table."""


class SpanFile(SpanExporter):
    """Writes spans to a file, one JSON object a line: the collector of a machine without one."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Append `spans`."""
        self._file.writelines(json.dumps(json.loads(span.to_json(indent=None)), separators=(",", ":")) + "\n" for span in spans)
        self._file.flush()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        self._file.close()


class Telemetry:
    """The tracer and the meters of one service."""

    def __init__(self, service: str, *, sample_ratio: float = 0.0, trace_file: Path | None = None) -> None:
        resource = Resource.create({"service.name": f"tsunagu-{service}"})
        self._registry = CollectorRegistry()
        self._meters = MeterProvider(resource=resource, metric_readers=[PrometheusMetricReader(registry=self._registry)])
        meter = self._meters.get_meter("tsunagu")
        self._counters: dict[str, Counter] = {
            metric.name: meter.create_counter(metric.name, metric.unit, metric.meaning) for metric in METRICS if metric.unit != "s"
        }
        self._histograms: dict[str, Histogram] = {
            metric.name: meter.create_histogram(metric.name, metric.unit, metric.meaning) for metric in METRICS if metric.unit == "s"
        }
        # Without a place to keep spans none is recorded; the trace context of a sampled event still travels on.
        ratio = sample_ratio if trace_file is not None else 0.0
        self._traces = TracerProvider(resource=resource, sampler=ParentBased(TraceIdRatioBased(ratio)))
        if trace_file is not None:
            self._traces.add_span_processor(BatchSpanProcessor(SpanFile(trace_file), max_queue_size=16_384))
        self.tracer = self._traces.get_tracer("tsunagu")

    def count(self, metric: Metric, n: int = 1, **labels: str) -> None:
        """Add `n` to a counter."""
        if n:
            self._counters[metric.name].add(n, labels)

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        """Add a value to a histogram."""
        self._histograms[metric.name].record(value, labels)

    def exposition(self) -> bytes:
        """Return all metrics in the Prometheus text format."""
        return generate_latest(self._registry)

    def close(self) -> None:
        """Send what is left."""
        self._traces.shutdown()
        self._meters.shutdown()


def current_traceparent() -> str | None:
    """Return the W3C trace context of the running span, or None where it is not sampled."""
    span = trace.get_current_span()
    return traceparent_of(span.get_span_context()) if span.get_span_context().trace_flags.sampled else None


def traceparent_of(context: SpanContext) -> str | None:
    """Write a span's context as a W3C traceparent; None where it is not valid."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(NonRecordingSpan(context), Context()))
    return carrier.get("traceparent")


def span_context(traceparent: str | None, tracestate: str | None = None) -> SpanContext | None:
    """
    Read a W3C trace context, as the standard says what is one; None where there is none.

    The one parser of the system: whatever takes a `traceparent` from outside comes here.
    """
    carrier = {name: value for name, value in (("traceparent", traceparent), ("tracestate", tracestate)) if value}
    context = trace.get_current_span(_W3C.extract(carrier, Context())).get_span_context()
    return context if context.is_valid else None


def parcel_span(telemetry: Telemetry, name: str, traceparents: Iterable[str | None]) -> AbstractContextManager[Span]:
    """Start the span of a parcel: a child of its first traced event, linked to the others."""
    contexts = [context for parent in dict.fromkeys(traceparents) if (context := span_context(parent)) is not None]
    parent = trace.set_span_in_context(NonRecordingSpan(contexts[0])) if contexts else None
    return telemetry.tracer.start_as_current_span(
        name,
        context=parent,
        kind=SpanKind.CONSUMER,
        links=[Link(context) for context in contexts[1:]],
        # Texts of errors quote data, and a span is kept elsewhere.
        record_exception=False,
        set_status_on_exception=False,
    )
