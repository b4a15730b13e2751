"""Where the repository keeps its named statements, where it runs them, and what may read their rows."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from infra.sql import Queries

ROOT = Path(__file__).resolve().parents[2]
STATEMENT = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
TAKE_ROWS = {"tuple", "list"}
"""Beside classes (`Row(*row)`)."""
DONE = re.compile(r"set_config|pg_advisory_\w+")
"""Functions of PostgreSQL that are called for what they do, not for what they return."""


@dataclass(frozen=True)
class Use:
    """A place at which code runs a statement, and the statements among which it is looked for there."""

    module: Path
    line: int
    among: Queries
    name: str

    @property
    def file(self) -> Path:
        return self.among.origin


def statement_files() -> list[Path]:
    """Every file of named statements, wherever it lies."""
    found = [file for root in ("infra", "services") for file in (ROOT / root).rglob("*.sql") if "migrations" not in file.parts]
    return sorted(file for file in found if STATEMENT.search(file.read_text(encoding="utf-8")))


@cache
def uses() -> tuple[Use, ...]:
    """Every place at which the repository runs a statement: of the module's own `SQL`, or of another module's (`store.SQL`)."""
    modules = sorted(file for root in ("infra", "services") for file in (ROOT / root).rglob("*.py"))
    return tuple(use for module in modules if "SQL" in module.read_text(encoding="utf-8") for use in _uses_in(module))


def _uses_in(module: Path) -> Iterator[Use]:
    names = vars(import_module(".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")))
    for node in ast.walk(_tree(module)):
        match node:
            case ast.Attribute(value=ast.Name(id="SQL"), attr=name):
                yield Use(module, node.lineno, names["SQL"], name)
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=holder), attr="SQL"), attr=name):
                yield Use(module, node.lineno, names[holder].SQL, name)
            case _:
                pass


def reads(use: Use, column: str) -> bool:
    """
    Whether the rows of a statement may be read for `column`: it is named by the module that runs it or by one that this imports, or
    the function that runs it, or one that it calls beside it, takes rows as a whole. What the statement orders its rows by is read by it.
    """
    ordered_by = getattr(use.among, use.name).rpartition("order by")[2]
    if DONE.fullmatch(column) or re.search(rf"\b{re.escape(column)}\b", ordered_by):
        return True
    return column in _words(use.module) or any(column in _words(module) for module in _imported(use.module)) or _takes_whole_rows(use)


def _takes_whole_rows(use: Use) -> bool:
    functions = [node for node in ast.walk(_tree(use.module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    around = [each for each in functions if each.lineno <= use.line <= (each.end_lineno or each.lineno)]
    if not around:
        return True  # a list of statements, run elsewhere
    innermost = max(around, key=lambda each: each.lineno)
    called = {node.id for node in ast.walk(innermost) if isinstance(node, ast.Name)}
    return any(_is_whole(node) for each in functions if each is innermost or each.name in called for node in ast.walk(each))


def _is_whole(node: ast.AST) -> bool:
    match node:
        case ast.Starred(ctx=ast.Store()) | ast.keyword(arg=None) | ast.Dict(keys=[None, *_]):
            return True
        case ast.For(target=ast.Tuple(), iter=ast.Name()) | ast.comprehension(target=ast.Tuple(), iter=ast.Name()):
            return True
        case ast.Call(func=ast.Name(id="dict")) | ast.Call(func=ast.Attribute(attr="fetchval")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="row"), attr="items" | "values")):
            return True
        case ast.Call(args=[ast.Name(id="row") | ast.Starred(value=ast.Name(id="row")), *_], func=ast.Name(id=name)):
            return name in TAKE_ROWS or name[0].isupper()
        case _:
            return False


@cache
def _tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


@cache
def _words(module: Path) -> frozenset[str]:
    return frozenset(node.value for node in ast.walk(_tree(module)) if isinstance(node, ast.Constant) and isinstance(node.value, str))


@cache
def _imported(module: Path) -> tuple[Path, ...]:
    froms = [node for node in ast.walk(_tree(module)) if isinstance(node, ast.ImportFrom) and node.module]
    named = {name for node in froms for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)) if name}
    return tuple(file for name in named if (file := ROOT.joinpath(*name.split(".")).with_suffix(".py")).exists())
