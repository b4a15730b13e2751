"""Of several messages about one thing, the one that counts: the newest, in whatever order they came."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

M = TypeVar("M")


def newest(messages: Iterable[M], thing: Callable[[M], Hashable], age: Callable[[M], Any]) -> list[M]:
    """Of each `thing`, the message of the greatest `age`; a message said twice counts once."""
    kept: dict[Hashable, M] = {}
    for message in messages:
        held = kept.get(thing(message))
        if held is None or age(held) <= age(message):
            kept[thing(message)] = message
    return list(kept.values())
