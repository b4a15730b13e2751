"""Children who were missed, and proposals for thresholds with their uncertainty: no small numbers (EVAL-02, EVAL-03)."""

import json
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Item
from services.scorer import effect_words
from services.scorer.domain.effect.missed import Found, Missed, Share, missed
from services.scorer.domain.effect.thresholds import FIGURES, Measured, Proposal, lowest, proposal
from services.scorer.domain.parameters import FUKUOKA
from services.scorer.domain.rulesets import SP_2, asks
from services.scorer.domain.simulating import SMALLEST

EPDS, ABSENCE = Item.EPDS_HIGH, Item.SCHOOL_ABSENCE_HIGH
LISTED = frozenset({Item.CHECKUP_4M_NOT_RECEIVED, Item.CHECKUP_18M_NOT_RECEIVED})
NEARLY = frozenset({Item.EPDS_HIGH})
FLOOR = 0.2
told = st.lists(st.builds(Measured, st.integers(0, 30), st.booleans()), max_size=80)


def found(listed: int, nearly: int, nothing: int, ward: str = "hakata") -> list[Found]:
    return [Found(items, ward, "3-5") for items, n in ((LISTED, listed), (NEARLY, nearly), (frozenset[Item](), nothing)) for _ in range(n)]


def proposed(reviews: Sequence[Measured], item: Item = EPDS) -> Proposal:
    return proposal(item, reviews, FUKUOKA, FLOOR, draws=200)


def shares(report: Missed) -> list[Share]:
    return [report.total, *report.by_ward, *report.by_age]


def test_of_children_who_became_known_otherwise_is_told_how_many_the_rule_would_not_have_listed() -> None:
    assert asks(SP_2, LISTED)
    assert not asks(SP_2, NEARLY)

    report = missed(SP_2, found(20, 12, 28))

    assert (report.total.children, report.total.missed, report.total.share) == (60, 40, 0.667)
    assert report.total.low is not None
    assert report.total.high is not None
    assert report.total.low < 0.667 < report.total.high
    assert report.with_something == 12
    assert report.by_item["epds_high"] == 12
    json.dumps(report.as_numbers())


def test_nobody_found_is_no_share_and_no_fault() -> None:
    assert missed(SP_2, []).total == Share("city", 0, None, None, None, None)


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25), st.sampled_from(["hakata", "higashi", "chuo"])), max_size=4))
def test_no_number_of_a_few_missed_children_is_told_nor_follows(parts: list[tuple[int, int, str]]) -> None:
    everybody = [each for listed, nothing, ward in parts for each in found(listed, 0, nothing, ward)]
    report = missed(SP_2, everybody)

    for share in shares(report):
        for number in (share.children, share.missed, None if share.missed is None else (share.children or 0) - share.missed):
            assert number is None or number == 0 or number >= SMALLEST
    hidden = [ward for ward in report.by_ward if ward.missed is None and ward.children != 0]
    assert report.total.missed is None or len(hidden) != 1 or hidden[0].children is None or hidden[0].children >= SMALLEST


def test_with_how_many_something_counted_is_not_told_where_an_item_leaves_a_few_of_them() -> None:
    """Seventeen of twenty: three had something else."""
    other = [Found(frozenset({Item.LATE_PREGNANCY_NOTIFICATION}), "hakata", "3-5")] * 3
    report = missed(SP_2, found(0, 17, 30) + other)

    assert (report.total.missed, report.with_something, report.by_item[EPDS]) == (50, None, 17)
    assert missed(SP_2, found(0, 17, 30)).with_something == 17


def test_a_threshold_is_proposed_where_need_begins_and_says_how_sure_it_is() -> None:
    reviews = [Measured(figure, figure >= 13) for figure in range(5, 21) for _ in range(20)]

    found_here = proposed(reviews)

    # From 13 on all are in need; with the floor of one in five, the threshold may lie lower: so long as enough of all above it are.
    best = lowest(reviews, FLOOR)
    assert (found_here.proposed, found_here.in_use, found_here.found) == (best, 9, 1.0)
    assert found_here.low is not None
    assert found_here.high is not None
    assert best is not None
    assert found_here.low <= best <= found_here.high
    assert proposed(list(reversed(reviews))).proposed == best
    assert proposed(reviews) == found_here


def test_where_too_few_are_in_need_below_the_one_in_use_a_higher_one_is_proposed_and_marked() -> None:
    reviews = [Measured(figure, figure >= 25) for figure in range(9, 31) for _ in range(100 if figure < 20 else 10)]

    found_here = proposed(reviews)

    assert found_here.proposed is not None
    assert found_here.low is not None
    assert found_here.low > found_here.in_use
    assert found_here.is_sure
    assert found_here.lost == 0


def test_too_few_reviews_propose_nothing() -> None:
    few = proposed([Measured(12, needed=True)] * 9 + [Measured(8, needed=False)] * 50)

    assert few == Proposal("epds_high", "epds_high_from", 9, 59)
    assert proposed([Measured(12, needed=True)] * 3) == Proposal("epds_high", "epds_high_from", 9, None)
    assert proposed([]).reviews == 0
    assert proposed([], ABSENCE).in_use == FUKUOKA.absence.high_from


def test_a_share_from_a_figure_on_that_would_tell_of_a_few_is_not_told() -> None:
    """Eight of ten: share and interval tell both numbers."""
    above = [Measured(20, needed) for needed, n in ((True, 8), (False, 2)) for _ in range(n)]
    found_here = proposal(EPDS, above + [Measured(10, needed=each < 20) for each in range(80)], FUKUOKA, 0.8, draws=50)

    assert (found_here.proposed, found_here.share, found_here.share_low, found_here.share_high) == (20, None, None, None)
    assert any("10件未満などの数が分かってしまうため" in each for each in effect_words.sentences(found_here, 0.8))


@settings(max_examples=100)
@given(told, st.floats(0.05, 0.95))
def test_from_the_proposed_figure_on_and_from_every_higher_one_the_share_reaches_the_floor(reviews: list[Measured], floor: float) -> None:
    best = lowest(reviews, floor)

    for figure in range(best if best is not None else 31, 31):
        above = [each.needed for each in reviews if each.figure >= figure]
        assert len(above) < SMALLEST or sum(above) >= floor * len(above)


def test_every_figure_is_of_a_parameter_that_there_is() -> None:
    for item in FIGURES:
        assert proposed([], item).in_use > 0


def test_how_sure_a_threshold_is_is_said_in_words() -> None:
    clear = proposed([Measured(figure, figure >= 25) for figure in range(9, 31) for _ in range(100 if figure < 20 else 10)])
    held = proposed([Measured(figure, needed) for figure in range(9, 31) for needed in (True, False) for _ in range(10)])
    few, none = proposed([Measured(12, needed=True)] * 3), proposed([Measured(12, figure == 0) for figure in range(11)] * 10)

    assert any("変える根拠がある" in each for each in effect_words.sentences(clear, FLOOR))
    assert any("変える確かな根拠はない" in each for each in effect_words.sentences(held, FLOOR))
    assert effect_words.sentences(few, FLOOR) == [
        "判断できた確認（10件未満など）のうち、支援が必要だったもの、または必要でなかったものが少ないため、値は出せない。"
    ]
    assert effect_words.sentences(none, FLOOR) == ["支援が必要だった割合が下限の20%に届く値はないため、値は出せない。"]
    lower = proposed([Measured(figure, needed) for figure in range(5, 20) for needed in (True, False) for _ in range(10)])
    assert lower.proposed is not None
    assert lower.proposed < lower.in_use
    assert "ほかのこどもにも当てはまるとは限らない" in effect_words.sentences(lower, FLOOR)[-1]
    assert "epds_high" not in effect_words.grounds(clear, "SP-3", "令和8年度前半", FLOOR)
