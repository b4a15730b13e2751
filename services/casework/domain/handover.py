"""
How a case changes its owner: offered, then accepted, returned or revoked (`casework.md` §2.5; S02).

Until somebody of the new ward accepts, the old one owns the case and both read it. Nothing is accepted by itself.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import Ward

HANDOVER_OPENING_DAYS = 5
"""So long the one to whom a case is offered has [PROP] (`casework.md` §2.2 names no time)."""


class HandoverStatus(StrEnum):
    """How a hand-over stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REVOKED = "revoked"


class Destination(StrEnum):
    """To whom a case is handed over."""

    WARD = "ward"
    GUIDANCE_CENTER = "guidance_center"
    OTHER_CITY = "other_city"


class ByItself(StrEnum):
    """Why the register's word offers a case, or takes an offer back."""

    MOVED = "moved"
    MOVED_AGAIN = "moved_again"
    MOVED_BACK = "moved_back"
    PROTECTED = "now_protected"
    CASE_CLOSED = "case_closed"


@dataclass(frozen=True, slots=True)
class Handover:
    """A hand-over of a case. Where nobody offered it (`offered_by`), the register told that the child lives elsewhere."""

    handover_id: UUID
    case_id: CaseId
    person_id: PersonId
    destination: Destination
    from_ward: Ward
    to_ward: Ward | None
    status: HandoverStatus
    offered_at: datetime
    offered_by: StaffId | None
    offered_by_name: str | None
    due_on: date
    why: str
    settled_at: datetime | None = None
    settled_by: StaffId | None = None
    settled_by_name: str | None = None
    settled_why: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to accept it."""
        return self.status is HandoverStatus.OFFERED

    def settled(self, status: HandoverStatus, at: datetime, by: tuple[StaffId, str] | None, why: str) -> "Handover":
        """Return it as accepted, returned or revoked. Raises ValueError where it is that already: it is settled once."""
        if not self.is_open or status is HandoverStatus.OFFERED:
            raise ValueError(f"a hand-over that is {self.status} does not become {status}")
        staff_id, name = by or (None, None)
        return replace(self, status=status, settled_at=at, settled_by=staff_id, settled_by_name=name, settled_why=why)


@dataclass(frozen=True, slots=True)
class Resident:
    """
    Where a child with an open case lives by the register, and what is known of that already.

    `noticed_in` is the ward of which the register told last; `open_to` the one to which the case is offered. While it
    `waits_for_center`, the child guidance centre is to accept it.
    """

    owner: Ward
    noticed_in: Ward
    lives_in: Ward | None
    protected: bool
    open_to: Ward | None = None
    waits_for_center: bool = False


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows from where a child lives: an offer is taken back, and why; the case is offered to a ward; what is known from now on."""

    noticed_in: Ward
    takes_back: ByItself | None = None
    offers_to: Ward | None = None


def what_follows(child: Resident) -> Follows:
    """
    Return what the register's word leads to. The same word again leads to nothing: a case that was sent back is not offered again.

    Of a protected child nothing is chained to a move (`casework.md` §2.5): an offer would tell the old ward where the child went.
    """
    if child.waits_for_center:
        # Nothing is offered twice: what the register tells is followed when that is settled.
        return Follows(child.noticed_in)
    if child.protected:
        return Follows(child.owner, ByItself.PROTECTED if child.open_to is not None else None)
    if child.lives_in is None or child.lives_in is child.noticed_in:
        return Follows(child.noticed_in)
    if child.lives_in is child.owner:
        return Follows(child.lives_in, ByItself.MOVED_BACK if child.open_to is not None else None)
    if child.lives_in is child.open_to:
        return Follows(child.lives_in)
    return Follows(child.lives_in, ByItself.MOVED_AGAIN if child.open_to is not None else None, child.lives_in)
