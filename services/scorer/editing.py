"""A ruleset's document with another name and some parameters set otherwise; all else stays as people wrote it, with their comments."""

from collections.abc import Collection, Mapping, MutableMapping
from typing import Any

import tomlkit

from services.scorer.domain.rulesets import read
from services.scorer.domain.rulesets.rule import Setting


class CannotEdit(Exception):
    """A document is written so that the parameters cannot be set in it and nothing else changes."""


def next_name(name: str, taken: Collection[str]) -> str:
    """Return the first name after all that are taken in the row of `name`: SP-3 is followed by SP-4, if nobody has taken it."""
    row, _, _ = name.rpartition("-")
    numbers = [int(each.rpartition("-")[2]) for each in (name, *taken) if each.rpartition("-")[0] == row]
    return f"{row}-{max(numbers) + 1}"


def with_settings(document: str, name: str, settings: Mapping[str, Setting]) -> str:
    """
    Return a document that is called `name` and sets parameters as `settings` say; of a table, such as `absence`, only what they name.

    Raises NotARuleset where that may not be one, and CannotEdit where it would say anything else otherwise than `document`.
    """
    before = read(document)
    content: MutableMapping[str, Any] = tomlkit.parse(document)
    content["name"] = name
    held = content.setdefault("parameters", tomlkit.table())
    for key, value in settings.items():
        if isinstance(value, Mapping):
            held.setdefault(key, tomlkit.inline_table()).update(value)
        else:
            held[key] = value
    edited = tomlkit.dumps(content)
    after = read(edited)
    if after.name != name or dict(after.parameters) != merged(before.parameters, settings):
        raise CannotEdit(name)
    return edited


def merged(held: Mapping[str, Setting], settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """Return what a ruleset sets, with some of it set otherwise."""
    found: dict[str, Any] = dict(held)
    for key, value in settings.items():
        old = found.get(key)
        found[key] = {**old, **value} if isinstance(value, Mapping) and isinstance(old, Mapping) else value
    return found
