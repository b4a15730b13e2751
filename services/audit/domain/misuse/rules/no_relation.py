"""Somebody looked at a child to whom nothing tied them, and nothing did within a day afterwards (audit.md §5)."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Look, Period, children, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """
    One finding for a day of somebody's, once it is too late for a relation.

    Left out is what other rules tell: an emergency, another ward's child; and who has no ward, and is asked to stand in (domain.md §4.4).
    """
    late = period.now - timedelta(hours=thresholds.relation_hours)
    loose = [
        look
        for look in looks
        if look.at <= late
        and period.has(look.at)
        and look.related_at is None
        and look.actor_ward is not None
        and look.thing_ward in (look.actor_ward, None)
        and "emergency" not in look.reasons
    ]
    for (actor, day), found in grouped(loose, lambda look: (look.actor, look.day)).items():
        yield hit(RULE.code, f"{actor} {day}", found, children=children(found))


RULE = Rule("no_relation", Reading.UNRELATED, judge, settles=lambda thresholds: timedelta(hours=thresholds.relation_hours))
