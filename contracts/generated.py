"""What is made from the contract and committed: the facts, JSON Schemas, AsyncAPI and OpenAPI. `python -m contracts.generate` writes it."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts import asyncapi, openapi
from contracts.catalogue import EVENT_TYPES, source_event_schema
from contracts.compatibility import Break, breaking_changes, removed
from contracts.facts_text import facts_text
from contracts.messages import MESSAGES
from contracts.replies import REPLY

FOLDER = Path(__file__).parent
MESSAGE_FOLDER = FOLDER / "schemas" / "messages"
SOURCE_FOLDER = FOLDER / "schemas" / "sources"
REPLY_FILE = FOLDER / "schemas" / asyncapi.REPLY_FILE
ASYNCAPI_FILE = FOLDER / "asyncapi.json"
FACTS_FILE = FOLDER / "facts.py"
OPENAPI_FILE = FOLDER / "openapi.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def message_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of every message by its file name, `<Message>.v<version>.json`."""
    return {asyncapi.message_file(message): {"$schema": DIALECT, **message.model_json_schema()} for message in MESSAGES}


def source_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of every source event by its path, `<source>/<type>.json`."""
    return {
        asyncapi.source_file(kind.source, kind.type): {"$schema": DIALECT, **source_event_schema(kind.source, kind.type)}
        for kind in EVENT_TYPES
    }


def generated() -> dict[Path, str]:
    """The text of every generated file by its path."""
    files = {MESSAGE_FOLDER / name: as_text(schema) for name, schema in message_schemas().items()}
    files |= {SOURCE_FOLDER / name: as_text(schema) for name, schema in source_schemas().items()}
    return files | {
        FACTS_FILE: facts_text(),
        REPLY_FILE: as_text(REPLY),
        ASYNCAPI_FILE: as_text(asyncapi.document()),
        OPENAPI_FILE: as_text(openapi.document()),
    }


def as_text(content: Mapping[str, Any]) -> str:
    """JSON as it is committed: stable, readable, with a last line feed."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def stale() -> list[Path]:
    """Committed files that the contract does not say any more, or says otherwise, and those that are missing."""
    today = generated()
    committed = {
        *MESSAGE_FOLDER.glob("*.json"),
        *SOURCE_FOLDER.glob("*/*.json"),
        *FOLDER.glob("*api.json"),
        *REPLY_FILE.parent.glob("*.json"),
    }
    return sorted({path for path in committed | today.keys() if _committed(path) != today.get(path)})


def write() -> None:
    """Makes the committed files what the contract says."""
    today = generated()
    for path in stale():
        if path not in today:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(today[path], encoding="utf-8")


def breaks(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Break]]:
    """What today's messages break of the `kept` schemas (by file name); empty if every change is additive."""
    today = message_schemas()
    found = {one.path: [one] for one in removed(kept, today)}
    for name in kept.keys() & today.keys():
        if changes := breaking_changes(kept[name], today[name]):
            found[name] = changes
    return found


def golden(folder: Path) -> dict[str, dict[str, Any]]:
    """The kept schemas in `folder`, by file name."""
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def keep(folder: Path) -> None:
    """Moves the kept schemas in `folder` forward. Exits with the breaking changes, and writes nothing, if there are any."""
    if found := breaks(golden(folder)):
        sys.exit("Breaking changes; say a new version beside the old one:\n" + as_lines(found))
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in message_schemas().items():
        (folder / name).write_text(as_text(schema), encoding="utf-8")


def as_lines(found: Mapping[str, list[Break]]) -> str:
    """One line per breaking change."""
    return "\n".join(f"{name}: {one}" for name, changes in sorted(found.items()) for one in changes)


def _committed(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
