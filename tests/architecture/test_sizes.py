"""What fits on a screen and in a head: no file of a service over 300 lines, no function over 40, half of them no longer than 8."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from contracts.values import ServiceName

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 300
FUNCTION_LINES = 40
MEDIAN_LINES = 8


def functions_of(service: ServiceName) -> Iterator[tuple[str, int]]:
    """Each function of a service, and how many lines it has."""
    for file in (ROOT / "services" / service).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                yield f"{file.relative_to(ROOT)}: {node.name}", node.end_lineno - node.lineno + 1


def test_no_file_of_a_service_is_longer_than_a_room_should_be() -> None:
    files = [file for file in (ROOT / "services").rglob("*") if file.suffix in {".py", ".sql", ".html"} and "migrations" not in file.parts]
    long = {str(file.relative_to(ROOT)) for file in files if len(file.read_text(encoding="utf-8").splitlines()) > FILE_LINES}

    assert long == set()


@pytest.mark.parametrize("service", list(ServiceName))
def test_no_function_is_longer_than_a_screen(service: ServiceName) -> None:
    assert [(name, lines) for name, lines in functions_of(service) if lines > FUNCTION_LINES] == []


def test_half_of_the_functions_are_short() -> None:
    assert median(lines for service in ServiceName for _, lines in functions_of(service)) <= MEDIAN_LINES
