"""Somebody looked at children at night, on a week-end or a holiday, and is not on the duty roster of that day (audit.md §5)."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import DAY, JST, Look, Period, children, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for a night or a day off: what is after midnight is of the evening before. The reading leaves out who is on duty."""
    in_time = [look for look in looks if period.has(look.at)]
    for (actor, night), found in grouped(in_time, lambda look: (look.actor, night_of(look, thresholds.day_begins))).items():
        if children(found) >= thresholds.odd_hours_children:
            yield hit(RULE.code, f"{actor} {night}", found, children=children(found))


def night_of(look: Look, day_begins: int) -> date:
    """The day on which the night began."""
    return look.day - DAY if look.at.astimezone(JST).hour < day_begins else look.day


RULE = Rule("odd_hours", Reading.ODD_HOURS, judge)
