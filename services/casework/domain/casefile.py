"""
What was done with a case so far, from the first move on: a row for each move, answer, contact and note.

What a move demands is asked of it: whether the sections have answered, how often somebody tried to meet the family, what waits for whom.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.ids import StaffId
from contracts.values import CaseState, Section, Ward
from services.casework.domain import flow
from services.casework.domain.case import Case, NoCase, Standing
from services.casework.domain.handover import Destination, Handover
from services.casework.domain.objection import Consent, Objection, Verdict

ATTEMPTS_NEEDED = 3
"""So many attempts before "not met" goes back to the conference [PROP] (`casework.md` §2.2)."""


class Contact(StrEnum):
    """What came of an attempt to meet a family. A refusal is never a reason to close (S14)."""

    MET = "met"
    ABSENT = "absent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Past:
    """Something that was done: a move, an answer, a contact, a note. Where it `asks`, a move that waited for another person."""

    version: int
    move: str
    start: CaseState
    end: CaseState
    at: datetime
    by: StaffId
    by_name: str
    section: Section | None
    details: Mapping[str, Any]
    asks: bool = False
    ward: Ward | None = None
    """Of whoever did it, on that day; None of what was done before wards were kept."""
    together: UUID | None = None
    """One visit, or one conference, of several children of a household has one of these (S12)."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Where a case stands, all that was done with it, in order, and the newest hand-over of it."""

    standing: Standing
    past: tuple[Past, ...] = ()
    handover: Handover | None = None
    verdicts: Mapping[int, frozenset[Verdict]] = field(default_factory=dict)
    """What was decided on objections, by the version with which each came."""

    @property
    def case(self) -> Case:
        """The case. For moves that start where there is one."""
        if isinstance(self.standing, NoCase):
            raise flow.MoveNotPossible("there is no case yet")
        return self.standing

    @property
    def lead_section(self) -> Section | None:
        """The section in charge, where there is one."""
        return self.standing.lead_section if isinstance(self.standing, Case) else None

    @property
    def asked(self) -> Past | None:
        """The move that waits for another person."""
        waiting: Past | None = None
        for each in self.past:
            if each.asks:
                waiting = each
            elif each.move in {flow.SEND_BACK, flow.TAKE_BACK, flow.ACCEPT} or each.start is not each.end:
                waiting = None
        return waiting

    def place(self, *, needed: bool) -> flow.Place:
        """Return where it stands, as far as it decides which moves there are."""
        asked = self.asked
        waiting = flow.Waiting(asked.move, asked.by) if asked else None
        return flow.Place(self.standing.state, needed, waiting, self.offer is not None, self.is_objected_to)

    @property
    def consents(self) -> tuple[Consent, ...]:
        """What may be passed on by consent, and what might until it was withdrawn (S17)."""
        found: dict[str, Consent] = {}
        for each in self.past:
            recipient, told = str(each.details.get("recipient", "")), each.details
            if each.move == flow.CONSENT:
                found[recipient] = Consent(recipient, told["contents"], told["consented_by"], date.fromisoformat(told["consented_on"]))
            elif each.move == flow.WITHDRAW and recipient in found:
                found[recipient] = replace(found[recipient], withdrawn_on=date.fromisoformat(told["withdrawn_on"]))
        return tuple(found.values())

    @property
    def objections(self) -> tuple[Objection, ...]:
        """The requests to suspend the use of the child's data, and what was decided on each."""
        nothing: frozenset[Verdict] = frozenset()
        return tuple(
            Objection(each.version, date.fromisoformat(each.details["objected_on"]), self.verdicts.get(each.version, nothing))
            for each in self.past
            if each.move == flow.OBJECT
        )

    @property
    def is_objected_to(self) -> bool:
        """Whether an objection keeps people from approaching the family anew."""
        return any(each.stops_approach for each in self.objections)

    @property
    def offer(self) -> Handover | None:
        """The hand-over that somebody has still to accept."""
        return self.handover if self.handover is not None and self.handover.is_open else None

    @property
    def is_offered_to_center(self) -> bool:
        """Whether the child guidance centre has still to accept it."""
        return self.offer is not None and self.offer.destination is Destination.GUIDANCE_CENTER

    @property
    def asked_sections(self) -> tuple[Section, ...]:
        """The sections that were asked what they know, with the last investigation."""
        asked = next((each for each in reversed(self.past) if each.move == "start_investigation"), None)
        return tuple(map(Section, asked.details.get("sections", ()))) if asked else ()

    @property
    def answers(self) -> Mapping[Section, Past]:
        """The newest answer of each section since the investigation began, or began again."""
        return {each.section: each for each in self._since(CaseState.INVESTIGATION) if each.move == "answer_investigation" and each.section}

    @property
    def unanswered(self) -> tuple[Section, ...]:
        """The sections that were asked and have said nothing yet, not even that they hold nothing (PUSH-02)."""
        return tuple(section for section in self.asked_sections if section not in self.answers)

    @property
    def may_count_as_not_met(self) -> bool:
        """Whether the family was tried often enough since the approach began, or refused."""
        results = [each.details.get("result") for each in self._since(CaseState.APPROACH) if each.move == "record_contact"]
        return Contact.REFUSED in results or results.count(Contact.ABSENT) >= ATTEMPTS_NEEDED

    @property
    def was_handed_outside(self) -> bool:
        """Whether another city was handed the case, since it was opened or opened again."""
        reopened = max(
            (number for number, each in enumerate(self.past) if each.start is CaseState.CLOSED and each.end is not each.start), default=-1
        )
        return any(each.move == flow.HAND_OVER_OUTSIDE for each in self.past[reopened + 1 :])

    def _since(self, state: CaseState) -> tuple[Past, ...]:
        """Return what was done since the case last came to `state`, or to another ward: that one's sections answer for themselves (S02)."""
        came = max((number for number, each in enumerate(self.past) if _comes(each, state)), default=-1)
        return self.past[came + 1 :]


def _comes(each: Past, state: CaseState) -> bool:
    return (each.end is state and each.start is not state) or each.move == flow.ACCEPT
