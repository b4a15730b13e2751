"""A ruleset as people enter it: wrong ones are refused with the field named, and no right one makes poverty or disability a reason."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.catalogue import ITEMS
from contracts.values import Group, IndicatorValue, Item
from services.scorer import wording
from services.scorer.domain.answer import Answer, Common
from services.scorer.domain.parameters import FUKUOKA, GUIDELINE_WINDOWS
from services.scorer.domain.rulesets import DOCUMENTS, NotARuleset, Ruleset, judge, read
from services.scorer.domain.rulesets.concerns import TUNINGS
from services.scorer.domain.rulesets.document import KEYS, ruleset_of
from services.scorer.domain.rulesets.mistakes import Mistake, Wrong
from services.scorer.domain.rulesets.rule import NO_SIGN_OF_RISK
from services.scorer.domain.rulesets.tuning import FIXED, SHARES, TUNABLE, bounds, tuned

ECON = "household_public_assistance"
COUNTING = [item for item in Item if not ITEMS[item].context]
POOR = [item for item in COUNTING if ITEMS[item].group in NO_SIGN_OF_RISK]
SOUND: dict[str, Any] = {
    "name": "FK-2",
    "items": ["epds_high", "checkup_4m_not_received", ECON],
    "groups_needed": 2,
    "never_alone": ["ECON", "DIS"],
    "sufficient_groups": ["CONN"],
    "sufficient": [],
    "several": {"at_least": 2, "of": ["epds_high", "checkup_4m_not_received"]},
}


def mistakes(content: dict[str, Any]) -> set[tuple[str, Wrong]]:
    with pytest.raises(NotARuleset) as refused:
        ruleset_of(content)
    return {(each.field, each.wrong) for each in refused.value.mistakes}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "my rules"}, ("name", Wrong.NOT_A_NAME)),
        ({"name": "SP-" + "9" * 9_000}, ("name", Wrong.TOO_LONG)),
        ({"items": ["epds_hihg"]}, ("items", Wrong.NO_SUCH_ITEM)),
        ({"items": []}, ("items", Wrong.EMPTY)),
        ({"items": ["not_enrolled"]}, ("items", Wrong.ONLY_CONTEXT)),
        ({"items": ["epds_high", "epds_high"]}, ("items", Wrong.TWICE)),
        ({"groups_needed": 0}, ("groups_needed", Wrong.OUT_OF_RANGE)),
        ({"groups_needed": True}, ("groups_needed", Wrong.NOT_A_NUMBER)),
        ({"never_alone": ["ECON"]}, ("never_alone", Wrong.MUST_NAME_BOTH)),
        ({"sufficient": [ECON]}, ("sufficient", Wrong.WOULD_ALONE)),
        ({"sufficient": ["no_prenatal_checkups"]}, ("sufficient", Wrong.NOT_COUNTED)),
        ({"sufficient_groups": ["ECON"]}, ("sufficient_groups", Wrong.WOULD_ALONE)),
        ({"sufficient_groups": ["XX"]}, ("sufficient_groups", Wrong.NO_SUCH_GROUP)),
        ({"several": {"at_least": 1, "of": [ECON, "epds_high"]}}, ("several", Wrong.WOULD_ALONE)),
        ({"several": {"at_least": 0, "of": ["epds_high"]}}, ("several.at_least", Wrong.OUT_OF_RANGE)),
        ({"several": {"of": ["epds_high"]}}, ("several.at_least", Wrong.MISSING)),
        ({"suppressors": ["epds_high"]}, ("suppressors", Wrong.SUPPRESSOR_COUNTS)),
        ({"cool_down_days": -1}, ("cool_down_days", Wrong.OUT_OF_RANGE)),
        ({"switches": {"epds_high": {"from": "2026-04-01"}}}, ("switches.epds_high.from", Wrong.NOT_A_DAY)),
        ({"switches": {"epds_high": {"from": date(2026, 4, 1), "to": date(2026, 4, 1)}}}, ("switches.epds_high", Wrong.ENDS_TOO_EARLY)),
        ({"switches": {"no_prenatal_checkups": {}}}, ("switches", Wrong.NOT_COUNTED)),
        ({"parameters": {"epds_hihg_from": 8}}, ("parameters.epds_hihg_from", Wrong.NO_SUCH_PARAMETER)),
        ({"parameters": {"version": "9"}}, ("parameters.version", Wrong.NO_SUCH_PARAMETER)),
        ({"parameters": {"epds_high_from": 0}}, ("parameters.epds_high_from", Wrong.OUT_OF_RANGE)),
        ({"parameters": {"epds_high_from": "9"}}, ("parameters.epds_high_from", Wrong.NOT_A_NUMBER)),
        ({"parameters": {"windows": "osaka"}}, ("parameters.windows", Wrong.NO_SUCH_WINDOWS)),
        ({"parameters": {"windows": ["fukuoka"]}}, ("parameters.windows", Wrong.NO_SUCH_WINDOWS)),
        ({"parameters": {"fresh_within_days": {"x": 3}}}, ("parameters.fresh_within_days.x", Wrong.NO_SUCH_SOURCE)),
        ({"colour": "red"}, ("colour", Wrong.NOT_A_KEY)),
    ],
)
def test_what_is_no_ruleset_is_refused_with_the_field_named(change: dict[str, Any], expected: tuple[str, Wrong]) -> None:
    assert expected in mistakes(SOUND | change)


def test_whoever_enters_it_is_told_everything_at_once_in_both_languages() -> None:
    with pytest.raises(NotARuleset, match="groups_needed: missing") as refused:
        read('name = "x"\n[several]\n')

    assert {each.field for each in refused.value.mistakes} >= {"name", "items", "groups_needed", "several.of"}
    assert all(wrong.japanese and wrong.english for wrong in Wrong)


def test_what_is_no_toml_is_refused_too() -> None:
    for text in ("name = ", "[" * 5_000, "x" * 30_000, "groups_needed = " + "9" * 5_000):
        with pytest.raises(NotARuleset):
            read(text)


_HOSTILE: tuple[Any, ...] = (
    *(True, 0, -1, 10**30, float("nan"), float("inf"), 1.5, "", "W05-3", "13-45", "٢٠٢٦", "SP-٣", "SP-" + "9" * 9_000),
    *([], [[]], [1], [{}], {}, {"x": {}}, {"2026": 10**9}, {"high_from": []}, {"childcare": []}, {"at_least": [], "of": {}}),
    *(date(1, 1, 1), date(9999, 12, 31), datetime(2026, 4, 1, tzinfo=UTC), {"epds_high": {"from": date(1, 1, 1)}}),
)


@pytest.mark.parametrize("key", [*sorted(KEYS), *(f"parameters.{name}" for name in sorted(TUNABLE))])
def test_whatever_stands_in_a_field_it_is_refused_by_its_name_or_can_be_used_and_told(key: str) -> None:
    """Whoever enters a ruleset is told what is wrong with it, and never that something broke."""
    name = key.removeprefix("parameters.")
    for value in _HOSTILE:
        refused = _mistakes_or_used(SOUND | ({key: value} if name == key else {"parameters": {name: value}}))
        fields = {each.field for each in refused}
        assert not refused or key == "items" or any(field.startswith((key, "suppressors", "groups_needed")) for field in fields), value
        assert all(map(wording.wrong, refused))


def _mistakes_or_used(content: dict[str, Any]) -> tuple[Mistake, ...]:
    """Return what is wrong with a document; where nothing is, it has been used and told."""
    try:
        ruleset = ruleset_of(content)
    except NotARuleset as error:
        return error.mistakes
    tuned(ruleset.name, ruleset.parameters)
    told = [*wording.conditions(ruleset), *wording.exceptions(ruleset), *wording.items_by_group(ruleset), *wording.settings(ruleset)]
    assert told
    return ()


def test_an_item_counts_between_its_days_alone() -> None:
    ruleset = ruleset_of(SOUND | {"switches": {"epds_high": {"from": date(2026, 4, 1), "to": date(2027, 4, 1)}}})

    on = [
        item in ruleset.on(day).group_of
        for day in (date(2026, 3, 31), date(2026, 4, 1), date(2027, 3, 31), date(2027, 4, 1))
        for item in [Item.EPDS_HIGH]
    ]

    assert on == [False, True, True, False]
    assert ruleset.on(date(2026, 3, 31)).several_of == (2, frozenset({Item.CHECKUP_4M_NOT_RECEIVED}))


def test_a_ruleset_sets_parameters_and_every_one_names_them() -> None:
    ruleset = ruleset_of(SOUND | {"parameters": {"epds_high_from": 13, "windows": "guideline", "fresh_within_days": {"childcare": 14}}})

    parameters = tuned(ruleset.name, ruleset.parameters)

    assert (parameters.epds_high_from, parameters.windows) == (13, GUIDELINE_WINDOWS)
    assert parameters.version == f"{FUKUOKA.version}+FK-2"
    assert {source: days for source, days in parameters.fresh_within_days.items() if days != FUKUOKA.fresh_within_days[source]} == {
        "childcare": 14
    }
    assert tuned("SP-1", {}) == FUKUOKA


def test_every_parameter_can_be_set_within_bounds_that_hold_the_citys_value() -> None:
    numbers = [name for name in TUNABLE if isinstance(getattr(FUKUOKA, name), int)]

    assert {name for name in numbers if not bounds(name)[0] <= getattr(FUKUOKA, name) <= bounds(name)[1]} == set()
    assert set(vars(type(FUKUOKA))["__dataclass_fields__"]) - TUNABLE == FIXED, "a parameter of a new kind needs a reader in tuning.py"
    assert TUNINGS.keys() <= TUNABLE
    assert FIXED.isdisjoint(TUNABLE)
    assert all(low <= getattr(FUKUOKA, name) <= high for name, (low, high) in SHARES.items())


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"absence": {"high_from": 20}, "share_from": "06-30", "school_days_of_year": {"2026": 190}, "rohrer_low_below": 105}, None),
        ({"absence": {"high_from": 500}}, "parameters.absence.high_from"),
        ({"absence": {"colour": 1}}, "parameters.absence.colour"),
        ({"absence": 30}, "parameters.absence"),
        ({"share_from": "31-12"}, "parameters.share_from"),
        ({"share_from": "W05-3"}, "parameters.share_from"),
        ({"school_days_of_year": {"26": 190}}, "parameters.school_days_of_year.26"),
        ({"rohrer_low_below": 200}, "parameters.rohrer_low_below"),
        ({"rohrer_low_below": "100"}, "parameters.rohrer_low_below"),
    ],
)
def test_parameters_of_every_kind_are_read_and_refused_by_name(told: dict[str, Any], field: str | None) -> None:
    content = SOUND | {"parameters": told}
    if field is not None:
        assert field in {where for where, _ in mistakes(content)}
        return
    parameters = tuned("FK-2", ruleset_of(content).parameters)
    assert (parameters.absence.high_from, parameters.absence.share_least) == (20, FUKUOKA.absence.share_least)
    assert (parameters.share_from, parameters.school_days_of_year, parameters.rohrer_low_below) == ((6, 30), {2026: 190}, 105)


# --- The law: poverty or disability alone never opens a review --------------------------------------------------------

names = st.sampled_from([item.value for item in COUNTING])
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def entered(draw: st.DrawFn) -> dict[str, Any]:
    """What a person may enter: every key, within and beyond what is allowed, mostly of items that the ruleset counts."""
    counted = draw(st.lists(names, unique=True, min_size=1))
    if draw(st.integers(0, 9)) == 0:
        counted.append(draw(st.sampled_from([item.value for item in Item if ITEMS[item].context])))
    some = st.lists(st.sampled_from(counted), unique=True, max_size=4)
    never = draw(st.sampled_from([["ECON", "DIS"], ["ECON", "DIS", "PERI"], list(Group), ["ECON"], []]))
    content: dict[str, Any] = {
        "name": "SP-7",
        "items": counted,
        "groups_needed": draw(st.integers(0, 4)),
        "never_alone": never,
        "sufficient_groups": draw(st.lists(st.sampled_from([each.value for each in Group]), unique=True, max_size=2)),
        "sufficient": draw(some),
        "several": {"at_least": draw(st.integers(0, 4)), "of": draw(some)},
    }
    if draw(st.booleans()):
        content["switches"] = {draw(st.sampled_from(counted)): {"from": draw(days)}}
    if draw(st.booleans()):
        content["parameters"] = {"epds_high_from": draw(st.integers(0, 31)), "late_from_weeks": draw(st.integers(0, 41))}
    return content


def true(items: tuple[Item, ...]) -> list[Answer]:
    return [Answer(item, IndicatorValue.TRUE, Common.NOT_BORN, counted=True) for item in items]


def opens_by_poverty_or_disability(ruleset: Ruleset, day: date) -> list[tuple[Item, ...]]:
    sets = chain.from_iterable(combinations(POOR, size) for size in range(len(POOR) + 1))
    return [items for items in sets if judge(ruleset.on(day), true(items), in_scope=True).needed]


@settings(max_examples=400, deadline=None)
@given(entered(), days)
def test_no_ruleset_that_a_person_can_enter_opens_a_review_by_poverty_or_disability_alone(content: dict[str, Any], day: date) -> None:
    try:
        ruleset = ruleset_of(content)
    except NotARuleset:
        return

    assert opens_by_poverty_or_disability(ruleset, day) == []
    assert opens_by_poverty_or_disability(ruleset, day + timedelta(days=4_000)) == []


@settings(max_examples=400, deadline=None)
@given(entered())
def test_more_that_is_true_never_asks_for_less(content: dict[str, Any]) -> None:
    try:
        ruleset = ruleset_of(content)
    except NotARuleset:
        return
    items = tuple(ruleset.group_of)

    for left_out in items:
        fewer = tuple(item for item in items if item is not left_out)
        assert judge(ruleset, true(fewer), in_scope=True).needed <= judge(ruleset, true(items), in_scope=True).needed


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_the_rulesets_that_come_with_the_software_are_held_to_it_too(document: str) -> None:
    assert opens_by_poverty_or_disability(read(document), date(2026, 4, 1)) == []
