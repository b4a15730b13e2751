"""Somebody read a child of another ward in an emergency: every one is told of (audit.md §5)."""

from collections.abc import Iterable, Sequence

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Look, Period, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, _thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for each pair of who looks and whom at, on a day."""
    urgent = [look for look in looks if period.has(look.at) and "emergency" in look.reasons]
    for (actor, thing, day), found in grouped(urgent, lambda look: (look.actor, look.thing_id, look.day)).items():
        yield hit(RULE.code, f"{actor} {thing} {day}", found, of_child=True)


RULE = Rule("break_glass", Reading.MARKED, judge)
