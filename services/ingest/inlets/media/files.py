"""Events as the files of a bundle: the way back from `rows`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contracts.catalogue import WATERMARK_TYPE
from contracts.values import Operation
from services.ingest.inlets.media.rows import ENVELOPE_COLUMNS
from services.ingest.inlets.media.school.tables import written


def files_of(events: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return the CSV files that say what events say, one for each kind."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for event in (event for event in events if event["type"] != WATERMARK_TYPE):
        beside = {column: event.get(name) for column, name in ENVELOPE_COLUMNS.items() if event.get(name) != Operation.UPSERT}
        by_kind.setdefault(event["type"], []).append({**event.get("data", {}), **beside})
    return {f"{kind}.csv": _csv(rows) for kind, rows in by_kind.items()}


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name, value in row.items() if value is not None))
    return written(columns, [[_cell(row.get(name)) for name in columns] for row in rows])


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value
