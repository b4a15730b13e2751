"""Names in Latin letters: whose order, marks and signs differ from paper to paper."""

import re

from contracts.writing.characters import folded, remembered

# Written with or without: O'BRIEN is OBRIEN.
_WITHIN = re.compile("['’‘ʼʻ`´.ʹ]")
_BETWEEN = re.compile(r"[\W_]+")


@remembered(65_536)
def tokens(text: str) -> tuple[str, ...]:
    """
    The parts of a name in alphabetical order, as capitals without marks: "Nguyễn, Thị-Hoa" is ("HOA", "NGUYEN", "THI").

    All orders of the same parts are equal. Hyphens part; a middle name or its initial is a part of its own.
    """
    return tuple(sorted(part for part in _BETWEEN.split(_WITHIN.sub("", folded(text))) if part))
