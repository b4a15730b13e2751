"""What of a move the rules are told (`domain.md` §2.8-22): that a family was met or supported, and whether a child attends some place."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

from contracts.values import CaseState, Observation
from services.casework.domain.casefile import CaseFile
from services.casework.steps import Made


class Seen(Protocol):
    """What a form says of a contact."""

    @property
    def contacted_on(self) -> date | None:
        """The day of the contact."""

    @property
    def enrolment(self) -> Observation | None:
        """Whether the child attends some place, where that was found."""


def met(form: Seen, _file: CaseFile, _made: Made) -> Iterator[tuple[Observation, date]]:
    """Say that the family was met, and whether the child attends some place."""
    if form.contacted_on is not None:
        yield Observation.MET, form.contacted_on
    yield from enrolment(form)


def enrolment(form: Seen) -> Iterator[tuple[Observation, date]]:
    """Say whether the child attends some place; by whom it was told does not matter."""
    if form.contacted_on is not None and form.enrolment is not None:
        yield form.enrolment, form.contacted_on


def supported(_form: Any, _file: CaseFile, made: Made) -> Iterator[tuple[Observation, date]]:
    """Say that support was decided today."""
    yield Observation.SUPPORTED, made.today


def supported_until_now(_form: Any, file: CaseFile, made: Made) -> Iterator[tuple[Observation, date]]:
    """Say that support was given until today, where it was."""
    if file.standing.state is CaseState.SUPPORT:
        yield Observation.SUPPORTED, made.today
