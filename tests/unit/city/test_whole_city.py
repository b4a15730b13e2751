"""A city in blocks: none knows of another, and none shares a number with another."""

from collections import defaultdict
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.kinds import EventKind
from infra.city.sources.pen import Event
from infra.city.whole.blocks import FEWEST_CHILDREN, Block, CityTooDense, Plan, draw, marks
from infra.city.whole.nights import REVISIONS_BEFORE, LaterNight, events_a_night, night

TODAY = date(2026, 11, 26)
NAMES_SOMEBODY = ("person_no", "mother_person_no", "household_no", "pregnancy_id", "case_id")
NAME_MANY = ("child_person_nos", "covered_persons", "opponent_person_nos")

seeds = st.integers(0, 2**31)
plans = st.builds(
    lambda seed, block, blocks, residents: Plan(seed, TODAY, block * blocks, block * blocks * residents, block),
    *(seeds, st.integers(20, 40), st.integers(2, 6), st.integers(1, 9)),
)


@cache
def block(number: int, seed: int = 7, children: int = 300) -> Block:
    return draw(Plan(seed, TODAY, children, children * 8, 100), number)


@cache
def later(number: int) -> LaterNight:
    return night(Plan(7, TODAY, 300, 2000, 100), number)


def numbers_in(events: tuple[Event, ...]) -> set[tuple[str, str]]:
    """Whatever identifies anything: numbers of people and things by kind, records, event ids."""
    found = {("id", event["id"]) for event in events} | {("record", event["subject"]) for event in events}
    for event in events:
        found |= {(name[-12:], event["data"][name]) for name in NAMES_SOMEBODY if name in event["data"]}
        found |= {("person_no", number) for name in NAME_MANY for number in event["data"].get(name, ())}
    return found


@settings(max_examples=12, deadline=None)
@given(plan=plans, data=st.data())
def test_a_block_is_the_same_whenever_it_is_drawn(plan: Plan, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(plan) - 1))
    alone = draw(plan, number)

    after_others = [draw(plan, each) for each in range(len(plan))][number]

    assert alone.events == after_others.events


@settings(max_examples=12, deadline=None)
@given(plan=plans)
def test_a_block_does_not_depend_on_how_many_blocks_there_are(plan: Plan) -> None:
    larger = Plan(plan.seed, plan.today, 3 * plan.children, 3 * plan.residents, plan.block)

    assert [draw(larger, each).events for each in range(2)] == [draw(plan, each).events for each in range(2)]


@settings(max_examples=12, deadline=None)
@given(plan=plans)
def test_blocks_share_no_number_no_record_and_no_event(plan: Plan) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number in range(len(plan)):
        for name in numbers_in(draw(plan, number).events):
            assert seen.setdefault(name, number) == number, name


@settings(max_examples=12, deadline=None)
@given(plan=plans)
def test_a_city_has_as_many_children_and_residents_as_asked_for(plan: Plan) -> None:
    blocks = [draw(plan, number) for number in range(len(plan))]

    assert sum(each.children for each in blocks) == plan.children
    # Where there are two residents a child, families alone are more; what is rare adds some.
    assert sum(each.residents for each in blocks) >= plan.residents
    if plan.residents >= 5 * plan.children:
        assert sum(each.residents for each in blocks) == plan.residents


@given(children=st.integers(20, 5000), size=st.integers(20, 1200))
def test_blocks_cover_the_children_exactly_and_none_is_too_small(children: int, size: int) -> None:
    plan = Plan(7, TODAY, children, children, size)

    sizes = [plan.children_of(number) for number in range(len(plan))]

    assert sum(sizes) == children
    assert min(sizes) >= FEWEST_CHILDREN


def test_another_seed_gives_another_block() -> None:
    assert block(0).events != block(0, seed=8).events


def test_a_block_with_more_people_than_numbers_is_refused() -> None:
    with pytest.raises(CityTooDense, match="make the blocks smaller"):
        Plan(7, TODAY, 10_000, 300_000, 1000)


def test_adults_without_children_have_entries_of_many_years() -> None:
    entries = defaultdict(list)
    for event in block(0).events:
        if event["type"] == EventKind.RESIDENT_CHANGED and event["data"]["birth_date"] < "2000-01-01":
            entries[event["data"]["person_no"]].append(event["effectiveon"])

    mean = sum(map(len, entries.values())) / len(entries)

    assert 4 < mean < 6
    assert all(days[0] <= TODAY.isoformat() and len(set(days)) == len(days) for days in entries.values())


def test_nobody_without_children_looks_like_a_child_or_like_its_mother() -> None:
    young = [e["data"] for e in block(1).events if e["type"] == EventKind.RESIDENT_CHANGED and e["data"]["birth_date"] > "2010-11-27"]

    assert len({data["person_no"] for data in young}) == 100


def test_nothing_of_a_block_lies_ahead() -> None:
    late = [
        event["subject"]
        for event in block(2).events
        if max(event["effectiveon"], event["recordedat"][:10], event["data"].get("resident_to", "")) > TODAY.isoformat()
    ]

    assert late == []


def test_the_first_load_ends_with_a_watermark_of_each_source() -> None:
    plan = Plan(7, TODAY, 300, 2000, 100)

    assert [(e["type"], e["data"]["complete_through"]) for e in marks(plan, TODAY)] == [(EventKind.FEED_WATERMARK, "2026-11-26")] * 3
    assert list(marks(plan, TODAY)) == list(marks(plan, TODAY))


def test_a_night_is_the_same_whenever_it_is_drawn() -> None:
    assert night(Plan(7, TODAY, 300, 2000, 100), 2) == later(2)
    assert {e["id"] for e in later(1).events}.isdisjoint(e["id"] for e in later(2).events)


def test_a_night_brings_newcomers_corrections_and_moves_and_is_of_its_size() -> None:
    wanted = events_a_night(Plan(7, TODAY, 300, 2000, 100))
    known = {name for number in range(3) for name in numbers_in(block(number, children=300).events)}
    events = later(1).events

    corrections = [event for event in events if event["revision"] == REVISIONS_BEFORE + 1]
    moves = [event for event in events if event["subject"].endswith("-N1")]
    new = [
        event for event in events if event["type"] == EventKind.RESIDENT_CHANGED and ("person_no", event["data"]["person_no"]) not in known
    ]

    assert corrections
    assert moves
    assert len({event["data"]["person_no"] for event in new}) >= FEWEST_CHILDREN
    assert wanted <= len(events) < 4 * wanted


def test_who_moves_in_a_night_moves_with_the_household() -> None:
    to = defaultdict(set)
    for event in later(1).events:
        if event["subject"].endswith("-N1"):
            to[event["data"]["household_no"]].add((event["data"]["address_code"], event["effectiveon"]))

    assert to
    assert all(len(places) == 1 for places in to.values())


def test_a_night_says_nothing_of_days_to_come_and_ends_with_its_watermarks() -> None:
    assert later(2).day == date(2026, 11, 28)
    assert max(max(e["effectiveon"], e["recordedat"][:10]) for e in later(2).events) <= "2026-11-28"
    assert {e["data"]["complete_through"] for e in later(2).marks} == {"2026-11-28"}
