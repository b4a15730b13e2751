"""
Every indicator, reason and figure in plain Japanese, put together from the catalogue's words for all pages (`domain.md` §4.7).

No score, no judgement: what is recorded, since when, and what is not known. Wording for families would differ; this is for staff.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import assert_never

from contracts import catalogue
from contracts.catalogue import ITEMS, SENSITIVITY_WORDS
from contracts.catalogue.saying import SayDay, sentence, stale
from contracts.values import IndicatorValue, Item, Relationship, Sex, Source
from services.casework.domain.review import Change, Reason

HINT_NOT_JUDGEMENT = "職員が確かめるための手がかりです。支援の要否は判定しません。"
"""Stands on every page with reasons."""

WHEREABOUTS_HIDDEN = "保護措置のため表示しません"
"""Stands in the place of everything that tells where a protected person is (`domain.md` §4.4)."""

SOURCES: Mapping[Source, str] = {entry.code: entry.whom_to_ask for entry in catalogue.SOURCES}
"""The section behind each source (もとの課)."""

CHILD_OF_HEAD = "子"
RELATIONSHIPS: Mapping[Relationship, str] = {
    Relationship.HEAD: "世帯主",
    Relationship.SPOUSE: "世帯主の配偶者",
    Relationship.CHILD: "世帯主の子",
    Relationship.GRANDCHILD: "世帯主の孫",
    Relationship.PARENT: "世帯主の父母",
    Relationship.OTHER: "世帯主のその他の親族、または同居人",
}
"""続柄 as the register has it. Who of them looks after the child, it does not say."""

SEXES: Mapping[Sex, str] = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: "性別の記録なし"}


def title_of(reason: Reason) -> str:
    """Name a reason by its value: what is there, what reassures, or what is not known."""
    wording = ITEMS[reason.item]
    match reason.value:
        case IndicatorValue.TRUE:
            return wording.present
        case IndicatorValue.FALSE:
            return wording.absent
        case IndicatorValue.UNKNOWN | IndicatorValue.NOT_APPLICABLE:
            return wording.unknown
        case _:
            assert_never(reason.value)


def explain(reason: Reason, say: SayDay) -> str:
    """Say what is recorded, with its figures. `say` writes a date. Never raises: a missing figure leaves the sentence out."""
    return sentence(reason.item, reason.reason_code, reason.detail or {}, reason.valid_from, reason.stale_since, say)


def happened_on(reason: Reason) -> date | None:
    """Return the day of what is recorded, where it has one; of most reasons one can only say since when they hold."""
    figure = (reason.detail or {}).get(ITEMS[reason.item].dated_by or "")
    try:
        return date.fromisoformat(figure) if isinstance(figure, str) else None
    except ValueError:
        return None


def change_text(change: Change, say: SayDay) -> str:
    """Say what came or went between two words."""
    wording = ITEMS[change.item]
    if change.after is not None and change.after.value is IndicatorValue.TRUE and not change.after.counted:
        return f"「{wording.present}」は、数える年齢を過ぎたため、きっかけに数えなくなった"
    if change.after is not None and change.after.value is IndicatorValue.UNKNOWN:
        return f"「{wording.present}」かどうか、分からなくなった：{explain(change.after, say)}"
    if change.after is None or not change.after.stands:
        now = explain(change.after, say) if change.after is not None else "記録が取り消された"
        return f"「{wording.present}」ではなくなった：{now}"
    return f"「{wording.present}」と分かった（きっかけではない）" if wording.context else f"「{wording.present}」が新しく加わった"


def notices(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """Return what every page says where context is not known. It tells nothing of the child (`domain.md` §2.8-22)."""
    unknown = (ITEMS[r.item].notice for r in reasons if r.value is IndicatorValue.UNKNOWN and r.counted)
    return tuple(text for text in unknown if text is not None)


def reassures(reason: Reason) -> bool:
    """Whether a reason stands under what reassures."""
    return reason.value is IndicatorValue.FALSE and reason.counted and ITEMS[reason.item].reassures


def sensitive_kind(item: Item) -> str | None:
    """Name the kind of sensitive item that `item` is, if it is one."""
    kind = ITEMS[item].sensitivity
    return SENSITIVITY_WORDS[kind] if kind is not None else None


def list_lines(reasons: Sequence[Reason], say: SayDay = str) -> tuple[str, ...]:
    """Return what a list says of a child: reasons that hold, sensitive ones as a number only."""
    return (*named_lines(reasons, say), *(f"ほかに{line}" for line in sensitive_lines(reasons, say)))


def named_lines(reasons: Sequence[Reason], say: SayDay) -> tuple[str, ...]:
    """Return the reasons that hold and may be named."""
    return tuple(f"{title_of(r)}{stale(r.stale_since, say)}" for r in reasons if r.holds and sensitive_kind(r.item) is None)


def sensitive_lines(reasons: Sequence[Reason], say: SayDay) -> tuple[str, ...]:
    """Return how many sensitive reasons hold, by kind, and since when the oldest of them cannot be confirmed."""
    lines = []
    for kind in SENSITIVITY_WORDS.values():
        holding = [reason for reason in reasons if reason.holds and sensitive_kind(reason.item) == kind]
        since = min((reason.stale_since for reason in holding if reason.stale_since is not None), default=None)
        if holding:
            lines.append(f"{kind}の項目 {len(holding)}件{stale(since, say)}")
    return tuple(lines)


def overdue_text(since: date, say: SayDay) -> str:
    """Say that a child could not be evaluated, so that its answers are of an older day."""
    return f"{say(since)}に行うはずだった見直しが、まだできていません。ここの内容は、それより前の日のものです。"
