"""No module imports, by whatever way, itself."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def cycle_in(imports: dict[str, set[str]]) -> list[str]:
    """The modules of a cycle; empty where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def graph() -> Iterator[tuple[str, set[str]]]:
    """Each module of ours with what it imports."""
    built = grimp.build_graph("contracts", "infra", "services", cache_dir=None)
    for module in built.modules:
        yield module, set(built.find_modules_directly_imported_by(module))


def test_there_is_no_import_cycle() -> None:
    assert cycle_in(dict(graph())) == []


@pytest.mark.parametrize(("imports", "cycle"), [({"a": {"b"}, "b": {"a"}}, True), ({"a": {"b"}, "b": set()}, False)])
def test_a_cycle_would_be_found(imports: dict[str, set[str]], cycle: bool) -> None:
    assert bool(cycle_in(imports)) is cycle
