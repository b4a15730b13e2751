"""A ruleset in words (Japanese): for people who decide which children others are asked to look at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.catalogue import ITEMS, source
from contracts.values import Group, Item, Source
from infra.pages.dates import era_date
from services.scorer.domain.parameters import FUKUOKA, CheckupWindow, SchoolCount
from services.scorer.domain.rulesets import Ruleset
from services.scorer.domain.rulesets.mistakes import Mistake
from services.scorer.domain.rulesets.rule import Setting, Switch
from services.scorer.domain.rulesets.tuning import TUNABLE, WINDOWS
from services.scorer.domain.standing import Standing, Step

GROUPS: Mapping[Group, str] = {
    Group.PERI: "妊娠・出産",
    Group.CHK: "健診",
    Group.GROW: "体重",
    Group.DIS: "障害",
    Group.SCH: "学校",
    Group.ECON: "経済",
    Group.CONN: "市とのつながり",
    Group.CARE: "相談・支援",
}
"""The groups that count one circumstance once (`domain.md` §2.7)."""

STEPS: Mapping[Step, str] = {
    Step.PROPOSED: "提案した",
    Step.SIMULATED: "市全体で試算した",
    Step.APPROVED: "承認した",
    Step.WITHDRAWN: "取り下げた",
    Step.TRIAL_BEGUN: "試行を始めた",
    Step.TRIAL_ENDED: "試行を終えた",
}

ORIGINS: Mapping[str, str] = {"person": "職員の案", "evaluation": "確認の結果の評価", "analysis": "外部の分析の結果"}
"""Where a proposal comes from."""

TAGS: Mapping[Standing, str] = {
    Standing.IN_USE: "new",
    Standing.APPROVED: "new",
    Standing.SIMULATED: "changed",
    Standing.PROPOSED: "changed",
}
"""The look of a standing; the words say it, too."""

PARAMETERS: Mapping[str, str] = {
    "windows": "健診の時期",
    "checkup_grace_days": "健診の期間が終わってから、結果を待つ日数",
    "checkup_early_days": "健診の期間より前でも受けたとみなす日数",
    "late_from_weeks": "母子健康手帳の交付を「遅い」とする妊娠週数",
    "claims_grace_days": "出生後、妊婦健診の請求を待つ日数",
    "mother_resident_from_weeks": "母が市内に住んでいたことを確かめる、はじめの妊娠週数",
    "pregnancy_counted_months": "妊娠の項目を数える月齢の上限",
    "epds_high_from": "こころの質問票（EPDS）を「高い」とする点数",
    "epds_counted_months": "こころの質問票（EPDS）を数える月齢の上限",
    "epds_by_kinship_months": "妊娠の記録がないとき、母の産婦健診をこの出産のものとみる月齢",
    "unlinked_postpartum_days": "母だけが分かる産婦健診を、出産に結び付ける日数",
    "unlinked_prenatal_days": "母だけが分かる妊婦健診を、出産に結び付ける日数",
    "one_birth_days": "1回の出産とみなす日数の開き",
    "absence": "欠席日数が「多い」とする数",
    "tardiness": "遅刻が「多い」とする数",
    "school_days_a_year": "1年の授業日数",
    "school_days_of_year": "年度ごとの授業日数",
    "share_from": "欠席・遅刻を割合で判断し始める月日",
    "month_longest_days": "1か月の授業日・欠席の上限（これを超えると誤りとみなす）",
    "absence_severe_from": "欠席が著しく多いとする日数",
    "absence_hardly_attended": "ほとんど出席していないとする出席日数",
    "low_weight_from_months": "乳幼児の体重をみる、はじめの月齢",
    "low_weight_counted_to": "小学1年で、乳幼児の体重を数えなくなる月日",
    "plausible_fall": "前回より減ったら誤りとみなす割合",
    "rohrer_low_below": "やせすぎとするローレル指数",
    "school_exam_holds_months": "学校健康診断の結果を使う月数",
    "school_exam_by": "学校健康診断が終わっている月日",
    "handbook_months": "終わりの日のない手帳を有効とする月数",
    "contact_months": "市との関わりがないとみる月数",
    "not_enrolled_from_class_age": "園・学校に属していないことをみる、はじめのクラス年齢",
    "not_enrolled_resident_days": "園・学校に属していないとする前に、市内に住んでいる日数",
    "survey_concern_from": "生活アンケートの気になる回答が「多い」とする数",
    "learning_low_to": "学力が「低い」とする偏差値（これ以下）",
    "learning_fall_from": "学力が前の年から「下がった」とする偏差値の差",
    "lunch_dues_from": "学校給食費の滞納を数える、未納の月数",
    "lunch_overdue_days": "学校給食費を滞納とみなす、納期限からの日数",
    "moves_from": "転居が「多い」とする回数",
    "moves_months": "転居の回数をみる月数",
    "care_level_from": "家族の介護を「必要」とみる要介護の区分（これ以上）",
    "care_able_adults_most": "支える大人が「少ない」とする人数（これ以下）",
    "care_adult_years": "支える大人とみる年齢",
    "fresh_within_days": "連携元から届かなくても、古いとみなさない日数",
    "complete_from": "連携元の記録がそろっている始まりの日",
    "notifications_from": "妊娠届の記録がそろっている始まりの日",
}
"""What a ruleset may set (`tuning.TUNABLE`)."""

KEYS: Mapping[str, str] = {
    "name": "名前。SP-7のように、英大文字2字とハイフンと、まだ使われていない番号",
    "items": "数える項目",
    "groups_needed": "いくつの分類で該当があれば挙げるか",
    "never_alone": "それだけでは挙げない分類。ECONとDISを必ず入れる",
    "sufficient": "ひとつでも該当すれば挙げる項目",
    "sufficient_groups": "ひとつでも該当すれば挙げる分類",
    "several": "決めた項目（of）のうち、いくつ（at_least）で挙げるか",
    "suppressors": "該当する間は、新しく挙げない項目",
    "cool_down_days": "支援不要などで終えたあと、同じ分類だけでは再び挙げない日数",
    "new_a_day": "使い始めに、1つの区で1日に新しく挙げる上限",
    "switches": "項目ごとの、数え始める日（from）と、数え終わる日（to、その日は数えない）",
    "parameters": "市の値と変える設定",
}
"""What a document may say (`rulesets/document.py`)."""

_WINDOWS = {"fukuoka": "福岡市の時期", "guideline": "国のガイドラインの時期"}
_SCHOOL = {"high_from": "年に{}以上", "share_of_year": "年{}の割合以上", "share_least": "割合で判断するのは{}以上から"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to be asked about: a sentence, and the items that it names."""

    sentence: str
    items: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it in a line."""
        return self.sentence + (f"：{'、'.join(self.items)}" if self.items else "")


def conditions(ruleset: Ruleset) -> list[Condition]:
    """Return the ways by which a child is asked about: one of them is enough."""
    found = []
    if ruleset.groups_needed <= len(set(ruleset.group_of.values())):
        alone = "・".join(GROUPS[group] for group in Group if group in ruleset.never_alone)
        least = f"{ruleset.groups_needed}つ以上の分類で該当がある" if ruleset.groups_needed > 1 else "どれかの分類で該当がある"
        found.append(Condition(f"{least}（{alone}だけのときは除く）"))
    several, of = ruleset.several_of
    if of:
        found.append(Condition(f"次の{len(of)}項目のうち{several}つ以上に該当する", _items(of)))
    if ruleset.sufficient:
        found.append(Condition("次の項目は、ひとつでも該当する", _items(ruleset.sufficient)))
    if named := _groups(ruleset.sufficient_groups & set(ruleset.group_of.values())):
        of_them = _items(item for item, group in ruleset.group_of.items() if group in ruleset.sufficient_groups)
        found.append(Condition(f"「{'」「'.join(named)}」の分類は、ひとつでも該当する", of_them))
    return found


def exceptions(ruleset: Ruleset) -> list[str]:
    """Return when nobody new is asked about, and how many at most."""
    support = [f"「{words}」の間は、新しく挙げない（すでに支援につながっているため）" for words in _items(ruleset.suppressors)]
    return [
        *support,
        "不明な項目は数えない。一覧には「不明」と出す",
        "市外に住んでいる間と、対象の年齢を過ぎたときは挙げない",
        f"支援不要などで終えたあと{ruleset.cool_down_days}日は、新しい分類が加わらなければ、再び挙げない",
        f"使い始めに新しく挙げるのは、1つの区で1日{ruleset.new_a_day}人まで",
    ]


def items_by_group(ruleset: Ruleset) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the items that count, by group, each with the days on which it does where these are limited."""
    return [
        (GROUPS[group], [(ITEMS[item].present, _days(ruleset.switches.get(item))) for item in Item if ruleset.group_of.get(item) is group])
        for group in Group
        if group in ruleset.group_of.values()
    ]


def settings(ruleset: Ruleset) -> list[tuple[str, str, str]]:
    """Return what differs from the city's parameters: name, the city's value, and the ruleset's."""
    return [(PARAMETERS.get(name, name), _city(name, value), _told(name, value)) for name, value in sorted(ruleset.parameters.items())]


def differences(now: Ruleset, then: Ruleset) -> list[str]:
    """Return in what a ruleset differs from the one in use, in sentences."""
    found = [
        *(f"項目を加える：{words}" for words in _items(then.group_of.keys() - now.group_of.keys())),
        *(f"項目を外す：{words}" for words in _items(now.group_of.keys() - then.group_of.keys())),
    ]
    before, after = conditions(now), conditions(then)
    found += [f"挙げる条件に加える：{each}" for each in after if each not in before]
    found += [f"挙げる条件から外す：{each}" for each in before if each not in after]
    if now.suppressors != then.suppressors:
        found.append(f"新しく挙げない間を変える：{'、'.join(_items(then.suppressors)) or 'なし'}")
    found += [f"項目を数える期間を変える：{ITEMS[item].present}" for item in Item if now.switches.get(item) != then.switches.get(item)]
    if now.new_a_day != then.new_a_day:
        found.append(f"1つの区で1日に新しく挙げる上限：{now.new_a_day}人から{then.new_a_day}人へ")
    if now.cool_down_days != then.cool_down_days:
        found.append(f"終えたあと再び挙げない日数：{now.cool_down_days}日から{then.cool_down_days}日へ")
    names = sorted(name for name in {*now.parameters, *then.parameters} if now.parameters.get(name) != then.parameters.get(name))
    for name in names:
        one, other = (each.parameters.get(name) for each in (now, then))
        was = _told(name, one) if one is not None else _city(name, other)
        found.append(f"{PARAMETERS.get(name, name)}：{was}から{_told(name, other) if other is not None else _city(name, one)}へ")
    return found


def glossary() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what each name in a document means: its keys, items, groups, and what it may set."""
    return [
        ("文書の項目", list(KEYS.items())),
        (
            "データ項目（items・several・sufficient・suppressors・switches で使う名前）",
            [(item.value, ITEMS[item].present) for item in Item],
        ),
        ("分類（never_alone・sufficient_groups で使う名前）", [(group.value, words) for group, words in GROUPS.items()]),
        ("変えられる設定（parameters で使う名前）", [(name, words) for name, words in PARAMETERS.items() if name in TUNABLE]),
    ]


def wrong(mistake: Mistake) -> str:
    """Return what is wrong with a field, for whoever entered it."""
    return f"{mistake.field}：{mistake.wrong.japanese}" + (f"（{mistake.about}）" if mistake.about else "")


def _items(items: Iterable[Item]) -> tuple[str, ...]:
    named = frozenset(items)
    return tuple(ITEMS[item].present for item in Item if item in named)


def _groups(groups: Iterable[Group]) -> list[str]:
    named = frozenset(groups)
    return [GROUPS[group] for group in Group if group in named]


def _days(switch: Switch | None) -> str:
    if switch is None or (switch.start is None and switch.end is None):
        return ""
    start = f"{era_date(switch.start)}から" if switch.start else ""
    end = f"{era_date(switch.end)}の前日まで" if switch.end else ""
    return start + end


def _told(name: str, value: object) -> str:
    """Return what a ruleset sets, as it is read."""
    if name == "windows":
        return _WINDOWS[str(value)]
    if isinstance(value, Mapping):
        return "、".join(_told_parts(name, value))
    return era_date(value) if isinstance(value, date) else str(value)


def _told_parts(name: str, value: Mapping[str, object]) -> Iterator[str]:
    for key, each in value.items():
        if name in {"absence", "tardiness"}:
            yield _SCHOOL[key].format(each)
        else:
            yield f"{source(Source(key)).system if key in set(Source) else key} {_told('', each)}"


def _city(name: str, setting: Setting | None) -> str:
    """Return the city's value of what a ruleset sets; of several numbers, those alone that it sets."""
    held = getattr(FUKUOKA, name)
    if isinstance(held, SchoolCount) and isinstance(setting, Mapping):
        return "、".join(_SCHOOL[key].format(getattr(held, key)) for key in setting)
    if isinstance(held, Mapping) and isinstance(setting, Mapping):
        return "、".join(_told_parts(name, {str(key): held[key] for key in held if str(key) in setting})) or "定めなし"
    return _city_of(name)


def _city_of(name: str) -> str:
    """Return the city's value of a parameter that is one value; of several numbers, nothing."""
    held = getattr(FUKUOKA, name)
    if name == "windows":
        return next(_WINDOWS[key] for key, windows in WINDOWS.items() if windows == held)
    if isinstance(held, tuple) and not any(isinstance(each, CheckupWindow) for each in held):
        return "-".join(f"{each:02}" for each in held)
    if isinstance(held, Mapping | SchoolCount):
        return ""
    return _told(name, held)
