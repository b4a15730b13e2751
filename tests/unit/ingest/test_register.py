"""How a registration of the purpose register stands (LAW-02), at the boundaries."""

from datetime import date, timedelta

import pytest

from contracts.deeds.ingest import REGISTRATION_APPROVED
from contracts.values import Role, Source
from services.ingest.domain.admission import Purpose, why_shut
from services.ingest.domain.refusals import MESSAGES
from services.ingest.domain.register import (
    SENTENCES,
    STANDINGS,
    TO_RESUME,
    TO_SUSPEND,
    NotAllowed,
    Standing,
    Why,
    may_approve,
    renewed_until,
    standing_of,
)
from services.ingest.domain.rights import MAY, Doing, sources_of, why_not
from tests.unit.ingest.events import door

TODAY = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("days_left", "standing"),
    [(61, Standing.VALID), (60, Standing.REVIEW_NEAR), (0, Standing.REVIEW_NEAR), (-1, Standing.PAST)],
)
def test_a_registration_holds_to_the_end_of_its_review_date_and_is_reminded_of_from_the_first_day(
    days_left: int, standing: Standing
) -> None:
    review_on = TODAY + timedelta(days=days_left)

    assert standing_of(owned=True, suspended=False, review_on=review_on, today=TODAY, notice_days=60) is standing


@pytest.mark.parametrize("owned", [True, False])
@pytest.mark.parametrize("suspended", [True, False])
@pytest.mark.parametrize("review_on", [None, TODAY, TODAY - timedelta(days=1)])
def test_what_people_are_told_is_what_becomes_of_an_event(owned: bool, suspended: bool, review_on: date | None) -> None:
    source = Source.CHILDCARE
    at = door(source, today=TODAY, purposes={source: Purpose(source, review_on, suspended=suspended, owned=owned)})
    told = standing_of(owned=owned, suspended=suspended, review_on=review_on, today=TODAY, notice_days=60)

    shut = why_shut(at)

    codes = {Standing.NO_OWNER: "no_owner", Standing.SUSPENDED: "purpose_suspended", Standing.PAST: "purpose_overdue"}
    assert (shut.code if shut is not None else None) == codes.get(told)


def test_whose_a_source_is_comes_before_that_it_is_suspended_and_that_before_its_date() -> None:
    past = TODAY - timedelta(days=1)

    assert standing_of(owned=False, suspended=True, review_on=past, today=TODAY, notice_days=60) is Standing.NO_OWNER
    assert standing_of(owned=True, suspended=True, review_on=past, today=TODAY, notice_days=60) is Standing.SUSPENDED
    assert standing_of(owned=True, suspended=False, review_on=None, today=TODAY, notice_days=60) is Standing.VALID


def test_nobody_approves_the_own_proposal_or_one_that_would_not_hold_today() -> None:
    assert may_approve(None, None, "b", TODAY) is NotAllowed.NOTHING_PROPOSED
    assert may_approve("a", TODAY, "a", TODAY) is NotAllowed.SAME_PERSON
    assert may_approve("a", TODAY - timedelta(days=1), "b", TODAY) is NotAllowed.PROPOSAL_PAST
    assert may_approve("a", TODAY, "b", TODAY) is None


@pytest.mark.parametrize(
    ("review_on", "today", "until"),
    [
        (date(2026, 5, 31), date(2026, 4, 1), date(2028, 3, 31)),
        (date(2026, 3, 31), date(2026, 3, 1), date(2027, 3, 31)),
        (date(2020, 3, 31), date(2026, 3, 1), date(2027, 3, 31)),
        (None, date(2026, 4, 1), date(2028, 3, 31)),
    ],
)
def test_a_renewal_is_offered_to_the_end_of_the_next_fiscal_year(review_on: date | None, today: date, until: date) -> None:
    assert renewed_until(review_on, today) == until


def test_an_owner_stops_the_own_source_but_approves_and_resumes_nothing() -> None:
    owner, coordinator = frozenset({Role.DATA_OWNER}), frozenset({Role.COORDINATOR})
    own = {Source.CHILDCARE}

    assert {doing for doing in Doing if why_not(doing, Source.CHILDCARE, owner, own) is None} == {
        Doing.PROPOSE,
        Doing.DECLINE,
        Doing.SUSPEND,
    }
    assert why_not(Doing.SUSPEND, Source.DISABILITY, owner, own) == "not_owner"
    assert [why_not(doing, Source.DISABILITY, coordinator, ()) for doing in Doing] == [None] * len(Doing)
    assert sources_of({Role.WARD_CLERK}, own) == frozenset()
    assert set(MAY) == set(Doing)


def test_everything_that_can_be_said_has_words() -> None:
    assert set(STANDINGS) == set(Standing)
    assert set(SENTENCES) == set(NotAllowed)
    assert set(TO_SUSPEND) | set(TO_RESUME) == set(Why)
    assert set(NotAllowed) <= set(REGISTRATION_APPROVED.reasons)
    assert {"no_purpose", "no_owner", "purpose_suspended", "purpose_overdue"} <= set(MESSAGES)
