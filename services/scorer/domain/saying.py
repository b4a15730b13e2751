"""
What the ward's page says of a child, in its words (`domain.md` §4.7): why, what is not known, what reassures, how fresh, what changed;
never a number.

The words are the catalogue's, for the page and for the command line alike.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.catalogue import ITEMS, source
from contracts.catalogue.saying import SayDay, sentence
from contracts.values import Item, Source
from services.scorer.domain.indicators import SOURCE_OF
from services.scorer.domain.rulesets import Ruleset, asks, groups_of

HINT = "職員が確かめるための手がかりです。支援の要否は判定しません。"
_SEPARATED, _IN_HAND = "protected_separation", "record_in_hand"
Day = Callable[[datetime], date]
Given = Mapping[str, Any]
"""An answer, as `inspection` gives it."""


def page_of(answers: Iterable[Given], ruleset: Ruleset, fresh: Mapping[Source, date], say: SayDay = str) -> dict[str, Any]:
    """Return what a page shows of answers by a ruleset as it was on the day; `fresh` is up to which day each source has delivered."""
    given = list(answers)
    holding = frozenset(Item(each["item"]) for each in given if _stands(each))

    def lines(shown: Callable[[Given], bool], title: str) -> list[dict[str, Any]]:
        return [_line(each, getattr(ITEMS[Item(each["item"])], title), fresh, say) for each in given if shown(each)]

    return {
        "ruleset": ruleset.name,
        "asks_for_a_review": asks(ruleset, holding) and ruleset.suppressors.isdisjoint(holding),
        "groups": [group.value for group in groups_of(ruleset, holding)],
        "why": lines(lambda each: _stands(each) and not ITEMS[Item(each["item"])].context, "present"),
        "context": lines(lambda each: _stands(each) and ITEMS[Item(each["item"])].context, "present"),
        "not_known": lines(lambda each: each["value"] == "UNKNOWN" and each["counted"], "unknown"),
        "reassuring": lines(_reassures, "absent"),
        "history": lines(lambda each: each["value"] == "TRUE" and not each["counted"], "present"),
        "hint": HINT,
    }


@dataclass(frozen=True, slots=True)
class Held:
    """An answer while it was believed."""

    item: Item
    stands: bool
    since: datetime


def changes(held: Iterable[Held], day_of: Day, since: date) -> list[dict[str, Any]]:
    """
    Return what came or went on the days from `since` on, newest first; nothing of the first day on which anything was known.

    What came and went within a day, as where a source was late for an hour, is none.
    """
    ordered = sorted(held, key=lambda each: (each.since, each.item))
    if not ordered:
        return []
    first = day_of(ordered[0].since)
    found = [each for item in Item for each in _of_item([one for one in ordered if one.item is item], first, day_of) if each["on"] >= since]
    return sorted(found, key=lambda each: each["on"], reverse=True)


def _of_item(held: Sequence[Held], first: date, day_of: Day) -> Iterable[dict[str, Any]]:
    last_of_days = {day_of(each.since): each for each in held}
    before = False
    for day, now in last_of_days.items():
        if now.stands != before and day > first:
            yield {"on": day, "item": now.item.value, "title": ITEMS[now.item].present, "came": now.stands}
        before = now.stands


def _stands(answer: Given) -> bool:
    return answer["value"] == "TRUE" and bool(answer["counted"])


def _reassures(answer: Given) -> bool:
    return answer["value"] == "FALSE" and bool(answer["counted"]) and ITEMS[Item(answer["item"])].reassures


def _line(answer: Given, title: str, fresh: Mapping[Source, date], say: SayDay) -> dict[str, Any]:
    item = Item(answer["item"])
    shown = answer if answer["reason_code"] != _SEPARATED else _without_opponent(answer)
    since, code = shown["valid_from"], shown["reason_code"]
    return {
        "item": item.value,
        "title": title,
        "sentence": sentence(item, code, shown["detail"], since, shown["stale_since"], say),
        "class": shown["class"],
        "since": since,
        "known_at": answer["known_at"],
        "source": source(SOURCE_OF[item]).whom_to_ask,
        "fresh_through": fresh.get(SOURCE_OF[item]),
    }


def _without_opponent(answer: Given) -> Given:
    """That a record was set aside because of an opponent would tell of the opponent (§2.8-8): a page calls it one that people settle."""
    return {**answer, "reason_code": _IN_HAND, "detail": {}, "valid_from": None, "stale_since": None, "class": None}
