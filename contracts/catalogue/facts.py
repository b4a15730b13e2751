"""What a record says, typed: read once per record, by whoever needs more of it than its number."""

from collections.abc import Mapping
from typing import Any

from contracts.catalogue.loading import NotInCatalogue
from contracts.catalogue.readers import Unreadable
from contracts.facts import READERS, Fact
from contracts.kinds import EventKind, Source

__all__ = ["Fact", "Unreadable", "fact_of"]


def fact_of(source: Source | str, kind: EventKind | str, data: Mapping[str, Any]) -> Fact:
    """
    What a record of `source` says, from its `data` as ingest passed it on. Fields that the catalogue does not name are left aside.

    Raises Unreadable, which names the field, and NotInCatalogue.
    """
    read = READERS.get((source, kind))
    if read is None:
        raise NotInCatalogue(f"{source!s} says no records of that type")
    return read(data)
