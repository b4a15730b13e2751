"""Somebody who had done nothing for months is back: an account that nobody missed (audit.md §5)."""

from collections.abc import Iterable, Sequence

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import DAY, Look, Period, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for each return."""
    for look in looks:
        if period.has(look.at) and look.idle_since is not None and look.at - look.idle_since > thresholds.dormant_days * DAY:
            yield hit(RULE.code, f"{look.actor} {look.day}", [look], days=(look.at - look.idle_since).days)


RULE = Rule("dormant", Reading.RETURNS, judge)
