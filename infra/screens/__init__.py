"""Pages of a service, each in a folder of its own: what is read, what is said of it, and what the forms on it do."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from infra.screens.seeing import Screen


def found(package: str, folder: Path) -> Iterator[Any]:
    """Return the screens in the folders of a package, `SCREENS` of each one's `screen.py`. Raises ValueError for one without a template."""
    for each in iter_modules([str(folder)]):
        for screen in import_module(f"{package}.{each.name}.screen").SCREENS:
            if not (folder / screen.template).exists():
                raise ValueError(f"the page '{screen.name}' has no template: {folder.name}/{screen.template}")
            yield screen


def menu_of(screens: Sequence[Screen[Any]]) -> tuple[Any, ...]:
    """Return the pages with a line in the menu, in its order. The first is where one comes in."""
    lines = [(screen.menu.place, screen) for screen in screens if screen.menu is not None]
    return tuple(screen for _, screen in sorted(lines, key=lambda line: line[0]))
