"""The files of a child's cases, and what is in one of them: given out to be kept apart, never shown as a page of ours (ASVS V5)."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from starlette.datastructures import FormData

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from infra.identity.staff import Staff
from infra.looking import About, Beside, Granted
from infra.pages import dates
from infra.scanning import Verdict
from infra.work import UnitOfWork
from services.casework import accesses, filing, phrases
from services.casework.accesses import viewer_of
from services.casework.domain.files import ENDINGS, FILES_MAX, OCTETS_MAX, TITLES
from services.casework.domain.policy import Action, Facts, Permit, decide
from services.casework.filing import CaseFileEntry, Filed
from services.casework.seeing import Asking, Face, Handed, Mistake, Opening, Question, Screen
from services.casework.sheets import LINES, PLAIN, Says, Sheet

DONE = {"added": "添付しました。", "again": "同じ内容のファイルが、すでに添付されています。"}
"""What the page says after a file was sent."""
SCANNED = {Verdict.CLEAN: "検査済み", Verdict.NOT_SCANNED: "検査していない"}


class FileQuestion(Question):
    """Which file."""

    file: UUID


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with what is in it; None where the child has no such file."""

    filed: Filed
    file: CaseFileEntry | None
    body: bytes


@dataclass(frozen=True, slots=True)
class FileLine(Sheet):
    """A file in the list."""

    file_id: Annotated[UUID, PLAIN]
    name: Annotated[str, Says("files")]
    kind: Annotated[str, PLAIN]
    size: Annotated[str, PLAIN]
    scanned: Annotated[str, PLAIN]
    at: Annotated[str, PLAIN]
    by: Annotated[str, PLAIN]


@dataclass(frozen=True, slots=True)
class FilesSheet(Sheet):
    """The list, and the form that adds a file."""

    name: Annotated[str, Says("name")]
    files: Annotated[tuple[FileLine, ...], LINES]
    id: Annotated[PersonId, PLAIN]
    may_add: Annotated[bool, PLAIN]
    has_case: Annotated[bool, PLAIN]
    accepts: Annotated[str, PLAIN]
    most: Annotated[str, PLAIN]
    error: Annotated[str, PLAIN]
    done: Annotated[str, PLAIN]

    def count(self) -> int:
        """Return how many there are."""
        return len(self.files)


@dataclass(frozen=True, slots=True)
class FileAnswer(Sheet):
    """A file, as a program is told of it."""

    file_id: Annotated[UUID, PLAIN]
    name: Annotated[str, Says("files")]
    media_type: Annotated[str, PLAIN]
    octets: Annotated[int, PLAIN]
    scanned: Annotated[Verdict, PLAIN]
    added_at: Annotated[str, PLAIN]


@dataclass(frozen=True, slots=True)
class FilesAnswer(Sheet):
    """The files of a child's cases."""

    name: Annotated[str | None, Says("name", even=True)]
    files: Annotated[tuple[FileAnswer, ...], LINES]


@dataclass(frozen=True, slots=True)
class FileSheet(Sheet):
    """What is in a file."""

    body: Annotated[bytes, Says("file")]
    name: Annotated[str, PLAIN]
    file_id: Annotated[UUID, PLAIN]
    media_type: Annotated[str, PLAIN]
    protected: Annotated[bool, PLAIN]

    def file_name(self) -> str:
        """Return the name by which it was added."""
        return self.name


async def read(work: UnitOfWork, asking: Asking[Question]) -> Filed | None:
    """Read the list."""
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    return await filing.files_of(work.db, asking.person_id)


async def read_file(work: UnitOfWork, asking: Asking[FileQuestion]) -> Opened | None:
    """Read a file."""
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    filed = await filing.files_of(work.db, asking.person_id)
    if filed is None:
        return None
    file = next((each for each in filed.files if each.file_id == asking.question.file), None)
    body = await filing.body_of(work.db, file.file_id, asking.person_id) if file else None
    return Opened(filed, file, body) if body is not None else Opened(filed, None, b"")


def show(filed: Filed, asking: Asking[Question]) -> FilesSheet:
    """Say it on a page."""
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    return FilesSheet(
        name=filed.name or phrases.NAME_UNKNOWN,
        files=tuple(map(_line, filed.files)),
        id=asking.person_id,
        may_add=filed.takes_files and isinstance(decide(viewer_of(asking.staff), Action.ADD_FILE, filed.facts), Permit),
        has_case=filed.takes_files,
        accepts=",".join(ENDINGS),
        most=f"{OCTETS_MAX // 1_000_000}MBまで、1つのケースに{FILES_MAX}件まで",
        error=dict(asking.mistake.errors).get("file", "") if asking.mistake else "",
        done=DONE.get(asking.done, ""),
    )


def tell(filed: Filed, _asking: Asking[Question]) -> FilesAnswer:
    """The files of a child's cases, newest first, without what is in them."""
    return FilesAnswer(
        filed.name,
        tuple(FileAnswer(each.file_id, each.name, each.kind, each.octets, each.scanned, each.added_at.isoformat()) for each in filed.files),
    )


def give(opened: Opened, _asking: Asking[FileQuestion]) -> FileSheet:
    """Give out what is in a file."""
    file = opened.file
    assert file is not None  # noqa: S101 -- of what is not there nothing is permitted
    return FileSheet(opened.body, file.name, file.file_id, file.kind, opened.filed.facts.protected)


def sent(form: FormData) -> FileQuestion | Mistake:
    """Read which file is wanted."""
    try:
        return FileQuestion(file=UUID(str(form.get("file"))))
    except ValueError:
        return Mistake((("file", "どのファイルかを読み取れませんでした。一覧から選び直してください。"),))


def _line(file: CaseFileEntry) -> FileLine:
    size = f"{max(1, file.octets // 1000):,} KB"
    by = f"{file.added_at_place}　{file.added_by}"
    return FileLine(file.file_id, file.name, TITLES[file.kind], size, SCANNED[file.scanned], dates.moment(file.added_at), by)


def _facts_of_file(opened: Opened) -> Facts:
    # A file that the child does not have is as a child that there is not.
    return opened.filed.facts if opened.file is not None else Facts(None, seen=False)


def _under_its_id(staff: Staff, sheet: Sheet, _question: Question) -> tuple[Beside, ...]:
    """Return the entry under the file's own id: who had it."""
    assert isinstance(sheet, FileSheet)  # noqa: S101 -- the sheet of this screen
    about = About(accesses.actor_of(staff, protected=sheet.protected), Thing(kind=ThingKind.CASE_FILE, id=str(sheet.file_id)))
    return (Beside(deeds.FILE_GIVEN_OUT, about, (), Granted("none", accesses.PROTECTED if sheet.protected else None)),)


FILES = Screen(
    name="files",
    address="/children/{person_id}/files",
    right=Action.OPEN_FILES,
    deed=deeds.FILES_OPENED,
    read=read,
    page=Face(Question, show),
    json=Face(Question, tell),
    facts=lambda filed: filed.facts,
    under="reviews",
)
FILE = Screen(
    name="file",
    folder="files",
    address="/children/{person_id}/files/opened",
    right=Action.OPEN_FILES,
    deed=deeds.FILE_OPENED,
    read=read_file,
    page=Face(FileQuestion, give),
    facts=_facts_of_file,
    opening=Opening(sent, lambda _: None, instead="files"),
    under="reviews",
    also=_under_its_id,
    handed=Handed.FILE,
)
SCREENS = (FILES, FILE)
