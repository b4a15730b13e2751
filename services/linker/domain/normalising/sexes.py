"""Sex as the register records it, from the words that the catalogue knows."""

from contracts.catalogue import ENUMS
from contracts.texts import compatible
from contracts.values import Sex
from contracts.writing.characters import remembered

_LONGEST = 20
_SPELLINGS = {each.value: each.value for each in Sex} | dict(ENUMS["sex"].spellings)


@remembered(1_024)
def sex(text: str) -> str:
    """`male` or `female`; "" where neither is said."""
    if len(text) > _LONGEST:
        return ""
    found = _SPELLINGS.get(compatible(text).strip().casefold(), "")
    return "" if found == Sex.UNKNOWN else found
