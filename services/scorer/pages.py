"""The pages about rulesets, and the same for programs under /v1 (`infra/screens`); a ruleset's file can be read into its form."""

from typing import Any

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile

from infra.http import Problem
from infra.identity.login import Identity
from infra.identity.recording import recorded
from infra.identity.staff import Staff
from infra.identity.walls import Asker
from infra.pages.rendering import MenuEntry
from infra.screens import seeing
from infra.screens.seeing import Mistake, Question
from infra.screens.serving import OLD_PAGE, Endpoint, ScreenPages, filled_in, nav_of
from infra.service import Service
from services.scorer.screens import MENU, PAGES, SCREENS
from services.scorer.screens.proposal.reading import FILE_FIELD, OCTETS_MOST, READING, TOO_LARGE, TOO_LARGE_STATUS, read_file
from services.scorer.seeing import SEEING, AnyScreen, Asking


class ScorerPages(ScreenPages[AnyScreen, Asking]):
    """The pages. Each answer is made after the commit that records it."""

    def __init__(self, service: Service, identity: Identity) -> None:
        super().__init__(service, identity, SEEING, SCREENS, MENU, PAGES)

    def asking(self, _screen: AnyScreen, request: Request, staff: Staff, asked: Question, /, *, done: str = "") -> Asking:
        """Return who asks, when, and what."""
        named = {name: str(value) for name, value in request.path_params.items()}
        clock = self._service.clock
        return seeing.Asking(staff, clock.now(), clock.today(), asked, named=named, done=done)

    def sent_to(self, screen: AnyScreen) -> list[tuple[Any, Endpoint]]:
        """Return what forms of a screen are sent to; where rulesets are proposed, also what reads a file."""
        sent = super().sent_to(screen)
        return [*sent, (READING, self._read_into_form(screen))] if READING in sent_with_file(screen) else sent

    def _read_into_form(self, screen: AnyScreen) -> Endpoint:
        async def sent(request: Request, staff: Asker) -> Response:
            asking, filled = self.asking(screen, request, staff, screen.question()), {}
            try:
                async with self._identity.upload_as_sent(request, staff, OCTETS_MOST) as (form, is_current):
                    filled = filled_in(form, READING)
                    told = Mistake({"": OLD_PAGE}, 403)
                    if is_current:
                        async with recorded(self._service) as work:
                            chosen = await read_file(work, _octets_of(form))
                        filled, told = {**filled, **chosen.filled}, chosen.said
            except Problem as error:
                if error.status != TOO_LARGE_STATUS:
                    raise
                told = Mistake({FILE_FIELD: TOO_LARGE}, TOO_LARGE_STATUS)
            return await self.again(screen, READING, asking, filled, told)

        return sent


def sent_with_file(screen: AnyScreen) -> tuple[Any, ...]:
    """Return what is sent to a screen with a file."""
    return (READING,) if screen.name == READING.screen else ()


def menu(staff: Staff) -> tuple[MenuEntry, ...]:
    """Return the menu of a page that is none of its lines."""
    return nav_of(MENU, staff)


def _octets_of(form: FormData) -> bytes | None:
    """Return what is in the file; a browser sends one without a name where none was chosen."""
    file = form.get(FILE_FIELD)
    return file.file.read() if isinstance(file, UploadFile) and file.filename else None
