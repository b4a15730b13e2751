"""How long records of casework are kept, and what may be disposed of (`domain.md` §4.6)."""

from datetime import date

from services.casework.domain.calendar import add_months

YEARS_OF_A_REVIEW = 5
"""Reviews and cases are kept so long after they ended [PROP]."""


def over_before(today: date) -> date:
    """Return the first day of which what ended is still kept: what ended earlier is over its years."""
    return add_months(today, -12 * YEARS_OF_A_REVIEW)
