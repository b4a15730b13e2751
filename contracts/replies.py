"""JSON Schema of what a source is told of its events: replies by AMQP, each a parcel of them, and outcomes by HTTP."""

from typing import Any

from contracts.values import Source

REPLIES_HEADER = "replies"
"""Header of a message with which its sender says how it wants to be answered: `event` (where it says nothing) or `message`."""

BY_MESSAGE = "message"

HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "What a source may say beside an event, or a batch.",
    "properties": {
        REPLIES_HEADER: {
            "enum": ["event", BY_MESSAGE],
            "default": "event",
            "description": "`event`: an outcome for every event. `message`: one reply with the totals, and outcomes only of what was "
            "refused or put aside, or has warnings.",
        }
    },
}

_TEXTS = {
    "type": "object",
    "properties": {"ja": {"type": "string"}, "en": {"type": "string"}},
    "required": ["ja", "en"],
    "additionalProperties": False,
}
_TEXT_OR_NULL = {"type": ["string", "null"]}

ERROR: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong in one place.",
    "properties": {
        "path": {"type": "string", "description": "Dotted, as in weight_kg or measures.0; `body` for the whole, empty for no place."},
        "code": {"type": "string"},
        "message": _TEXTS,
        "allowed": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "description": "The values allowed there, where they are a list.",
        },
    },
    "required": ["path", "code", "message", "allowed"],
}

WARNING: dict[str, Any] = {
    "type": "object",
    "description": "Characters that are kept as they came and that nobody else may be able to read (外字, 〓).",
    "properties": {"path": {"type": "string"}, "code": {"type": "string"}, "message": _TEXTS},
    "required": ["path", "code", "message"],
}

OUTCOME: dict[str, Any] = {
    "type": "object",
    "description": "What became of one event.",
    "properties": {
        "id": _TEXT_OR_NULL | {"description": "As the event said it; null where it said none, or none that may be repeated."},
        "event": {"type": "string", "format": "uuid", "description": "Under which the city keeps it."},
        "outcome": {"enum": ["accepted", "refused", "parked", "superseded", "duplicate"]},
        "code": _TEXT_OR_NULL | {"description": "Of the first error."},
        "path": _TEXT_OR_NULL | {"description": "Of the first error."},
        "paths": {"type": "array", "items": {"type": "string"}, "description": "Of every error."},
        "message": _TEXTS | {"description": "Of the first error; says how many more than the first 50 there are."},
        "errors": {"type": "array", "items": ERROR, "minItems": 1, "maxItems": 50},
        "item": {"type": "string", "description": "Which 無し item it holds."},
        "warnings": {
            "type": "array",
            "items": WARNING,
            "minItems": 1,
            "description": "Of an event that was taken: what its owner should look up. Nothing need be sent again.",
        },
        "first": {"type": "string", "description": "What became of it when it came first."},
        "position": {"type": "integer", "minimum": 0, "description": "Its place in what was sent, from 0."},
        "message_id": {"type": "string", "description": "What the sender called the message."},
    },
    "required": ["id", "event", "outcome", "code", "path"],
    "if": {"properties": {"outcome": {"enum": ["refused", "parked"]}}},
    "then": {"required": ["paths", "message", "errors"]},
}

_COUNT = {"type": "integer", "minimum": 0}

_TOTALS = {
    "type": "object",
    "properties": dict.fromkeys(("accepted", "refused", "parked", "superseded", "duplicate"), _COUNT),
    "additionalProperties": False,
}

GIVEN: dict[str, Any] = {
    "type": "object",
    "description": "A receipt.",
    "properties": {"receipt": {"type": "string", "format": "uuid"}, "events": _COUNT},
    "required": ["receipt", "events"],
    "additionalProperties": False,
}

RECEIPT: dict[str, Any] = {
    "type": "object",
    "description": "What became of the events that a receipt stands for. What was put aside and taken since is told as it is now.",
    "properties": {
        "receipt": {"type": "string", "format": "uuid"},
        "source": {"type": "string"},
        "received_at": {"type": "string", "format": "date-time"},
        "kept_until": {"type": "string", "format": "date-time"},
        "totals": _TOTALS,
        "outcomes": {"type": "array", "items": OUTCOME},
    },
    "required": ["receipt", "source", "received_at", "kept_until", "totals", "outcomes"],
    "additionalProperties": False,
}

FOUND_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "What became of an event, asked for afterwards.",
    "allOf": [OUTCOME],
    "properties": {
        "received_at": {"type": "string", "format": "date-time", "description": "When it came first."},
        "came_again": _COUNT | {"description": "How often it was sent again since."},
        "record": {
            "type": "object",
            "description": "Of which record it is; null where that may not be kept.",
            "properties": {
                "type": _TEXT_OR_NULL,
                "subject": _TEXT_OR_NULL,
                "revision": {"type": ["integer", "null"]},
                "newest_revision": {"type": ["integer", "null"], "description": "The highest that was taken of this record."},
                "linking": {
                    "type": ["object", "null"],
                    "description": "How the record fares on its way to a person, where the event was accepted and is the record's newest; "
                    "else null. `handed_on`: nothing holds it up. `waiting`: for another record. `review`: people look at it.",
                    "properties": {
                        "state": {"enum": ["handed_on", "waiting", "review"]},
                        "message": _TEXTS | {"type": ["object", "null"]},
                    },
                    "required": ["state", "message"],
                },
            },
            "required": ["type", "subject", "revision", "newest_revision", "linking"],
        },
    },
    "required": ["received_at", "came_again", "record"],
}

DAY: dict[str, Any] = {
    "type": "object",
    "description": "A source's events that came first on one day of Japan, and what has become of them by now.",
    "properties": {
        "source": {"enum": [source.value for source in Source]},
        "day": {"type": "string", "format": "date"},
        "timezone": {"const": "Asia/Tokyo"},
        "received": _COUNT | {"description": "Distinct events: the sum of the outcomes."},
        "outcomes": {
            "type": "object",
            "properties": dict.fromkeys(("accepted", "refused", "parked", "superseded", "duplicate"), _COUNT),
            "required": ["accepted", "refused", "parked", "superseded", "duplicate"],
            "additionalProperties": False,
        },
        "refused_for": {
            "type": "object",
            "description": "Refused events by the code of their first error.",
            "additionalProperties": _COUNT,
        },
        "came_again": _COUNT | {"description": "How often they were sent again since."},
        "held_up": {
            "type": "object",
            "description": "Of the accepted: records that do not reach their person yet.",
            "properties": {
                "waiting": _COUNT | {"description": "For another record, mostly the register's."},
                "review": _COUNT | {"description": "For people who look at them."},
            },
            "required": ["waiting", "review"],
            "additionalProperties": False,
        },
        "registration": {
            "type": ["object", "null"],
            "description": "What people must see to before the source may go on, or goes on again: null where there is nothing. After "
            "`review_on` its events are refused.",
            "properties": {
                "state": {"enum": ["review_near", "past", "suspended", "no_owner"]},
                "review_on": {"type": ["string", "null"], "format": "date"},
                "message": _TEXTS,
            },
            "required": ["state", "review_on", "message"],
            "additionalProperties": False,
        },
    },
    "required": ["source", "day", "timezone", "received", "outcomes", "refused_for", "came_again", "held_up", "registration"],
    "additionalProperties": False,
}

LISTED: dict[str, Any] = {
    "type": "object",
    "description": "Which events of a source that came first on one day of Japan are refused, or parked, and how each may come again.",
    "properties": {
        "source": {"enum": [source.value for source in Source]},
        "day": {"type": "string", "format": "date"},
        "timezone": {"const": "Asia/Tokyo"},
        "outcome": {"enum": ["refused", "parked"]},
        "events": {
            "type": "array",
            "description": "Newest first, at most 200.",
            "items": {
                "type": "object",
                "properties": {
                    "id": _TEXT_OR_NULL | {"description": "Null where it could not be read, or may not be kept."},
                    "event": {"type": "string", "format": "uuid"},
                    "source": {"enum": [source.value for source in Source]},
                    "type": _TEXT_OR_NULL,
                    "subject": _TEXT_OR_NULL,
                    "revision": {"type": ["integer", "null"]},
                    "outcome": {"enum": ["refused", "parked"]},
                    "received_at": {"type": "string", "format": "date-time"},
                    "came_again": _COUNT,
                    "errors": {"type": "array", "items": ERROR},
                    "again": {
                        "type": "object",
                        "description": "What is to be done, and under which id and revision the event may be sent again; null: not at all.",
                        "properties": {
                            "remedy": {"enum": ["mend", "remove", "register", "clock", "wait", "nothing"]},
                            "id": {"enum": ["same", "new", None]},
                            "revision": {"enum": ["same", "higher", None]},
                            "message": _TEXTS,
                        },
                        "required": ["remedy", "id", "revision", "message"],
                    },
                },
                "required": ["id", "event", "outcome", "received_at", "came_again", "errors", "again"],
            },
        },
        "next": _TEXT_OR_NULL | {"description": "What to ask for as `after`; null: there are no more."},
    },
    "required": ["source", "day", "timezone", "outcome", "events", "next"],
    "additionalProperties": False,
}

REPLY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Reply",
    "description": "What became of the events of one message; of a message without events, none.",
    "type": "object",
    "properties": {
        "source": {"enum": [source.value for source in Source]},
        "message_id": {"type": "string", "description": "What the sender called the message."},
        "totals": _TOTALS
        | {
            "description": "Where the message asked for one reply (header `replies: message`): how many of its events came to what. "
            "`outcomes` are then only those of what was refused or put aside, or has warnings."
        },
        "outcomes": {"type": "array", "items": OUTCOME},
    },
    "required": ["source", "outcomes"],
}
