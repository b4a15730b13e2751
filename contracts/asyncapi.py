"""
The AsyncAPI 3.0 document: who says what to whom, made from the topology, the messages and the catalogue.

Payloads are references into `contracts/schemas/`, so that a source system's maker can take the folder as it is.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from contracts import topology
from contracts.catalogue import EVENT_TYPES
from contracts.messages import MESSAGES, Message
from contracts.replies import HEADERS
from contracts.values import ServiceName, Source

ASYNCAPI_VERSION = "3.0.0"
JSON_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
REPLY_FILE = "reply.json"
BATCH_LIMIT = 200
"""Events that a source should put into one batch at most."""


def message_file(message: type[Message]) -> str:
    """`<Message>.v<version>.json`."""
    return f"{message_name(message)}.v{message.schema_version}.json"


def message_name(message: type[Message]) -> str:
    """The name on the wire: what `type` says."""
    return str(message.model_fields["type"].default)


def source_file(source: str, event_type: str) -> str:
    """`<source>/<type>.json`."""
    return f"{source}/{event_type}.json"


def document() -> dict[str, Any]:
    """The whole document, as JSON."""
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {"broker": _broker(), "brokerByCertificate": _by_certificate()},
        "channels": dict(_channels()),
        "operations": dict(_operations()),
        "components": {"messages": dict(_messages()), "securitySchemes": {"source": _login(), "certificate": _certificate()}},
    }


def _info() -> dict[str, Any]:
    return {
        "title": "Tsunagu",
        "version": "1",
        "description": (
            "Between services a message is a parcel: a JSON array of messages of one partition. "
            "A source says one CloudEvents 1.0 event, or a JSON array of them as a batch."
        ),
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


def _broker() -> dict[str, Any]:
    return {
        "host": "{host}",
        "pathname": "/",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ 3.10 or later.",
        "variables": {"host": {"description": "Name and port of the broker, as the city tells them."}},
        "security": [{"$ref": "#/components/securitySchemes/source"}],
    }


def _by_certificate() -> dict[str, Any]:
    security = [{"$ref": "#/components/securitySchemes/certificate"}]
    return {**_broker(), "protocol": "amqps", "description": "The door for client certificates, mostly on port 5671.", "security": security}


def _certificate() -> dict[str, Any]:
    return {
        "type": "X509",
        "description": "A client certificate that the city has entered for the source (SASL EXTERNAL). It opens what the password does.",
    }


def _login() -> dict[str, Any]:
    return {
        "type": "userPassword",
        "description": "The source's code and its password. It may publish under its own code alone, and read its own replies.",
    }


# --- channels ---------------------------------------------------------------------------------------------------------


def _channels() -> Iterator[tuple[str, dict[str, Any]]]:
    for source, types in _types_by_source():
        for event_type in types:
            yield _inlet(source, event_type), _key_channel(f"{source}.{event_type}", [_source_key(source, event_type)])
        yield f"source.{source}.batch", _key_channel(f"{source}.batch", [f"{source}.batch"])
        yield f"replies.{source}", _queue_channel(topology.replies_queue(source), ["replies"])
    for speaker, family, messages in _families():
        yield f"events.{speaker}.{family}", _family_channel(speaker, family, messages)
    for service in topology.HEARS:
        yield f"{service}.in", _inlet_channel(service)


def _inlet(source: Source, event_type: str) -> str:
    return f"source.{source}.{event_type}"


def _key_channel(address: str, messages: Iterable[str]) -> dict[str, Any]:
    return {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"amqp": {"is": "routingKey", "exchange": _exchange(topology.SOURCE_EXCHANGE)}},
    }


def _family_channel(speaker: ServiceName, family: str, messages: Iterable[str]) -> dict[str, Any]:
    return {
        "address": f"{speaker}.{family}.p{{partition}}",
        "parameters": {"partition": {"description": "crc32 of the partition key modulo the number of partitions.", "default": "0"}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"amqp": {"is": "routingKey", "exchange": _exchange(topology.EVENTS_EXCHANGE)}},
    }


def _inlet_channel(service: ServiceName) -> dict[str, Any]:
    if service is ServiceName.INGEST:
        return _queue_channel(topology.inlet_queue(service, topology.OF_SERVICES), _heard(service))
    channel = _queue_channel(f"{service}.in.p{{partition}}", _heard(service))
    channel["parameters"] = {"partition": {"description": "One queue and one active consumer per partition.", "default": "0"}}
    return channel


def _queue_channel(address: str, messages: Iterable[str]) -> dict[str, Any]:
    return {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"amqp": {"is": "queue", "queue": {"name": address, "durable": True, "exclusive": False, "autoDelete": False}}},
    }


def _exchange(name: str) -> dict[str, Any]:
    return {"name": name, "type": "topic", "durable": True, "autoDelete": False}


# --- operations -------------------------------------------------------------------------------------------------------


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for source, types in _types_by_source():
        for event_type in types:
            yield f"{source}.sends.{event_type}", _operation("send", _inlet(source, event_type))
            yield f"ingest.hears.{source}.{event_type}", _operation("receive", _inlet(source, event_type))
        yield f"{source}.sends.batch", _operation("send", f"source.{source}.batch")
        yield f"ingest.hears.{source}.batch", _operation("receive", f"source.{source}.batch")
        yield f"ingest.answers.{source}", _operation("send", f"replies.{source}", "replies")
    for speaker, family, messages in _families():
        for name in messages:
            yield f"{speaker}.says.{name}", _operation("send", f"events.{speaker}.{family}", name)
    for service in topology.HEARS:
        for name in _heard(service):
            yield f"{service}.hears.{name}", _operation("receive", f"{service}.in", name)


def _operation(action: str, channel: str, message: str | None = None) -> dict[str, Any]:
    operation: dict[str, Any] = {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}
    if message is not None:
        operation["messages"] = [{"$ref": f"#/channels/{channel}/messages/{message}"}]
    return operation


# --- messages ---------------------------------------------------------------------------------------------------------


def _messages() -> Iterator[tuple[str, dict[str, Any]]]:
    for message in MESSAGES:
        yield message_name(message), _parcel(message)
    for source, types in _types_by_source():
        for event_type in types:
            yield _source_key(source, event_type), _source_event(source, event_type)
        yield f"{source}.batch", _batch(source, types)
    yield "replies", _replies()


def _parcel(message: type[Message]) -> dict[str, Any]:
    summary = (message.__doc__ or "").strip().splitlines()[0]
    items = {"$ref": f"./schemas/messages/{message_file(message)}"}
    return {
        "name": message_name(message),
        "summary": summary,
        "contentType": "application/json",
        "payload": {"schemaFormat": JSON_SCHEMA_FORMAT, "schema": {"type": "array", "minItems": 1, "items": items}},
    }


def _replies() -> dict[str, Any]:
    schema = {"type": "array", "minItems": 1, "items": {"$ref": f"./schemas/{REPLY_FILE}"}}
    return {
        "name": "replies",
        "summary": "What became of a source's events.",
        "contentType": "application/json",
        "payload": {"schemaFormat": JSON_SCHEMA_FORMAT, "schema": schema},
    }


def _source_event(source: Source, event_type: str) -> dict[str, Any]:
    return {
        "name": event_type,
        "contentType": "application/cloudevents+json",
        "headers": HEADERS,
        "payload": {"schemaFormat": JSON_SCHEMA_FORMAT, "schema": {"$ref": f"./schemas/sources/{source_file(source, event_type)}"}},
    }


def _batch(source: Source, types: Iterable[str]) -> dict[str, Any]:
    choices = [{"$ref": f"./schemas/sources/{source_file(source, event_type)}"} for event_type in types]
    schema = {"type": "array", "maxItems": BATCH_LIMIT, "items": {"anyOf": choices}}
    return {
        "name": "batch",
        "contentType": "application/cloudevents-batch+json",
        "headers": HEADERS,
        "payload": {"schemaFormat": JSON_SCHEMA_FORMAT, "schema": schema},
    }


# --- what the topology and the catalogue say --------------------------------------------------------------------------


def _source_key(source: Source, event_type: str) -> str:
    return f"{source}.{event_type}"


def _types_by_source() -> Iterator[tuple[Source, list[str]]]:
    for source in Source:
        types = sorted(kind.type.value for kind in EVENT_TYPES if kind.source is source)
        if types:
            yield source, types


def _families() -> Iterator[tuple[ServiceName, str, list[str]]]:
    for speaker in ServiceName:
        families: dict[str, list[str]] = {}
        for message in MESSAGES:
            if message.said_by in (speaker, None) or speaker in message.passed_on_by:
                families.setdefault(message.family, []).append(message_name(message))
        for family, names in families.items():
            yield speaker, family, names


def _heard(service: ServiceName) -> list[str]:
    heard = topology.HEARS.get(service, ())
    names = [name for speaker, family, names in _families() if f"{speaker}.{family}" in heard for name in names]
    return list(dict.fromkeys(names))
