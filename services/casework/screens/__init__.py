"""The screens: a folder each, with what it reads (`queries.sql`), what it says (`screen.py`) and its page. They are found by themselves."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from services.casework.seeing import AnyScreen

PAGES = Path(__file__).parent
"""Where the pages lie."""


def _screens() -> Iterator[AnyScreen]:
    for folder in iter_modules(__path__):
        yield from import_module(f"{__name__}.{folder.name}.screen").SCREENS


SCREENS: tuple[AnyScreen, ...] = tuple(_screens())
BY_NAME = {screen.name: screen for screen in SCREENS}
MENU = tuple(sorted((screen for screen in SCREENS if screen.menu), key=lambda screen: screen.menu.place if screen.menu else 0))
"""The screens with a line in the menu, in its order. The first is where one comes in."""
