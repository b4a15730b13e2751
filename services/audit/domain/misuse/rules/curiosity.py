"""
The same person looked at again and again, a little each time, by somebody whom nothing ties to them (audit.md §5).

Yotsukaichi 2019: 17 people of 4 households over 14 months by one temporary clerk, which no rule about volume sees.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import DAY, Look, Period, days, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds

MONTH = timedelta(days=30.5)


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """
    One finding for each pair of who looks and whom at: of the months before the last look.

    Left out is whoever has no ward, and is asked to stand in where a measure keeps a child's own ward out (domain.md §4.4).
    """
    own = [look for look in looks if not look.is_beside and not (look.actor_ward is None and "protected_person" in look.reasons)]
    for (actor, thing), found in grouped(own, lambda look: (look.actor, look.thing_id)).items():
        last = found[-1]
        within = [look for look in found if look.at > last.at - thresholds.curiosity_months * MONTH]
        if period.has(last.at) and days(within) >= thresholds.curiosity_days:
            yield hit(RULE.code, f"{actor} {thing}", within, of_child=True, days=days(within))


RULE = Rule("curiosity", Reading.UNRELATED, judge, before=lambda thresholds: thresholds.curiosity_months * MONTH + DAY)
