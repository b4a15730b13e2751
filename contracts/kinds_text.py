"""The text of `kinds.py`: what sources, event types and items there are, as enums, so that a misspelt one does not type-check."""

from collections.abc import Iterable

from contracts import declared
from contracts.declared import Declared, Mistake

_HEAD = '''"""
Which sources, event types and items there are.

Generated from the catalogue (`contracts/catalogue/sources`, `items`) by `python -m contracts.generate`: change the TOML files, never this.
"""

from enum import StrEnum
'''


def kinds_text() -> str:
    """The module as it is committed. Raises Mistake."""
    sources = declared.sources()
    return _HEAD + "".join(
        (
            _enum("Source", "The rows of the city's table of source systems, in its order (FEED-01 …).", [each.code() for each in sources]),
            _enum(
                "EventKind",
                "What the sources say: every event type of every source, and the watermark that all of them send.",
                _types(sources),
            ),
            _enum(
                "Item", "The 基本連携データ項目 that this release computes, in the order of the city's list (ITEM-03a …).", _item_codes()
            ),
        )
    )


def _types(sources: Iterable[Declared]) -> list[str]:
    # One member for a type that two sources send: allowances come from two systems.
    named: dict[str, str] = {}
    for file in (*sources, declared.common()):
        for name in file.event_types():
            if (first := named.setdefault(_member(name), name)) != name:
                raise Mistake(file.file, name, f"the enum's name for it, {_member(name)}, is that of {first} already")
    return list(named.values())


def _item_codes() -> list[str]:
    return [each.code() for each in declared.items()]


def _enum(name: str, meaning: str, values: Iterable[str]) -> str:
    members = "".join(f'    {_member(value)} = "{value}"\n' for value in values)
    return f'\n\nclass {name}(StrEnum):\n    """{meaning}"""\n\n{members}'


def _member(value: str) -> str:
    return value.replace(".", "_").upper()
