"""In whose hands a case is: which sections still have to answer, who asked for what waits, to whom something was sent back."""

from dataclasses import dataclass

from contracts.ids import StaffId
from contracts.values import CaseState, Section
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile, Past


@dataclass(frozen=True, slots=True)
class Hands:
    """What lists and the first page ask of a case: it follows from what was done, and stands in its row so that nobody has to look."""

    unanswered: tuple[Section, ...] = ()
    asked_by: StaffId | None = None
    sent_back_to: StaffId | None = None


def hands_of(file: CaseFile) -> Hands:
    """Return in whose hands a case is."""
    asked, back = file.asked, sent_back(file)
    return Hands(
        unanswered=file.unanswered if file.standing.state is CaseState.INVESTIGATION else (),
        asked_by=asked.by if asked else None,
        sent_back_to=back.by if back else None,
    )


def sent_back(file: CaseFile) -> Past | None:
    """Return what was asked for and sent back, until something is asked for again or the case goes on."""
    asked: Past | None = None
    back: Past | None = None
    for each in file.past:
        if each.asks:
            asked, back = each, None
        elif each.move == flow.SEND_BACK:
            asked, back = None, asked
        elif each.start is not each.end:
            asked, back = None, None
        elif each.move == flow.TAKE_BACK:
            asked = None
    return back
