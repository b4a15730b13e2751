"""What is no page but is given out from one: a paper, a file of a case; and what comes in with a form as a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile

from contracts.deeds import casework as deeds
from contracts.ids import PersonId
from contracts.words import SECURITY
from infra.http import Problem
from infra.identity.login import Identity
from infra.identity.staff import Staff
from infra.looking import Look, Refused
from infra.pages.rendering import NOT_KEPT, Pages, Shown
from infra.paper import pressing
from infra.scanning import NoScanner, Scanner, Verdict
from services.casework import accesses, filing
from services.casework.domain import files
from services.casework.domain.files import Given, NotTaken
from services.casework.domain.policy import Action, Facts
from services.casework.seeing import AnyScreen, Handed
from services.casework.sheets import Sheet, parts
from services.casework.walls import Recording

APART = {**NOT_KEPT, "content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}
"""Of what somebody else made: nothing in it runs, and nothing of it is shown as a page of ours."""
WHY_NOT: Mapping[NotTaken, str] = {
    NotTaken.NOTHING: "ファイルを選んでください。中身のないファイルは付けられません。",
    NotTaken.TOO_LARGE: f"ファイルが大きすぎます。{files.OCTETS_MAX // 1_000_000}MBまでです。",
    NotTaken.NAME: "ファイルの名前を読み取れません。名前と、.pdf などの終わりを付けてください。",
    NotTaken.KIND: "この種類のファイルは付けられません。PDF、JPEG、PNG、Word（.docx）、Excel（.xlsx）にしてください。",
    NotTaken.NOT_WHAT_IT_SAYS: "ファイルの中身が、名前の終わり（.pdf など）と合いません。",
    NotTaken.ACTIVE: "マクロなど、動くものを含む文書は付けられません。",
}
OLD_PAGE = "画面が古くなっていたため、まだ付けていません。もう一度、ファイルを選んでください。"
NO_SCANNER = "有害なファイルかどうかを検査できないため、いまは付けられません。システムの運用担当に知らせてください。"
HARMFUL = f"検査で、有害なファイルとされました。付けていません。{SECURITY}に知らせてください。"
_TOO_LARGE = 413


class _OfAFile(Protocol):
    body: bytes
    media_type: str


class NotGiven(Exception):
    """A file that was sent is not kept: an HTTP status, and why in a sentence. `harmful` is what the log is to be told."""

    def __init__(self, status: int, text: str, *, harmful: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.harmful = harmful


async def handed(pages: Pages, screen: AnyScreen, sheet: Sheet, problem: Callable[[int, str, str], Shown]) -> Response:
    """Give out a sheet that was recorded, as what its screen says. Where that fails, the record says more than was seen, and never less."""
    if screen.handed is Handed.FILE:
        return _file(sheet)
    try:
        pdf = await pressing.printed(pages.text(screen.template, **parts(sheet)))
    except pressing.NotPrinted as error:
        raise problem(503, "印刷できませんでした", f"{error}印刷しようとしたことは記録されました。") from error
    headers = {**NOT_KEPT, "content-disposition": f'inline; filename="{sheet.file_name()}"'}
    return Response(pdf, headers=headers, media_type="application/pdf")


def _file(sheet: Any) -> Response:
    """Give out a file of a case, to be kept and not to be shown. What it is called may be anything: RFC 6266 carries it."""
    kept: _OfAFile = sheet
    disposition = f"attachment; filename=\"file\"; filename*=UTF-8''{quote(sheet.file_name(), safe='')}"
    return Response(kept.body, headers={**APART, "content-disposition": disposition}, media_type=kept.media_type)


async def come_in(request: Request, staff: Staff, identity: Identity, scanner: Scanner) -> tuple[Given, Verdict]:
    """Read the file of a form, and let it be scanned. Raises NotGiven."""
    try:
        async with identity.upload_as_sent(request, staff, files.OCTETS_MAX) as (form, is_current):
            if not is_current:
                raise NotGiven(403, OLD_PAGE)
            sent = await _given(form)
    except Problem as error:
        if error.status != _TOO_LARGE:
            raise
        raise NotGiven(_TOO_LARGE, WHY_NOT[NotTaken.TOO_LARGE]) from error
    if isinstance(sent, NotTaken):
        raise NotGiven(_TOO_LARGE if sent is NotTaken.TOO_LARGE else 422, WHY_NOT[sent])
    try:
        verdict = await scanner.scan(sent.body)
    except NoScanner as error:
        raise NotGiven(503, NO_SCANNER) from error
    if verdict is Verdict.HARMFUL:
        raise NotGiven(422, HARMFUL, harmful=True)
    return sent, verdict


async def _given(form: FormData) -> Given | NotTaken:
    sent = form.get("file")
    if not isinstance(sent, UploadFile):
        return NotTaken.NOTHING
    return files.given(sent.filename or "", await sent.read())


def attempt_to_add(staff: Staff, person_id: PersonId | None) -> Look[Facts | None, None]:
    """Return an attempt to add a file, for the wall."""
    return accesses.attempt(staff, Action.ADD_FILE, deeds.FILE_ADDING_REFUSED, person_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file was taken; `again` where the case had it already."""

    again: bool


async def take(
    request: Request, staff: Staff, person_id: PersonId, identity: Identity, scanner: Scanner, recording: Recording
) -> Taken | Refused | NotGiven:
    """Keep the file of a form with the child's case, or say why not."""
    try:
        given, verdict = await come_in(request, staff, identity, scanner)
    except NotGiven as error:
        if error.harmful:
            async with recording(staff) as work:
                await filing.refuse_harmful(work, staff, person_id)
        return error
    async with recording(staff) as work:
        outcome = await filing.add(work, staff, person_id, given, verdict)
    match outcome:
        case filing.NotAdded():
            return NotGiven(409, outcome.text)
        case filing.Added():
            return Taken(outcome.again)
        case Refused():
            return outcome
