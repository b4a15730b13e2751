"""
How a ruleset comes into use: proposed, simulated on the whole city, approved by another person, from a day on (`domain.md` MASK-04).

Nothing here is changed afterwards: a ruleset's history is its steps, and how it stands follows from them and from the day.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from contracts.values import Role


class Step(StrEnum):
    """What is done with a ruleset."""

    PROPOSED = "proposed"
    SIMULATED = "simulated"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    TRIAL_BEGUN = "trial_begun"
    TRIAL_ENDED = "trial_ended"


class Standing(StrEnum):
    """How a ruleset stands on a day: its code, and how it reads."""

    words: str

    def __new__(cls, code: str, words: str) -> Self:
        """Make a standing out of its code and its words."""
        standing = str.__new__(cls, code)
        standing._value_ = code
        standing.words = words
        return standing

    PROPOSED = "proposed", "提案中（試算はまだ）"
    SIMULATED = "simulated", "試算済み・承認待ち"
    APPROVED = "approved", "承認済み・開始日を待っている"
    IN_USE = "in_use", "使用中"
    SUPERSEDED = "superseded", "次の基準に替わった"
    WITHDRAWN = "withdrawn", "取り下げ"


class NotAllowed(StrEnum):
    """Why a step cannot be taken."""

    ROLE = "role"
    NAME_TAKEN = "name_taken"
    NO_SUCH_RULESET = "no_such_ruleset"
    NOT_SIMULATED = "not_simulated"
    OWN_PROPOSAL = "own_proposal"
    DECIDED_ALREADY = "decided_already"
    IN_THE_PAST = "in_the_past"
    BEING_SIMULATED = "being_simulated"
    ON_TRIAL_ALREADY = "on_trial_already"
    NOT_ON_TRIAL = "not_on_trial"
    NO_SUCH_EXPORT = "no_such_export"
    NOT_APPROVED = "not_approved"
    WRITTEN_ALREADY = "written_already"
    NO_SUCH_DATASET = "no_such_dataset"
    OUT_OF_TURN = "out_of_turn"
    WOULD_IDENTIFY = "would_identify"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: when, by whom (nobody, where the software brought it), and from which day on it is to hold."""

    step: Step
    at: datetime
    by: UUID | None
    label: str | None
    effective_from: date | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A ruleset's steps, in the order in which they were taken."""

    ruleset: str
    steps: tuple[Taken, ...]

    def last(self, *steps: Step) -> Taken | None:
        """The newest of these steps."""
        return next((taken for taken in reversed(self.steps) if taken.step in steps), None)

    @property
    def effective_from(self) -> date | None:
        """From which day on it is approved to hold; None where it is not."""
        decided = self.last(Step.APPROVED, Step.WITHDRAWN)
        return decided.effective_from if decided is not None and decided.step is Step.APPROVED else None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.last(Step.WITHDRAWN) is not None

    @property
    def is_on_trial(self) -> bool:
        """Whether it runs beside the one in use, opening nothing."""
        last = self.last(Step.TRIAL_BEGUN, Step.TRIAL_ENDED, Step.WITHDRAWN)
        return last is not None and last.step is Step.TRIAL_BEGUN


def standing_of(history: History, in_use: str, today: date) -> Standing:
    """How a ruleset stands on `today`, of which the city runs by the one that is `in_use`."""
    if history.ruleset == in_use:
        return Standing.IN_USE
    if history.is_withdrawn:
        return Standing.WITHDRAWN
    if history.effective_from is not None:
        return Standing.SUPERSEDED if history.effective_from <= today else Standing.APPROVED
    return Standing.SIMULATED if history.last(Step.SIMULATED) else Standing.PROPOSED


def chosen(histories: Iterable[History], today: date) -> str | None:
    """The ruleset that is to be in use on `today`: of those approved the one from the latest day on, of these the last approved."""
    effective = [(each.effective_from, each.last(Step.APPROVED), each.ruleset) for each in histories]
    due = [(day, taken.at, name) for day, taken, name in effective if day is not None and taken is not None and day <= today]
    return max(due)[2] if due else None


SENTENCES: Mapping[NotAllowed, tuple[str, str]] = {
    NotAllowed.ROLE: ("その役割ではできません。", "this role may not do that"),
    NotAllowed.NAME_TAKEN: ("同じ名前の把握基準があります。", "there is a ruleset of that name: a new one takes the next number"),
    NotAllowed.NO_SUCH_RULESET: ("その把握基準はありません。", "nobody proposed a ruleset of that name"),
    NotAllowed.NOT_SIMULATED: ("先に市全体で試算してください。", "it was not simulated yet: tsunagu scorer ruleset simulate"),
    NotAllowed.OWN_PROPOSAL: ("自分の提案は、ほかの人が承認します。", "another person than the proposer approves it"),
    NotAllowed.DECIDED_ALREADY: ("すでに承認か取り下げがされています。", "it was approved or withdrawn already"),
    NotAllowed.IN_THE_PAST: ("使い始める日は、今日か今日より後にしてください。", "the first day must be today or later"),
    NotAllowed.BEING_SIMULATED: ("試算がまだ終わっていません。", "somebody asked for its simulation, which is not done yet"),
    NotAllowed.ON_TRIAL_ALREADY: ("すでに試行中です。", "it is on trial already"),
    NotAllowed.NOT_ON_TRIAL: ("試行していません。", "it is not on trial"),
    NotAllowed.NO_SUCH_EXPORT: ("その申請はありません。", "nobody asked for that export"),
    NotAllowed.NOT_APPROVED: ("まだ承認されていません。", "another person has not approved it yet"),
    NotAllowed.WRITTEN_ALREADY: ("すでに書き出されています。", "it was written already: ask for another"),
    NotAllowed.NO_SUCH_DATASET: ("そのマスキングデータはありません。", "nobody asked for that dataset"),
    NotAllowed.OUT_OF_TURN: ("いまの段階ではできません。", "another step comes first, or this one was taken: tsunagu scorer mask list"),
    NotAllowed.WOULD_IDENTIFY: ("個人を識別できるおそれがあるため、提供できません。", "somebody could be found again: it is not given"),
    NotAllowed.NOTHING_LEFT: ("提供できる行がありません。", "too few children read alike: nothing is left to give"),
}
"""What people are told, at a page and on the command line."""

PROPOSERS = frozenset({Role.COORDINATOR})
APPROVERS = frozenset({Role.COORDINATOR, Role.PRIVACY_OFFICER})
"""Another person than the proposer; where there is one coordinator, whoever answers for personal information."""


def may(step: Step, roles: Collection[Role]) -> bool:
    """Whether somebody with these roles may take a step at all."""
    return not (APPROVERS if step is Step.APPROVED else PROPOSERS).isdisjoint(roles)


def why_not(step: Step, history: History | None, by: UUID, today: date, effective_from: date | None = None) -> NotAllowed | None:
    """Why `by` cannot take `step`; None where they can."""
    if step is Step.PROPOSED:
        return NotAllowed.NAME_TAKEN if history is not None else None
    if history is None:
        return NotAllowed.NO_SUCH_RULESET
    if step is not Step.SIMULATED and _is_decided(step, history, today):
        return NotAllowed.DECIDED_ALREADY
    if step is Step.APPROVED:
        return _why_not_approve(history, by, today, effective_from)
    return _why_not_try(step, history)


def _why_not_try(step: Step, history: History) -> NotAllowed | None:
    if step is Step.TRIAL_BEGUN and history.is_on_trial:
        return NotAllowed.ON_TRIAL_ALREADY
    return NotAllowed.NOT_ON_TRIAL if step is Step.TRIAL_ENDED and not history.is_on_trial else None


def _is_decided(step: Step, history: History, today: date) -> bool:
    """Whether it is too late: what is approved can still be withdrawn until its day."""
    began = history.effective_from
    return history.is_withdrawn or (began is not None and (step is not Step.WITHDRAWN or began <= today))


def _why_not_approve(history: History, by: UUID, today: date, effective_from: date | None) -> NotAllowed | None:
    proposed = history.last(Step.PROPOSED)
    if proposed is None or history.last(Step.SIMULATED) is None:
        return NotAllowed.NOT_SIMULATED
    if proposed.by == by:
        return NotAllowed.OWN_PROPOSAL
    return NotAllowed.IN_THE_PAST if effective_from is None or effective_from < today else None


def in_order(histories: Sequence[History]) -> list[History]:
    """The newest proposal first."""
    return sorted(histories, key=lambda each: each.steps[0].at, reverse=True)
