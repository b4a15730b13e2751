"""
CloudEvents in binary mode: the attributes beside the body, which is the data alone (HTTP binding §3.1, AMQP binding §3.1).

The bindings leave `datacontenttype` to the content type of the transport, and know no attribute of the name `data`: what a sender
writes there is refused by its path, because to drop it would lose what somebody meant to say.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.ingest.domain.reading import DEPTH_MAX, RawEvent, deeper_than, examine, read
from services.ingest.domain.refusals import BODY, Refusal, refuse, refuse_for, shown_key

JSON = "application/json"
_ELSEWHERE = {"datacontenttype": "in_content_type", "data": "data_in_body", "data_base64": "data_in_body"}
_DIGITS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Told:
    """One attribute beside the body: its name, the prefix that the transport puts before it, its value. None is unset."""

    name: str
    prefix: str
    value: Any

    @property
    def path(self) -> str:
        """Where it stands in the transport, for what is wrong with its standing there."""
        return self.prefix + shown_key(self.name)


def binary_event(attributes: Sequence[Told], body: bytes, content_type: str | None) -> tuple[RawEvent, ...] | Refusal:
    """The event that a body and the attributes beside it make; a refusal where the body cannot be read."""
    event = {each.name: _plain(each) for each in attributes if each.name not in _ELSEWHERE and each.value is not None}
    faults: list[tuple[str, str]] = list(_misplaced(attributes))
    if content_type is not None and content_type.partition(";")[0].strip().lower() != JSON:
        return (RawEvent(event, refuse_for([*faults, ("datacontenttype", "not_in_list")])),)
    data = _data(body)
    if isinstance(data, Refusal):
        return data
    raw = examine({**event, "datacontenttype": JSON, "data": data["data"]})
    faults += raw.defect.faults if raw.defect is not None else ()
    return (RawEvent(raw.content, refuse_for(faults) if faults else None),)


def _misplaced(attributes: Sequence[Told]) -> Iterator[tuple[str, str]]:
    times = Counter(each.name for each in attributes)
    for each in attributes:
        if each.name in _ELSEWHERE:
            yield each.path, _ELSEWHERE[each.name]
        elif times[each.name] > 1:
            yield each.path, "duplicate_key"
        elif not isinstance(each.value, str | int | datetime | None):
            yield each.path, "wrong_form"


def _plain(told: Told) -> Any:
    """A value as JSON has it. A revision is an integer, which a transport of texts can only write in digits."""
    value = told.value
    if told.name == "revision" and isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, datetime):
        # AMQP has instants of its own, which are in UTC.
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return value if isinstance(value, str | int) else None


def _data(body: bytes) -> dict[str, Any] | Refusal:
    """The body as `data` of an otherwise empty event."""
    if not body:
        return {"data": None}
    if deeper_than(body, DEPTH_MAX - 1):
        return refuse(BODY, "too_deep")
    content = read(b'{"data":' + body + b"}")
    if isinstance(content, Refusal):
        return content
    # What closes the object early would smuggle attributes in.
    return content[0].content if content[0].content.keys() == {"data"} else refuse(BODY, "not_json")
