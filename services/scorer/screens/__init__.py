"""The pages: a folder each, with what is read and said (`screen.py`) and its template (`page.html`). They are found by themselves."""

from pathlib import Path

from infra.screens import found, menu_of
from services.scorer.seeing import AnyScreen

PAGES = Path(__file__).parent
"""Where the templates lie."""
SCREENS: tuple[AnyScreen, ...] = tuple(found(__name__, PAGES))
MENU: tuple[AnyScreen, ...] = menu_of(SCREENS)
"""The pages with a line in the menu, in its order. The first is where one comes in."""
