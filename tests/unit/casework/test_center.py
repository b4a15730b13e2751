"""What is shared with the child guidance centre, and until when (casework.md §2.3, §2.5)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import CaseState, Ward
from services.casework.domain import flow
from services.casework.domain.case import Case
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.center import ANSWER_WITHIN, NO_END, WITH_SENSITIVE, Owner, share_of
from services.casework.domain.handover import Destination, Handover, HandoverStatus

S = CaseState
DAY = datetime(2026, 4, 11, 16, tzinfo=UTC)
"""Already the 12th in Japan."""
CASE = Case(
    case_id=CaseId(UUID(int=1)),
    person_id=PersonId(UUID(int=2)),
    household_id=None,
    ward=Ward.HAKATA,
    state=S.INVESTIGATION,
    version=1,
    opened_at=DAY,
    opened_by=StaffId(UUID(int=3)),
    opened_by_name="見本 ひかり",
    due_on=date(2026, 4, 20),
)
OFFER = Handover(
    UUID(int=9), CASE.case_id, CASE.person_id, Destination.GUIDANCE_CENTER, Ward.HAKATA, None, HandoverStatus.OFFERED, DAY, CASE.opened_by,
    "見本 ひかり", date(2026, 4, 20), "けが",
)  # fmt: skip


def past(*moves: str, start: CaseState = S.INVESTIGATION, **details: Any) -> tuple[Past, ...]:
    """What was done, an hour apart; what ends or opens a case does."""
    ends = {flow.RECEIVE_SENT: S.CLOSED, flow.RECEIVED_ON_PAPER: S.CLOSED, "reopen": S.INVESTIGATION}
    made: list[Past] = []
    for number, move in enumerate(moves):
        here = made[-1].end if made else start
        at = DAY + timedelta(hours=number)
        made.append(Past(number + 1, move, here, ends.get(move, here), at, CASE.opened_by, "見本", None, details))
    return tuple(made)


def file(*moves: str, handover: Handover | None = None, **details: Any) -> CaseFile:
    done = past(*moves, **details)
    return CaseFile(replace(CASE, state=done[-1].end if done else CASE.state), done, handover)


def test_nothing_is_shared_of_a_case_of_which_the_centre_was_told_nothing() -> None:
    assert share_of(file("add_note")).until is None


def test_a_report_is_shared_until_it_is_answered_and_ninety_days_after() -> None:
    """The oldest that is not answered counts, and another answer begins the days anew."""
    waits, answered = share_of(file(flow.REPORT, "add_note", flow.REPORT)), share_of(file(flow.REPORT, flow.ANSWER_CENTER))

    assert (waits.until, waits.report_due, waits.owner) == (NO_END, DAY + ANSWER_WITHIN, Owner.WARD)
    assert (answered.until, answered.report_due) == (date(2026, 4, 12) + timedelta(days=90), None)
    assert share_of(file(flow.REPORT, flow.ANSWER_CENTER, flow.REPORT)).report_due == DAY + timedelta(hours=2) + ANSWER_WITHIN


@pytest.mark.parametrize("took", [flow.RECEIVE_SENT, flow.RECEIVED_ON_PAPER])
def test_what_the_centre_took_is_its_own_until_the_ward_opens_it_again(took: str) -> None:
    """casework.md §2.5: one owner; who had the case reads on for ninety days."""
    has, back = share_of(file(flow.REPORT, took)), share_of(file(flow.REPORT, took, "reopen"))

    assert (has.owner, has.until, has.report_due) == (Owner.GUIDANCE_CENTER, NO_END, None)
    assert (back.owner, back.until) == (Owner.WARD, date(2026, 4, 12) + timedelta(days=90))


@pytest.mark.parametrize("status", list(HandoverStatus))
def test_an_offer_is_shared_while_it_stands_and_one_that_is_over_shares_nothing(status: HandoverStatus) -> None:
    offer = replace(OFFER, status=status)
    share = share_of(file(flow.SEND_TO_CENTER, handover=offer, shares=[WITH_SENSITIVE]))

    assert (share.until, share.sensitive) == ((NO_END, True) if status is HandoverStatus.OFFERED else (None, False))
    assert not share_of(file(flow.SEND_TO_CENTER, handover=offer)).sensitive
    assert share_of(file("offer_handover", handover=replace(offer, destination=Destination.WARD, to_ward=Ward.NISHI))).until is None


_WORDS = (flow.REPORT, flow.ANSWER_CENTER, flow.RECEIVE_SENT, flow.RECEIVED_ON_PAPER, "reopen", "add_note")


@given(st.lists(st.sampled_from(_WORDS), max_size=8))
def test_whatever_was_done_the_centre_has_only_what_is_closed_here_and_what_waits_is_shared(moves: list[str]) -> None:
    share = share_of(file(*moves))

    assert share.owner is Owner.WARD or file(*moves).standing.state is S.CLOSED
    assert share.until is not None if share.report_due or share.owner is Owner.GUIDANCE_CENTER else True
    assert share.until is None or {flow.REPORT, flow.ANSWER_CENTER, flow.RECEIVE_SENT, flow.RECEIVED_ON_PAPER} & set(moves)
