"""
Source events with something wrong in them, drawn from a seed: the same seed, the same cases.

They begin as the catalogue's own examples, so that most of what is wrong with one is near to what is right. Each event is marked by a text
of its own, in a form that no number has: whoever finds it in a table knows which event it came with.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from contracts.catalogue import DENIED, EVENT_TYPES, EventType, example_event
from contracts.values import Source

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"
MARK = "zqfuzzed"

_LONGEST_TEXT, _LONGEST_BODY, _LONGEST_HEADER = 300_000, 4 * 2**20, 8_000
"""Far more than ingest takes, and less than the broker refuses by itself (all headers of a message are one frame of 128 KiB)."""

RECORDS = 40
"""So few records of each type that revisions meet."""

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1.5, -0.0, 1e308, 2**31, 2**53, 2**63 - 1, 2**63, 10**30, "", " ", "0", "null", "-"),
    *(
        "\x00",
        "\ud800",
        "\ufffd",
        "a\u0300" * 40,
        "\u202e",
        "\ue000",
        "〓",
        "😀",
        "﨑",
        "辻\U000e0100",
        "ｱｲｳ",
        "１２３",
        "Ａ",
        "\r\n",
        "%00",
        "../..",
        "'--",
    ),
    *(
        "令和8年4月1日",
        "昭和60年6月日不詳",
        "R7.4.1",
        "5070401",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "2190-01-01",
        "2026-04-01T00:00:00Z",
    ),
    *("死にたい", "一時保護", "123456789018", "1234-5678-9018", "１２３４５６７８９０１８"),
    *([], {}, [[]], [None], {"": ""}, {"a": {"b": [1]}}),
)
_CONTENT_TYPES = (
    STRUCTURED,
    STRUCTURED,
    BATCH,
    BATCH,
    BINARY,
    "application/CloudEvents+JSON; charset=utf-8",
    "text/plain",
    "",
    "a/b;" + "x" * 500,
)
_KINDS = tuple(kind for kind in EVENT_TYPES)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to send. `marks` are those of its events, in their order; of a `damaged` one nobody knows what became of the order."""

    number: int
    source: Source
    content: bytes
    content_type: str
    beside: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    damaged: bool = False


class Mutator:
    """Draws cases from a seed."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(f"fuzz {seed}")
        self._seed = seed

    def case(self, number: int, sources: Sequence[Source]) -> Case:
        """Draw the case of a number, of one of `sources`."""
        draw = self._draw
        source = draw.choice(sources)
        kinds = [kind for kind in _KINDS if kind.source is source]
        size = draw.choice((1, 1, 1, 1, 2, 3, 10)) if draw.random() > 0.002 else draw.choice((0, 200, 201))  # noqa: PLR2004
        marks = tuple(f"{MARK} {self._seed}/{number}/{place}." for place in range(size))
        events = [self._event(draw.choice(kinds), mark, f"{self._seed}-{number}-{place}") for place, mark in enumerate(marks)]
        content_type = draw.choice(_CONTENT_TYPES) if draw.random() < 0.3 else (STRUCTURED if size == 1 else BATCH)  # noqa: PLR2004
        if content_type == BINARY and events and isinstance(events[0], dict):
            return self._binary(number, source, events[0], marks[:1])
        content = _written(events[0] if size == 1 else events)
        if draw.random() < 0.15:  # noqa: PLR2004
            return Case(number, source, self._damaged(content)[:_LONGEST_BODY], content_type, {}, marks, damaged=True)
        return Case(number, source, content[:_LONGEST_BODY], content_type, {}, marks, damaged=len(content) > _LONGEST_BODY)

    def _binary(self, number: int, source: Source, event: dict[str, Any], marks: tuple[str, ...]) -> Case:
        data = event.pop("data", None)
        beside = {name: _header(value)[:_LONGEST_HEADER] for name, value in event.items() if _is_header_name(name) and value is not None}
        return Case(number, source, _written(data), BINARY, beside, marks)

    def _event(self, kind: EventType, mark: str, event_id: str) -> Any:
        draw = self._draw
        event = example_event(kind.source, kind.type)
        event["id"] = event_id
        event["subject"] = f"F-{draw.randrange(RECORDS)}"
        event["revision"] = draw.randrange(1, 50)
        event["op"] = draw.choice(("upsert",) * 9 + ("void",))
        # A name may hold anything: where the event is taken after all, its mark is found.
        event["data"].update(dict.fromkeys(kind.in_parts, mark))
        for _ in range(draw.choice((0, 1, 1, 2, 5))):
            event = self._changed(event, mark)
        return event

    def _changed(self, event: Any, mark: str) -> Any:
        """An event with one thing changed in it, somewhere."""
        draw = self._draw
        if not isinstance(event, dict):
            return event
        inside = event["data"] if isinstance(event.get("data"), dict) and event["data"] and draw.random() < 0.7 else event  # noqa: PLR2004
        change: Callable[[dict[str, Any], str], None] = draw.choice(
            (
                self._left_out,
                self._odd,
                self._odd,
                self._odd,
                self._longer,
                self._renamed,
                self._unknown,
                self._swapped,
                self._nested,
                self._denied,
            )
        )
        if inside:
            change(inside, mark)
        return event if draw.random() > 0.01 else draw.choice((None, [], "x", 1, {}))  # noqa: PLR2004

    def _left_out(self, inside: dict[str, Any], _mark: str) -> None:
        del inside[self._draw.choice(list(inside))]

    def _odd(self, inside: dict[str, Any], mark: str) -> None:
        inside[self._draw.choice(list(inside))] = self._draw.choice((*_ODD, mark))

    def _longer(self, inside: dict[str, Any], mark: str) -> None:
        name = self._draw.choice(list(inside))
        inside[name] = (f"{inside[name]}{mark}" * self._draw.choice((1, 2, 50, 2000)))[:_LONGEST_TEXT]

    def _renamed(self, inside: dict[str, Any], _mark: str) -> None:
        name = self._draw.choice(list(inside))
        inside[self._draw.choice((name.upper(), f"{name} ", f"{name}x", name[::-1], "", "名前", name.replace("_", "-")))] = inside.pop(name)

    def _unknown(self, inside: dict[str, Any], mark: str) -> None:
        inside[self._draw.choice(("note", "x", "備考", "a.b", "$ref", "__class__", "data", "id"))] = mark

    def _swapped(self, inside: dict[str, Any], _mark: str) -> None:
        one, other = self._draw.choice(list(inside)), self._draw.choice(list(inside))
        inside[one], inside[other] = inside[other], inside[one]

    def _nested(self, inside: dict[str, Any], mark: str) -> None:
        name, depth = self._draw.choice(list(inside)), self._draw.choice((1, 3, 28, 33, 200))
        value: Any = mark
        for _ in range(depth):
            value = self._draw.choice(([value], {"a": value}))
        inside[name] = value

    def _denied(self, inside: dict[str, Any], mark: str) -> None:
        rule = self._draw.choice(DENIED)
        if self._draw.random() < 0.5 and rule.words:  # noqa: PLR2004
            inside[self._draw.choice(list(inside))] = f"{mark}{self._draw.choice(rule.words)}"
        else:
            inside[self._draw.choice(rule.keys).replace("*", self._draw.choice(("", "x")))] = mark

    def _damaged(self, content: bytes) -> bytes:
        """A body with bytes changed, left out, put in or written otherwise: nothing of it may be an event any more, or all of it."""
        draw = self._draw
        at, length = draw.randrange(len(content) + 1), draw.choice((1, 1, 2, 10, 1000))
        return draw.choice(
            (
                lambda: content[:at],
                lambda: content[:at] + content[at + length :],
                lambda: content[:at] + draw.randbytes(length) + content[at:],
                lambda: content[:at] + draw.choice((b'"', b"{", b"]", b",", b":", b"\\", b"\x00", b"\xff")) + content[at + 1 :],
                lambda: content[:at] + content[at - length : at] * draw.choice((2, 50)) + content[at:],
                lambda: content.decode().encode(draw.choice(("utf-16", "utf-8-sig", "cp932")), "replace"),
                lambda: b"[" * draw.choice((31, 33, 5000)) + content,
                lambda: content + b" " * draw.choice((1, 2**20)),
                lambda: content * 2,
                lambda: b"",
            )
        )()


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def _header(value: Any) -> str:
    """A value as a header has it: visible ASCII, the rest percent-encoded (CloudEvents HTTP binding §3.1.3.2)."""
    text = value if isinstance(value, str) else json.dumps(value)
    return "".join(
        each if "!" <= each <= "~" and each not in '"%' else "".join(f"%{b:02X}" for b in each.encode("utf-8", "replace")) for each in text
    )


def _is_header_name(name: str) -> bool:
    return name.isascii() and name.isalnum() and name.lower() == name
