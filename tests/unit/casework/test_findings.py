"""What the scorer is told that a review came to: what was found, never what was not looked at."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.ids import StaffId
from contracts.values import CaseState, Need, Section
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import Past
from services.casework.domain.findings import need_of, was_unknown

S = CaseState
ASKED = (Section.HEALTH, Section.CHILDCARE_SUPPORT)


def past(move: str, start: CaseState, end: CaseState | None = None, section: Section | None = None, **details: object) -> Past:
    return Past(1, move, start, end or start, datetime(2026, 4, 11, tzinfo=UTC), StaffId(UUID(int=1)), "見本", section, details)


def asked() -> Past:
    return past("start_investigation", S.NOTICED, S.INVESTIGATION, sections=list(ASKED))


def answer(section: Section, held: str) -> Past:
    return past("answer_investigation", S.INVESTIGATION, section=section, held=held)


@pytest.mark.parametrize(
    ("outcome", "need"),
    [
        (Outcome.NEEDED, Need.SUPPORT),
        (Outcome.ALREADY_SUPPORTED, Need.SUPPORT),
        (Outcome.GUIDANCE_CENTER, Need.SUPPORT),
        (Outcome.WATCH, Need.WATCH),
        (Outcome.NOT_NEEDED, Need.NOTHING),
        (Outcome.DATA_ERROR, None),
        (Outcome.NOT_REACHED, None),
        (Outcome.MOVED_OUT, None),
        (Outcome.CAME_OF_AGE, None),
    ],
)
def test_who_was_not_reached_never_counts_as_not_in_need(outcome: Outcome, need: Need | None) -> None:
    """casework.md §2.5."""
    assert need_of(outcome, [asked()]) is need


@pytest.mark.parametrize(
    ("way", "need"),
    [
        ((S.PLANNING, S.SUPPORT, S.WATCH_OVER), Need.SUPPORT),
        ((S.WATCH_OVER,), Need.WATCH),
        ((S.CONFERENCE, S.DEFERRED), None),
    ],
)
def test_a_family_that_moves_away_keeps_what_was_found_before(way: tuple[CaseState, ...], need: Need | None) -> None:
    been = [past("move", S.CONFERENCE, state) for state in way]

    assert need_of(Outcome.MOVED_OUT, been) is need
    assert need_of(Outcome.NOT_NEEDED, been) is Need.NOTHING


@pytest.mark.parametrize(
    ("answers", "unknown"),
    [
        ([], None),
        ([answer(Section.HEALTH, "nothing")], None),
        ([answer(Section.HEALTH, "something")], False),
        ([answer(Section.HEALTH, "nothing"), answer(Section.CHILDCARE_SUPPORT, "nothing")], True),
        ([answer(Section.HEALTH, "nothing"), answer(Section.CHILDCARE_SUPPORT, "something")], False),
        # Of a case that was put off and resumed: by then the section knows the child from this very case.
        ([answer(Section.HEALTH, "nothing"), answer(Section.CHILDCARE_SUPPORT, "nothing"), answer(Section.HEALTH, "something")], True),
    ],
)
def test_a_child_was_unknown_where_every_section_that_was_asked_says_so(answers: list[Past], unknown: bool | None) -> None:
    assert was_unknown([asked(), *answers]) is unknown


def test_of_whom_nobody_was_asked_nothing_is_said() -> None:
    assert was_unknown([]) is None
