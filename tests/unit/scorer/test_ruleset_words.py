"""A ruleset in words: every value that it may set has a name, and what is said follows from the rule."""

from dataclasses import replace
from datetime import date

from contracts.values import Group, Item
from services.scorer import wording
from services.scorer.charts import Pair, drawn
from services.scorer.domain.rulesets import SP_1, SP_2, SP_3, document
from services.scorer.domain.rulesets.rule import Switch
from services.scorer.domain.rulesets.tuning import TUNABLE


def test_everything_that_a_ruleset_may_set_has_a_name_in_japanese() -> None:
    assert wording.PARAMETERS.keys() >= TUNABLE
    assert wording.GROUPS.keys() == set(Group)
    assert wording.KEYS.keys() == document.KEYS


def test_the_rule_in_use_reads_as_the_law_says() -> None:
    """domain.md §2.7. A group that no item of it belongs to says nothing."""
    assert [each.sentence for each in wording.conditions(SP_2)] == [
        "2つ以上の分類で該当がある（障害・経済だけのときは除く）",
        "次の3項目のうち2つ以上に該当する",
        "次の項目は、ひとつでも該当する",
    ]
    assert str(wording.conditions(SP_3)[-1]).startswith("「市とのつながり」の分類は、ひとつでも該当する：")
    assert any("児童相談システムで支援中" in each for each in wording.exceptions(SP_2))


def test_a_ruleset_differs_in_nothing_from_itself_and_in_each_thing_that_is_changed() -> None:
    fewer = frozenset({Item.EPDS_HIGH})
    changed = replace(
        SP_2,
        group_of={item: group for item, group in SP_2.group_of.items() if item not in fewer},
        groups_needed=3,
        suppressors=frozenset(),
        new_a_day=5,
        cool_down_days=30,
        switches={Item.SCHOOL_LOW_WEIGHT: Switch(date(2026, 6, 1), None)},
        parameters={"late_from_weeks": 14, "absence": {"high_from": 20}, "fresh_within_days": {"school_affairs": 60}},
    )

    assert wording.differences(SP_2, SP_2) == []
    told = wording.differences(SP_2, changed)
    assert "項目を外す：産婦健診のこころの質問票（EPDS）が9点以上" in told
    assert "1つの区で1日に新しく挙げる上限：20人から5人へ" in told
    assert "母子健康手帳の交付を「遅い」とする妊娠週数：12から14へ" in told
    assert "挙げる条件に加える：3つ以上の分類で該当がある（障害・経済だけのときは除く）" in told
    assert "欠席日数が「多い」とする数：年に30以上から年に20以上へ" in told
    assert "終えたあと再び挙げない日数：180日から30日へ" in told
    assert len(told) == 10
    assert len(wording.differences(SP_1, SP_2)) > 3
    assert ("欠席日数が「多い」とする数", "年に30以上", "年に20以上") in wording.settings(changed)


def test_a_number_that_is_not_shown_is_no_bar_in_a_chart() -> None:
    chart = drawn("区ごと", [Pair("東区 <b>", 12.5, None), Pair("西区", 0, 3)], unit="人", few="10人未満など")

    assert chart.count("<rect") == 2
    assert "10人未満など" in chart
    assert "東区 &lt;b&gt;" in chart
