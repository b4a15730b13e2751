"""What the manual's screen reads, and what its page is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from markupsafe import Markup

from services.casework.domain.manual import Became, Understood
from services.casework.screens.manual.book import Book
from services.casework.sheets import PLAIN, Says, Sheet

WORDS_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was shown, and from when."""

    number: int
    shown_from: datetime
    book: Book


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of a section, and what came back."""

    section: str
    title: str
    understood: Understood
    words: str
    said_at: datetime
    became: Became | None
    answer: str
    answered_at: datetime | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class Read:
    """What is read: the versions, newest first, which is this release's, and what the reader said before."""

    current: int
    versions: Sequence[Version]
    own: Sequence[Feedback]


@dataclass(frozen=True, slots=True)
class Link:
    """A place of the manual."""

    address: str
    title: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """A chapter in the contents."""

    link: Link
    sections: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as it is read; `wrong`, `understood` and `words` are of what was sent of it and not accepted."""

    key: str
    title: str
    text: Markup
    wrong: Mapping[str, str]
    understood: str
    words: str


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """What the reader said before, in words."""

    link: Link
    said: str
    words: str
    answer: str
    answered: str


@dataclass(frozen=True, slots=True)
class ManualSheet(Sheet):
    """The page."""

    version: Annotated[int, Says("version")]
    shown_from: Annotated[str, PLAIN]
    is_current: Annotated[bool, PLAIN]
    title: Annotated[str, PLAIN]
    contents: Annotated[tuple[ChapterLine, ...], PLAIN]
    sections: Annotated[tuple[SectionText, ...], PLAIN]
    before: Annotated[Link | None, PLAIN]
    after: Annotated[Link | None, PLAIN]
    changed: Annotated[tuple[Link, ...], PLAIN]
    versions: Annotated[tuple[Link, ...], PLAIN]
    own: Annotated[tuple[FeedbackLine, ...], PLAIN]
    choices: Annotated[tuple[tuple[str, str], ...], PLAIN]
    trouble: Annotated[str, PLAIN]
    done: Annotated[str, PLAIN]
    longest: Annotated[int, PLAIN] = WORDS_LENGTH
