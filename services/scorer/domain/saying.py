"""
What the ward's page says of a child, in its words (`domain.md` §4.7): why, what is not known, what reassures, how fresh; never a number.

The words are the catalogue's, for the page and for the command line alike.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.catalogue import ITEMS
from contracts.values import Item
from services.scorer.domain.rulesets import Ruleset, asks, groups_of

_CONTEXT = frozenset(item for item, entry in ITEMS.items() if entry.context)
HINT = "職員が確かめるための手がかりです。支援の要否は判定しません。"


def page_of(answers: Iterable[Mapping[str, Any]], ruleset: Ruleset) -> dict[str, Any]:
    """Return what a page shows of answers, as `inspection` gives them, by a ruleset as it was on the day."""
    given = list(answers)
    holding = frozenset(Item(each["item"]) for each in given if each["value"] == "TRUE" and each["counted"])
    return {
        "ruleset": ruleset.name,
        "asks_for_a_review": asks(ruleset, holding) and ruleset.suppressors.isdisjoint(holding),
        "groups": [group.value for group in groups_of(ruleset, holding)],
        "why": [
            _line(each, ITEMS[Item(each["item"])].present) for each in given if Item(each["item"]) in holding & ruleset.group_of.keys()
        ],
        "context": [
            _line(each, ITEMS[Item(each["item"])].present)
            for each in given
            if Item(each["item"]) in holding & (ruleset.suppressors | _CONTEXT)
        ],
        "not_known": [_line(each, ITEMS[Item(each["item"])].unknown) for each in given if each["value"] == "UNKNOWN"],
        "reassuring": [_line(each, ITEMS[Item(each["item"])].absent) for each in given if _reassures(each)],
        "hint": HINT,
    }


def _reassures(answer: Mapping[str, Any]) -> bool:
    return answer["value"] == "FALSE" and bool(answer["counted"]) and ITEMS[Item(answer["item"])].reassures


def _line(answer: Mapping[str, Any], title: str) -> dict[str, Any]:
    figures = {**answer["detail"], **({"valid_from": str(answer["valid_from"])} if answer["valid_from"] else {})}
    templates = ITEMS[Item(answer["item"])].reasons.get(answer["reason_code"], ())
    sentence = next((text for template in templates if (text := _filled(template, figures)) is not None), "")
    return {"title": title, "sentence": sentence, "class": answer["class"], "since": answer["valid_from"], "known_at": answer["known_at"]}


def _filled(template: str, figures: Mapping[str, Any]) -> str | None:
    try:
        return template.format_map(figures)
    except KeyError:
        return None
