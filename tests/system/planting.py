"""
What a source might hand in with something in it that must not stay, in every kind of place.

Each letter holds a word of its own (`searching.word`), so that whatever is found names the place that let it through.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from contracts.catalogue import DENIED
from contracts.values import Source
from services.ingest.domain.my_number import check_digit
from tests.system.searching import word
from tests.unit.ingest.events import Event, body, checkup, resident

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"
HEALTH, REGISTRY = Source.MATERNAL_CHILD_HEALTH, Source.RESIDENT_REGISTRY

# 973184 6.... is nobody's: the number stands in nothing else that a stack writes.
_FIRST_DIGITS = "9731846"


@dataclass(frozen=True, slots=True)
class Letter:
    """
    What is handed in once: by HTTP, or by AMQP as one message.

    `planted` is the word in it, `number` the digits of it that are a My Number. `beside` are headers, `properties` what AMQP has besides.
    `taken` where the event itself is one that may come in, and only what stands beside it may not stay.
    """

    name: str
    planted: str
    content: bytes
    source: Source = HEALTH
    content_type: str = STRUCTURED
    beside: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    address: str = "/events"
    method: str = "POST"
    number: str | None = None
    taken: bool = False


def my_number(n: int) -> str:
    """A My Number that only a test has."""
    eleven = f"{_FIRST_DIGITS}{n:04}"
    return eleven + str(check_digit(eleven))


def letters(first: int, *, by_http: bool) -> list[Letter]:
    """Every kind of letter, with words from the number `first` on."""
    words = (word(number) for number in count(first))
    numbers = (my_number(n) for n in count(first))
    return [
        *_with_what_is_denied(words),
        *_with_my_numbers(words, numbers),
        *_with_what_nobody_declared(words),
        *_that_cannot_be_read(words),
        *(_by_http(words) if by_http else _by_amqp(words)),
    ]


# -- what is denied, in every place ---------------------------------------------------------------------------------------


def _with_what_is_denied(words: Iterator[str]) -> Iterator[Letter]:
    for rule in DENIED:
        for glob in rule.keys:
            key = glob.replace("[1-9]", "7").replace("[0-9]", "7").replace("*", "x")
            told = next(words)
            yield Letter(f"the denied key {key}", told, body(checkup({key: told})))
        for denied in rule.words:
            told = next(words)
            yield Letter(f"the denied word {denied}", told, body(checkup({"exam_place_kind": f"{told} {denied}"})))
    for name, event in _PLACES.items():
        told = next(words)
        yield Letter(f"a denied word {name}", told, body(event(f"死にたい {told}")), taken=name in _NOT_LOOKED_AT)
    told = next(words)
    yield Letter("a denied word in a name", told, body(resident({"name": f"{told} 死にたい"})), REGISTRY)
    told = next(words)
    yield Letter(
        "a denied answer beside good events", told, body(checkup(), checkup({"questionnaire": {"a": told}}), checkup()), HEALTH, BATCH
    )
    told = next(words)
    yield _in_binary_mode("a denied answer in binary mode", told, {"questionnaire": [told]})


_PLACES: Mapping[str, Callable[[str], Event]] = {
    "in a field": lambda text: checkup({"exam_place_kind": text}),
    "in an unknown field": lambda text: checkup({"note": text}),
    "deep inside": lambda text: checkup({"notes": [{"a": {"b": [text]}}]}),
    "as a key": lambda text: checkup({text: True}),
    "as a key deep inside": lambda text: checkup({"notes": [{text: {}}]}),
    "as data": lambda text: checkup(data=text),
    "in a list as data": lambda text: checkup(data=[text]),
    "as JSON in a text": lambda text: checkup({"exam_place_kind": json.dumps({"note": text}, ensure_ascii=False)}),
    "as an attribute": lambda text: checkup(remark=text),
    "as the name of an attribute": lambda text: checkup(**{text: 1}),
    **{
        f"as the attribute {name}": lambda text, name=name: checkup(**{name: text})  # type: ignore[misc]
        for name in (
            *("id", "source", "type", "subject", "personno", "time", "recordedat", "effectiveon", "op", "revision", "specversion"),
            *("schemaversion", "datacontenttype", "dataschema", "dataref", "data_base64", "traceparent", "tracestate", "partitionkey"),
        )
    },
    "as a person's number": lambda text: checkup({"person_no": text}),
    "in base64": lambda text: checkup(data=None, data_base64=base64.b64encode(text.encode()).decode()),
    "of an event that takes a record back": lambda text: checkup({"exam_place_kind": text}, op="void"),
}

_NOT_LOOKED_AT = {"as the attribute traceparent", "as the attribute tracestate"}
"""A trace context is no part of what the city is told: a broken one is dropped, and the event taken."""


def _with_my_numbers(words: Iterator[str], numbers: Iterator[str]) -> Iterator[Letter]:
    for name, write in _WRITTEN.items():
        told, number = next(words), next(numbers)
        yield Letter(f"a My Number {name}", told, body(checkup({"exam_place_kind": f"{told} {write(number)}"})), number=number)
    for name, event in _PLACES.items():
        told, number = next(words), next(numbers)
        yield Letter(f"a My Number {name}", told, body(event(f"番号 {number} {told}")), number=number, taken=name in _NOT_LOOKED_AT)
    told, number = next(words), next(numbers)
    yield Letter("a My Number that is a number", told, body(checkup({"weight_kg": int(number), "note": told})), number=number)
    told, number = next(words), next(numbers)
    yield Letter("a My Number in a name", told, body(resident({"name": f"{told} {number}"})), REGISTRY, number=number)


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda number: number,
    "in fours": lambda number: f"{number[:4]}-{number[4:8]}-{number[8:]}",
    "in sixes": lambda number: f"{number[:6]} {number[6:]}",
    "digit by digit": " ".join,
    "in full width": lambda number: number.translate({ord("0") + n: ord("０") + n for n in range(10)}),
    "in circles": lambda number: "".join(chr(0x2460 + int(digit) - 1) if digit != "0" else "⓪" for digit in number),
    "in Arabic digits": lambda number: number.translate({ord("0") + n: 0x660 + n for n in range(10)}),
}


# -- what nobody declared, and what is wrong ------------------------------------------------------------------------------


def _with_what_nobody_declared(words: Iterator[str]) -> Iterator[Letter]:
    for name, event in _PLACES.items():
        told = next(words)
        yield Letter(f"free text {name}", told, body(event(f"父から叩かれると話した {told}")), taken=name in _NOT_LOOKED_AT)
    for name in ("weight_kg", "exam_date", "checkup_type"):
        told = next(words)
        yield Letter(f"a text as {name}", told, body(checkup({name: told})))
    told = next(words)
    yield Letter("another system's event", told, body(resident({"name": told})))
    told = next(words)
    yield Letter("an event of tomorrow", told, body(resident({"name": told}, recordedat="2190-01-01T00:00:00Z")), REGISTRY)
    told = next(words)
    yield Letter("an unknown field beside good events", told, body(checkup(), checkup({"note": told}), checkup()), HEALTH, BATCH)
    told = next(words)
    yield _in_binary_mode("an unknown field in binary mode", told, {"note": told})


def _in_binary_mode(name: str, told: str, data: Mapping[str, Any]) -> Letter:
    """The data alone are the body, and the attributes stand beside it, by either way; `send` gives them their prefix."""
    event = checkup(datacontenttype=None)
    content = json.dumps({**event.pop("data"), **data}, ensure_ascii=False).encode()
    return Letter(name, told, content, HEALTH, BINARY, {key: str(value) for key, value in event.items()})


def _that_cannot_be_read(words: Iterator[str]) -> Iterator[Letter]:
    for name, broken in _BROKEN.items():
        told = next(words)
        yield Letter(name, told, broken(body(checkup({"note": told}))))
    told = next(words)
    yield Letter("201 events", told, json.dumps([checkup({"note": told})] * 201).encode(), HEALTH, BATCH)
    told = next(words)
    yield Letter("no object", told, json.dumps([told]).encode(), HEALTH, BATCH)
    told = next(words)
    yield Letter("a key twice", told, body(checkup({"note": told})).replace(b'"note"', b'"note": 1, "note"'))
    told = next(words)
    yield Letter("a character that no store holds", told, body(checkup({"exam_place_kind": f"{told}@"})).replace(b"@", rb"\u0000"))


_BROKEN: Mapping[str, Callable[[bytes], bytes]] = {
    "JSON that breaks off": lambda content: content[:-1],
    "two documents": lambda content: content + content,
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "no UTF-8": lambda content: content + "健診".encode("cp932"),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "nested 40 deep": lambda content: b"[" * 40 + content + b"]" * 40,
    "more than 1 MiB": lambda content: content + b" " * 2**20,
    "a text alone": lambda content: json.dumps(content.decode()).encode(),
}


# -- beside the body ------------------------------------------------------------------------------------------------------


def _by_http(words: Iterator[str]) -> Iterator[Letter]:
    for name in ("user-agent", "cookie", "x-note", "tracestate", "baggage", "referer", "accept", "x-request-id", "from", "x-forwarded-for"):
        told = next(words)
        held = f"vendor={told}" if name in {"tracestate", "baggage", "cookie"} else told
        trace = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"} if name == "tracestate" else {}
        yield Letter(f"the header {name}", told, body(checkup()), beside={name: held, **trace}, taken=True)
    told = next(words)
    yield Letter("a header that no attribute is", told, b"{}", HEALTH, BINARY, {**_in_binary_mode("", "", {}).beside, "note": told})
    told = next(words)
    yield Letter("another content type", told, told.encode(), content_type=f"text/{told}")
    told = next(words)
    yield Letter("a wrong password", told, body(checkup({"note": told})), beside={"authorization": f"Bearer {told}"})
    told = next(words)
    yield Letter("the question of an address", told, body(checkup()), address=f"/events?note={told}", taken=True)
    told = next(words)
    yield Letter("an address that is none", told, body(checkup({"note": told})), address=f"/{told}")
    told = next(words)
    yield Letter("a question for an event", told, b"", address=f"/events/{told}", method="GET")
    told = next(words)
    yield Letter("a question for a day", told, b"", address=f"/events?day={told}", method="GET")


def _by_amqp(words: Iterator[str]) -> Iterator[Letter]:
    for name in ("correlation_id", "reply_to", "app_id", "type", "content_encoding"):
        told = next(words)
        yield Letter(f"the property {name}", told, body(checkup()), properties={name: told}, taken=True)
    for name in ("note", "replies", "tracestate", "x-death", "traceparent"):
        told = next(words)
        yield Letter(f"the header {name}", told, body(checkup()), beside={name: told}, taken=True)
    told = next(words)
    yield Letter("a header that no attribute is", told, b"{}", HEALTH, BINARY, {**_in_binary_mode("", "", {}).beside, "note": told})
    told = next(words)
    yield Letter("another content type", told, body(checkup({"note": told})), content_type=f"text/{told}")
    told = next(words)
    yield Letter("the routing key", told, body(checkup()), properties={"routing_key": f"{HEALTH}.{told}"}, taken=True)
    told = next(words)
    yield Letter("free text as the message's id", told, body(checkup()), properties={"message_id": f"父から {told}"}, taken=True)
