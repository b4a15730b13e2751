"""
Somebody looked at a person of their own name, house or family, or at a colleague's (audit.md §5).

Whoever decides on an access knows both names there, and says so as a reason of the entry: the log itself has no names.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Look, Period, days, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds

ALWAYS = frozenset({"own_family", "same_address", "colleague"})
DAYS_APART = timedelta(days=31)
HINTS = ALWAYS | {"same_surname"}


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """
    One finding for each pair of who looks and whom at: one's family, house or colleague always; of a mere namesake where nothing ties one
    to them, or where one comes back to them without the case being one's own.
    """
    hinted = [look for look in looks if HINTS.intersection(look.reasons)]
    for (actor, thing), found in grouped(hinted, lambda look: (look.actor, look.thing_id)).items():
        if not any(period.has(look.at) for look in found):
            continue
        close = any(ALWAYS.intersection(look.reasons) for look in found)
        loose = any(look.relation == "none" for look in found)
        back = all(look.relation != "assigned" for look in found) and days(found) >= thresholds.hinted_days
        if close or loose or back:
            yield hit(RULE.code, f"{actor} {thing}", found, of_child=True, days=days(found))


RULE = Rule("namesake", Reading.MARKED, judge, before=lambda thresholds: thresholds.hinted_days * DAYS_APART)
