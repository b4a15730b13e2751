"""
The OpenAPI 3.1 document of ingest's HTTP inlet: what a source system may post, and every answer that it can get.

Made from the catalogue like the AsyncAPI document. Payloads are references into `contracts/schemas/`.
"""

from typing import Any

from contracts.asyncapi import BATCH_LIMIT, source_file
from contracts.catalogue import EVENT_TYPES, AcquisitionMode, example_event, source
from contracts.days import EARLIEST_DAY, LATEST_DAY
from contracts.replies import DAY, ERROR, FOUND_EVENT, GIVEN, LISTED, OUTCOME, RECEIPT
from contracts.values import Source

OPENAPI_VERSION = "3.1.0"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"
PROBLEM = "application/problem+json"

_ANSWERS: dict[str, tuple[str, str | None]] = {
    "200": ("What became of each event, in the order in which they were sent.", "outcomes"),
    "202": (
        "The events are safe, and decided: what became of each is told under `Location`, for a week. Of `Prefer: respond-async`.",
        "given",
    ),
    "400": ("The body did not arrive whole, or the request is for another host.", "problem"),
    "401": ("No such login.", "problem"),
    "408": ("The body did not arrive in time.", "problem"),
    "413": ("Larger than 1 MiB.", "problem"),
    "415": ("Not CloudEvents in JSON.", "problem"),
    "422": ("The one event, or the whole body, was refused; each error names its path.", "problem"),
    "429": ("Too much of this source waits already; nothing was taken. Send the same again after `Retry-After`.", "problem"),
    "503": (
        "Full, or no answer in time: send the same again after `Retry-After`. What was taken meanwhile is then a duplicate.",
        "problem",
    ),
}

_A_DAY = f"A day of Japan, as in 2026-04-01; from {EARLIEST_DAY} to {LATEST_DAY}."


def document() -> dict[str, Any]:
    """The whole document, as JSON."""
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "Tsunagu: ingest",
            "version": "1",
            "description": "Where source systems post their CloudEvents 1.0. The same events may come by AMQP: asyncapi.json.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "{address}", "description": "The city tells it.", "variables": {"address": {"default": "/"}}}],
        "security": [{"basic": []}, {"bearer": []}, {"certificate": []}],
        "paths": {"/events": {"post": _post(), "get": _day()}, "/events/{id}": {"get": _event()}, "/receipts/{id}": {"get": _receipt()}},
        "components": {"securitySchemes": _logins(), "schemas": _schemas(), "headers": _headers()},
    }


def _post() -> dict[str, Any]:
    return {
        "operationId": "sendEvents",
        "summary": "Send one event, or a batch of them.",
        "description": (
            "Structured and batch mode hold everything in the body. In binary mode the body is the record's data and every attribute a "
            "header: `ce-id`, `ce-source`, `ce-type`, `ce-time` and so on; values are percent-encoded."
        ),
        "parameters": [
            _parameter("Prefer", "header", {"type": "string"}, "`respond-async`: a receipt, not the answer (RFC 7240).", required=False)
        ],
        "requestBody": {
            "required": True,
            "content": {
                STRUCTURED: {"schema": {"$ref": "#/components/schemas/Event"}, "examples": _examples()},
                BATCH: {"schema": {"type": "array", "maxItems": BATCH_LIMIT, "items": {"$ref": "#/components/schemas/Event"}}},
                BINARY: {"schema": {"type": "object", "description": "The record's data alone; the attributes are headers."}},
            },
        },
        "responses": {status: _answer(status, text, *filter(None, (schema,))) for status, (text, schema) in _ANSWERS.items()},
    }


def _event() -> dict[str, Any]:
    return {
        "operationId": "askForEvent",
        "summary": "Ask what became of one of your events.",
        "description": "Of the source that is logged in alone: another source's event is not found, like one that never came.",
        "parameters": [_parameter("id", "path", {"type": "string"}, "The event's own id, percent-encoded.")],
        "responses": {
            "200": _answer("200", "What became of it.", "event"),
            "401": _answer("401", "No such login.", "problem"),
            "404": _answer("404", "No event of that id came from this source.", "problem"),
        },
    }


def _receipt() -> dict[str, Any]:
    return {
        "operationId": "askForReceipt",
        "summary": "Ask what became of the events of a request that was answered with a receipt.",
        "description": "Of the source that is logged in alone. A receipt is kept for a week, and the newest 10,000 of a source.",
        "parameters": [_parameter("id", "path", {"type": "string", "format": "uuid"}, "The receipt.")],
        "responses": {
            "200": _answer("200", "What became of each event, by now.", "receipt"),
            "401": _answer("401", "No such login.", "problem"),
            "404": _answer("404", "No such receipt of this source, or none any more.", "problem"),
        },
    }


def _day() -> dict[str, Any]:
    return {
        "operationId": "askForDay",
        "summary": "Ask how many of your events came first on a day and what became of them, or which were refused.",
        "description": "For your own books: the numbers are of distinct events. An event that was sent again counts once. "
        "With `outcome` the answer names the events that are refused, or parked, and says under which id and revision each may be sent "
        "again.",
        "parameters": [
            _parameter("day", "query", {"type": "string", "format": "date"}, _A_DAY),
            _parameter("outcome", "query", {"enum": ["refused", "parked"]}, "Name these events instead of counting all.", required=False),
            _parameter("after", "query", {"type": "string", "format": "uuid"}, "Go on after this `event` (of `next`).", required=False),
        ],
        "responses": {
            "200": _answer("200", "The totals as they stand now, or the events that are refused or parked.", "day", "listed"),
            "401": _answer("401", "No such login.", "problem"),
            "422": _answer("422", "That is no day.", "problem"),
        },
    }


def _parameter(name: str, place: str, schema: dict[str, Any], text: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema, "description": text}


def _answer(status: str, text: str, *schemas: str) -> dict[str, Any]:
    kind = PROBLEM if "problem" in schemas else BINARY
    named = [{"$ref": f"#/components/schemas/{schema}"} for schema in schemas]
    answer: dict[str, Any] = {"description": text, "content": {kind: {"schema": named[0] if len(named) == 1 else {"oneOf": named}}}}
    if status in {"429", "503"}:
        answer["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    if status == "202":
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name.replace('-', '')}"} for name in ("Location", "Preference-Applied")}
    return answer


def _examples() -> dict[str, Any]:
    return {f"{kind.source}.{kind.type}": {"summary": kind.ja, "value": example_event(kind.source, kind.type)} for kind in _by_network()}


def _by_network() -> list[Any]:
    return [kind for kind in EVENT_TYPES if source(kind.source).acquisition is AcquisitionMode.NETWORK]


def _logins() -> dict[str, Any]:
    names = ", ".join(each.value for each in Source)
    return {
        "basic": {"type": "http", "scheme": "basic", "description": f"The source's code ({names}) and its password."},
        "bearer": {"type": "http", "scheme": "bearer", "description": "The source's password alone."},
        "certificate": {"type": "mutualTLS", "description": "A client certificate that the city has entered for the source."},
    }


def _headers() -> dict[str, Any]:
    return {
        "RetryAfter": {"description": "Seconds after which to send the same again.", "schema": {"type": "integer"}},
        "Location": {"description": "The receipt's address.", "schema": {"type": "string"}},
        "PreferenceApplied": {"description": "`respond-async`.", "schema": {"type": "string"}},
    }


def _schemas() -> dict[str, Any]:
    events = [{"$ref": f"./schemas/sources/{source_file(kind.source, kind.type)}"} for kind in _by_network()]
    return {
        "Event": {"description": "One CloudEvents 1.0 event of the source that is logged in.", "anyOf": events},
        "outcomes": {
            "type": "object",
            "properties": {"outcomes": {"type": "array", "items": OUTCOME}},
            "required": ["outcomes"],
        },
        "given": GIVEN,
        "receipt": RECEIPT,
        "event": FOUND_EVENT,
        "day": DAY,
        "listed": LISTED,
        "problem": {
            "type": "object",
            "description": "RFC 9457. `title` is English, `detail` Japanese; neither ever holds a value that was sent.",
            "properties": {
                "type": {"type": "string"},
                "status": {"type": "integer"},
                "title": {"type": "string"},
                "detail": {"type": "string"},
                "errors": {"type": "array", "items": ERROR},
            },
            "required": ["type", "status", "title"],
        },
    }
