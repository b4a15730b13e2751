"""
Characters that are kept as they came and that nobody else may be able to read: the owner of the data is told of each place.

Registered names hold characters of a city's own (外字) at code points of private use, which mean something only where their font is,
and 〓 where a conversion found no character (domain.md §6.2). Neither is refused: the record is true, its writing is not.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from contracts.catalogue import EventType, FieldType
from services.ingest.domain.refusals import Words, path_of

_PRIVATE_USE = "[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"

DOUBTFUL = {"private_use_character": _PRIVATE_USE, "geta_mark": "〓"}
"""What is told of, by code, as a pattern."""

MESSAGES: dict[str, tuple[str, str]] = {
    "private_use_character": (
        "外字（私用領域の文字）があります。届いたまま保存しました。標準の文字がないか確かめてください。",
        "There is a character of private use. It is kept as it came; see whether there is a standard one.",
    ),
    "geta_mark": (
        "〓（げた）があります。届いたまま保存しました。元の文字を確かめてください。",
        "There is a 〓, which stands for a character that was lost. It is kept as it came; see which character it was.",
    ),
}
"""Messages by code, Japanese and English. They never quote the value."""

_PATTERNS = {code: re.compile(pattern) for code, pattern in DOUBTFUL.items()}


class Remark(NamedTuple):
    """Something about a record that was taken: where, and what it is."""

    path: str
    code: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A remark as the source is told of it."""

    path: str
    code: str
    message: Words


def remarks_on(kind: EventType, data: dict[str, Any]) -> tuple[Remark, ...]:
    """The places of a record whose texts hold such characters."""
    # Nearly every text is searched in vain, and there are few: names, readings, an office.
    texts = [(field.name, data[field.name]) for field in kind.fields if field.type is FieldType.TEXT and field.name in data]
    return tuple(
        Remark(path_of(("data", name)), code)
        for name, text in texts
        if not text.isascii()
        for code, pattern in _PATTERNS.items()
        if pattern.search(text)
    )


def is_doubtful(text: str) -> bool:
    """Whether there is anything to be told of a text."""
    return not text.isascii() and any(pattern.search(text) for pattern in _PATTERNS.values())


def told(remarks: tuple[Remark, ...]) -> tuple[Warned, ...]:
    """Remarks as the source is told of them."""
    return tuple(Warned(path, code, Words(*MESSAGES[code])) for path, code in remarks)
