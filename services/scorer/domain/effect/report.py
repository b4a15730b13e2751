"""The report on reviews that ended: in all, by group, item and part of the city; how a rule stands; what another would have listed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from contracts.values import Group, Item
from services.scorer.domain.effect.figures import Line, Reviewed, Tally, line, lines
from services.scorer.domain.effect.missed import Missed
from services.scorer.domain.effect.quiet import Quiet
from services.scorer.domain.effect.refuted import FalseHits
from services.scorer.domain.effect.stopping import Cycle, Standing, by_cycle, standing
from services.scorer.domain.effect.thresholds import Proposal
from services.scorer.domain.rulesets import Ruleset, asks
from services.scorer.domain.simulating import AGES, SMALLEST


@dataclass(frozen=True, slots=True)
class Comparison:
    """What another ruleset would have listed of those whom people looked at (EVAL-03). Nobody looked at whom it lists beside them."""

    ruleset: str
    listed: Line
    not_listed: Line


@dataclass(frozen=True, slots=True)
class Report:
    """What the lists of a ruleset were worth, by the reviews that ended from `since` up to `until`."""

    ruleset: str
    since: date
    until: date
    total: Line
    by_group: tuple[Line, ...]
    by_item: tuple[Line, ...]
    by_ward: tuple[Line, ...]
    by_age: tuple[Line, ...]
    by_sex: tuple[Line, ...]
    by_circumstance: tuple[Line, ...]
    """Those with welfare, a child-rearing allowance (single parents), a handbook or certificate, reason or not."""
    floor: float
    stands: Mapping[str, Standing]
    """How the whole stands by its cycles, and each group and item."""
    cycles: tuple[Line, ...]
    what_if: Comparison | None
    missed: Missed | None = None
    """Whom nobody was asked about, and whose need became known otherwise; None where nobody looked."""
    thresholds: tuple[Proposal, ...] = ()
    quiet: Quiet | None = None
    """Requests that were kept quiet after a review, as people judged those that were drawn; None where nobody asked."""
    false_hits: FalseHits | None = None
    """Cases in which staff found a reason wrong, whether they have ended or not; None where the ruleset does not count the item."""

    def as_numbers(self) -> dict[str, Any]:
        """The report as JSON, without anybody's id."""
        told = asdict(self) | {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return told | {"stands": dict(self.stands), "smallest_number_shown": SMALLEST}


CIRCUMSTANCES = (
    Item.HOUSEHOLD_PUBLIC_ASSISTANCE,
    Item.GUARDIAN_CHILD_REARING_ALLOWANCE,
    Item.DEVELOPMENTAL_DISORDER_WITH_HANDBOOK,
    Item.DISABILITY_CERTIFICATE_HISTORY,
)

CITY = "city"


def evaluated(
    ruleset: Ruleset, reviews: Sequence[Reviewed], since: date, until: date, today: date, floor: float, other: Ruleset | None = None
) -> Report:
    """Return the report on `reviews`, which `ruleset` asked for and which ended from `since` up to `until`."""
    overall = Tally.of(reviews)
    of_group = {group: [each for each in reviews if group in _groups(ruleset, each)] for group in Group}
    of_item = {item: [each for each in reviews if item in each.items] for item in Item}
    groups = {group: some for group, some in of_group.items() if group in set(ruleset.group_of.values())}
    items = {item: some for item, some in of_item.items() if item in ruleset.group_of}
    cycles = by_cycle(reviews, today)
    going_on = [each for each in reviews if not Cycle.of(each.closed_on).is_over(today)]
    by_item = {item: line(item.value, Tally.of(some), overall) for item, some in items.items()}

    def told_of(group: Group) -> list[Tally]:
        return [Tally.of(items[item]) for item, told in by_item.items() if ruleset.group_of[item] is group and told.reviews is not None]

    def parts(kind: str, names: Sequence[str]) -> tuple[Line, ...]:
        every = [*names, *sorted({getattr(each, kind) for each in reviews} - set(names))]
        return lines(every, [Tally.of(each for each in reviews if getattr(each, kind) == name) for name in every], overall)

    return Report(
        ruleset.name,
        since,
        until,
        line(CITY, overall, overall),
        by_group=tuple(line(group.value, Tally.of(some), overall, told_of(group)) for group, some in groups.items()),
        by_item=tuple(by_item.values()),
        by_ward=parts("ward", sorted({each.ward for each in reviews})),
        by_age=parts("age", AGES),
        by_sex=parts("sex", ("female", "male")),
        by_circumstance=tuple(line(item.value, Tally.of(of_item[item]), overall) for item in CIRCUMSTANCES),
        floor=floor,
        stands={
            name.value if isinstance(name, Group | Item) else name: standing(list(by_cycle(some, today).values()), floor)
            for name, some in ((CITY, reviews), *groups.items(), *items.items())
        },
        # The one that goes on is not told, and must not follow from those that are.
        cycles=lines([cycle.name for cycle in cycles], list(cycles.values()), overall, untold=Tally.of(going_on)),
        what_if=_compared(other, reviews, overall) if other is not None else None,
    )


def _compared(other: Ruleset, reviews: Sequence[Reviewed], overall: Tally) -> Comparison:
    listed = [_lists(other, each) for each in reviews]
    parts = [Tally.of(each for each, by in zip(reviews, listed, strict=True) if by is kind) for kind in (True, False)]
    return Comparison(other.name, *lines(["listed", "not_listed"], parts, overall))


def _lists(ruleset: Ruleset, review: Reviewed) -> bool:
    return asks(ruleset, review.items) and ruleset.suppressors.isdisjoint(review.items)


def _groups(ruleset: Ruleset, review: Reviewed) -> set[Group]:
    return {ruleset.group_of[item] for item in review.items if item in ruleset.group_of}
