"""The household over time: no mark upon another, a table that says all of it, nothing that is not shown elsewhere (casework.md §6.1)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.catalogue import ITEMS
from contracts.ids import PersonId
from contracts.values import Item, Relationship, Sex, Ward
from services.casework.domain.policy import Thing
from services.casework.domain.timeline import LEFT, MOST, ROW, SPACE, WIDTH, Event, Kind, drawn
from services.casework.screens.child.rows import Mate
from tests.unit.casework.test_shown import CLERK, TODAY, child, reason, sheet_of, word

days = st.integers(-5000, 60).map(lambda number: TODAY + timedelta(days=number))
events = st.lists(st.builds(Event, days, st.integers(0, 2), st.sampled_from(Kind), st.just("x")), max_size=60)


@settings(max_examples=60)
@given(events)
def test_no_mark_lies_upon_another_or_outside_and_their_numbers_go_with_time(told: list[Event]) -> None:
    picture = drawn(told, ["a", "b", "c"], TODAY)

    for one, other in combinations(picture.marks, 2):
        assert abs(one.x - other.x) >= SPACE - 0.1 or abs(one.y - other.y) >= ROW
    for mark in picture.marks:
        assert LEFT <= mark.x <= WIDTH
        lane = picture.lanes[mark.event.lane]
        assert lane.bottom - mark.y >= ROW / 2
    assert [mark.number for mark in picture.marks] == list(range(1, len(picture.marks) + 1))
    assert [mark.event.on for mark in picture.marks] == sorted(mark.event.on for mark in picture.marks)
    assert len(picture.marks) + picture.left_out == len(told)
    assert len(picture.marks) <= MOST
    assert picture.height >= picture.lanes[-1].bottom


def test_nothing_happened_is_a_picture_without_marks() -> None:
    assert drawn([], ["a"], TODAY).marks == ()


SISTER = Mate(
    person_id=PersonId(UUID(int=2)),
    birth_date=date(2020, 5, 1),
    protected=False,
    relationship=Relationship.CHILD,
    name="架空 べに",
    sex=Sex.FEMALE,
    under_review=True,
    needed=True,
    state=None,
    since=date(2024, 8, 1),
)
WELFARE, CHECKUP = Item.HOUSEHOLD_PUBLIC_ASSISTANCE, Item.CHECKUP_18M_NOT_RECEIVED


def said(*, protected: bool = False, opened: bool = False, holder: bool = False) -> str:
    reasons = (replace(reason(item), valid_from=TODAY) for item in (WELFARE, CHECKUP))
    thing = Thing(Ward.HAKATA, protected=protected, holders=frozenset({CLERK.id} if holder else ()))
    seen = child(word(*reasons), thing=thing, mates=(replace(SISTER, protected=protected),))
    timeline = sheet_of(seen, shows_sensitive=opened).timeline
    assert timeline is not None
    return " ".join(f"{row.who} {row.text}" for row in timeline.rows)


def test_what_is_sensitive_stands_there_only_where_it_was_opened() -> None:
    assert (ITEMS[WELFARE].present in said(), ITEMS[CHECKUP].present in said()) == (False, True)
    assert ITEMS[WELFARE].present in said(opened=True)


def test_on_what_day_somebody_came_to_live_with_a_protected_child_is_for_whoever_may_know_where() -> None:
    assert "架空 べに 世帯に加わった" in said()
    assert "べに" not in said(protected=True)
    assert "架空 べに 世帯に加わった" in said(protected=True, holder=True)
