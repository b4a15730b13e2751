"""The screens: a folder each, with what it reads (`queries.sql`), what it says (`screen.py`) and its page. They are found by themselves."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from services.casework.domain.policy import RIGHTS
from services.casework.seeing import AnyScreen

PAGES = Path(__file__).parent
"""Where the pages lie."""


def found() -> Iterator[AnyScreen]:
    """Return the screens whose folders are here, or in a folder of folders. Raises ValueError for one that nobody could see."""
    for module in walk_packages(__path__, f"{__name__}."):
        if module.name.rpartition(".")[2] != "screen":
            continue
        for screen in import_module(module.name).SCREENS:
            _must_be_whole(screen)
            yield screen


def _must_be_whole(screen: AnyScreen) -> None:
    if not (PAGES / screen.template).exists():
        raise ValueError(f"the screen '{screen.name}' has no page: screens/{screen.template}")
    if not any(screen.right in rights for rights in RIGHTS.values()):
        raise ValueError(f"nobody may see the screen '{screen.name}': no role has {screen.right} in RIGHTS (domain/policy.py)")
    if (screen.facts is None) is (screen.thing is None):
        raise ValueError(f"the screen '{screen.name}' is of a child (`facts`) or of something else (`thing`), and the log must know which")


SCREENS: tuple[AnyScreen, ...] = tuple(found())
BY_NAME = {screen.name: screen for screen in SCREENS}
MENU = tuple(sorted((screen for screen in SCREENS if screen.menu), key=lambda screen: screen.menu.place if screen.menu else 0))
"""The screens with a line in the menu, in its order. The first is where one comes in."""
