"""
What is recorded behind an answer, as a sentence put together from an item's words: the same on every page and on the command line.

No score, no judgement: what is recorded, since when, and what is not known.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from contracts.catalogue.loading import ITEMS
from contracts.values import Item

SayDay = Callable[[date], str]
"""How a page writes a date."""

UNWORDED = "くわしい内容は、もとの課に確かめてください"
"""For a reason code that is newer than the catalogue: a page must not fail, nor show a code to people."""

_YEARS = ("year", "year_before")
"""Figures that are school years, named by the year in which they begin (`contracts/catalogue/items/`)."""


def sentence(
    item: Item, reason_code: str, detail: Mapping[str, Any], valid_from: date | None, stale_since: date | None, say: SayDay
) -> str:
    """Say what is recorded, with its figures. `say` writes a date. Never raises: a missing figure leaves the sentence out."""
    figures = _figures(detail, valid_from, say)
    alternatives = ITEMS[item].reasons.get(reason_code, ())
    said = next(filter(None, (_filled(template, figures) for template in alternatives)), UNWORDED)
    return f"{said}（対象の時期を過ぎてからの受診）" if detail.get("late") is True else f"{said}{stale(stale_since, say)}"


def stale(since: date | None, say: SayDay) -> str:
    """Say since when nothing more was heard of what is recorded."""
    return f"（{say(since)}からデータが届いていないため、いまも同じかは確かめられない）" if since is not None else ""


def _filled(template: str, figures: Mapping[str, str]) -> str | None:
    try:
        return template.format_map(figures)
    except KeyError:
        return None


def _figures(detail: Mapping[str, Any], valid_from: date | None, say: SayDay) -> dict[str, str]:
    figures = {key: _figure(value, say) for key, value in detail.items()}
    figures |= {key: _year(value, say) for key, value in detail.items() if key in _YEARS and isinstance(value, int)}
    if valid_from is not None:
        figures["valid_from"] = say(valid_from)
    return figures


def _year(value: int, say: SayDay) -> str:
    """Write a school year as `say` writes its first day: 令和8 (…年度) where that is 令和8年4月1日."""
    year, found, _ = say(date(value, 4, 1)).partition("年")
    return year if found else str(value)


def _figure(value: object, say: SayDay) -> str:
    if isinstance(value, str):
        try:
            return say(date.fromisoformat(value))
        except ValueError:
            return value
    return str(value)
