"""How a finding is worked off: open → explained → escalated → closed (audit.md §5), by whom, and for which reasons."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from contracts.deeds import audit as deeds
from contracts.values import Role
from services.audit.domain.permission import READERS

WORDS_LONGEST = 2_000


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    EXPLAINED = "explained"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Move(StrEnum):
    """What is done with it."""

    EXPLAIN = "explain"
    ESCALATE = "escalate"
    CLOSE = "close"
    REOPEN = "reopen"


FROM: Mapping[Move, AbstractSet[State]] = {
    Move.EXPLAIN: {State.OPEN, State.ESCALATED},
    Move.ESCALATE: {State.OPEN, State.EXPLAINED},
    Move.CLOSE: {State.EXPLAINED, State.ESCALATED},
    Move.REOPEN: {State.CLOSED, State.EXPLAINED},
}
"""From where each leads on. What nobody has explained, and nobody has taken up, is not closed."""

TO: Mapping[Move, State] = {
    Move.EXPLAIN: State.EXPLAINED,
    Move.ESCALATE: State.ESCALATED,
    Move.CLOSE: State.CLOSED,
    Move.REOPEN: State.OPEN,
}

REASONS: Mapping[Move, Mapping[str, str]] = {
    Move.EXPLAIN: deeds.WHY_EXPLAINED,
    Move.ESCALATE: deeds.WHY_ESCALATED,
    Move.CLOSE: deeds.HOW_CLOSED,
    Move.REOPEN: deeds.WHY_REOPENED,
}


class NotAllowed(StrEnum):
    """Why somebody may not make a move: a reason of the deeds."""

    ABOUT_THEMSELF = "about_themself"
    OWN_OFFICE = "own_office"
    NOT_FROM_HERE = "not_from_here"
    FOR_PRIVACY_OFFICER = "for_privacy_officer"


@dataclass(frozen=True, slots=True)
class Handler:
    """Who wants to make a move."""

    id: UUID
    roles: AbstractSet[Role]


@dataclass(frozen=True, slots=True)
class Standing:
    """All of a finding that permission depends on. `was_escalated`: since it was opened, or opened again."""

    state: State
    actor: UUID | None = None
    actor_role: str | None = None
    was_escalated: bool = False


def why_not(move: Move, handler: Handler, standing: Standing) -> NotAllowed | None:
    """
    Why somebody who may read the log may not make a move; None where they may.

    Nobody handles what is about themself; and what is about whoever watches over the log, another office handles: those who watch are
    watched by the others. What was escalated, the privacy officer closes.
    """
    if standing.actor == handler.id:
        return NotAllowed.ABOUT_THEMSELF
    # Somebody of both offices is of the one that is looked at, too.
    if standing.actor_role in READERS and standing.actor_role in handler.roles:
        return NotAllowed.OWN_OFFICE
    if standing.state not in FROM[move]:
        return NotAllowed.NOT_FROM_HERE
    if move is Move.CLOSE and standing.was_escalated and Role.PRIVACY_OFFICER not in handler.roles:
        # Unless that office is the one that the finding is about.
        return None if standing.actor_role == Role.PRIVACY_OFFICER else NotAllowed.FOR_PRIVACY_OFFICER
    return None


def offered(handler: Handler, standing: Standing) -> tuple[Move, ...]:
    """The moves that somebody may make now."""
    return tuple(move for move in Move if why_not(move, handler, standing) is None)
