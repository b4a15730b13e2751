"""Ingest's pages: every screen at its address, and the forms on it (`infra/screens`), uploads among them."""

from typing import Any, BinaryIO

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from contracts.values import Source
from infra.http import Problem
from infra.identity.login import Identity
from infra.identity.staff import Staff
from infra.identity.walls import Asker
from infra.looking import Refused
from infra.pages.rendering import MenuEntry
from infra.parking import ParkingBody
from infra.screens.serving import OLD_PAGE, Endpoint, ScreenPages, address_of, filled_in, nav_of
from infra.service import Service
from services.ingest.inlets.media.importing import Importer
from services.ingest.screens import MENU, PAGES, SCREENS
from services.ingest.seeing import SEEING, AnyScreen, AnyUpload, Asking, Hands, Mistake, Question, Result
from services.ingest.settings import IngestSettings

TOO_LARGE = 413
OF_SOURCES = "/events"
"""What source systems ask: they are answered as programs are, whatever they accept."""


class IngestPages(ScreenPages[AnyScreen, Asking[Any]]):
    """The pages. Each answer is made after the commit that records it."""

    def __init__(self, service: Service, identity: Identity, settings: IngestSettings, importer: Importer) -> None:
        super().__init__(service, identity, SEEING, SCREENS, MENU, PAGES)
        self._importer = importer
        self._settings = settings
        self._bodies = ParkingBody(bytes.fromhex(settings.parking_key.get_secret_value()))
        service.app.state.problem_page = self._problem_page

    def sent_to(self, screen: AnyScreen) -> list[tuple[Any, Endpoint]]:
        """Return what forms of a screen are sent to, with or without a file."""
        return super().sent_to(screen) + [(upload, self._uploaded(screen, upload)) for upload in screen.uploads]

    def asking(self, screen: AnyScreen, request: Request, staff: Staff, asked: Question, /, *, done: str = "") -> Asking[Any]:
        """Return who asks, when, and of which source."""
        named = {name: str(value) for name, value in request.path_params.items()}
        code = named.pop("source", "") if screen.names_source else ""
        clock = self._service.clock
        return Asking(
            staff,
            clock.now(),
            clock.today(),
            asked,
            named=named,
            done=done,
            source=Source(code) if code in set(Source) else None,
            notice_days=self._settings.review_notice_days,
            bodies=self._bodies,
        )

    def _uploaded(self, screen: AnyScreen, upload: AnyUpload) -> Endpoint:
        async def uploaded(request: Request, staff: Asker) -> Response:
            asking, filled = self.asking(screen, request, staff, screen.question()), {}
            hands = Hands(lambda login, code: self._identity.second(request, staff, login, code), self._importer)
            try:
                async with self._identity.upload_as_sent(request, staff, upload.octets_max) as (form, is_current):
                    filled = filled_in(form, upload)
                    result: Result = Mistake({"": OLD_PAGE}, 403)
                    if is_current:
                        result = await upload.take(hands, asking, upload.form(**filled), _file_of(form, upload))
            except Problem as error:
                if error.status != TOO_LARGE:
                    raise
                result = Mistake({upload.field: upload.too_large}, TOO_LARGE)
            if isinstance(result, Refused):
                raise self.refusal(result, staff)
            if isinstance(result, Mistake):
                return await self.again(screen, upload, asking, filled, result)
            return RedirectResponse(result.address or address_of(screen, request), 303)

        return uploaded

    async def _problem_page(self, request: Request, error: Problem) -> Response:
        path = request.scope["path"]
        if path == OF_SOURCES or path.startswith(f"{OF_SOURCES}/"):
            return error.response()
        return await self._identity.problem_page(request, error)


def menu(staff: Staff) -> tuple[MenuEntry, ...]:
    """Return the menu of a page that is none of its lines."""
    return nav_of(MENU, staff)


def _file_of(form: FormData, upload: AnyUpload) -> BinaryIO | None:
    """Return the file that was sent; a browser sends one without a name where none was chosen."""
    file = form.get(upload.field)
    return file.file if isinstance(file, UploadFile) and file.filename else None
