"""The steps of a masked dataset (MASK-02): each follows one other, the second person approves, what waits too long is overdue."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from contracts.values import Role
from services.scorer.domain.masking.course import DAYS_TO_ASK, Course, Step, Taken, why_not
from services.scorer.domain.standing import NotAllowed

PROPOSER, OTHER = UUID(int=1), UUID(int=2)
COORDINATOR, OFFICER = frozenset({Role.COORDINATOR}), frozenset({Role.PRIVACY_OFFICER})
DAY = date(2026, 10, 1)


def course(*steps: Step) -> Course:
    return Course(tuple(Taken(step, datetime(2026, 10, 1, tzinfo=UTC), DAY, PROPOSER, "職員1") for step in steps))


@pytest.mark.parametrize(("before", "step"), list(pairwise(Step)))
def test_each_step_follows_the_one_before_it_and_no_other(before: Step, step: Step) -> None:
    for last in Step:
        stands = course(*[*Step][: [*Step].index(last) + 1])
        expected = None if last is before else NotAllowed.OUT_OF_TURN
        assert why_not(step, stands, OTHER, COORDINATOR) is expected


def test_whoever_asked_does_not_approve() -> None:
    assert why_not(Step.APPROVED, course(Step.REQUESTED), PROPOSER, COORDINATOR) is NotAllowed.OWN_PROPOSAL
    assert why_not(Step.APPROVED, course(Step.REQUESTED), OTHER, OFFICER) is None


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.APPROVED])
def test_only_a_coordinator_does_the_rest(step: Step) -> None:
    assert why_not(step, None, OTHER, OFFICER) is NotAllowed.ROLE
    assert why_not(step, None, OTHER, COORDINATOR) is (None if step is Step.REQUESTED else NotAllowed.NO_SUCH_DATASET)


@pytest.mark.parametrize(("last", "waits"), [(Step.PROVIDED, False), (Step.ANALYSIS_ENDED, True), (Step.DELETION_REQUESTED, True)])
def test_what_ended_and_is_not_deleted_is_overdue_after_thirty_days(last: Step, waits: bool) -> None:
    stands = course(*[*Step][: [*Step].index(last) + 1])

    assert not stands.is_overdue(DAY + timedelta(days=DAYS_TO_ASK))
    assert stands.is_overdue(DAY + timedelta(days=DAYS_TO_ASK + 1)) is waits
