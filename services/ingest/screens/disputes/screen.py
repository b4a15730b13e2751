"""Records that staff of the wards call wrong or outdated, those that wait for an answer first."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.catalogue import ITEMS
from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.words import DISPUTES, OWNER_ANSWERS
from infra.pages.dates import era_date
from infra.work import UnitOfWork
from services.ingest import disputing
from services.ingest.disputing import Dispute
from services.ingest.seeing import Asking, Menu, Question, Said, Screen

SHOWN = 200
"""So many lines stand on the page, those first that wait the longest."""
NOT_ANSWERED = "回答待ち"


@dataclass(frozen=True, slots=True)
class Line:
    """One of them, in the list."""

    id: str
    number: str
    asked: str
    system: str
    about: str
    kind: str
    stands: str
    is_open: bool


async def read(work: UnitOfWork, asking: Asking[Question]) -> Sequence[Dispute]:
    """Read what was asked of the owners of the sources that the person sees."""
    return await disputing.disputes(work.db, sorted(asking.sources), SHOWN + 1)


def show(found: Sequence[Dispute], _asking: Asking[Question]) -> Said:
    """Say it on a page."""
    lines, is_cut = tuple(map(_line, found[:SHOWN])), len(found) > SHOWN
    still_open = sum(line.is_open for line in lines)
    return Said({"lines": lines, "open": still_open, "is_cut": is_cut, "or_more": is_cut and still_open == len(lines)}, count=len(lines))


def _line(dispute: Dispute) -> Line:
    return Line(
        id=str(dispute.id),
        number=dispute.number,
        asked=era_date(dispute.asked_on),
        system=entry_of(dispute.source).system,
        about=ITEMS[dispute.item].present,
        kind=DISPUTES[dispute.kind],
        stands=OWNER_ANSWERS[dispute.last] if dispute.last is not None else NOT_ANSWERED,
        is_open=dispute.is_open,
    )


SCREENS = (
    Screen(name="disputes", address="/disputes", deed=deeds.DISPUTES_LISTED, read=read, show=show, menu=Menu("記録の確認の依頼", 3)),
)
