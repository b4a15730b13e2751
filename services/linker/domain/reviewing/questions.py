"""A question that the machine leaves to people, what they may answer, and when it takes two of them (`linkage.md` §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid5

from contracts.ids import StaffId

_QUESTIONS = UUID("5a2e6a5f-6f6b-8d5e-9b0a-6c1f0c6d3b11")


class Kind(StrEnum):
    """What is asked."""

    NUMBER = "number"
    """Whether a number that is not in the register is that of an entry of it (`domain.md` §2.8-11)."""
    PUPIL = "pupil"
    """Whether a row of a school's list is about a child of the register: the likeliest, of whom nobody said that it is not."""
    ENTRIES = "entries"
    """Whether two entries of the register are one person's."""
    REVISION = "revision"
    """Whether an entry of the register is still about whom it was about."""
    JOINED = "joined"
    """Whether two entries that were taken for one person's are one person's indeed: they contradict each other."""


class Queue(StrEnum):
    """Two heaps of work: what may belong together, and what may not."""

    MATCH = "match"
    SPLIT = "split"


QUEUE_OF = {
    Kind.NUMBER: Queue.MATCH,
    Kind.PUPIL: Queue.MATCH,
    Kind.ENTRIES: Queue.MATCH,
    Kind.REVISION: Queue.SPLIT,
    Kind.JOINED: Queue.SPLIT,
}


class Asked(NamedTuple):
    """What names a question: the key of a record, and what it is held against: the key of another one, or a revision of its own."""

    kind: Kind
    one: UUID
    other: str

    @property
    def id(self) -> UUID:
        """Return its name in the audit log."""
        return uuid5(_QUESTIONS, str(self))

    def __str__(self) -> str:
        """Return it as one text, for ids that are made of it."""
        return f"{self.kind}|{self.one}|{self.other}"


class Answer(StrEnum):
    """What people say."""

    MATCH = "match"
    NOT = "not"
    CANT_TELL = "cant_tell"


class Why(StrEnum):
    """Why they say it. The first part is the answer: whoever chooses a reason has answered."""

    MATCH_PAPERS = "match.papers"
    MATCH_SECTION = "match.section"
    MATCH_EVIDENCE = "match.evidence"
    NOT_PAPERS = "not.papers"
    NOT_SECTION = "not.section"
    NOT_EVIDENCE = "not.evidence"
    CANT_TELL_LITTLE = "cant_tell.little"
    CANT_TELL_CONTRADICTORY = "cant_tell.contradictory"
    CANT_TELL_ASKED = "cant_tell.asked"

    BACK_PAPERS = "back.papers"
    BACK_SECTION = "back.section"
    BACK_MISTAKE = "back.mistake"

    @property
    def takes_back(self) -> bool:
        """Whether it is why an answer is taken back, and no answer."""
        return self.startswith("back.")

    @property
    def answer(self) -> Answer:
        """What is said with this reason."""
        return Answer(self.partition(".")[0])

    @property
    def code(self) -> str:
        """As the audit log and the judgements keep it."""
        return self.replace(".", "_")


class Step(StrEnum):
    """What an answer did."""

    DECIDED = "decided"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    UNSURE = "unsure"
    BACK_PROPOSED = "back_proposed"
    """The first of two takes a decision back: it holds until the second confirms."""
    BACK_DECLINED = "back_declined"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, as it was given. `seen` is what was shown (`Pair.seen`)."""

    step: Step
    why: Why
    by: StaffId
    label: str
    at: datetime
    seen: str


class State(StrEnum):
    """How a question stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    UNSURE = "unsure"


def state_of(given: Sequence[Given], seen: str) -> State:
    """Return how a question stands that is still asked. A proposal holds while what it rests on is unchanged."""
    last = given[-1] if given else None
    if last is not None and last.step is Step.PROPOSED:
        return State.PROPOSED if last.seen == seen else State.OPEN
    return State.UNSURE if last is not None and last.step is Step.UNSURE else State.OPEN


def decision_of(given: Sequence[Given]) -> Given | None:
    """Return the decision that holds of a question: the last one, unless it was taken back, or is asked anew since."""
    for each in reversed(given):
        if each.step not in (Step.BACK_PROPOSED, Step.BACK_DECLINED):
            return each if each.step in (Step.DECIDED, Step.CONFIRMED) else None
    return None


def waits_for_second(given: Sequence[Given], seen: str) -> bool:
    """Whether the first of two has taken the decision back, of the records as they are."""
    return bool(given) and given[-1].step is Step.BACK_PROPOSED and given[-1].seen == seen


def why_not_take_back(given: Sequence[Given], seen_now: str, seen: str) -> "NotNow | None":
    """Return why a decision is not taken back by whoever saw `seen`."""
    if seen != seen_now:
        return NotNow.CHANGED
    return NotNow.PROPOSED if waits_for_second(given, seen_now) else None


def why_not_second_back(given: Sequence[Given], seen_now: str, seen: str, by: StaffId, *, confirms: bool) -> "NotNow | None":
    """Return why a second person's word on taking a decision back is not taken. Whoever proposed it may drop it, but never confirm it."""
    if not waits_for_second(given, seen_now):
        return NotNow.NOTHING_PROPOSED
    if seen != seen_now:
        return NotNow.CHANGED
    return NotNow.ONE_PERSON if confirms and given[-1].by == by else None


def needs_two(kind: Kind, answer: Answer, *, protected: bool) -> bool:
    """
    Whether two people decide: about somebody whom a measure protects, and that two persons of the register are one.

    Who cannot tell decides nothing.
    """
    return answer is not Answer.CANT_TELL and (protected or (kind is Kind.ENTRIES and answer is Answer.MATCH))


def needs_two_back(kind: Kind, answer: Answer, *, protected: bool) -> bool:
    """Whether two people take a decision back: as it was made, and what parted two who were taken for one, since that joins them again."""
    return needs_two(kind, answer, protected=protected) or (kind is Kind.JOINED and answer is Answer.NOT)


class NotNow(StrEnum):
    """Why an answer is not taken."""

    CHANGED = "changed"
    """The records are others than those that were shown."""
    PROPOSED = "proposed"
    """Somebody has proposed an answer: it is confirmed or declined first."""
    NOTHING_PROPOSED = "nothing_proposed"
    ONE_PERSON = "one_person"
    """Who proposed cannot confirm."""


def why_not_answer(given: Sequence[Given], seen_now: str, seen: str) -> NotNow | None:
    """Return why a first answer is not taken, which was given to what was shown as `seen`."""
    if seen != seen_now:
        return NotNow.CHANGED
    return NotNow.PROPOSED if state_of(given, seen_now) is State.PROPOSED else None


def why_not_second(given: Sequence[Given], seen_now: str, seen: str, by: StaffId, *, confirms: bool) -> NotNow | None:
    """Return why a second answer is not taken. Whoever proposed may take it back, but never confirm it."""
    if state_of(given, seen_now) is not State.PROPOSED:
        return NotNow.NOTHING_PROPOSED
    if seen != seen_now:
        return NotNow.CHANGED
    return NotNow.ONE_PERSON if confirms and given[-1].by == by else None
