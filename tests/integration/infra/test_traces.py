"""What is asked for over HTTP is traced as the W3C says, and nobody is in the traces."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.values import ServiceName
from infra.service import Service
from tests.integration.infra.assembled import assembled

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = f"00-{TRACE}-{SPAN}-01"
CHILD = "6c1f4a52-0000-4000-8000-000000000000"
PERSONAL = ("hakata.clerk", CHILD, CHILD[:8], "mihon", "見本", "123456789012", "secret", "evil.example", "BREW", "192.0.2.7")


@pytest.fixture
def spans(tmp_path: Path) -> "Spans":
    return Spans(tmp_path / "spans.jsonl")


class Spans:
    """A file of spans, read when the service that writes it ended."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self, service: Service) -> list[dict[str, Any]]:
        service.telemetry.close()
        text = self.file.read_text(encoding="utf-8")
        assert not [word for word in PERSONAL if word in text]
        return [json.loads(line) for line in text.splitlines()]


async def ask(service: Service, *requests: tuple[str, str], headers: list[tuple[str, str]] | None = None, content: bytes = b"") -> None:
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False, client=("192.0.2.7", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
        for method, path in requests:
            await client.request(method, path, headers=[("user-agent", "secret"), *(headers or [])], content=content)


REQUESTS = {
    ServiceName.CASEWORK: {
        ("GET", f"/children/{CHILD}?name=mihon"): "GET /children/{person_id}",
        ("POST", f"/children/{CHILD}/moves"): "POST /children/{person_id}/moves",
        ("DELETE", f"/v1/children/{CHILD}"): "DELETE /v1/children/{person_id}",
        ("GET", "/login?next=/children/secret"): "GET /login",
        ("POST", "/login"): "POST /login",
        ("GET", "/static/secret.css"): "GET /static/{name}",
        ("GET", "/children/mihon/123456789012/secret"): "GET",
        ("BREW", "/reviews?page=secret"): "HTTP /reviews",
    },
    ServiceName.AUDIT: {
        ("GET", "/staff/hakata.clerk"): "GET /staff/{actor}",
        ("GET", f"/things/http://evil.example/{CHILD}"): "GET /things/{thing}",
        ("GET", "/v1/entries/123456789012/proof"): "GET /v1/entries/{index}/proof",
        ("GET", "/entries?actor=hakata.clerk"): "GET /entries",
    },
    ServiceName.INGEST: {
        ("POST", "/events?secret"): "POST /events",
        ("GET", "/events/secret"): "GET /events/{event_id}",
        ("GET", "/secret"): "GET",
    },
    ServiceName.LINKER: {("GET", "/secret"): "GET"},
    ServiceName.SCORER: {("GET", "/secret"): "GET"},
}


@pytest.mark.parametrize("name", list(ServiceName))
async def test_a_span_has_the_name_of_the_route_and_nothing_of_anybody(
    name: ServiceName, spans: Spans, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = assembled(name, monkeypatch, TRACE_FILE=str(spans.file), TRACE_SAMPLE_RATIO="1")
    headers = [("authorization", "Bearer secret"), ("cookie", f"tsunagu-{name}=secret"), ("referer", f"http://evil.example/{CHILD}")]
    form = [("content-type", "application/x-www-form-urlencoded")]

    await ask(service, *REQUESTS[name], headers=headers + form, content=b"login=hakata.clerk&password=secret&code=123456789012")

    found = spans.read(service)
    assert [span["name"] for span in found] == list(REQUESTS[name].values())
    assert {key for span in found for key in span["attributes"]} <= {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "error.type",
    }
    assert all(span["kind"] == "SpanKind.SERVER" and not span["events"] for span in found)


async def test_a_span_goes_on_with_the_visitors_trace_and_takes_nothing_of_its_state(spans: Spans, monkeypatch: pytest.MonkeyPatch) -> None:
    """`tracestate` may hold anything, a span is kept elsewhere, and the standard lets whoever has no use for it leave it out."""
    service = assembled(ServiceName.AUDIT, monkeypatch, TRACE_FILE=str(spans.file), TRACE_SAMPLE_RATIO="0")

    await ask(service, ("GET", "/entries"), headers=[("traceparent", SAMPLED), ("tracestate", "a=1"), ("tracestate", "b=secret")])

    [span] = spans.read(service)
    assert (span["parent_id"], span["context"]["trace_id"]) == (f"0x{SPAN}", f"0x{TRACE}")
    assert span["context"]["trace_state"] == "[]"


@pytest.mark.parametrize(
    "headers",
    [
        [("traceparent", "nonsense")],
        [("traceparent", f"00-{'0' * 32}-{SPAN}-01")],
        [("traceparent", f"00-{TRACE.upper()}-{SPAN}-01")],
        [("traceparent", f"00-{TRACE}-{SPAN}-01-x")],
        [("traceparent", SAMPLED), ("traceparent", SAMPLED)],
        [("traceparent", "")],
        [("tracestate", "a=1")],
    ],
)
async def test_a_trace_context_that_is_none_begins_a_trace_of_our_own(
    headers: list[tuple[str, str]], spans: Spans, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = assembled(ServiceName.CASEWORK, monkeypatch, TRACE_FILE=str(spans.file), TRACE_SAMPLE_RATIO="1")

    await ask(service, ("GET", "/reviews"), headers=headers)

    [span] = spans.read(service)
    assert span["parent_id"] is None
    assert span["context"]["trace_id"] != f"0x{TRACE}"


async def test_a_failure_of_ours_is_one_without_its_words(spans: Spans, monkeypatch: pytest.MonkeyPatch) -> None:
    service = assembled(ServiceName.SCORER, monkeypatch, TRACE_FILE=str(spans.file), TRACE_SAMPLE_RATIO="1")

    @service.app.get("/fails")
    async def fails() -> None:
        raise RuntimeError("secret of 見本")

    await ask(service, ("GET", "/fails"), ("GET", "/nothing"))

    failed, missed = spans.read(service)
    assert (failed["attributes"]["http.response.status_code"], failed["status"]) == (500, {"status_code": "ERROR"})
    assert (missed["attributes"]["http.response.status_code"], missed["status"]) == (404, {"status_code": "UNSET"})


async def test_what_watches_the_service_leaves_no_spans(spans: Spans, monkeypatch: pytest.MonkeyPatch) -> None:
    service = assembled(ServiceName.LINKER, monkeypatch, TRACE_FILE=str(spans.file), TRACE_SAMPLE_RATIO="1")

    await ask(service, ("GET", "/health"), ("GET", "/ready"), ("GET", "/metrics"))

    assert spans.read(service) == []
