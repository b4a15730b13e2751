"""
Many people look at one child within days, and nothing ties them to it (audit.md §5).

Yokote 2020–21: seven officials looked up one infected resident.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Look, Period, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for a child: of those who looked within so many days before one of the looks."""
    span = timedelta(days=thresholds.spike_days)
    for thing, found in grouped(looks, lambda look: look.thing_id).items():
        crowd: dict[int, Look] = {}
        most = 0
        for last in found:
            within = [look for look in found if last.at - span < look.at <= last.at]
            people = len({look.actor for look in within})
            if period.has(last.at) and people > thresholds.spike_actors:
                most, crowd = max(most, people), crowd | {look.index: look for look in within}
        if crowd:
            told = hit(RULE.code, str(thing), list(crowd.values()), of_child=True, people=most)
            # It is about the child: those who looked are in the entries.
            yield Hit(
                told.kind, told.about, told.signs, None, None, told.thing_kind, told.thing_id, told.first_at, told.last_at, told.figures
            )


RULE = Rule("attention_spike", Reading.UNRELATED, judge, before=lambda thresholds: timedelta(days=thresholds.spike_days))
