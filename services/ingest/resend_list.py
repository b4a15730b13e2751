"""Events in the quarantine as a program or a spreadsheet is told of them: what is wrong, how each may come again, never what it said."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from infra.clock import JST
from services.ingest.domain.resending import Advice, UnderId, UnderRevision
from services.ingest.quarantine import Quarantined
from services.ingest.replies import error_json, words_json

RESEND_MOST = 50_000
"""Events that one list names."""

HEADINGS = (
    "連携元",
    "届いた日時",
    "イベントの番号（id）",
    "種類（type）",
    "記録の番号（subject）",
    "改訂番号（revision）",
    "直すところ",
    "理由（符号）",
    "理由",
    "すること",
    "idは",
    "改訂番号は",
)
_ID = {UnderId.SAME: "同じ", UnderId.NEW: "新しく", None: ""}
_REVISION = {UnderRevision.SAME: "同じ", UnderRevision.HIGHER: "より大きく", None: ""}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(events: Iterable[Quarantined]) -> bytes:
    """Return the list as a spreadsheet opens it: UTF-8 with a byte order mark, lines ended by CR LF."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([_harmless(cell) for cell in _cells(event)] for event in events)
    return text.getvalue().encode("utf-8-sig")


def told(event: Quarantined) -> dict[str, Any]:
    """Return what a program is told of an event."""
    identity, advice = event.identity, event.advice
    return {
        "id": identity.event_id,
        "event": str(event.key),
        "source": event.source.value,
        "type": identity.event_type,
        "subject": identity.record_id,
        "revision": identity.revision,
        "outcome": event.outcome.value,
        "received_at": event.received_at.astimezone(JST).isoformat(timespec="seconds"),
        "came_again": event.repeats,
        "errors": [error_json(error) for error in event.errors],
        "again": _again(advice),
    }


def _again(advice: Advice) -> dict[str, Any]:
    return {
        "remedy": advice.remedy.value,
        "id": advice.under_id.value if advice.under_id is not None else None,
        "revision": advice.under_revision.value if advice.under_revision is not None else None,
        "message": words_json(advice.words),
    }


def _cells(event: Quarantined) -> Iterator[str]:
    identity, advice, errors = event.identity, event.advice, event.errors
    yield from (event.source.value, event.received_at.astimezone(JST).isoformat(timespec="seconds"), identity.event_id or "")
    yield from (identity.event_type or "", identity.record_id or "", "" if identity.revision is None else str(identity.revision))
    yield "、".join(error.path for error in errors)
    yield "、".join(error.code for error in errors)
    yield " ".join(dict.fromkeys(error.message.ja for error in errors))
    yield from (advice.words.ja, _ID[advice.under_id], _REVISION[advice.under_revision])


def _harmless(cell: str) -> str:
    # An id is what its sender called it: a spreadsheet must not run it.
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
