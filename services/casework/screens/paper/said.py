"""What stands on a paper: parts of the child's page, masked as they are there, and what was done so far that the paper is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from contracts.ids import PersonId
from contracts.words import SECTIONS, place_of
from infra.identity.staff import Staff
from infra.pages import dates
from services.casework.domain import paper
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.paper import Paper
from services.casework.domain.policy import WARD_SECTIONS
from services.casework.screens.child.case import CaseBox
from services.casework.screens.child.handing import HandoverBox
from services.casework.screens.child.history import PastLine, done_so_far
from services.casework.screens.child.items import Items
from services.casework.screens.child.page import AdultLine, ChildSheet, SiblingLine
from services.casework.sheets import LINES, PLAIN, Says, Sheet

NO_ITEMS = Items((), "", "", (), (), (), (), (), (), names_sensitive=False)
_EMPTY: Mapping[str, Any] = {
    "name": "",
    "kana": None,
    "born": "",
    "sex": "",
    "place": "",
    "town": None,
    "household_no": None,
    "protected": False,
    "voided": False,
    "case": None,
    "handover": None,
    "left": "",
    "changed": "",
    "overdue": "",
    "hidden_reasons": (),
    "siblings": (),
    "adults": (),
    "items": NO_ITEMS,
    "history": (),
    "answers": (),
    "contacts": (),
    "approach": (),
}
_CONTACTS = frozenset({"record_contact", "met", "not_met"})
_APPROACH = frozenset({"decide_approach", "watch_through_contacts"})


@dataclass(frozen=True, slots=True)
class SectionAnswer:
    """What a section answered; nothing yet, where there is no `line`."""

    section: str
    line: PastLine | None


@dataclass(frozen=True, slots=True)
class PaperSheet(Sheet):
    """A paper about a child. Whatever it shows is in the log by the name in its mark."""

    name: Annotated[str, Says("name")]
    kana: Annotated[str | None, Says("kana")]
    born: Annotated[str, Says("birth_date")]
    sex: Annotated[str, Says("sex")]
    place: Annotated[str, Says("ward")]
    town: Annotated[str | None, Says("address_code")]
    household_no: Annotated[str | None, Says("household_no")]
    protected: Annotated[bool, Says("protected")]
    voided: Annotated[bool, Says("voided")]
    case: Annotated[CaseBox | None, Says("case")]
    handover: Annotated[HandoverBox | None, Says("handover")]
    left: Annotated[str, Says("left_on")]
    changed: Annotated[str, Says("basis_changed"), Says("needed")]
    overdue: Annotated[str, Says("overdue_since")]
    hidden_reasons: Annotated[tuple[str, ...], Says("hidden_items")]
    siblings: Annotated[tuple[SiblingLine, ...], Says("household")]
    adults: Annotated[tuple[AdultLine, ...], Says("adults")]
    items: Annotated[Items, LINES]
    history: Annotated[tuple[PastLine, ...], Says("history")]
    answers: Annotated[tuple[SectionAnswer, ...], Says("history")]
    contacts: Annotated[tuple[PastLine, ...], Says("history")]
    approach: Annotated[tuple[PastLine, ...], Says("history")]
    kind: Annotated[Paper, PLAIN]
    title: Annotated[str, PLAIN]
    number: Annotated[str, PLAIN]
    purpose: Annotated[str, PLAIN]
    printed_by: Annotated[str, PLAIN]
    printed_at: Annotated[str, PLAIN]
    id: Annotated[PersonId, PLAIN]
    hint: Annotated[str, PLAIN]
    as_of: Annotated[date, PLAIN]
    ruleset: Annotated[str, PLAIN]
    may_name_sensitive: Annotated[bool, PLAIN]
    hides_whereabouts: Annotated[bool, PLAIN]
    late_feeds: Annotated[str, PLAIN]
    sections: Annotated[tuple[str, ...], PLAIN]

    def file_name(self) -> str:
        """Return its number: what is on it stands in no name of a file."""
        return f"{self.number}.pdf"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around a paper: which it is, its number, for what, who printed it and when."""

    kind: Paper
    number: str
    purpose: str
    staff: Staff
    now: datetime


def paper_of(page: ChildSheet, file: CaseFile, head: Head, *, shows_whereabouts: bool, shows_sensitive: bool) -> PaperSheet:
    """Take from a child's page what belongs on the paper."""
    given: dict[str, Any] = {name: getattr(page, name) for name in _EMPTY if name in ChildSheet.marks} | {
        "history": done_so_far(file, shows_texts=shows_whereabouts),
        "answers": _answers(file, shows_texts=shows_whereabouts),
        "contacts": done_so_far(file, _CONTACTS, shows_texts=shows_whereabouts),
        "approach": done_so_far(file, _APPROACH, shows_texts=shows_whereabouts)[-1:],
    }
    kept = {name: given[name] if name in paper.PARTS[head.kind] else empty for name, empty in _EMPTY.items()}
    return PaperSheet(
        **kept,
        kind=head.kind,
        title=paper.TITLES[head.kind],
        number=head.number,
        purpose=head.purpose,
        # The ward of whoever prints is the child's: a paper that leaves the house tells it as an address does.
        printed_by=f"{place_of(head.staff.section, head.staff.ward if shows_whereabouts else None)}　{head.staff.name}",
        printed_at=dates.moment(head.now),
        id=page.id,
        hint=page.hint,
        as_of=page.as_of,
        ruleset=page.ruleset,
        may_name_sensitive=shows_sensitive,
        hides_whereabouts=not shows_whereabouts,
        sections=tuple(words for section, words in SECTIONS.items() if section in WARD_SECTIONS),
        late_feeds="、".join(dict.fromkeys(feed.section for feed in (*page.silent, *page.shut))),
    )


def _answers(file: CaseFile, *, shows_texts: bool) -> tuple[SectionAnswer, ...]:
    """Return each section that was asked, in their order, with its answer."""
    said = file.answers
    return tuple(SectionAnswer(SECTIONS[section], _line(file, said.get(section), shows_texts)) for section in file.asked_sections)


def _line(file: CaseFile, past: Past | None, shows_texts: bool) -> PastLine | None:
    if past is None:
        return None
    return next(iter(done_so_far(CaseFile(file.standing, (past,)), frozenset({past.move}), shows_texts=shows_texts)))
