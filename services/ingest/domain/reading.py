"""
From bytes to events, or to a refusal: everything here was seen to pass a parser and then to break a database (`operations.md`).

Nothing is parsed before size and depth are known. What one event has wrong is found with its path and refuses that event alone;
what the whole body has wrong refuses the body.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf
from typing import Any, TypeAlias

from contracts.quick import quick
from contracts.texts import has_too_many_marks
from services.ingest.domain.refusals import BODY, Refusal, path_of, refuse, refuse_for

BYTES_MAX = 1024 * 1024
DEPTH_MAX = 32
EVENTS_MAX = 200
_INTEGER_DIGITS_SAFE = 18
_INTEGER_LIMIT = 2**63

_NO_BRACKET = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ASCII_BUT_QUOTES = bytes(byte for byte in range(128) if byte != ord('"'))
_REPLACED = "\ufffd".encode()
_SUSPICIOUS = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|\\u[fF]{3}[dD]")
# Escapes of blocks that hold combining marks; 山 and カ are not among them, and a test sees to it that every mark is.
_ESCAPED_MARK = re.compile(
    rb"\\u(?:0[3-9a-fA-F]|1[0-9a-fA-F]|2[0cCdD]|30(?:2[a-fA-F]|9[9aA])|[aA][6-9abAB]|[fF](?:[bB]1|[eE]2)[0-9a-fA-F]|[fF][fF]9[eEfF])"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

Steps: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Defect:
    """Stands in the parsed tree where a value was that no store can hold."""

    code: str


@quick(frozen=True, slots=True)
class RawEvent:
    """One event as it was sent, or what of it could be read, with what makes it unfit to be kept."""

    content: dict[str, Any]
    defect: Refusal | None = None


def read(body: bytes) -> tuple[RawEvent, ...] | Refusal:
    """Read one event or a batch. A refusal concerns the whole body; its path is `body`."""
    fault = _fault_before_parsing(body)
    if fault is not None:
        return refuse(BODY, fault)
    try:
        content, flawed = _parse(body.decode("utf-8"))
    except UnicodeDecodeError:
        return refuse(BODY, "not_utf8")
    except (ValueError, RecursionError):
        return refuse(BODY, "not_json")
    if not isinstance(content, dict | list):
        return refuse(BODY, "not_events")
    events = content if isinstance(content, list) else [content]
    if len(events) > EVENTS_MAX:
        return refuse(BODY, "too_many_events")
    suspicious = flawed or _is_suspicious(body)
    return tuple(_raw_event(event, suspicious=suspicious) for event in events)


def examine(content: dict[str, Any]) -> RawEvent:
    """An event that did not come as one JSON body (HTTP binary mode), under the same rules."""
    return _raw_event(content, suspicious=True)


def _is_suspicious(body: bytes) -> bool:
    """One look over the whole body that nearly every one passes, in place of one at each value."""
    # A pattern is tried at each byte; nearly no body has an escape, and to see that takes a hundredth of the time.
    if _REPLACED in body or (rb"\u" in body and (_SUSPICIOUS.search(body) is not None or _ESCAPED_MARK.search(body) is not None)):
        return True
    # Without its ASCII a body is a tenth as long; the quotes keep its texts apart.
    return not body.isascii() and has_too_many_marks(body.translate(None, _ASCII_BUT_QUOTES).decode("utf-8"))


def _fault_before_parsing(body: bytes) -> str | None:
    if len(body) > BYTES_MAX:
        return "too_large"
    if not body.strip():
        return "empty"
    if body.startswith((b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")):
        return "byte_order_mark"
    return "too_deep" if deeper_than(body, DEPTH_MAX) else None


def deeper_than(body: bytes, depth_max: int) -> bool:
    """
    Whether a JSON text nests more than `depth_max` deep, without parsing it: a parser would recurse (200,000 levels fit in 1 MiB).

    Escaped backslashes go first, then escaped quotes; then every second piece between quotes is outside of strings.
    """
    outside = body.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2]
    depth = 0
    for bracket in b"".join(outside).translate(None, _NO_BRACKET):
        depth += 1 if bracket in b"[{" else -1
        if depth > depth_max:
            return True
    return False


def _parse(text: str) -> tuple[Any, bool]:
    """The content of a JSON text, and whether a Defect stands in it. Raises ValueError."""
    defects: list[Defect] = []

    def defect(code: str) -> Defect:
        defects.append(Defect(code))
        return defects[-1]

    def integer(digits: str) -> int | Defect:
        if len(digits) <= _INTEGER_DIGITS_SAFE:
            return int(digits)
        fits = len(digits) <= _INTEGER_DIGITS_SAFE + 2 and -_INTEGER_LIMIT <= int(digits) < _INTEGER_LIMIT
        return int(digits) if fits else defect("integer_too_large")

    def real(digits: str) -> float | Defect:
        number = float(digits)
        return defect("number_not_finite") if isinf(number) else number

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) != len(pairs):
            for key in _repeated(pairs):
                content[key] = defect("duplicate_key")
        return content

    decoder = json.JSONDecoder(
        object_pairs_hook=mapping, parse_int=integer, parse_float=real, parse_constant=lambda _: defect("number_not_finite")
    )
    content = decoder.decode(text)
    return content, bool(defects)


def _repeated(pairs: list[tuple[str, Any]]) -> set[str]:
    seen: set[str] = set()
    return {key for key, _ in pairs if key in seen or seen.add(key)}  # type: ignore[func-returns-value]


def _raw_event(event: Any, *, suspicious: bool) -> RawEvent:
    if not isinstance(event, dict):
        return RawEvent({}, refuse(BODY, "not_an_object"))
    defects = list(_defects(event)) if suspicious else []
    if not defects:
        return RawEvent(event)
    return RawEvent(event, refuse_for([(path_of(steps), code) for steps, code in defects]))


def _defects(event: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    """Where values stand that no store can hold, in the order of the text. The depth is bounded, so recursion is too."""

    def walk(value: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
        if isinstance(value, Defect):
            yield steps, value.code
        elif isinstance(value, str):
            yield from ((steps, code) for code in _text_defects(value))
        elif isinstance(value, dict):
            for key, child in value.items():
                yield from (((*steps, "*"), code) for code in _text_defects(key))
                yield from walk(child, (*steps, key))
        elif isinstance(value, list):
            for position, child in enumerate(value):
                yield from walk(child, (*steps, position))

    return walk(event, ())


def _text_defects(text: str) -> Iterator[str]:
    if "\x00" in text:
        yield "nul_character"
    if _SURROGATE.search(text):
        yield "lone_surrogate"
    if "\ufffd" in text:
        yield "replacement_character"
    if has_too_many_marks(text):
        yield "too_many_marks"
