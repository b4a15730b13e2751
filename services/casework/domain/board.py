"""The review board (検討会): who sits on it, and what becomes of an issue (ROLE-09, EVAL-01, EVAL-05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Seat(StrEnum):
    """For whom somebody takes part: practitioners of the three sections before all (ROLE-09)."""

    DIVISION = "division"
    CHILDCARE_SUPPORT = "childcare_support"
    COMMUNITY_HEALTH_WELFARE = "community_health_welfare"
    HEALTH = "health"
    GUIDANCE_CENTER = "guidance_center"
    OWNERS = "owners"
    ADVISERS = "advisers"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as it stands: `minutes` are empty before it was held."""

    id: UUID
    version: int
    number: str
    held_on: date
    title: str
    place: str
    present: Mapping[Seat, str]
    agenda: str
    minutes: str
    at: datetime
    by: str


class IssueState(StrEnum):
    """Where an issue stands."""

    RAISED = "raised"
    DOING = "doing"
    SETTLED = "settled"
    DROPPED = "dropped"


ENDED = frozenset({IssueState.SETTLED, IssueState.DROPPED})
NEXT: Mapping[IssueState, tuple[IssueState, ...]] = {
    IssueState.RAISED: (IssueState.DOING, IssueState.SETTLED, IssueState.DROPPED),
    # Another owner or another day is a word of its own.
    IssueState.DOING: (IssueState.DOING, IssueState.SETTLED, IssueState.DROPPED),
    IssueState.SETTLED: (IssueState.DOING,),
    IssueState.DROPPED: (IssueState.DOING,),
}


@dataclass(frozen=True, slots=True)
class IssueWord:
    """An issue as somebody left it."""

    version: int
    state: IssueState
    owner: str
    due_on: date | None
    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue with all that was said of it, the first word first."""

    id: UUID
    number: str
    title: str
    text: str
    meeting_id: UUID | None
    words: tuple[IssueWord, ...]

    @property
    def now(self) -> IssueWord:
        """Return how it stands."""
        return self.words[-1]

    def is_late(self, today: date) -> bool:
        """Whether it should have been settled."""
        return self.now.state is IssueState.DOING and self.now.due_on is not None and self.now.due_on < today


class Lack(StrEnum):
    """What is missing where an issue is to stand otherwise."""

    STATE = "state"
    OWNER = "owner"
    DUE_ON = "due_on"
    WORDS = "words"


def lacks(before: IssueState, after: IssueState, *, owner: str, due_on: date | None, words: str) -> tuple[Lack, ...]:
    """
    Return what is missing for an issue to go from one state to another.

    Nobody does what has no owner and no day; what ends or is taken up again says why.
    """
    if after not in NEXT[before]:
        return (Lack.STATE,)
    wanted = {
        Lack.OWNER: after is not IssueState.DOING or owner != "",
        Lack.DUE_ON: after is not IssueState.DOING or due_on is not None,
        Lack.WORDS: words != "" or (after not in ENDED and before not in ENDED),
    }
    return tuple(lack for lack, is_there in wanted.items() if not is_there)


def in_order(issues: Sequence[Issue], today: date) -> tuple[Issue, ...]:
    """Return issues as they are worked on: late ones, those nobody has taken up, the others by their day; then what ended, newest first."""

    def place(issue: Issue) -> tuple[int, float]:
        now = issue.now
        if now.state in ENDED:
            return 3, -now.at.timestamp()
        if issue.is_late(today) and now.due_on is not None:
            return 0, now.due_on.toordinal()
        if now.state is IssueState.RAISED:
            return 1, now.at.timestamp()
        return 2, now.due_on.toordinal() if now.due_on is not None else 0

    return tuple(sorted(issues, key=place))
