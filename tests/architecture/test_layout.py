"""A newcomer sees the architecture in the folder tree (architecture.md §2)."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from contracts.values import ServiceName

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    *("README.md", "__init__.py", "__main__.py", "app.py", "settings.py", "store.py"),
    *("queries.sql", "inspection.py", "domain/__init__.py", "migrations"),
)


EARS = ("handlers.py", "inlets/amqp.py")
"""Where a service hears. What comes from outside has a room for each way in."""

ENGINES = (("actions.py",), ("hearing.py", "seeing.py", "moving.py"))
"""Where a service does its work: in one room, or in one for what it hears, what people see and what they do."""


@pytest.mark.parametrize("service", list(ServiceName))
def test_every_service_has_the_same_rooms(service: ServiceName) -> None:
    folder = ROOT / "services" / service

    missing = [room for room in ROOMS if not (folder / room).exists()]

    assert missing == []
    assert any((folder / room).exists() for room in EARS)
    assert any(all((folder / room).exists() for room in rooms) for rooms in ENGINES)


def test_every_package_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for root in ("contracts", "infra", "services")
        for file in (ROOT / root).rglob("__init__.py")
        if not file.read_text(encoding="utf-8").startswith('"""')
    ]

    assert silent == []


def test_the_lock_holds_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_every_dependency_of_the_project_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()

    names = [each.split("[")[0].split(">")[0].split("=")[0].strip().lower() for each in wanted]

    assert [name for name in names if f"\n{name}==" not in f"\n{lock}"] == []


def test_what_only_training_needs_is_in_a_lock_of_its_own() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    lock, main = ((ROOT / name).read_text(encoding="utf-8") for name in ("requirements-training.lock", "requirements.lock"))

    names = [each.split(">")[0].split("=")[0] for each in groups["training"]]

    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert [name for name in names if f"\n{name}==" not in f"\n{lock}"] == []
    assert [name for name in names if f"\n{name}==" in f"\n{main}"] == []


def test_sql_is_in_sql_files() -> None:
    verbs = ("select ", "insert into ", "update ", "delete from ")
    found: list[str] = []
    for service in ServiceName:
        for file in (ROOT / "services" / service).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            found += [
                f"{file.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docstrings
                and node.value.lstrip().lower().startswith(verbs)
                and (" from " in node.value.lower() or " into " in node.value.lower() or " set " in node.value.lower())
            ]

    assert found == []


def test_the_import_rules_hold() -> None:
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([checker, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_no_insert_depends_on_the_order_of_a_tables_columns() -> None:
    """A column added in the middle, or in another order by a migration, would put values where they do not belong."""
    unnamed = [
        f"{file.relative_to(ROOT)}: {found.group()}"
        for root in ("infra", "services")
        for file in (ROOT / root).rglob("*.sql")
        if "migrations" not in file.parts
        for found in re.finditer(r"insert into \w+(?!\w|\s*\()|select \w+\.\*, ", file.read_text(encoding="utf-8"))
        if found.group().startswith("insert") or "insert into" in _statement_around(file, found.start())
    ]

    assert unnamed == []


def _statement_around(file: Path, place: int) -> str:
    text = file.read_text(encoding="utf-8")
    start, end = text.rfind("-- name:", 0, place), text.find("-- name:", place)
    return text[start : end if end >= 0 else None]
