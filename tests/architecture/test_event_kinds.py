"""An event type is a bare string nowhere outside the contract: a misspelt one must not type-check, nor pass in SQL."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from contracts.kinds import EventKind

ROOT = Path(__file__).parents[2]
FOLDERS = ("services", "infra")
ALONE = ROOT / "services/ingest/inlets/media/school"
"""A package of its own, without the contract; tests/contract/test_media_wheel.py compares what it names."""
IN_SQL = re.compile(r"event_type\s*(?:=|<>|in)\s*(\(?'[^)\n]*)")


def bare(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value in set(EventKind):
            yield f"{file.relative_to(ROOT)}:{node.lineno}: {node.value}"


def test_no_event_type_is_a_bare_string_in_python() -> None:
    found = [
        each for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")) if ALONE not in file.parents for each in bare(file)
    ]

    assert found == [], "say contracts.kinds.EventKind"


def test_every_event_type_in_sql_is_one() -> None:
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.sql"))]
    said = {
        name for file in files for listed in IN_SQL.findall(file.read_text(encoding="utf-8")) for name in re.findall(r"'([^']+)'", listed)
    }

    assert said, "nothing is said any more: this test can go"
    assert said <= set(EventKind)
