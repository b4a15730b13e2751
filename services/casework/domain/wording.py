"""
Every indicator, reason and figure in plain Japanese: one table for all pages (`domain.md` §4.7).

No score, no judgement: what is recorded, since when, and what is not known. Wording for families would differ; this is for staff.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.values import IndicatorValue, Item, Relationship, Sex, Source
from services.casework.domain.review import PROTECTED_SEPARATION, RECORD_IN_HAND, Change, Reason

HINT_NOT_JUDGEMENT = "職員が確かめるための手がかりです。支援の要否は判定しません。"
"""Stands on every page with reasons."""

WHEREABOUTS_HIDDEN = "保護措置のため表示しません"
"""Stands in the place of everything that tells where a protected person is (`domain.md` §4.4)."""

SayDay = Callable[[date], str]
"""How a page writes a date."""


class Sensitive(StrEnum):
    """Kinds of items that a list never names and a page opens for a stated reason only (`casework.md` §2.3)."""

    WELFARE = "福祉"
    GUARDIANS_HEALTH = "保護者の健康"


@dataclass(frozen=True, slots=True)
class ItemWording:
    """An item in words: as a reason to look, as reassurance, and as something not known."""

    present: str
    absent: str
    unknown: str
    sensitive: Sensitive | None = None
    reassures: bool = True
    """Whether its absence is a reassurance. That a household gets no help is none."""


ITEMS: Mapping[Item, ItemWording] = {
    Item.CHECKUP_4M_NOT_RECEIVED: ItemWording("4か月児健診を受けた記録がない", "4か月児健診を受けている", "4か月児健診を受けたかどうか"),
    Item.CHECKUP_18M_NOT_RECEIVED: ItemWording(
        "1歳6か月児健診を受けた記録がない", "1歳6か月児健診を受けている", "1歳6か月児健診を受けたかどうか"
    ),
    Item.CHECKUP_3Y_NOT_RECEIVED: ItemWording("3歳児健診を受けた記録がない", "3歳児健診を受けている", "3歳児健診を受けたかどうか"),
    Item.LATE_PREGNANCY_NOTIFICATION: ItemWording(
        "母子健康手帳の交付が妊娠12週以降", "母子健康手帳は妊娠11週までに交付", "妊娠の届出がいつだったか"
    ),
    Item.NO_PRENATAL_CHECKUPS: ItemWording("妊婦健診を受けた記録がない", "妊婦健診を受けている", "妊婦健診を受けたかどうか"),
    Item.EPDS_HIGH: ItemWording(
        "産婦健診のこころの質問票（EPDS）が9点以上",
        "産婦健診のこころの質問票（EPDS）は8点以下",
        "産婦健診のこころの質問票（EPDS）の結果",
        Sensitive.GUARDIANS_HEALTH,
    ),
    Item.HOUSEHOLD_PUBLIC_ASSISTANCE: ItemWording(
        "世帯が生活保護を受けている",
        "世帯は生活保護を受けていない",
        "世帯が生活保護を受けているかどうか",
        Sensitive.WELFARE,
        reassures=False,
    ),
}
"""Every item of this release."""

SOURCES: Mapping[Source, str] = {
    Source.RESIDENT_REGISTRY: "区 市民課（住民記録）",
    Source.PUBLIC_ASSISTANCE: "区 保護課（生活保護）",
    Source.MATERNAL_CHILD_HEALTH: "区 健康課（母子保健）",
}
"""The section behind each source (もとの課)."""

_IN_HAND = "届いた記録の中に、まだ確認の済んでいないものがあるため、いまは判断しない"

REASONS: Mapping[str, tuple[str, ...]] = {
    # Checkups: items 3a to 3c.
    "not_received": ("対象の時期（{window_start}〜{window_end}）が過ぎ、{due_on}になっても受診の記録が届いていない",),
    "received": ("{exam_date}に受診",),
    "window_open": ("対象の時期（{window_start}〜{window_end}）がまだ終わっていない",),
    "residence_incomplete": ("対象の時期のあいだ、ずっと市内に住んでいたか確かめられない",),
    "feed_stale": ("もとの課からのデータが、まだ必要な日まで届いていない",),
    # Pregnancy: items 15 and 16.
    "notified_late": ("交付は妊娠{weeks}週（{issued_on}）", "交付は妊娠{weeks}週"),
    "notified_in_time": ("交付は妊娠{weeks}週（{issued_on}）", "交付は妊娠{weeks}週"),
    "notified_after_birth": ("交付は出産のあと（{issued_on}）", "交付は出産のあと"),
    "no_pregnancy_linked": ("このこどもの妊娠の記録が見つかっていない",),
    "no_notification": ("妊娠の届出の記録が届いていない",),
    "first_notification_unknown": ("転入前の市町村への最初の届出の週数が分からない",),
    "weeks_unknown": ("交付のときの妊娠週数が分からない",),
    "exam_recorded": ("最初の健診は{first_exam}",),
    "no_exam_on_record": ("出産までの健診の記録が、出産から120日たっても1件も届いていない",),
    "claims_outstanding": ("健診の請求が遅れて届くことがあるため、出産から120日までは判断しない",),
    "mother_residence_incomplete": ("妊娠20週から出産まで、母がずっと市内に住んでいたか確かめられない",),
    # EPDS: item 17.
    "total_high": ("最も高い合計点 {highest}点。最新は{latest_on}の{latest}点。診断ではなく、ようすをたずねる目安",),
    "total_low": ("最も高い合計点 {highest}点（最新は{latest_on}）",),
    "no_exam_recorded": ("産婦健診の結果が届いていない",),
    # Public assistance: item 18.
    "receiving": ("{valid_from}から受給", "受給している"),
    "not_receiving": ("{valid_from}に終わっている", "いまは受給していない"),
    "suspended": ("{valid_from}から停止中", "停止中"),
    "no_record": ("受給の記録がない",),
    "no_notification_no_exam": ("妊娠の届出も、出産までの健診の記録も、出産から120日たっても1件も届いていない",),
    "mother_not_certain": ("このこどもの母がだれか、まだ確かめられていない",),
    # Any item.
    RECORD_IN_HAND: (_IN_HAND,),
    # The very words of a record in hand: nothing here may hint at an opponent (`domain.md` §2.8-8).
    PROTECTED_SEPARATION: (_IN_HAND,),
    "before_feed": ("もとの課からデータが届き始める前の時期のことなので、記録がなくても、なかったとは言えない",),
    "out_of_scope": ("対象の年齢を過ぎている",),
    "not_born": ("まだ生まれていない",),
    "person_voided": ("住民記録が取り消されている",),
    "not_resident": ("その日は市内に住んでいない",),
}
"""
Every reason code of the scorer, with places for the figures of its detail.

Where a figure may be missing, the next alternative says the same without it.
"""

UNWORDED = "くわしい内容は、もとの課に確かめてください"
"""For a reason code that is newer than this table: a page must not fail, nor show a code to people."""

CHILD_OF_HEAD = "子"
SEXES: Mapping[Sex, str] = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: "性別の記録なし"}
RELATIONSHIPS: Mapping[Relationship, str] = {
    Relationship.HEAD: "世帯主",
    Relationship.SPOUSE: "配偶者",
    Relationship.CHILD: CHILD_OF_HEAD,
    Relationship.GRANDCHILD: "孫",
    Relationship.PARENT: "父母",
    Relationship.OTHER: "その他",
}


def title_of(reason: Reason) -> str:
    """Name a reason by its value: what is there, what reassures, or what is not known."""
    wording = ITEMS[reason.item]
    if reason.value is IndicatorValue.TRUE:
        return wording.present
    return wording.absent if reason.value is IndicatorValue.FALSE else wording.unknown


def explain(reason: Reason, say: SayDay) -> str:
    """Say what is recorded, with its figures. `say` writes a date. Never raises: a missing figure leaves the sentence out."""
    figures = _figures(reason, say)
    sentence = next(filter(None, (_filled(template, figures) for template in REASONS.get(reason.reason_code, ()))), UNWORDED)
    late = reason.detail is not None and reason.detail.get("late") is True
    return f"{sentence}（対象の時期を過ぎてからの受診）" if late else f"{sentence}{_stale(reason.stale_since, say)}"


def change_text(change: Change, say: SayDay) -> str:
    """Say what came or went between two words."""
    wording = ITEMS[change.item]
    if change.after is not None and change.after.value is IndicatorValue.TRUE and not change.after.counted:
        return f"「{wording.present}」は、数える年齢を過ぎたため、きっかけに数えなくなった"
    if change.after is not None and change.after.value is IndicatorValue.UNKNOWN:
        return f"「{wording.present}」かどうか、分からなくなった：{explain(change.after, say)}"
    if change.after is None or not change.after.holds:
        now = explain(change.after, say) if change.after is not None else "記録が取り消された"
        return f"「{wording.present}」ではなくなった：{now}"
    return f"「{wording.present}」が新しく加わった"


def reassures(reason: Reason) -> bool:
    """Whether a reason stands under what reassures."""
    return reason.value is IndicatorValue.FALSE and reason.counted and ITEMS[reason.item].reassures


def sensitive_kind(item: Item) -> Sensitive | None:
    """Return the kind of sensitive item that `item` is, if it is one."""
    return ITEMS[item].sensitive


def list_lines(reasons: Sequence[Reason], say: SayDay = str) -> tuple[str, ...]:
    """Return what a list says of a child: reasons that hold, sensitive ones as a number only."""
    return (*named_lines(reasons, say), *(f"ほかに{line}" for line in sensitive_lines(reasons, say)))


def named_lines(reasons: Sequence[Reason], say: SayDay) -> tuple[str, ...]:
    """Return the reasons that hold and may be named."""
    return tuple(f"{title_of(r)}{_stale(r.stale_since, say)}" for r in reasons if r.holds and sensitive_kind(r.item) is None)


def sensitive_lines(reasons: Sequence[Reason], say: SayDay) -> tuple[str, ...]:
    """Return how many sensitive reasons hold, by kind, and since when the oldest of them cannot be confirmed."""
    lines = []
    for kind in Sensitive:
        holding = [reason for reason in reasons if reason.holds and sensitive_kind(reason.item) is kind]
        since = min((reason.stale_since for reason in holding if reason.stale_since is not None), default=None)
        if holding:
            lines.append(f"{kind}の項目 {len(holding)}件{_stale(since, say)}")
    return tuple(lines)


def overdue_text(since: date, say: SayDay) -> str:
    """Say that a child could not be evaluated, so that its answers are of an older day."""
    return f"{say(since)}に行うはずだった見直しが、まだできていません。ここの内容は、それより前の日のものです。"


def _stale(since: date | None, say: SayDay) -> str:
    return f"（{say(since)}からデータが届いていないため、いまも同じかは確かめられない）" if since is not None else ""


def _filled(template: str, figures: Mapping[str, str]) -> str | None:
    try:
        return template.format_map(figures)
    except KeyError:
        return None


def _figures(reason: Reason, say: SayDay) -> dict[str, str]:
    figures = {key: _figure(value, say) for key, value in (reason.detail or {}).items()}
    if reason.valid_from is not None:
        figures["valid_from"] = say(reason.valid_from)
    return figures


def _figure(value: object, say: SayDay) -> str:
    if isinstance(value, str):
        try:
            return say(date.fromisoformat(value))
        except ValueError:
            return value
    return str(value)
