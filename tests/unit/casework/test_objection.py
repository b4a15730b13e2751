"""What a family agreed to and what it objects to, as it follows from what was recorded (S17)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import CaseState, Role, Section, Ward
from services.casework import moves
from services.casework.domain import flow
from services.casework.domain.case import Case, NoCase
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.objection import FINAL, Objection, Verdict
from services.casework.domain.policy import Facts, Thing, Viewer
from services.casework.screens.child.consent import consents

DAY = date(2026, 7, 1)
CHILD = PersonId(UUID(int=2))


def done(version: int, move: str, **details: str) -> Past:
    at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(days=version)
    state = CaseState.SUPPORT
    return Past(version, move, state, state, at, StaffId(UUID(int=1)), "見本", Section.HEALTH, details)


def consent(version: int, to: str) -> Past:
    return done(version, flow.CONSENT, recipient=to, contents="ようす", consented_by="母", consented_on=str(DAY))


def withdrawal(version: int, to: str) -> Past:
    return done(version, flow.WITHDRAW, recipient=to, withdrawn_by="母", withdrawn_on="2026-09-15")


def file_of(*past: Past, verdicts: dict[int, frozenset[Verdict]] | None = None) -> CaseFile:
    return CaseFile(NoCase(CHILD, None, None), past, verdicts=verdicts or {})


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=12))
def test_what_was_said_last_of_somebody_stands_whatever_was_said_of_others(said: list[tuple[str, bool]]) -> None:
    past = [(consent if agrees else withdrawal)(number, to) for number, (to, agrees) in enumerate(said)]

    stands = {each.recipient: each.withdrawn_on is None for each in file_of(*past).consents}

    last = dict(said)
    agreed_to = {to for to, agrees in said if agrees}
    assert stands == {to: last[to] for to in agreed_to}


@pytest.mark.parametrize(
    ("verdicts", "is_open", "stops"),
    [
        (set(), True, True),
        ({Verdict.APPROACH_PERMITTED}, True, False),
        ({Verdict.REFUSED}, False, False),
        ({Verdict.GRANTED}, False, True),
        ({Verdict.APPROACH_PERMITTED, Verdict.GRANTED}, False, True),
        ({Verdict.APPROACH_PERMITTED, Verdict.REFUSED}, False, False),
    ],
)
def test_nobody_approaches_until_it_is_permitted_or_refused(verdicts: set[Verdict], is_open: bool, stops: bool) -> None:
    objection = Objection(3, DAY, frozenset(verdicts))

    assert (objection.is_open, objection.stops_approach) == (is_open, stops)
    assert objection.due_on == date(2026, 7, 31)
    assert {Verdict.REFUSED, Verdict.GRANTED} == FINAL


def test_each_objection_has_its_own_decision() -> None:
    past = [done(number, flow.OBJECT, objected_by="母", objected_on=str(DAY), text="使わないで") for number in (4, 9)]

    file = file_of(*past, verdicts={4: frozenset({Verdict.REFUSED})})

    assert [(each.version, each.is_open) for each in file.objections] == [(4, False), (9, True)]
    assert file.is_objected_to
    assert not file_of(past[0], verdicts={4: frozenset({Verdict.REFUSED})}).is_objected_to


def test_to_whom_a_protected_childs_matters_are_told_is_said_to_nobody_who_may_not_know_where_it_is() -> None:
    """domain.md §4.4: a kindergarten tells where a child lives."""
    file = file_of(consent(1, "架空幼稚園"), withdrawal(2, "架空幼稚園"))

    assert "架空幼稚園" in str(consents(file, shows_texts=True))
    assert "架空幼稚園" not in str(consents(file, shows_texts=False))


def test_with_whom_a_protected_childs_matters_are_shared_no_form_offers_to_who_may_not_know_where_it_is() -> None:
    """domain.md §4.4: a form's choices tell it as well as a list does."""
    me = StaffId(UUID(int=1))
    case = Case(CaseId(UUID(int=3)), CHILD, None, Ward.HAKATA, CaseState.SUPPORT, 3, datetime(2026, 7, 1, tzinfo=UTC), me, "見本", DAY)
    file = CaseFile(case, (consent(1, "架空幼稚園"),))
    viewer = Viewer(me, Section.HEALTH, Ward.HAKATA, frozenset({Role.WARD_CLERK}))
    things = {
        "plain": Thing(Ward.HAKATA),
        "named": Thing(Ward.HAKATA, protected=True, holders=frozenset({me})),
        "not named": Thing(Ward.HAKATA, protected=True),
    }

    offered = {who: {step.move.key for step in moves.offered(viewer, Facts(thing), file, needed=True)} for who, thing in things.items()}

    assert {who: flow.WITHDRAW in keys for who, keys in offered.items()} == {"plain": True, "named": True, "not named": False}
    assert all(flow.OBJECT in keys for keys in offered.values())
