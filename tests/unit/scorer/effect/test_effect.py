"""What the lists were worth: shares with their intervals, no small numbers, and the stop rule (EVAL-02, EVAL-03)."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.catalogue import ITEMS
from contracts.values import Group, Item, Need
from services.scorer.domain.effect.chart import chart
from services.scorer.domain.effect.figures import Line, Reviewed, Tally, lines, wilson
from services.scorer.domain.effect.report import CITY, Report, evaluated
from services.scorer.domain.effect.stopping import Cycle, Standing, standing
from services.scorer.domain.rulesets import SP_2
from services.scorer.domain.simulating import SMALLEST
from services.scorer.parts import FEW_REVIEWS
from services.scorer.screens.evaluation.tables import tables_of

TODAY = date(2027, 6, 1)
LATE, EPDS, WELFARE = Item.LATE_PREGNANCY_NOTIFICATION, Item.EPDS_HIGH, Item.HOUSEHOLD_PUBLIC_ASSISTANCE


def review(
    need: Need | None = Need.SUPPORT, *items: Item, unknown: bool | None = True, on: str = "2026-06-01", ward: str = "hakata"
) -> Reviewed:
    return Reviewed(need, unknown, frozenset(items), date.fromisoformat(on), ward, "3-5", "female")


def report(reviews: Sequence[Reviewed], floor: float = 0.2) -> Report:
    return evaluated(SP_2, reviews, date(2026, 4, 1), TODAY, TODAY, floor)


def named(some: Sequence[Line], name: str) -> Line:
    return next(line for line in some if line.name == name)


# --- Shares and their intervals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(10, 20, 0.2993, 0.7007), (8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """The last is the example of Newcombe 1998 (Statistics in Medicine 17, table I)."""
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share_and_stays_between_none_and_all(share: tuple[int, int]) -> None:
    hits, of = share
    low, high = wilson(hits, of)

    assert 0 <= low <= hits / of <= high <= 1
    assert wilson(of - hits, of) == pytest.approx((1 - high, 1 - low))
    narrow = wilson(2 * hits, 2 * of)
    assert narrow[1] - narrow[0] < high - low


@pytest.mark.parametrize(("hits", "of"), [(0, 0), (2, 1), (-1, 4)])
def test_what_is_no_share_has_no_interval(hits: int, of: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(hits, of)


def test_a_group_is_told_with_share_lift_and_visits() -> None:
    """Of forty with a late notification thirty were in need, of sixty others fifteen: 45 of 100 in all."""
    found = report(
        [review(Need.SUPPORT, LATE)] * 30
        + [review(Need.NOTHING, LATE, unknown=False)] * 10
        + [review(Need.SUPPORT, EPDS)] * 15
        + [review(Need.WATCH, EPDS)] * 45
    )
    line = named(found.by_item, LATE)

    assert (line.reviews, line.assessed, line.needed, line.ppv) == (40, 40, 30, 0.75)
    assert (line.lift, line.visits, line.unknown_share) == (round(0.75 / 0.45, 3), round(4 / 3, 3), 0.75)
    assert (line.low, line.high) == tuple(round(end, 3) for end in wilson(30, 40))
    assert found.total.ppv == 0.45
    assert named(found.by_item, EPDS).ppv == 0.25


def test_who_was_not_reached_is_no_false_alarm() -> None:
    """`casework.md` §2.5: unknown does not count against a rule."""
    found = report([review(Need.SUPPORT, LATE)] * 20 + [review(Need.NOTHING, LATE)] * 20 + [review(None, LATE)] * 60)

    assert (found.total.reviews, found.total.assessed, found.total.ppv) == (100, 40, 0.5)


# --- Small numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needed", "others", "told"), [(9, 40, False), (10, 40, True), (40, 9, False), (40, 10, True), (0, 40, True), (0, 9, False)]
)
def test_a_share_that_would_tell_of_a_few_is_not_told(needed: int, others: int, told: bool) -> None:
    found = report([review(Need.SUPPORT, LATE)] * needed + [review(Need.NOTHING, LATE)] * others).total

    assert (found.ppv is not None) is told
    assert told or (found.needed, found.low, found.high, found.visits, found.lift) == (None,) * 5


_DAYS = ["2026-06-01", "2026-12-01", "2027-05-20"]
"""The last half of a fiscal year goes on."""

_REVIEWS = st.lists(
    st.tuples(
        st.sampled_from([Need.SUPPORT, Need.WATCH, Need.NOTHING, None]),
        st.sampled_from([True, False, None]),
        st.frozensets(st.sampled_from([LATE, EPDS, WELFARE])),
        st.sampled_from(["hakata", "nishi", "chuo"]),
        st.sampled_from(_DAYS),
        st.integers(1, 25),
    ),
    max_size=12,
)
_Drawn = list[tuple[Need | None, bool | None, frozenset[Item], str, str, int]]


def reported(drawn: _Drawn) -> Report:
    return report([review(need, *items, unknown=known, ward=ward, on=on) for need, known, items, ward, on, n in drawn for _ in range(n)])


@given(_REVIEWS)
def test_no_number_of_a_few_stands_anywhere_or_follows_from_others(drawn: _Drawn) -> None:
    found = reported(drawn)

    for line in _all(found):
        counts = (line.reviews, line.assessed, line.needed)
        assert all(count is None or count == 0 or count >= SMALLEST for count in counts), line
        assert line.ppv is None or line.assessed is not None
        if line.assessed is not None and line.needed is not None:
            assert line.assessed - line.needed == 0 or line.assessed - line.needed >= SMALLEST
    goes_on = any(on == _DAYS[-1] for *_, on, _ in drawn)
    for parts in (found.by_ward, found.by_age, found.by_sex, () if goes_on else found.cycles):
        hidden = [line.name for line in parts if line.reviews is None]
        others = [line for line in parts if line.reviews]
        assert len(hidden) != 1 or not others, "the one that is left out would follow from the total"


@settings(max_examples=60)
@given(_REVIEWS)
def test_no_number_of_a_few_follows_from_the_whole_and_what_is_told_of_its_parts(drawn: _Drawn) -> None:
    """Also of the half that goes on, of which nothing is told; and of a group, of those to whom one of its items applied."""
    found = reported(drawn)

    for figure in ("reviews", "needed"):
        for parts in (found.by_ward, found.by_age, found.by_sex, found.cycles):
            told = [getattr(line, figure) or 0 for line in parts]
            assert not _is_few((getattr(found.total, figure) or sum(told)) - sum(told)), figure
        for group in found.by_group:
            items = [line for line in found.by_item if SP_2.group_of[Item(line.name)].value == group.name]
            for item in items:
                if None not in (whole := getattr(group, figure), part := getattr(item, figure)):
                    assert not _is_few(whole - part), (group, item)
            if None not in (every := [getattr(line, figure) for line in [group, *items]]):
                assert not _is_few(sum(every[1:]) - every[0]), (group, items)
    assert found.total.ppv or not any(line.lift for line in _all(found)), (
        "of how many times the share of all theirs is, that of all follows"
    )


def _is_few(number: int) -> bool:
    return 0 < number < SMALLEST


def test_how_many_nobody_had_known_does_not_follow_from_the_other_parts() -> None:
    """Three of thirty, of whom the share of all and that of the other ward would tell."""
    known = [review(ward="nishi", unknown=new) for new, n in ((True, 3), (False, 27)) for _ in range(n)]
    found = report([review(ward="hakata", unknown=new) for new in (True, False) for _ in range(20)] + known)

    assert found.total.unknown_share == round(23 / 70, 3)
    assert [(line.reviews, line.unknown_share) for line in found.by_ward] == [(40, None), (30, None)]


def _all(found: Report) -> Iterator[Line]:
    yield found.total
    for some in (found.by_group, found.by_item, found.by_ward, found.by_age, found.by_sex, found.by_circumstance, found.cycles):
        yield from some


def test_what_is_left_out_is_called_few_in_the_table_and_in_the_chart_and_none_is_none() -> None:
    found = report([review(Need.SUPPORT, LATE)] * 30 + [review(Need.NOTHING, EPDS)] * 12 + [review(Need.SUPPORT, EPDS)] * 3)
    [by_item] = [table for table in tables_of(found) if table.title == "項目ごと"]
    rows = {row[0]: row[1:] for row in by_item.rows}

    assert rows[ITEMS[EPDS].present][:4] == ("15件", FEW_REVIEWS, FEW_REVIEWS, "—")
    assert rows[ITEMS[WELFARE].present][:5] == ("0件", "0件", "0件", "—", "—")
    assert (str(by_item.chart).count(FEW_REVIEWS) >= 1, "3/15" in str(by_item.chart)) == (True, False)


def test_of_parts_the_next_smallest_is_left_out_too() -> None:
    overall = Tally(100, 100, 50, 100, 50)
    parts = [Tally(5, 5, 0, 5, 0), Tally(30, 30, 10, 30, 10), Tally(65, 65, 40, 65, 40)]

    assert [line.reviews for line in lines(["a", "b", "c"], parts, overall)] == [None, None, 65]
    tiny = [Tally(1, 1, 0, 1, 0), Tally(1, 1, 0, 1, 0), *parts[1:]]
    assert [line.reviews for line in lines(["a", "b", "c", "d"], tiny, overall)] == [None, None, None, 65], "two of one are two"


# --- The stop rule ----------------------------------------------------------------------------------------------------


def cycle(needed: int, others: int) -> Tally:
    return Tally(needed + others, needed + others, needed, 0, 0)


@pytest.mark.parametrize(
    ("cycles", "expected"),
    [
        ([], Standing.TOO_FEW),
        ([cycle(0, 9)], Standing.TOO_FEW),
        ([cycle(2, 8)], Standing.HOLDS),
        ([cycle(1, 9)], Standing.BELOW),
        ([cycle(1, 9), cycle(1, 9)], Standing.SUSPEND),
        ([cycle(1, 9), cycle(2, 8)], Standing.HOLDS),
        ([cycle(1, 9), cycle(0, 3), cycle(1, 9)], Standing.SUSPEND),
        ([cycle(5, 5), cycle(1, 9)], Standing.BELOW),
        ([cycle(1, 9), cycle(5, 5), cycle(1, 9)], Standing.BELOW),
    ],
)
def test_a_rule_is_to_be_suspended_after_two_cycles_below_the_floor(cycles: list[Tally], expected: Standing) -> None:
    assert standing(cycles, 0.2) is expected


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-03-31", "2025-H2"), ("2026-04-01", "2026-H1"), ("2026-09-30", "2026-H1"), ("2026-10-01", "2026-H2"), ("2027-01-15", "2026-H2")],
)
def test_a_cycle_is_half_a_fiscal_year(day: str, name: str) -> None:
    assert Cycle.of(date.fromisoformat(day)).name == name


def test_each_item_stands_by_itself_and_a_cycle_that_goes_on_does_not_count() -> None:
    bad = [review(Need.NOTHING, EPDS, on=day) for day in ("2026-06-01", "2026-12-01") for _ in range(20)]
    good = [review(Need.SUPPORT, LATE, on=day) for day in ("2026-06-01", "2026-12-01") for _ in range(40)]
    now = [review(Need.SUPPORT, EPDS, on="2027-05-20")] * 50
    found = report(bad + good + now)

    assert found.stands[EPDS] is Standing.SUSPEND
    assert found.stands[LATE] is Standing.HOLDS
    assert found.stands[CITY] is Standing.HOLDS
    assert found.stands[WELFARE] is Standing.TOO_FEW
    assert [line.name for line in found.cycles] == ["2026-H1", "2026-H2"]


# --- Another rule, and the chart --------------------------------------------------------------------------------------


def test_another_rule_is_held_against_those_whom_people_looked_at() -> None:
    """EVAL-03: without live effect."""
    both = [review(Need.SUPPORT, LATE, EPDS, WELFARE)] * 20 + [review(Need.NOTHING, LATE, EPDS, WELFARE)] * 20
    one = [review(Need.SUPPORT, LATE, EPDS)] * 10 + [review(Need.NOTHING, LATE, EPDS)] * 30
    stricter = SP_2.__class__(**{name: getattr(SP_2, name) for name in SP_2.__dataclass_fields__} | {"name": "FK-9", "groups_needed": 2})
    found = evaluated(SP_2, both + one, date(2026, 4, 1), TODAY, TODAY, 0.2, stricter)

    assert found.what_if is not None
    assert (found.what_if.ruleset, found.what_if.listed.ppv, found.what_if.not_listed.ppv) == ("FK-9", 0.5, 0.25)


def test_the_chart_says_in_japanese_what_the_table_says() -> None:
    found = report(
        [review(Need.SUPPORT, LATE)] * 30
        + [review(Need.NOTHING, LATE)] * 10
        + [review(Need.SUPPORT, EPDS)] * 3
        + [review(n) for n in Need] * 20
    )
    picture = ET.fromstring(chart(found))  # noqa: S314 -- of our own making
    texts = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")]

    assert sum(text == "30/40（75%）" for text in texts) == 1, "by the item; its group has three more, which would follow"
    assert "10件未満のため表示しない" in texts
    assert len(picture.findall(".//{http://www.w3.org/2000/svg}circle")) == sum(
        line.ppv is not None for line in (found.total, *found.by_group, *found.by_item)
    )
    assert Group.PERI.value in texts
    assert json.dumps(found.as_numbers())
