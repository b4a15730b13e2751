"""Whatever is told to the audit is a deed of `contracts/deeds`, and every deed there is told by somebody."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from contracts import deeds
from contracts.deeds.deed import Deed

ROOT = Path(__file__).parents[2]
HOME = ROOT / "contracts" / "deeds"
MEASUREMENT = ROOT / "infra" / "city" / "limit.py"
"""Tells a deed of its own, in the log of a measurement only."""

MODULES = [*deeds.OF_SERVICES, *deeds.OF_OPERATORS]


@cache
def sources() -> tuple[tuple[Path, str], ...]:
    files = sorted(file for folder in ("contracts", "infra", "services") for file in (ROOT / folder).rglob("*.py"))
    return tuple((file, file.read_text(encoding="utf-8")) for file in files)


def modules(*, naming: str) -> Iterator[tuple[Path, ast.Module]]:
    """The modules in whose text a word stands: to parse all of them takes seconds, and most name no deed."""
    return ((file, parsed(file)) for file, text in sources() if naming in text)


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(dict(sources())[file])


def imported(module: ast.Module) -> dict[str, str]:
    """The modules of deeds that a file imports, by their names there."""
    found = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and node.module == "contracts.deeds"]
    return {alias.asname or alias.name: alias.name for node in found for alias in node.names}


def told_in(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and constant of each deed that a file names."""
    names = imported(module)
    for node in ast.walk(module) if names else ():
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield names[node.value.id], node.attr


@pytest.fixture(scope="module")
def told() -> set[tuple[str, str]]:
    return {each for file, module in modules(naming="deeds") if HOME not in file.parents for each in told_in(module)}


def test_deeds_are_made_in_their_place_only() -> None:
    makers = {
        file.relative_to(ROOT).as_posix()
        for file, module in modules(naming="Deed")
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Deed" and HOME not in file.parents
    }

    others = makers - {MEASUREMENT.relative_to(ROOT).as_posix()}
    assert others == set(), f"deeds are declared in contracts/deeds: move those of {', '.join(sorted(others))} there"


@pytest.mark.parametrize("module", MODULES)
def test_every_deed_is_told_by_somebody(module: object, told: set[tuple[str, str]]) -> None:
    name = vars(module)["__name__"].rpartition(".")[2]
    declared = {constant for constant, value in vars(module).items() if constant.isupper() and list(deeds_in(value))}

    untold = declared - {constant for of, constant in told if of == name}
    assert untold == set(), f"nobody tells {', '.join(sorted(untold))} of contracts/deeds/{name}.py: work.keep(deeds.…)"


def deeds_in(value: object) -> Iterator[Deed]:
    values = value.values() if isinstance(value, dict) else (value,)
    return (each for each in values if isinstance(each, Deed))


def test_a_kind_of_thing_is_never_a_bare_text() -> None:
    bare = {
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, module in modules(naming="Thing")
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Thing")
        for each in node.keywords
        if each.arg == "kind" and isinstance(each.value, ast.Constant)
    }

    assert bare == set(), f"ThingKind has the kinds of thing, with their words: {', '.join(sorted(bare))}"
