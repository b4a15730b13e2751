"""What the lists were worth, in words (Japanese): for people who decide whether a rule stays (EVAL-02, EVAL-03)."""

from collections.abc import Mapping

from contracts.catalogue import ITEMS
from contracts.values import Item
from infra.pages.dates import era_year
from services.scorer.domain.effect.report import CITY
from services.scorer.domain.effect.stopping import CYCLES, Cycle, Standing
from services.scorer.domain.effect.thresholds import DRAWS, Proposal
from services.scorer.parts import FEW_REVIEWS
from services.scorer.wording import GROUPS, PARAMETERS

STANDS: Mapping[Standing, str] = {
    Standing.HOLDS: "下限以上",
    Standing.BELOW: "直近の1期は下限に届かない",
    Standing.SUSPEND: f"{CYCLES}期続けて下限に届かない（やめることを検討）",
    Standing.TOO_FEW: "少なくて判断できない",
}

_UNITS: Mapping[Item, str] = {
    Item.EPDS_HIGH: "点",
    Item.LATE_PREGNANCY_NOTIFICATION: "週",
    Item.SCHOOL_ABSENCE_HIGH: "日",
    Item.SCHOOL_TARDINESS_HIGH: "回",
}

_NAMES: Mapping[str, str] = {
    CITY: "すべて",
    **{group.value: words for group, words in GROUPS.items()},
    **{item.value: ITEMS[item].present for item in Item},
}


def named(code: str) -> str:
    """Return a group or an item in words."""
    return _NAMES[code]


def cycle(each: Cycle) -> str:
    """Return half a fiscal year in words, e.g. 令和8年度前半（4月〜9月）."""
    return f"{era_year(each.first_day)}度{'前半（4月〜9月）' if each.half == 1 else '後半（10月〜3月）'}"


def percent(share: float) -> str:
    """Return a share for people: to the percent."""
    return f"{100 * share:.0f}%"


def between(low: float | None, high: float | None) -> str:
    """Return between which shares the true one lies."""
    return "—" if low is None or high is None else f"{percent(low)}〜{percent(high)}"


def parameter(of: Proposal) -> str:
    """Return what a threshold is of."""
    return PARAMETERS[of.parameter.partition(".")[0]]


def figure(of: Proposal, number: int) -> str:
    """Return a figure with its unit."""
    return f"{number}{_UNITS[Item(of.item)]}"


def sure(of: Proposal) -> str:
    """Return in a word whether it is to be changed."""
    if of.proposed is None:
        return "値は出せない"
    return "変える根拠がある" if of.is_sure else "変える確かな根拠はない"


def sentences(of: Proposal, floor: float) -> list[str]:
    """Return what is proposed of a threshold, how sure that is, and what it would cost."""
    if of.proposed is None or of.low is None or of.high is None or of.found is None:
        return [_why_none(of, floor)]
    at, in_use = figure(of, of.proposed), figure(of, of.in_use)
    within = f"{figure(of, of.low)}から{figure(of, of.high)}まで"
    found = [
        f"判断できた{of.reviews}件の確認では、{at}以上で、支援が必要だった割合が下限の{percent(floor)}に届く。",
        _share(of, at),
        f"同じ件数を{DRAWS:,}回引き直して調べると、この値は95%の回で{within}の間だった。" + _not_found(of),
    ]
    if of.is_sure:
        found.append(f"使用中の{in_use}はこの間の外にあるため、変える根拠がある。")
    elif of.low <= of.in_use <= of.high:
        found.append(f"使用中の{in_use}もこの間に入るため、変える確かな根拠はない。")
    else:
        found.append(f"値が出ない回が多いため、使用中の{in_use}を変える確かな根拠はない。")
    found.append(_cost(of))
    return found


def _share(of: Proposal, at: str) -> str:
    if of.share is None:
        return f"{at}以上での割合は、{FEW_REVIEWS}の数が分かってしまうため、出さない。"
    return f"{at}以上での割合は{percent(of.share)}（95%区間は{between(of.share_low, of.share_high)}）。"


def _why_none(of: Proposal, floor: float) -> str:
    if of.found is None:
        number = FEW_REVIEWS if of.reviews is None else f"{of.reviews}件"
        return f"判断できた確認（{number}）のうち、支援が必要だったもの、または必要でなかったものが少ないため、値は出せない。"
    return f"支援が必要だった割合が下限の{percent(floor)}に届く値はないため、値は出せない。"


def _not_found(of: Proposal) -> str:
    missing = 1 - (of.found or 0)
    return f"{100 * missing:.1f}%の回では、下限に届く値がなかった。" if missing > 0 else ""


def _cost(of: Proposal) -> str:
    if of.proposed is not None and of.proposed < of.in_use:
        return "使用中の値より低いこどもで確認されたのは、ほかの理由でも挙がったこどもだけ。ほかのこどもにも当てはまるとは限らない。"
    if of.lost == 0:
        return "使用中の値で数え、この値では数えなくなるこどもに、支援が必要だった人はいない。"
    number = FEW_REVIEWS if of.lost is None else f"{of.lost}件"
    return f"使用中の値で数え、この値では数えなくなる確認のうち、支援が必要だったものが{number}ある。"


def grounds(of: Proposal, ruleset: str, period: str, floor: float) -> str:
    """Return why a threshold is proposed, as it stands in a ruleset's history: by which evaluation, and how sure that is."""
    head = (
        f"{ruleset}の評価（{period}に終わった確認）から：{parameter(of)}を{figure(of, of.in_use)}から{figure(of, of.proposed or 0)}にする。"
    )
    return "\n".join([head, *sentences(of, floor)])
