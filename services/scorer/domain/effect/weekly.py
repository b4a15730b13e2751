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
        for kind, lines in {"reviews": (self.reviews.total,), "reviews_by_ward": self.reviews.by_ward}.items():
            for line in lines:
                for figure in ("reviews", "assessed", "needed", "ppv", "low", "high"):
                    yield kind, line.name, figure, _text(getattr(line, figure))
        for step in self.steps:
            yield "ruleset", step.ruleset, step.step, step.day.isoformat()


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
