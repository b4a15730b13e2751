"""
Reads a ruleset as people enter it, a TOML document, and refuses what may not be one, each field by its name.

The law of §2.7 and §5.4-3 is checked last and against the rule itself, whatever the fields say: all items of poverty and disability
together must not open a review. A rule never asks for less where more is TRUE, so that none of their combinations does.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from contracts.catalogue import ITEMS
from contracts.deeds.deed import RULESET
from contracts.values import Group, Item
from services.scorer.domain.rulesets.mistakes import Mistake, Wrong
from services.scorer.domain.rulesets.rule import COOL_DOWN_DAYS, NEW_A_DAY, NO_SIGN_OF_RISK, Ruleset, Switch, asks
from services.scorer.domain.rulesets.tuning import is_day, read_settings, whole

LONGEST = 20_000
"""Characters of a document: many times what every item with its switch takes."""

_REQUIRED = frozenset({"name", "items", "groups_needed", "never_alone", "sufficient_groups", "sufficient", "several"})
_OPTIONAL = frozenset({"suppressors", "cool_down_days", "new_a_day", "switches", "parameters"})
KEYS = _REQUIRED | _OPTIONAL
"""What a document may say."""

NAME_LONGEST = 12
"""Characters of a name, which stands in addresses and in the log."""

_COOL_DOWN_MOST = 1_000
_NEW_A_DAY_MOST = 10_000


class NotARuleset(Exception):
    """A document is no ruleset; `mistakes` say why, each with its field."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(map(str, self.mistakes)))


def read(text: str) -> Ruleset:
    """Return the ruleset of a TOML document. Raises NotARuleset with everything that is wrong."""
    if len(text) > LONGEST:
        raise NotARuleset([Mistake("(document)", Wrong.TOO_LONG, str(LONGEST))])
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Not only TOMLDecodeError: a number of thousands of digits is Python's to refuse.
        raise NotARuleset([Mistake("(document)", Wrong.NOT_TOML, str(error) if isinstance(error, ValueError) else "")]) from error
    return ruleset_of(content)


def ruleset_of(content: Mapping[str, Any]) -> Ruleset:
    """Return the ruleset that a document's content says. Raises NotARuleset."""
    mistakes = [*_of_keys(content), *_of_fields(content)]
    settings, wrong = read_settings(content["parameters"]) if isinstance(content.get("parameters"), Mapping) else (MappingProxyType({}), [])
    if mistakes or wrong:
        raise NotARuleset([*mistakes, *wrong])
    counted = _items(content["items"])
    ruleset = Ruleset(
        name=content["name"],
        group_of=MappingProxyType({item: ITEMS[item].group for item in Item if item in counted}),
        groups_needed=content["groups_needed"],
        never_alone=frozenset(map(Group, content["never_alone"])),
        several_of=(content["several"]["at_least"], _items(content["several"]["of"])),
        sufficient=_items(content["sufficient"]),
        sufficient_groups=frozenset(map(Group, content["sufficient_groups"])),
        suppressors=_items(content.get("suppressors", [])),
        cool_down_days=content.get("cool_down_days", COOL_DOWN_DAYS),
        new_a_day=content.get("new_a_day", NEW_A_DAY),
        switches=_switches_of(content.get("switches", {})),
        parameters=settings,
    )
    if broken := list(_broken(ruleset)):
        raise NotARuleset(broken)
    return ruleset


def _switches_of(told: Mapping[str, Mapping[str, Any]]) -> Mapping[Item, Switch]:
    return MappingProxyType({Item(name): Switch(each.get("from"), each.get("to")) for name, each in told.items()})


def _of_keys(content: Mapping[str, Any]) -> Iterator[Mistake]:
    yield from (Mistake(key, Wrong.MISSING, "") for key in sorted(_REQUIRED - content.keys()))
    yield from (Mistake(key, Wrong.NOT_A_KEY, "") for key in sorted(content.keys() - _REQUIRED - _OPTIONAL))


def _of_fields(content: Mapping[str, Any]) -> Iterator[Mistake]:
    for key, check in _CHECKS.items():
        if key in content:
            yield from check(key, content[key])
    yield from _of_items_named(content)


def _name(field: str, value: object) -> Iterator[Mistake]:
    if not isinstance(value, str) or RULESET.fullmatch(value) is None:
        yield Mistake(field, Wrong.NOT_A_NAME, "")
    elif len(value) > NAME_LONGEST:
        yield Mistake(field, Wrong.TOO_LONG, str(NAME_LONGEST))


def _list_of(field: str, value: object, known: frozenset[str], unknown: Wrong) -> Iterator[Mistake]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        yield Mistake(field, Wrong.NOT_A_LIST, "")
        return
    yield from (Mistake(field, unknown, each) for each in value if each not in known)
    yield from (Mistake(field, Wrong.TWICE, each) for each in sorted({each for each in value if value.count(each) > 1}))


def _item_list(field: str, value: object) -> Iterator[Mistake]:
    yield from _list_of(field, value, _ITEM_NAMES, Wrong.NO_SUCH_ITEM)


def _counted(field: str, value: object) -> Iterator[Mistake]:
    yield from _item_list(field, value)
    if value == []:
        yield Mistake(field, Wrong.EMPTY, "")


def _group_list(field: str, value: object) -> Iterator[Mistake]:
    yield from _list_of(field, value, frozenset(Group), Wrong.NO_SUCH_GROUP)


def _never_alone(field: str, value: object) -> Iterator[Mistake]:
    yield from _group_list(field, value)
    if isinstance(value, list) and not NO_SIGN_OF_RISK.issubset(each for each in value if isinstance(each, str)):
        yield Mistake(field, Wrong.MUST_NAME_BOTH, "")


def _several(field: str, value: object) -> Iterator[Mistake]:
    if not isinstance(value, Mapping):
        yield Mistake(field, Wrong.NOT_A_TABLE, "")
        return
    yield from (Mistake(f"{field}.{key}", Wrong.MISSING, "") for key in ("at_least", "of") if key not in value)
    yield from (Mistake(f"{field}.{key}", Wrong.NOT_A_KEY, "") for key in value if key not in {"at_least", "of"})
    if "of" in value:
        yield from _item_list(f"{field}.of", value["of"])
    if "at_least" in value:
        yield from whole(f"{field}.at_least", value["at_least"], 1, len(Item))


def _switches(field: str, value: object) -> Iterator[Mistake]:
    if not isinstance(value, Mapping):
        yield Mistake(field, Wrong.NOT_A_TABLE, "")
        return
    for name, each in value.items():
        path = f"{field}.{name}"
        if name not in _ITEM_NAMES:
            yield Mistake(path, Wrong.NO_SUCH_ITEM, name)
        elif not isinstance(each, Mapping):
            yield Mistake(path, Wrong.NOT_A_TABLE, "")
        else:
            yield from _switch(path, each)


def _switch(path: str, value: Mapping[str, object]) -> Iterator[Mistake]:
    yield from (Mistake(f"{path}.{key}", Wrong.NOT_A_KEY, "") for key in value if key not in {"from", "to"})
    days = [value[key] for key in ("from", "to") if key in value]
    yield from (Mistake(f"{path}.{key}", Wrong.NOT_A_DAY, "") for key in ("from", "to") if key in value and not is_day(value[key]))
    if len(days) == len(("from", "to")) and all(map(is_day, days)) and not days[0] < days[1]:  # type: ignore[operator]
        yield Mistake(path, Wrong.ENDS_TOO_EARLY, "")


def _of_items_named(content: Mapping[str, Any]) -> Iterator[Mistake]:
    """Whoever names an item that does not count means another rule than the one that is written down."""
    counted = set(_names(content.get("items")))
    several = content.get("several")
    parts = {
        "sufficient": content.get("sufficient"),
        "several.of": several.get("of") if isinstance(several, Mapping) else None,
        "switches": list(content["switches"]) if isinstance(content.get("switches"), Mapping) else None,
    }
    for field, named in parts.items():
        yield from (Mistake(field, Wrong.NOT_COUNTED, each) for each in _names(named) if each in _ITEM_NAMES and each not in counted)
    yield from (Mistake("items", Wrong.ONLY_CONTEXT, each) for each in sorted(counted) if each in _ITEM_NAMES and ITEMS[Item(each)].context)
    yield from (Mistake("suppressors", Wrong.SUPPRESSOR_COUNTS, each) for each in _names(content.get("suppressors")) if each in counted)


def _broken(ruleset: Ruleset) -> Iterator[Mistake]:
    """The field by which poverty and disability alone would open a review, if there is one."""
    poor = frozenset(item for item, group in ruleset.group_of.items() if group in NO_SIGN_OF_RISK)
    least, several = ruleset.several_of
    found = {
        "sufficient": ruleset.sufficient & poor,
        "several": several & poor if len(several & poor) >= least else frozenset(),
        "sufficient_groups": ruleset.sufficient_groups & NO_SIGN_OF_RISK,
    }
    yield from (Mistake(field, Wrong.WOULD_ALONE, ", ".join(sorted(named))) for field, named in found.items() if named)
    if not any(found.values()) and (asks(ruleset, poor) or asks(ruleset, frozenset())):
        yield Mistake("groups_needed", Wrong.WOULD_ALONE, ", ".join(sorted(poor)))


def _names(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _items(names: Iterable[str]) -> frozenset[Item]:
    return frozenset(map(Item, names))


def _number(least: int, most: int) -> Any:
    return lambda field, value: whole(field, value, least, most)


_ITEM_NAMES = frozenset(item.value for item in Item)
_CHECKS: Mapping[str, Any] = {
    "name": _name,
    "items": _counted,
    "groups_needed": _number(1, len(Group)),
    "never_alone": _never_alone,
    "sufficient_groups": _group_list,
    "sufficient": _item_list,
    "several": _several,
    "suppressors": _item_list,
    "cool_down_days": _number(0, _COOL_DOWN_MOST),
    "new_a_day": _number(1, _NEW_A_DAY_MOST),
    "switches": _switches,
    "parameters": lambda field, value: [] if isinstance(value, Mapping) else [Mistake(field, Wrong.NOT_A_TABLE, "")],
}
