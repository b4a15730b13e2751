"""The pages: a folder each, with what is read and said (`screen.py`) and its template (`page.html`). They are found by themselves."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from services.ingest.seeing import AnyScreen

PAGES = Path(__file__).parent
"""Where the templates lie."""


def found() -> Iterator[AnyScreen]:
    """Return the screens whose folders are here. Raises ValueError for one without a template."""
    for folder in iter_modules(__path__):
        for screen in import_module(f"{__name__}.{folder.name}.screen").SCREENS:
            if not (PAGES / screen.template).exists():
                raise ValueError(f"the page '{screen.name}' has no template: screens/{screen.template}")
            yield screen


SCREENS: tuple[AnyScreen, ...] = tuple(found())
MENU: tuple[AnyScreen, ...] = tuple(
    sorted((screen for screen in SCREENS if screen.menu is not None), key=lambda screen: screen.menu.place if screen.menu else 0)
)
"""The pages with a line in the menu, in its order. The first is where one comes in."""
