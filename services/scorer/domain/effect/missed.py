"""
Children who were missed: whom nobody was asked about, and whose need became known otherwise (EVAL-02).

Of whom a list never named nobody visited, so that reviews say nothing of them. A sample of these becomes known all the same: children whom
the guidance centre began to support. Of each it is asked whether the ruleset would have listed it by what was believed just before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from contracts.values import Item
from services.scorer.domain.effect.figures import wilson
from services.scorer.domain.rulesets import Ruleset, asks
from services.scorer.domain.simulating import AGES, is_few, without_small


@dataclass(frozen=True, slots=True)
class Found:
    """A child whose need became known otherwise: what counted just before, where it lived then, and how old it was."""

    items: frozenset[Item]
    ward: str
    age: str


@dataclass(frozen=True, slots=True)
class Share:
    """Of some of these children, how many the ruleset would not have listed; None where it is of fewer than ten, or would tell such."""

    name: str
    children: int | None
    missed: int | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Missed:
    """All of them, by ward and age; of those who were missed, with how many something counted, which was not enough."""

    total: Share
    by_ward: tuple[Share, ...]
    by_age: tuple[Share, ...]
    with_something: int | None
    by_item: dict[str, int | None]
    """Of those who were missed, with how many each item of the ruleset counted."""

    def as_numbers(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def missed(ruleset: Ruleset, found: Sequence[Found]) -> Missed:
    """Return how many of `found` the ruleset would not have listed just before. Whom somebody supports was no reason then."""
    not_listed = [each for each in found if not asks(ruleset, each.items)]
    something = [each for each in not_listed if each.items & ruleset.group_of.keys()]
    items = sorted(ruleset.group_of, key=list(Item).index)
    by_item = {item.value: _told(sum(item in each.items for each in not_listed), len(not_listed)) for item in items}
    told = [number for number in by_item.values() if number]
    # With whom something counted but not the one item, and with whom several did, would follow.
    follow = [*(len(something) - number for number in told), sum(told) - len(something)]
    return Missed(
        total=_shares(["city"], [found], ruleset)[0],
        by_ward=_parts(found, ruleset, "ward", sorted({each.ward for each in found})),
        by_age=_parts(found, ruleset, "age", [*AGES, *sorted({each.age for each in found} - set(AGES))]),
        with_something=None if any(map(is_few, follow)) else _told(len(something), len(not_listed)),
        by_item=by_item,
    )


def _parts(found: Sequence[Found], ruleset: Ruleset, kind: str, names: Sequence[str]) -> tuple[Share, ...]:
    return _shares(names, [[each for each in found if getattr(each, kind) == name] for name in names], ruleset)


def _shares(names: Sequence[str], parts: Sequence[Sequence[Found]], ruleset: Ruleset) -> tuple[Share, ...]:
    """What is shown of parts that make up the whole: where one number alone would be left out, the next smallest is, too."""
    misses = [sum(not asks(ruleset, each.items) for each in part) for part in parts]
    children = without_small([len(part) for part in parts])
    shown = zip(without_small(misses), without_small([len(p) - m for p, m in zip(parts, misses, strict=True)]), strict=True)
    return tuple(_share(name, of, *two) for name, of, two in zip(names, children, shown, strict=True))


def _share(name: str, children: int | None, not_listed: int | None, listed: int | None) -> Share:
    if not children or not_listed is None or listed is None:
        return Share(name, children, None, None, None, None)
    low, high = wilson(not_listed, children)
    return Share(name, children, not_listed, round(not_listed / children, 3), round(low, 3), round(high, 3))


def _told(number: int, of: int) -> int | None:
    """A number of some of `of`: nothing where it, or the rest, is of a few."""
    return None if is_few(number) or is_few(of - number) else number


def items_before(items: Iterable[str], but: frozenset[Item]) -> frozenset[Item]:
    """What counted, without what says that the need is known."""
    return frozenset(map(Item, items)) - but
