"""
Requests for disclosure, correction and suspension of use (開示・訂正・利用停止請求), with the time limits of the law.

個人情報の保護に関する法律: 76条–89条 disclosure, 90条–97条 correction, 98条–103条 suspension. Everything that was done with a request is
kept as a word; how it stands follows from its words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from contracts.ids import StaffId
from services.casework.domain.calendar import is_open

DAYS_TO_DECIDE = 30
"""From the day of the request (83条1項, 94条1項, 102条1項); the day itself does not count (民法140条)."""
DAYS_MORE = 30
"""By so many days it can be put off once, with notice (83条2項, 94条2項, 102条2項)."""
DAYS_AFTER_DISCLOSURE = 90
"""Correction and suspension are asked for within so many days of the disclosure (90条3項, 98条3項)."""
DAYS_FOR_A_THIRD_PARTY = 14
"""So long after the decision is given out what a third party objected to (86条3項)."""
DAY = timedelta(days=1)


class Kind(StrEnum):
    """What is asked for."""

    DISCLOSURE = "disclosure"
    CORRECTION = "correction"
    SUSPENSION = "suspension"


class Capacity(StrEnum):
    """As what somebody asks (76条2項)."""

    SELF = "self"
    LEGAL_REPRESENTATIVE = "legal_representative"
    AGENT = "agent"


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    """It is to be completed by whoever asked: those days do not count (83条1項但書)."""
    EXAMINED = "examined"
    PROPOSED = "proposed"
    DECIDED = "decided"
    CARRIED_OUT = "carried_out"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Does(StrEnum):
    """What can be done with a request."""

    ASK_TO_COMPLETE = "ask_to_complete"
    COMPLETE = "complete"
    CHECK = "check"
    CONSULT = "consult"
    HEAR = "hear"
    EXTEND = "extend"
    PROPOSE = "propose"
    SEND_BACK = "send_back"
    DECIDE = "decide"
    RECONSIDER = "reconsider"
    CARRY_OUT = "carry_out"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"
    NOTE = "note"


OVER = frozenset({State.CARRIED_OUT, State.WITHDRAWN, State.TRANSFERRED})
UNDECIDED = frozenset({State.RECEIVED, State.INCOMPLETE, State.EXAMINED, State.PROPOSED})
SECONDS = frozenset({Does.DECIDE, Does.SEND_BACK, Does.RECONSIDER})
"""What the privacy officer does, and whoever made the proposal does not."""
WAYS: Mapping[Does, tuple[frozenset[State], State | None]] = MappingProxyType(
    {
        Does.ASK_TO_COMPLETE: (frozenset({State.RECEIVED, State.EXAMINED}), State.INCOMPLETE),
        Does.COMPLETE: (frozenset({State.INCOMPLETE}), State.RECEIVED),
        Does.CHECK: (frozenset({State.RECEIVED}), State.EXAMINED),
        Does.CONSULT: (frozenset({State.EXAMINED}), None),
        Does.HEAR: (frozenset({State.EXAMINED, State.PROPOSED, State.DECIDED}), None),
        Does.EXTEND: (UNDECIDED, None),
        Does.PROPOSE: (frozenset({State.EXAMINED}), State.PROPOSED),
        Does.SEND_BACK: (frozenset({State.PROPOSED}), State.EXAMINED),
        Does.DECIDE: (frozenset({State.PROPOSED}), State.DECIDED),
        Does.RECONSIDER: (frozenset({State.DECIDED}), State.EXAMINED),
        Does.CARRY_OUT: (frozenset({State.DECIDED}), State.CARRIED_OUT),
        Does.WITHDRAW: (UNDECIDED, State.WITHDRAWN),
        Does.TRANSFER: (frozenset({State.RECEIVED, State.EXAMINED}), State.TRANSFERRED),
        Does.NOTE: (frozenset(State), None),
    }
)
"""From where each is done, and where the request stands then: None is where it stood."""


class Result(StrEnum):
    """What is decided."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"
    NOT_HELD = "not_held"
    NO_ANSWER = "no_answer"
    """Not even whether there is a record is said (81条)."""


RESULTS: Mapping[Kind, tuple[Result, ...]] = MappingProxyType(
    {
        Kind.DISCLOSURE: (Result.WHOLE, Result.PART, Result.NONE, Result.NOT_HELD, Result.NO_ANSWER),
        Kind.CORRECTION: (Result.WHOLE, Result.PART, Result.NONE),
        Kind.SUSPENSION: (Result.WHOLE, Result.PART, Result.NONE),
    }
)


class Ground(StrEnum):
    """Why something is not disclosed (78条1項各号)."""

    HARM_TO_THE_PERSON = "harm_to_the_person"
    """1号: life, health, living or property of the person; where a representative asks, of the child."""
    THIRD_PARTY = "third_party"
    """2号: another individual, as where a protected parent lives."""
    CORPORATION = "corporation"
    DELIBERATION = "deliberation"
    """6号."""
    AFFAIRS = "affairs"
    """7号."""


class Opinion(StrEnum):
    """What a third party said (86条)."""

    NO_OBJECTION = "no_objection"
    OBJECTS = "objects"
    NO_REPLY = "no_reply"


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was done with a request."""

    version: int
    does: Does
    details: Mapping[str, Any]
    at: datetime
    by: StaffId
    by_name: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request with all that was done with it, the first word first."""

    id: UUID
    number: str
    kind: Kind
    received_on: date
    capacity: Capacity
    requester: str
    subject: str
    wanted: str
    disclosed_on: date | None
    words: tuple[Word, ...] = ()

    @property
    def version(self) -> int:
        """Return how many words there are; one that nothing was done with yet has none."""
        return len(self.words)

    @property
    def state(self) -> State:
        """Return where it stands."""
        state = State.RECEIVED
        for word in self.words:
            state = WAYS[word.does][1] or state
        return state

    def newest(self, *does: Does) -> Word | None:
        """Return the last word of these kinds."""
        return next((word for word in reversed(self.words) if word.does in does), None)

    def all_of(self, does: Does) -> tuple[Word, ...]:
        """Return all words of a kind."""
        return tuple(word for word in self.words if word.does is does)

    @property
    def proposal(self) -> Word | None:
        """Return the proposal that waits, or that was decided on."""
        return self.newest(Does.PROPOSE)

    @property
    def result(self) -> Result | None:
        """Return what was decided, as long as that stands."""
        decided = self.state in {State.DECIDED, State.CARRIED_OUT}
        return Result(self.proposal.details["result"]) if decided and self.proposal else None

    def due_on(self, today: date) -> date:
        """
        Return the last day that the law gives for the decision.

        Days on which the request was incomplete do not count; while it is, the day moves with `today`.
        """
        extended = sum(word.details["days"] for word in self.all_of(Does.EXTEND))
        return self.received_on + timedelta(days=DAYS_TO_DECIDE + extended + self._days_incomplete(today))

    def _days_incomplete(self, today: date) -> int:
        days, since = 0, None
        for word in self.words:
            if word.does is Does.ASK_TO_COMPLETE:
                since = date.fromisoformat(word.details["on"])
            elif word.does is Does.COMPLETE and since is not None:
                days, since = days + max((date.fromisoformat(word.details["on"]) - since).days, 0), None
        return days + (max((today - since).days, 0) if since is not None and self.state is State.INCOMPLETE else 0)

    def decide_by(self, today: date) -> date:
        """Return the last opening day on which it can be decided in time: where the last day is one off, the one before."""
        day = self.due_on(today)
        while not is_open(day):
            day -= DAY
        return day

    def is_late(self, today: date) -> bool:
        """Whether it should have been decided."""
        return self.state in UNDECIDED - {State.INCOMPLETE} and self.due_on(today) < today

    @property
    def asked_too_late(self) -> bool:
        """Whether more than 90 days passed between the disclosure and a request for correction or suspension."""
        return self.disclosed_on is not None and (self.received_on - self.disclosed_on).days > DAYS_AFTER_DISCLOSURE

    @property
    def unheard(self) -> tuple[Word, ...]:
        """Return the third parties who were asked and of whom nothing is known yet."""
        heard = {word.details["of"] for word in self.all_of(Does.HEAR)}
        return tuple(word for word in self.all_of(Does.CONSULT) if word.version not in heard)

    @property
    def given_out_from(self) -> date | None:
        """Return from when on what was decided may be given out, where a third party objected to it (86条3項)."""
        decided, objected = self.newest(Does.DECIDE), any(word.details["opinion"] == Opinion.OBJECTS for word in self.all_of(Does.HEAR))
        if decided is None or not objected or self.result not in {Result.WHOLE, Result.PART} or self.kind is not Kind.DISCLOSURE:
            return None
        return date.fromisoformat(decided.details["on"]) + timedelta(days=DAYS_FOR_A_THIRD_PARTY)


def can_be_done(request: Request, *, decides: bool, staff_id: StaffId) -> tuple[Does, ...]:
    """Return what somebody can do with a request; `decides` is whether they are who decides. Nobody decides on the own proposal."""
    own = request.proposal is not None and request.proposal.by == staff_id
    possible = (does for does, (states, _) in WAYS.items() if request.state in states)
    return tuple(
        does
        for does in possible
        if (does not in SECONDS or decides)
        and (does is not Does.DECIDE or not own)
        and (does is not Does.HEAR or request.unheard)
        and (does is not Does.EXTEND or not request.all_of(Does.EXTEND))
    )


def in_order(requests: Sequence[Request], today: date) -> tuple[Request, ...]:
    """Return requests as they are worked on: undecided ones by their day, those to be carried out, those that are over, newest first."""

    def place(request: Request) -> tuple[int, int]:
        if request.state in UNDECIDED:
            return 0, request.decide_by(today).toordinal()
        return (1, request.received_on.toordinal()) if request.state not in OVER else (2, -request.received_on.toordinal())

    return tuple(sorted(requests, key=place))
