"""Family and given names in one spelling."""

import re
from collections.abc import Callable
from typing import TypeAlias

from contracts.writing.characters import LONGEST, between_kanji, remembered, written

Spelled: TypeAlias = Callable[[str], str]
"""Brings a name, or its reading, into one spelling."""

_BETWEEN_NAMES = re.compile(r"[\s、，,;；/／|｜]+")


@remembered(131_072)
def family(text: str) -> str:
    """A family name in one spelling, without blanks and signs; "" where none stands."""
    return between_kanji(written(text, families=True))


@remembered(131_072)
def given(text: str) -> str:
    """A given name in one spelling, without blanks and signs; "" where none stands."""
    return between_kanji(written(text))


def several(text: str) -> list[str]:
    """The names of a field that holds one or several (former names, guardians), as they stand there; none where it is far too long."""
    return [each for each in _BETWEEN_NAMES.split(text) if each] if len(text) <= LONGEST else []


def parted(name: str) -> tuple[str, str]:
    """
    A whole name as family and given name, as they stand there: what stands before the first blank, and what follows.

    Where no blank parts them nobody knows which is which: all of it is the family name, and the given name is "".
    """
    first, *rest = name.split() or [""]
    return first, " ".join(rest)
