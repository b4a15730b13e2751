"""The figures of an evaluation as tables, with a chart where there is a share to look at. Small numbers are left out already."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.scorer import effect_words, parts
from services.scorer.charts import Share, intervals
from services.scorer.domain.effect.figures import Line
from services.scorer.domain.effect.missed import Missed
from services.scorer.domain.effect.missed import Share as MissedShare
from services.scorer.domain.effect.quiet import Quiet
from services.scorer.domain.effect.refuted import FalseHits
from services.scorer.domain.effect.report import CITY, Report
from services.scorer.domain.effect.stopping import Cycle, Standing
from services.scorer.domain.effect.thresholds import Proposal
from services.scorer.effect_words import between, percent
from services.scorer.parts import FEW_CHILDREN, FEW_REVIEWS

HEADS = (
    "",
    "終わった確認",
    "判断できた",
    "支援が必要",
    "割合",
    "95%区間",
    "全体との比",
    "どの課も知らなかった割合",
    "1件見つけるまでの確認",
)
_NONE = "—"


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and the chart that says the same where there is one."""

    title: str
    about: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    chart: Markup | None = None


def tables_of(report: Report) -> list[Table]:
    """Return the reviews in all, by group and item, by part of the city, by circumstance, and by half of a fiscal year."""
    wards = sorted(report.by_ward, key=lambda line: parts.place(line.name))
    stands = report.stands
    return [
        _shares(
            "分類ごと",
            "その分類に該当していた確認。1件が複数の分類に入ります。",
            [report.total, *report.by_group],
            report.floor,
            stands=stands,
        ),
        _shares("項目ごと", "その項目に該当していた確認。1件が複数の項目に入ります。", report.by_item, report.floor, stands=stands),
        _shares("区ごと", "要確認に挙がったときに住んでいた区。支援措置のあるこどもの区は出しません。", wards, report.floor, parts.ward),
        _shares("年齢ごと", "要確認に挙がったときの年齢。", report.by_age, report.floor, parts.age),
        _shares("性別ごと", "住民記録の性別。", report.by_sex, report.floor, parts.sex),
        _shares(
            "事情ごと",
            "きっかけかどうかに関わらず、その事情があった確認。割合が特に低い事情は、必要のない確認を重ねていないか確かめてください。",
            report.by_circumstance,
            report.floor,
        ),
        _shares("半期ごと", "終わった半期だけを出します。", report.cycles, report.floor, _cycle),
    ]


def compared(report: Report) -> Table | None:
    """Return which of these reviews another ruleset would have listed (EVAL-03)."""
    if report.what_if is None:
        return None
    it = report.what_if
    words = {"listed": f"{it.ruleset}でも挙がる", "not_listed": f"{it.ruleset}では挙がらない"}
    about = f"終わった確認のうち、{it.ruleset}でも挙がったもの。{it.ruleset}だけで挙がるこどもは、だれも確かめていないため分かりません。"
    return _shares(f"{it.ruleset}と比べる", about, [it.listed, it.not_listed], report.floor, words.__getitem__)


def missed_of(found: Missed) -> list[Table]:
    """Return children whose need became known otherwise, and how many of them the rule would not have listed."""
    heads = ("", "支援が始まったこども", "挙がっていなかった", "割合", "95%区間")
    some = [
        *(_missed("すべて", each) for each in [found.total]),
        *(_missed(parts.ward(each.name), each) for each in sorted(found.by_ward, key=lambda each: parts.place(each.name))),
        *(_missed(parts.age(each.name), each) for each in found.by_age),
    ]
    about = "児童相談所の支援が始まったこどものうち、その直前に、この基準では挙がっていなかった人数。"
    items: list[tuple[str, ...]] = [("どれかの項目に該当", _children(found.with_something))]
    items += [(effect_words.named(code), _children(number)) for code, number in found.by_item.items()]
    of_items = "挙がっていなかったこどものうち、その項目には該当していた人数（それだけでは挙がらない）。"
    return [
        Table("見落とし：ほかの経路で支援が始まったこども", about, heads, some),
        Table("見落としたこどもに該当していた項目", of_items, ("", "こどもの数"), items),
    ]


def quiet_of(found: Quiet) -> Table:
    """Return requests that were kept quiet, drawn at random, and judged."""
    heads = ("", "抜き取った", "判断した", "確認が必要だった", "割合", "95%区間")
    rows = [
        (
            effect_words.named(line.name),
            *_counts(line),
            *_interval(line.ppv, line.low, line.high),
        )
        for line in (found.total, *found.by_group)
    ]
    about = "終結のあとに知らせなかった要確認から、くじで抜き取り、職員が判断したもの。どのこどものことかは出しません。"
    return Table("見落とし：終結のあとに知らせなかった要確認（抜取り）", about, heads, rows)


def false_hits_of(found: FalseHits) -> Table:
    """Return how often staff found a reason wrong, however the case goes on (S13)."""
    heads = ("", "職員が確かめた", "該当が誤りだった", "割合", "95%区間")
    numbers = _reviews(found.seen), _reviews(found.false_hits)
    row = (effect_words.named(found.item), *numbers, *_interval(found.share, found.low, found.high))
    about = (
        "該当していたが、市に記録の届かない施設（企業主導型、市外の園など）に通っていると分かったもの。"
        "ケースの続き方や終わり方にかかわらず、職員が記録した時点で数えます。"
    )
    return Table("該当の誤り：ほかの施設に通っていたこども", about, heads, [row])


def quiet_words(found: Quiet) -> list[str]:
    """Return how many children the quiet missed, between which numbers that lies, and what is not known yet."""
    said = []
    if found.missed is not None:
        said.append(f"抜き取らなかったものも含めると、確認が必要だったのは、少なくとも約{found.missed:,}件。")
    if found.missed_likely is not None:
        said.append(
            f"判断した割合のとおりなら約{found.missed_likely:,}件（95%区間は{found.missed_low:,}〜{found.missed_high:,}件）、"
            f"判断を待つものがすべて必要だったとすると{found.missed_at_most:,}件。"
        )
    if found.few_wait:
        said.append("判断を待つものは少ないため、抜き取った件数は出しません。")
    return said


def thresholds_of(report: Report) -> Table:
    """Return what thresholds would follow, with their uncertainty."""
    heads = ("", "使用中", "判断できた", "案", "95%の回で", "その値以上での割合", "95%区間", "確かさ")
    about = f"支援が必要だった割合が下限の{percent(report.floor)}に届く、いちばん低い値。決めるのは人で、ひとりでに変わることはありません。"
    return Table("しきい値の案", about, heads, [_threshold(each) for each in report.thresholds])


def _threshold(of: Proposal) -> tuple[str, ...]:
    within = _NONE if of.low is None or of.high is None else f"{effect_words.figure(of, of.low)}〜{effect_words.figure(of, of.high)}"
    return (
        effect_words.parameter(of),
        effect_words.figure(of, of.in_use),
        _reviews(of.reviews),
        _NONE if of.proposed is None else effect_words.figure(of, of.proposed),
        within,
        *_interval(of.share, of.share_low, of.share_high),
        effect_words.sure(of),
    )


def _shares(
    title: str,
    about: str,
    lines: Sequence[Line],
    floor: float,
    words: Callable[[str], str] = effect_words.named,
    *,
    stands: Mapping[str, Standing] | None = None,
) -> Table:
    dots = [Share(words(line.name), line.ppv, line.low, line.high, _beside(line)) for line in lines]
    chart = intervals(f"{title}、支援が必要だった割合（95%区間）", dots, floor, f"下限 {percent(floor)}")
    heads = HEADS if stands is None else (*HEADS, "状態")
    rows = [(words(line.name), *_cells(line), *_standing(line, stands)) for line in lines]
    return Table(title, about, heads, rows, chart)


def _cells(line: Line) -> Iterable[str]:
    yield from _counts(line)
    yield from _interval(line.ppv, line.low, line.high)
    yield _NONE if line.lift is None else f"{line.lift:.2f}倍"
    yield _NONE if line.unknown_share is None else percent(line.unknown_share)
    yield _NONE if line.visits is None else f"{line.visits:.1f}件"


def _counts(line: Line) -> Iterable[str]:
    """Where nothing was assessed, nobody is in need; else what is left out is of a few."""
    yield from map(_reviews, (line.reviews, line.assessed, 0 if line.assessed == 0 else line.needed))


def _standing(line: Line, stands: Mapping[str, Standing] | None) -> tuple[str, ...]:
    return () if stands is None else (effect_words.STANDS[stands[line.name]],)


def _beside(line: Line) -> str:
    if line.ppv is not None:
        return f"{line.needed}/{line.assessed}件（{percent(line.ppv)}）"
    return "0件" if line.reviews == 0 else FEW_REVIEWS


def _missed(name: str, share: MissedShare) -> tuple[str, ...]:
    return (name, _children(share.children), _children(share.missed), *_interval(share.share, share.low, share.high))


def _interval(share: float | None, low: float | None, high: float | None) -> tuple[str, str]:
    return (_NONE if share is None else percent(share)), between(low, high)


def _reviews(number: int | None) -> str:
    return FEW_REVIEWS if number is None else f"{number:,}件"


def _children(number: int | None) -> str:
    return FEW_CHILDREN if number is None else f"{number:,}人"


def _cycle(name: str) -> str:
    found = Cycle.named(name)
    return effect_words.cycle(found) if found is not None else parts.UNKNOWN


def total_of(report: Report) -> list[tuple[str, str]]:
    """Return the figures of all reviews together."""
    it = report.total
    share = _NONE if it.ppv is None else f"{percent(it.ppv)}（{between(it.low, it.high)}）"
    return [
        ("終わった確認", _reviews(it.reviews)),
        ("判断できた", _reviews(it.assessed)),
        ("支援が必要", _reviews(0 if it.assessed == 0 else it.needed)),
        ("割合（95%区間）", share),
        ("1件見つけるまでの確認", _NONE if it.visits is None else f"{it.visits:.1f}件"),
        ("状態", effect_words.STANDS[report.stands[CITY]]),
    ]
