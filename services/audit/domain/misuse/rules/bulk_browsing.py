"""Somebody looked at far more children in a day than they ever do, or than others of the role, or at a very long list (audit.md §5)."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from statistics import median

from services.audit.domain.findings.hits import Hit, of_entry
from services.audit.domain.misuse.looks import DAY, DayOf, Period, grouped
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds

BEFORE = timedelta(days=30)
BUSIEST = 0.99


def judge(every: Sequence[DayOf], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for a day of somebody's, compared with their own thirty days before and with the role's days of that time."""
    own, of_role = grouped(every, lambda each: each.actor), grouped(every, lambda each: each.role)
    for day in every:
        if not period.has(day.ended_at):
            continue
        before = [each.children for each in own[day.actor] if day.day - BEFORE <= each.day < day.day]
        usual = median(each.children for each in of_role[day.role] if day.day - BEFORE <= each.day <= day.day)
        most = max(thresholds.bulk_children, thresholds.bulk_own_factor * _busiest(before))
        beyond_role = day.children > thresholds.bulk_role_factor * usual and day.children > thresholds.bulk_role_least
        signs = [of_entry(index) for index in day.seen] if day.children > most or beyond_role else []
        signs += [of_entry(day.longest)] if day.rows > thresholds.bulk_rows else []
        if signs:
            figures = {"children": day.children, "usual_of_role": round(usual), "rows": day.rows}
            about = f"{day.actor} {day.day}"
            yield Hit(RULE.code, about, signs, day.actor, day.role, first_at=day.began_at, last_at=day.ended_at, figures=figures)


def _busiest(children: Sequence[int]) -> int:
    """The 99th percentile; nothing where there were no days."""
    return sorted(children)[min(len(children) - 1, int(BUSIEST * len(children)))] if children else 0


RULE = Rule("bulk_browsing", Reading.BROWSING, judge, before=lambda _: BEFORE + DAY)
