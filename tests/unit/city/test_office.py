"""The courses that cases of the demonstration take, played through the very moves of casework, without any server."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid5

import pytest

from contracts.ids import CaseId, StaffId
from contracts.values import CaseState, Ward
from infra.city.office.courses import CHIEF, CLERK, COURSES, EVE, FIRST, FOR_A_SMALL_CITY, HEALTH, LEAD, SECOND, TODAY, WELFARE, Act, Course
from infra.identity.demonstration import people
from infra.identity.lasting import Lasting
from infra.identity.staff import Staff
from services.casework.doing import carry_out
from services.casework.domain import flow
from services.casework.domain.case import Case, NoCase
from services.casework.domain.casefile import CaseFile, Past
from services.casework.moves import STEPS
from services.casework.steps import Made, missing
from tests.integration.casework.builders import NAMES, person

TODAYS = (date(2026, 11, 28), date(2027, 1, 4), date(2026, 5, 7))
"""A Saturday, and days after the year's end and after the holidays of May."""


def somebody(who: str, today: date) -> Staff:
    found = next(each for each in people(today) if each.login == f"{Ward.HAKATA}.{who}")
    at = datetime.combine(today, datetime.min.time(), UTC)
    lasting = Lasting(at, at)
    return Staff(StaffId(uuid5(NAMES, who)), found.login, found.name, found.section, found.ward, found.roles, "", "", lasting)


def went(course: Course, today: date) -> CaseFile:
    """Go a course to its end; every act must be possible where the case stands, for whoever does it, and filled in without a mistake."""
    file = CaseFile(NoCase(person("a"), None, Ward.HAKATA))
    for act in course:
        file = done(file, act, today)
    return file


def done(file: CaseFile, act: Act, today: date) -> CaseFile:
    staff, day = somebody(act.who, today), today - timedelta(days=act.before)
    step, made = STEPS[act.move], Made(staff, datetime.combine(day, datetime.min.time(), UTC), day, CaseId(uuid5(NAMES, "case")))
    assert flow.parties_of(staff.roles, staff.section, file.lead_section) & step.move.who, (act.who, act.move)
    flow.must_start(step.move, file.place(needed=True), staff.id)
    form, asks = step.form.model_validate_json(as_json(act, today)), step.move.second
    waiting = file.asked
    if act.move == flow.APPROVE and waiting is not None:
        step, asks = STEPS[waiting.move], False
        form = step.form.model_validate({**waiting.details, "move": waiting.move})
    assert [*missing(step, form), *step.errors(form, file, day)] == [], act
    result = carry_out(step, form, file, made, asks=asks)
    past = Past(
        result.case.version,
        result.noted.move,
        file.standing.state,
        result.case.state,
        made.at,
        staff.id,
        staff.name,
        staff.section,
        result.noted.details,
        result.noted.asks,
    )
    return CaseFile(result.case, (*file.past, past))


def as_json(act: Act, today: date) -> str:
    return json.dumps({"move": act.move, **act.form_on(today)})


def ends(courses: tuple[Course, ...]) -> Iterator[Case]:
    for course in courses:
        yield went(course, TODAYS[0]).case


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize("course", COURSES)
def test_every_course_goes_by_the_moves_that_there_are(course: Course, today: date) -> None:
    assert went(course, today).case.version == len(course)


def test_the_days_of_a_course_go_forward() -> None:
    days = [[act.before for act in course] for course in COURSES]

    assert days == [sorted(each, reverse=True) for each in days]
    assert {day for each in days for day in each} == {FIRST, SECOND, EVE, TODAY}


def test_between_them_they_stand_at_every_stage_and_wait_for_everybody() -> None:
    found = list(ends(COURSES))

    assert {case.state for case in found} == set(CaseState) - {CaseState.NOTICED}
    assert {case.asks for case in found} >= {"need_found", "close_without_need", "decide_plan", "finish"}
    assert {act.who for course in COURSES for act in course} == {CLERK, LEAD, HEALTH, WELFARE, CHIEF}
    assert any(case.due_on < TODAYS[0] for case in found if case.state is not CaseState.CLOSED)


def test_a_small_city_has_every_stage_too() -> None:
    assert {case.state for case in ends(COURSES[:FOR_A_SMALL_CITY])} == set(CaseState) - {CaseState.NOTICED}
