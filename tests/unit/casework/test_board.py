"""Issues of the programme: from where to where, what each step needs, and in which order they are worked on (EVAL-01)."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from services.casework.domain.board import ENDED, NEXT, Issue, IssueState, IssueWord, Lack, in_order, lacks

TODAY = date(2026, 4, 11)
S = IssueState


@pytest.mark.parametrize(("before", "after"), list(product(S, S)))
def test_an_issue_goes_only_where_the_table_says_and_never_without_what_it_needs(before: S, after: S) -> None:
    """Whoever is to do it, until when, and why it ended or came back: of every state to every other."""
    whole = lacks(before, after, owner="健康課", due_on=TODAY, words="見直した")
    empty = set(lacks(before, after, owner="", due_on=None, words=""))

    if after not in NEXT[before]:
        assert whole == (Lack.STATE,)
        return
    needed = {Lack.OWNER, Lack.DUE_ON} if after is S.DOING else set()
    needed |= {Lack.WORDS} if after in ENDED or before in ENDED else set()
    assert (whole, empty) == ((), needed)


def test_every_issue_can_be_ended_and_opened_again_and_none_becomes_unraised() -> None:
    assert all(S.RAISED not in targets for targets in NEXT.values())
    assert {state for state, targets in NEXT.items() if set(targets) & ENDED} == {S.RAISED, S.DOING}
    assert {state for state, targets in NEXT.items() if targets == (S.DOING,)} == ENDED


def issue(number: int, state: S, due: int | None = None) -> Issue:
    word = IssueWord(1, state, "だれか", TODAY + timedelta(days=due) if due is not None else None, "", at(number), "見本")
    return Issue(UUID(int=number), f"K-{number}", "課題", "", None, (word,))


def at(minute: int) -> datetime:
    return datetime(2026, 4, 1, 0, minute, tzinfo=UTC)


def test_what_is_late_comes_first_then_what_nobody_took_up_and_what_ended_last() -> None:
    issues = [
        issue(1, S.SETTLED),
        issue(2, S.DOING, 0),
        issue(3, S.RAISED),
        issue(4, S.DOING, -1),
        issue(5, S.DROPPED),
        issue(6, S.DOING, 5),
    ]

    assert [each.number for each in in_order(issues, TODAY)] == ["K-4", "K-3", "K-2", "K-6", "K-5", "K-1"]
    assert not issue(7, S.DOING, 0).is_late(TODAY), "on its day it is not late"
