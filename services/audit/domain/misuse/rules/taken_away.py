"""Somebody took a lot away in one day: printed, exported or extracted (audit.md §5). All of it stands in the report."""

from collections.abc import Iterable, Sequence

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Look, Period, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for a day of somebody's."""
    in_time = [look for look in looks if period.has(look.at)]
    for (actor, day), found in grouped(in_time, lambda look: (look.actor, look.day)).items():
        if len(found) > thresholds.taken_away:
            yield hit(RULE.code, f"{actor} {day}", found, things=len({look.thing_id for look in found}))


RULE = Rule("taken_away", Reading.TAKEN_AWAY, judge)
