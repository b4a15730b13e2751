"""How long the feed of a source may say nothing: one table, for rules that conclude from absence and for pages that tell of silence."""

from collections.abc import Mapping
from datetime import date, timedelta

from contracts.values import Source

_DAILY, _MONTHLY, _YEARLY = 7, 45, 400
FRESH_WITHIN_DAYS: Mapping[Source, int] = dict.fromkeys(Source, _DAILY) | {
    Source.SCHOOL_AFFAIRS: _MONTHLY,
    Source.SCHOOL_LUNCH_FEE: _MONTHLY,
    Source.LIFESTYLE_LEARNING_SURVEY: _YEARLY,
}
"""Days after its watermark in which a feed still counts as fresh (`domain.md` §2.8-12)."""


def silent_from(complete_through: date, fresh_within_days: int) -> date:
    """Return the first day on which a feed that delivered up to `complete_through` counts as silent."""
    return complete_through + timedelta(days=fresh_within_days + 1)
