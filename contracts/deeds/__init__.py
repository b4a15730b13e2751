"""
All that the audit may be told, one module for each who tells it.

One more deed is one more `Deed` in such a module: it comes with the words of everything that it can say, so that the audit service
needs none of its own. A deed is never taken away or renamed once a release told it: logs are kept for years.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

from contracts.deeds import audit, casework, dead_letters, identity, ingest, linker, media, parking, privacy, programme, scorer
from contracts.deeds.deed import Deed

OF_SERVICES = (identity, casework, programme, privacy, ingest, media, linker, scorer, audit)
"""In the order in which a reader of the log chooses from them."""

OF_OPERATORS = (parking, dead_letters)
"""These can be done at each service."""


def deeds_of(module: ModuleType) -> Iterator[Deed]:
    """Return the deeds that a module defines, in order."""
    for value in vars(module).values():
        if isinstance(value, Deed):
            yield value
        elif isinstance(value, Mapping):
            yield from (each for each in value.values() if isinstance(each, Deed))


def _by_code(deeds: Iterable[Deed]) -> Mapping[str, Deed]:
    found: dict[str, Deed] = {}
    for deed in deeds:
        if found.setdefault(deed.code, deed) is not deed:
            raise ValueError(f"two deeds are called {deed.code}")
    return found


def _merged(tables: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    merged: dict[str, str] = {}
    for table in tables:
        for code, words in table.items():
            # The log keeps the code alone: where deeds did not agree, one of them would be misread.
            if merged.setdefault(code, words) != words:
                raise ValueError(f"{code} reads as {merged[code]} and as {words}")
    return merged


DEEDS: Mapping[str, Deed] = _by_code(deed for module in (*OF_SERVICES, *OF_OPERATORS) for deed in deeds_of(module))
"""Every deed by its code."""

FIELDS: Mapping[str, str] = _merged(deed.fields for deed in DEEDS.values())
"""Words for the fields of all deeds."""

REASONS: Mapping[str, str] = _merged(deed.reasons for deed in DEEDS.values())
"""Words for the reasons of all deeds."""
