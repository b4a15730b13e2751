"""Somebody of one ward looked at a child of another, and nothing ties them (audit.md §5)."""

from collections.abc import Iterable, Sequence

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Look, Period, children, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, _thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for a day of somebody's. What an emergency is the reason for has a rule of its own."""
    elsewhere = [
        look
        for look in looks
        if period.has(look.at)
        and None not in (look.actor_ward, look.thing_ward)
        and look.actor_ward != look.thing_ward
        and "emergency" not in look.reasons
    ]
    for (actor, day), found in grouped(elsewhere, lambda look: (look.actor, look.day)).items():
        yield hit(RULE.code, f"{actor} {day}", found, children=children(found))


RULE = Rule("out_of_ward", Reading.UNRELATED, judge)
