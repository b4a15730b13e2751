"""The pages of the work queue at their addresses, and the same for programs under /v1 (`infra/screens`)."""

from typing import Any

from fastapi import Request

from infra.identity.login import Identity
from infra.identity.staff import Staff
from infra.pages.rendering import MenuEntry
from infra.screens.seeing import Question
from infra.screens.serving import ScreenPages
from infra.service import Service
from services.audit.pages import menu
from services.audit.screens import PAGES, SCREENS
from services.audit.sealing import keys_of
from services.audit.seeing import SEEING, AnyScreen, Asking, Desk
from services.audit.signer import Signer


class QueuePages(ScreenPages[AnyScreen, Asking[Any]]):
    """The pages. Each answer is made after the commit that records it."""

    def __init__(self, service: Service, identity: Identity, signer: Signer) -> None:
        super().__init__(service, identity, SEEING, SCREENS, (), PAGES)
        self._desk = Desk(keys_of(service.settings.parking_key.get_secret_value()), signer, identity.everybody)

    def asking(self, _screen: AnyScreen, request: Request, staff: Staff, asked: Question, /, *, done: str = "") -> Asking[Any]:
        """Return who asks, when, what, and from which terminal."""
        named = {name: str(value) for name, value in request.path_params.items()}
        origin = request.client.host if request.client is not None else None
        clock = self._service.clock
        return Asking(staff, clock.now(), clock.today(), asked, named, done=done, origin=origin, desk=self._desk)

    def nav(self, staff: Staff, current: str = "") -> tuple[MenuEntry, ...]:
        """Return the menu that all pages of the log have."""
        return menu(staff, f"/{current}")
