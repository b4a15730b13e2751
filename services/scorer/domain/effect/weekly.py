"""
The data of a weekly report (週次報告書, Monday to Sunday) and of a final one (REP-01): counts, nobody's id, no small numbers beside a part.

The same for a week that is over whenever it is asked for, but for what people ended later and what protection hides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.scorer.domain.effect.report import Report
from services.scorer.domain.simulating import SMALLEST, Part, Simulation
from services.scorer.domain.standing import History

WEEK_DAYS = 7
_FIGURES = ("reviews", "assessed", "needed", "ppv", "low", "high", "lift", "unknown_share", "visits")

_OF_SAMPLE = {"drawn": "reviews", "judged": "assessed", "needed": "needed", "ppv": "ppv", "low": "low", "high": "high"}


@dataclass(frozen=True, slots=True)
class Done:
    """What people did with a ruleset in the time: the step and its day, and nobody's name."""

    day: date
    ruleset: str
    step: str


@dataclass(frozen=True, slots=True)
class Pack:
    """What a report of the days from `since` to `until` is made of."""

    since: date
    until: date
    lists: Simulation
    """The list at the end of the day before `since`, and at the end of `until`, each as known and by the rule of then."""
    reviews: Report
    """Reviews that people ended in the time."""
    steps: tuple[Done, ...]

    def as_numbers(self) -> dict[str, Any]:
        """As JSON."""
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        steps = [{"day": each.day.isoformat(), "ruleset": each.ruleset, "step": each.step} for each in self.steps]
        return {**days, "lists": self.lists.as_numbers(), "reviews": self.reviews.as_numbers(), "steps": steps}

    def as_rows(self) -> Iterator[tuple[str, str, str, str]]:
        """As rows of a CSV: section, part, figure, value. Empty is a number of fewer than ten, or one from which such would follow."""
        yield "section", "part", "figure", "value"
        yield "period", "", "since", self.since.isoformat()
        yield "period", "", "until", self.until.isoformat()
        yield "period", "", "smallest_number_shown", str(SMALLEST)
        lists = self.lists
        kinds: Mapping[str, Sequence[Part]] = {
            "list": (lists.total,),
            "list_by_ward": lists.by_ward,
            "list_by_age": lists.by_age,
            "list_by_sex": lists.by_sex,
            "list_by_group": lists.by_group,
        }
        for kind, parts in kinds.items():
            for part in parts:
                for figure in ("before", "after", "new", "gone"):
                    yield kind, part.name, figure, _text(getattr(part, figure))
        yield from _of_reviews(self.reviews)
        yield from _of_missed(self.reviews)
        yield from _of_thresholds(self.reviews)
        yield from _of_false_hits(self.reviews)
        for step in self.steps:
            yield "ruleset", step.ruleset, step.step, step.day.isoformat()


def _of_reviews(report: Report) -> Iterator[tuple[str, str, str, str]]:
    kinds = {
        "reviews": (report.total,),
        "reviews_by_group": report.by_group,
        "reviews_by_item": report.by_item,
        "reviews_by_ward": report.by_ward,
        "reviews_by_age": report.by_age,
        "reviews_by_sex": report.by_sex,
        "reviews_by_circumstance": report.by_circumstance,
    }
    for kind, lines in kinds.items():
        for line in lines:
            for figure in _FIGURES:
                yield kind, line.name, figure, _text(getattr(line, figure))
    for name, stands in report.stands.items():
        yield "stands", name, "standing", stands.value


def _of_missed(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """Children whose need became known otherwise, and requests kept quiet: of how many the lists did not tell."""
    if report.missed is not None:
        kinds = {"missed": (report.missed.total,), "missed_by_ward": report.missed.by_ward, "missed_by_age": report.missed.by_age}
        for kind, shares in kinds.items():
            for share in shares:
                for figure in ("children", "missed", "share", "low", "high"):
                    yield kind, share.name, figure, _text(getattr(share, figure))
        for item, number in report.missed.by_item.items():
            yield "missed_by_item", item, "children", _text(number)
    if report.quiet is not None:
        for line in (report.quiet.total, *report.quiet.by_group):
            for name, figure in _OF_SAMPLE.items():
                yield "quiet_sample", line.name, name, _text(getattr(line, figure))
        for name, figure in (("least", "missed"), ("most", "missed_at_most"), ("likely", "missed_likely")):
            yield "quiet_missed", "city", name, _text(getattr(report.quiet, figure))


def _of_thresholds(report: Report) -> Iterator[tuple[str, str, str, str]]:
    for each in report.thresholds:
        for figure in ("in_use", "reviews", "proposed", "low", "high", "share", "share_low", "share_high", "lost", "is_sure"):
            yield "threshold", each.parameter, figure, _text(getattr(each, figure))


def _of_false_hits(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """Cases in which staff found a reason wrong (S13)."""
    if report.false_hits is not None:
        for figure in ("seen", "false_hits", "share", "low", "high"):
            yield "false_hits", report.false_hits.item, figure, _text(getattr(report.false_hits, figure))


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday and the Sunday of the week in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=WEEK_DAYS - 1)


def steps_of(histories: Sequence[History], since: date, until: date, day_of: Any) -> tuple[Done, ...]:
    """What was done with rulesets in these days, the earliest first. `day_of` tells the day of an instant."""
    taken = [Done(day_of(step.at), each.ruleset, step.step.value) for each in histories for step in each.steps]
    return tuple(sorted((each for each in taken if since <= each.day <= until), key=lambda each: (each.day, each.ruleset, each.step)))


def _text(value: float | None) -> str:
    return "" if value is None else str(value)
