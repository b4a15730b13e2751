"""Spans of what is asked for over HTTP: named by the route's template, so that nobody's id, login or search is in them."""

from collections.abc import Mapping
from typing import Any

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.telemetry import Telemetry

_W3C = TraceContextTextMapPropagator()
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_WATCHING = frozenset({"/health", "/ready", "/metrics"})
"""What machines ask all the time, about nothing but the service."""

_SERVERS_FAULT = 500


class Traced:
    """Middleware: each request is a span, a child of the one that its `traceparent` names (W3C Trace Context)."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within a span."""
        if scope["type"] != "http" or scope["path"] in _WATCHING:
            await self._app(scope, receive, send)
            return
        # What a method is called is the visitor's word: none but those that are known is kept.
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        parent = _W3C.extract(scope, Context(), _FROM_HEADERS)
        with self._telemetry.tracer.start_as_current_span(
            _spoken(method),
            context=parent,
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
            # Texts of errors quote data, and a span is kept elsewhere.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _end(span, message["status"])
                await send(message)

            try:
                await self._app(scope, receive, sending)
            except Exception:
                _end(span, _SERVERS_FAULT)
                raise
            finally:
                route = getattr(scope.get("route"), "path_format", None)
                if route is not None:
                    span.update_name(f"{_spoken(method)} {route}")
                    span.set_attribute("http.route", route)


def _spoken(method: str) -> str:
    return "HTTP" if method == "_OTHER" else method


def _end(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= _SERVERS_FAULT:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))


class _Headers(Getter[Mapping[str, Any]]):
    """Reads the headers of an ASGI scope for the propagator."""

    def get(self, carrier: Mapping[str, Any], key: str) -> list[str] | None:
        """
        Return every value of a header. Of two `traceparent` none is the visitor's: the standard knows one.

        `tracestate` is anything that a visitor likes to say, and a span would keep it: nobody here reads it, so nobody takes it.
        """
        if key == "tracestate":
            return None
        values = [value.decode("latin-1") for name, value in carrier["headers"] if name == key.encode()]
        return None if key == "traceparent" and len(values) != 1 else values or None

    def keys(self, carrier: Mapping[str, Any]) -> list[str]:
        """Return the names of all headers."""
        return [name.decode("latin-1") for name, _ in carrier["headers"]]


_FROM_HEADERS = _Headers()
