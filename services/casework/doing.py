"""What a move does, without effects: the case as it then stands, what is kept of it, what is announced, and what the log is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed
from contracts.messages import CaseMoved, CaseOpened, Message, ObservationRecorded
from contracts.values import CaseState
from infra.identifiers import caused
from services.casework.domain import flow
from services.casework.domain.calendar import INVESTIGATION_OPENING_DAYS, after_opening_days
from services.casework.domain.case import Case, NoCase, Standing
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import ByItself, Handover, HandoverStatus
from services.casework.steps import F, Made, Observed, Step


@dataclass(frozen=True, slots=True)
class Noted:
    """What the history keeps: which move, what was filled in, and whether it waits for another person."""

    move: str
    details: Mapping[str, Any]
    asks: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The case as it then stands, what is kept of it, what is announced, and what the log is told."""

    case: Case
    noted: Noted
    said: tuple[Message, ...]
    deed: Deed
    told: tuple[str, ...]
    reason: str | None = None
    handover: Handover | None = None


def carry_out(step: Step[F], form: F, file: CaseFile, made: Made, *, asks: bool) -> Done:
    """Return what a step does; where it `asks`, that another person is asked to approve it."""
    noted = Noted(step.move.key, form.model_dump(mode="json", exclude={"move"}, exclude_none=True), asks)
    start = _case(file.standing, made)
    if asks:
        case = replace(start, asks=step.move.key)
        return Done(case, noted, _said(file.standing, case, made), deeds.APPROVAL_ASKED, step.told, step.move.key)
    ends_asking = step.move.end is not None or step.move.key in {flow.SEND_BACK, flow.TAKE_BACK}
    changed = step.changes(form, file, made)
    case = replace(start, **{"state": step.move.end or start.state, "asks": None if ends_asking else start.asks, **changed})
    handover = step.hands(form, file, made) or _ended_with(case, file, made)
    if handover is not None:
        case = replace(case, handover=handover.status)
    said = (*_said(file.standing, case, made), *_observed(step.observes(form, file, made), case, made))
    return Done(case, noted, said, step.deed, step.told, handover=handover)


def _observed(observed: Observed, case: Case, made: Made) -> Iterator[Message]:
    for observation, day in observed:
        yield ObservationRecorded(
            event_id=caused(case.case_id, f"observed:{case.version}:{observation}"),
            occurred_at=made.at,
            case_id=case.case_id,
            person_id=case.person_id,
            version=case.version,
            observation=observation,
            observed_on=day,
        )


def _ended_with(case: Case, file: CaseFile, made: Made) -> Handover | None:
    """Return the open offer as it ends with the case: what is closed is handed to nobody."""
    if file.offer is None or case.state is not CaseState.CLOSED:
        return None
    return file.offer.settled(HandoverStatus.REVOKED, made.at, (made.by.id, made.by.name), ByItself.CASE_CLOSED)


def _case(standing: Standing, made: Made) -> Case:
    """Return the case with its next version; where there is none yet, a new one that stands where the review does."""
    if isinstance(standing, Case):
        return replace(standing, version=standing.version + 1)
    assert standing.ward is not None  # noqa: S101 -- nobody is permitted who is not of the child's ward
    return Case(
        case_id=made.new_id,
        person_id=standing.person_id,
        household_id=standing.household_id,
        ward=standing.ward,
        state=standing.state,
        version=standing.version + 1,
        opened_at=made.at,
        opened_by=made.by.id,
        opened_by_name=made.by.name,
        due_on=after_opening_days(made.today, INVESTIGATION_OPENING_DAYS),
    )


def _said(before: Standing, case: Case, made: Made) -> tuple[Message, ...]:
    opened = CaseOpened(
        event_id=caused(case.case_id, "opened"),
        occurred_at=made.at,
        case_id=case.case_id,
        person_id=case.person_id,
        household_id=case.household_id,
        ward=case.ward,
        state=case.state,
    )
    moved = CaseMoved(
        event_id=caused(case.case_id, f"moved:{case.version}"),
        occurred_at=made.at,
        case_id=case.case_id,
        person_id=case.person_id,
        from_state=before.state,
        to_state=case.state,
        version=case.version,
    )
    said: tuple[Message, ...] = (opened,) if isinstance(before, NoCase) else ()
    return (*said, moved) if before.state is not case.state else said
