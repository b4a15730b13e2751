"""
Every indicator of the programme, one module a family. A module's values of type `Indicator` are found: there is no list to keep.

`ALL` has exactly one for every item of the catalogue, in its order.
"""

from collections.abc import Collection, Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, get_args

from contracts.catalogue import EVENT_TYPES, ITEMS, About
from contracts.facts import Fact
from contracts.kinds import EventKind, Item, Source
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Reach


class IndicatorsIncomplete(Exception):
    """The indicators are not those of the catalogue; the text names what is missing or stands twice, and where it belongs."""


def _found() -> Iterator[Indicator[Any]]:
    for module in sorted(iter_modules(__path__), key=lambda each: each.name):
        values = vars(_imported(module.name)).values()
        yield from (value for value in values if isinstance(value, Indicator))


def _imported(name: str) -> ModuleType:
    try:
        return import_module(f"{__name__}.{name}")
    except AttributeError as error:
        if error.obj is not Item and error.obj is not EventKind:
            raise
        raise IndicatorsIncomplete(
            f"services/scorer/domain/indicators/{name}.py names what contracts/catalogue has not ({error}): "
            "the item's file is missing, or `python -m contracts.generate` was not run"
        ) from error


def arranged(found: Iterator[Indicator[Any]]) -> tuple[Indicator[Any], ...]:
    """The indicators in the order of the catalogue. Raises IndicatorsIncomplete."""
    by_item: dict[Item, Indicator[Any]] = {}
    for indicator in found:
        if by_item.setdefault(indicator.item, indicator) is not indicator:
            raise IndicatorsIncomplete(f"two indicators answer {indicator.item}")
        _check_reads(indicator)
    missing = [item for item in Item if item not in by_item]
    if missing:
        named = ", ".join(missing)
        raise IndicatorsIncomplete(f"no module of services/scorer/domain/indicators answers {named}, which contracts/catalogue/items names")
    return tuple(by_item[item] for item in Item)


def _check_reads(indicator: Indicator[Any]) -> None:
    formless = [each.kind for each in indicator.reads if (each.reach in _BY_BIRTH) is not (each.kind in _FORMS_OF_A_BIRTH)]
    if formless:
        raise IndicatorsIncomplete(
            f"{indicator.item} reads {', '.join(formless)} by a reach for which services/scorer/domain/reading.py has no form"
        )
    said_by = {source for each in indicator.reads for source in ({each.source} if each.source is not None else _SAID_BY[each.kind])}
    feeds = set(ITEMS[indicator.item].feeds)
    if said_by != feeds:
        raise IndicatorsIncomplete(
            f"{indicator.item} reads what {', '.join(sorted(said_by))} say, and its file in contracts/catalogue/items names the feeds "
            f"{', '.join(sorted(feeds))}"
        )


_BY_BIRTH = (Reach.DELIVERY, Reach.MOTHER)

_FORMS_OF_A_BIRTH = frozenset({EventKind.PREGNANCY_NOTIFIED, EventKind.PRENATAL_EXAM_RECORDED, EventKind.POSTPARTUM_CHECKUP_RECORDED})
"""What reaches a child by its delivery or its mother, each with a form of its own in `facts.py`. All else is told as it is."""

_SAID_BY: dict[EventKind, set[Source]] = {kind: {each.source for each in EVENT_TYPES if each.type == kind} for kind in EventKind}

ALL = arranged(_found())
"""Every indicator, in the order of the catalogue."""

SOURCE_OF: dict[Item, Source] = {indicator.item: indicator.source for indicator in ALL}
"""Whose facts, and whose watermark, an item rests on."""


FEEDS_OF: dict[Item, frozenset[Source]] = {item: frozenset(ITEMS[item].feeds) for item in Item}
"""Every source that an item reads."""


SAYING: dict[Item, frozenset[type[Any]]] = {
    indicator.item: frozenset(
        fact for fact in get_args(Fact) for each in indicator.reads if fact.event_kind == each.kind and each.source in (None, fact.said_by)
    )
    for indicator in ALL
}
"""What an item reads says, by its class (`contracts/facts.py`)."""


READING: dict[str, frozenset[Item]] = {
    kind: frozenset(indicator.item for indicator in ALL if any(each.kind == kind for each in indicator.reads)) for kind in EventKind
}
"""The items that read records of an event type, by any reach."""


def kinds(*reaches: Reach) -> frozenset[EventKind]:
    """The event types that an indicator reads by one of `reaches`."""
    return frozenset(each.kind for indicator in ALL for each in indicator.reads if each.reach in reaches)


GUARDIANS = kinds(Reach.GUARDIAN)
"""Those of which a guardian's records reach the children in care."""

HOUSEMATES = kinds(Reach.HOUSEHOLD)
"""Those of which a member's records reach the children of the household. Without any, no household is kept."""

CARE = frozenset(each.type for each in EVENT_TYPES if each.about is About.GUARDIAN) if GUARDIANS else frozenset[EventKind]()
"""Those whose records list children in care: kept as soon as anything reaches a child by its guardian."""

READ = kinds(*(reach for reach in Reach if reach is not Reach.REGISTER)) | CARE
"""
The event types that an indicator reads, and those that say whose guardian somebody is.

Facts of others are not kept: hold only what is needed (個人情報保護法61条).
"""

OWN = kinds(Reach.CHILD)
"""Those of which a record is about the child itself."""

OF_BIRTH = kinds(*_BY_BIRTH)
"""Those that reach a child through its birth."""


def read_by(items: Collection[Item]) -> frozenset[EventKind]:
    """The event types that these items read, and those that say whose guardian somebody is where one of them reads by it."""
    of_items = [each for indicator in ALL if indicator.item in items for each in indicator.reads]
    by_guardian = any(each.reach is Reach.GUARDIAN for each in of_items)
    return frozenset(each.kind for each in of_items) | (CARE if by_guardian else frozenset())
