"""
What each source system of the city publishes about a family: one module per source, named as the catalogue names it.

The order is the order in which a family's records are drawn and the watermarks sent: another one would make another city of the same seed.
"""

from collections.abc import Callable, Iterator, Mapping

from contracts.kinds import Source
from infra.city.population import Family
from infra.city.sources import maternal_child_health, public_assistance, resident_registry
from infra.city.sources.pen import Pen, Placed

TELLERS: Mapping[Source, Callable[[Pen, int, Family], Iterator[Placed]]] = {
    Source.RESIDENT_REGISTRY: resident_registry.tell,
    Source.MATERNAL_CHILD_HEALTH: maternal_child_health.tell,
    Source.PUBLIC_ASSISTANCE: public_assistance.tell,
}
"""The sources that play in this release's city, each with what writes down its records of one family (by its number in the city)."""
