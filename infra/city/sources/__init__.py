"""
What each source system of the city publishes about a family: one module per source, named as the catalogue names it.

The first three were there first, and share one generator: their order is the order in which a family's records are drawn and the watermarks
sent, and another one would make another city of the same seed. Every other one draws alone: what it says, and whether it plays at all,
changes nothing of what the others say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from contracts import catalogue
from contracts.catalogue import AcquisitionMode
from contracts.kinds import Source
from infra.city.lives import Life
from infra.city.population import Family
from infra.city.sources import (
    child_allowances,
    child_consultation,
    childcare,
    disability,
    lifestyle_learning_survey,
    long_term_care,
    maternal_child_health,
    medical_subsidy,
    public_assistance,
    pupil_registry,
    resident_registry,
    school_affairs,
    school_aid,
    school_lunch_fee,
    school_register,
    single_parent_loan,
    special_child_allowance,
)
from infra.city.sources.pen import Pen, Placed
from infra.local.root import CannotDo

FIRST: Mapping[Source, Callable[[Pen, int, Family], Iterator[Placed]]] = {
    Source.RESIDENT_REGISTRY: resident_registry.tell,
    Source.MATERNAL_CHILD_HEALTH: maternal_child_health.tell,
    Source.PUBLIC_ASSISTANCE: public_assistance.tell,
}
"""The first three, each with what writes down its records of one family (by its number in the city)."""

TELLERS: Mapping[Source, Callable[[Pen, int, Life], Iterator[Placed]]] = {
    Source.CHILD_ALLOWANCES: child_allowances.tell,
    Source.SPECIAL_CHILD_ALLOWANCE: special_child_allowance.tell,
    Source.SINGLE_PARENT_LOAN: single_parent_loan.tell,
    Source.CHILDCARE: childcare.tell,
    Source.MEDICAL_SUBSIDY: medical_subsidy.tell,
    Source.DISABILITY: disability.tell,
    Source.LONG_TERM_CARE: long_term_care.tell,
    Source.PUPIL_REGISTRY: pupil_registry.tell,
    Source.SCHOOL_AFFAIRS: school_affairs.tell,
    Source.LIFESTYLE_LEARNING_SURVEY: lifestyle_learning_survey.tell,
    Source.SCHOOL_AID: school_aid.tell,
    Source.SCHOOL_LUNCH_FEE: school_lunch_fee.tell,
    Source.CHILD_CONSULTATION: child_consultation.tell,
}
"""The others, each with what writes down its records of one family, of whom more is known then."""

SCHOOL_REGISTER = school_register.tell
"""Kept by the residents' office, and told wherever the pupils' own register is: what the first three say stays as it is without it."""

FIRST_THREE = tuple(FIRST)
ALL = (*FIRST, *TELLERS)


class NoSuchSource(CannotDo):
    """A source was asked for that is none of the city's sixteen."""


def named(text: str) -> tuple[Source, ...]:
    """Read `all`, `first`, `network`, or codes of sources with commas between them. Raises NoSuchSource."""
    groups = {"all": ALL, "first": FIRST_THREE, "network": on_network(ALL)}
    if text in groups:
        return groups[text]
    wanted = [part.strip() for part in text.split(",")]
    unknown = sorted(set(wanted) - {str(source) for source in ALL})
    if unknown:
        raise NoSuchSource(f"{', '.join(unknown)}: no source; there are all, first, network, and {', '.join(ALL)}")
    return tuple(source for source in ALL if str(source) in wanted)


def on_network(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Those of `sources` that may publish over the network (ACQ-01); the others come on removable media (ACQ-03)."""
    return tuple(source for source in sources if catalogue.source(source).acquisition is AcquisitionMode.NETWORK)
