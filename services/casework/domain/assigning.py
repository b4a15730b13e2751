"""Who of a ward works with which children: what an operation on many would do, and what it leaves out, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.ids import PersonId, ReviewId, StaffId
from contracts.values import Section
from services.casework.domain.policy import Action, Deny, Facts, Thing, Viewer, decide

MOST = 200
"""So many children at once [PROP]: a page of the list has fewer, and whoever gives away more has not looked at them."""


class Left(StrEnum):
    """Why a child is left out."""

    NOT_THERE = "not_there"
    """Closed, another ward's by now, or none: which of them is nobody's business."""
    NOT_OURS_YET = "not_ours_yet"
    PROTECTED = "protected"
    CHANGED = "changed"
    OTHER_SECTION = "other_section"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A child that was chosen, in the version that was seen: of its facts, its case and its assignment."""

    person_id: PersonId
    version: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """To whom it is given."""

    id: StaffId
    name: str
    section: Section


@dataclass(frozen=True, slots=True)
class Standing:
    """An open review as it stands: who may see it, who works with it, and which section is in charge of its case."""

    person_id: PersonId
    review_id: ReviewId
    thing: Thing
    version: str
    name: str | None
    owner: StaffId | None
    owner_name: str | None
    lead_section: Section | None


@dataclass(frozen=True, slots=True)
class Planned:
    """What an operation would do with one child: `left` out for a reason, or given. Without a `standing` there is nothing to say of it."""

    chosen: Chosen
    standing: Standing | None
    left: Left | None


def version_of(review_version: int, case_version: int, assigned_version: int) -> str:
    """Return the version of what the list shows of a child."""
    return f"{review_version}.{case_version}.{assigned_version}"


def plan(chosen: Sequence[Chosen], standing: Sequence[Standing], viewer: Viewer, to: Colleague | None) -> tuple[Planned, ...]:
    """Return what `viewer` would do who gives the chosen ones `to` a colleague, or to nobody. Whoever is named twice counts once."""
    found = {each.person_id: each for each in standing}
    once = {each.person_id: each for each in reversed(chosen)}
    return tuple(
        Planned(each, found.get(each.person_id), _left(each, found.get(each.person_id), viewer, to)) for each in reversed(once.values())
    )


def _left(chosen: Chosen, standing: Standing | None, viewer: Viewer, to: Colleague | None) -> Left | None:
    if standing is None:
        return Left.NOT_THERE
    if (not_theirs := _not_theirs(standing.thing, viewer, to)) is not None:
        return not_theirs
    if standing.owner == (to.id if to is not None else None):
        # Said before that the page is old: who presses in a second tab is told that it is done.
        return Left.ALREADY
    if chosen.version != standing.version:
        return Left.CHANGED
    in_charge = standing.lead_section
    return Left.OTHER_SECTION if to is not None and in_charge is not None and in_charge is not to.section else None


def _not_theirs(thing: Thing, viewer: Viewer, to: Colleague | None) -> Left | None:
    decision = decide(viewer, Action.ASSIGN, Facts(thing))
    if isinstance(decision, Deny):
        return Left.NOT_THERE if decision.hidden else Left.NOT_OURS_YET
    return Left.PROTECTED if thing.protected and not _hold(thing, viewer, to) else None


def _hold(thing: Thing, viewer: Viewer, to: Colleague | None) -> bool:
    """Whether a named holder takes a protected child, or gives it back. Who else is one, no holder is told: nothing is given to others."""
    return viewer.id in thing.holders and (to is None or to.id == viewer.id)
