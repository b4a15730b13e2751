"""
By which steps a masked dataset is given to the analysis body and deleted (MASK-02): two people, a purpose, and evidence in the end.

Nothing here is changed afterwards: where a dataset stands follows from its steps.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from contracts.values import Role
from services.scorer.domain.standing import APPROVERS, PROPOSERS, NotAllowed

DAYS_TO_ASK = 30
"""So many days after an analysis ended its body has asked for deletion, and so many later the city has deleted (MASK-02, [PROP])."""


class Step(StrEnum):
    """What is done with a masked dataset; also where it stands, when it was the last that was done."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PROVIDED = "provided"
    ANALYSIS_ENDED = "analysis_ended"
    DELETION_REQUESTED = "deletion_requested"
    DELETED = "deleted"


AFTER: Mapping[Step, Step] = MappingProxyType(
    {
        Step.APPROVED: Step.REQUESTED,
        Step.PROVIDED: Step.APPROVED,
        Step.ANALYSIS_ENDED: Step.PROVIDED,
        Step.DELETION_REQUESTED: Step.ANALYSIS_ENDED,
        Step.DELETED: Step.DELETION_REQUESTED,
    }
)
"""Each step follows one other. The analysis body's words are taken down by the coordinator, with the number of its letter."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step: when, on which day in Japan, by whom, and the number of the analysis body's letter where it asked for it."""

    step: Step
    at: datetime
    on: date
    by: UUID
    label: str
    letter: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of a dataset, in their order."""

    steps: tuple[Taken, ...]

    @property
    def stands(self) -> Step:
        """The last step that was taken."""
        return self.steps[-1].step

    def taken(self, step: Step) -> Taken | None:
        """When and by whom a step was taken, if it was."""
        return next((taken for taken in self.steps if taken.step is step), None)

    def is_overdue(self, today: date) -> bool:
        """Whether the analysis ended, or its body asked for deletion, and nothing followed for too long."""
        waits = self.stands in {Step.ANALYSIS_ENDED, Step.DELETION_REQUESTED}
        return waits and today - self.steps[-1].on > timedelta(days=DAYS_TO_ASK)


def may(step: Step, roles: Collection[Role]) -> bool:
    """Whether somebody with these roles may take a step at all."""
    return not (APPROVERS if step is Step.APPROVED else PROPOSERS).isdisjoint(roles)


def why_not(step: Step, course: Course | None, by: UUID, roles: Collection[Role]) -> NotAllowed | None:
    """Why `by` cannot take `step`; None where they can."""
    if not may(step, roles):
        return NotAllowed.ROLE
    if step is Step.REQUESTED:
        return None
    if course is None:
        return NotAllowed.NO_SUCH_DATASET
    if course.stands is not AFTER[step]:
        return NotAllowed.OUT_OF_TURN
    return NotAllowed.OWN_PROPOSAL if step is Step.APPROVED and course.steps[0].by == by else None
