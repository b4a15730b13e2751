"""The pages about who is who, and the same for programs under /v1 (`infra/screens`)."""

from fastapi import Request

from infra.identity.login import Identity
from infra.identity.staff import Staff
from infra.pages.rendering import MenuEntry
from infra.screens import seeing
from infra.screens.seeing import Question
from infra.screens.serving import ScreenPages, nav_of
from infra.service import Service
from services.linker.screens import MENU, PAGES, SCREENS
from services.linker.seeing import SEEING, AnyScreen, Asking


class LinkerPages(ScreenPages[AnyScreen, Asking]):
    """The pages. Each answer is made after the commit that records it."""

    def __init__(self, service: Service, identity: Identity) -> None:
        super().__init__(service, identity, SEEING, SCREENS, MENU, PAGES)

    def asking(self, _screen: AnyScreen, request: Request, staff: Staff, asked: Question, /, *, done: str = "") -> Asking:
        """Return who asks, when, and what."""
        named = {name: str(value) for name, value in request.path_params.items()}
        clock = self._service.clock
        return seeing.Asking(staff, clock.now(), clock.today(), asked, named=named, done=done)


def menu(staff: Staff) -> tuple[MenuEntry, ...]:
    """Return the menu of a page that is none of its lines."""
    return nav_of(MENU, staff)
