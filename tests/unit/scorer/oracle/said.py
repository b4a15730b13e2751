"""What the specification says of one item on one day."""

from dataclasses import dataclass, field
from datetime import date

from contracts.values import IndicatorValue

TRUE, FALSE, UNKNOWN, NOT_APPLICABLE = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN, IndicatorValue.NOT_APPLICABLE

Values = frozenset[IndicatorValue]
UNDECIDED_BUT_NOT_TRUE: Values = frozenset({FALSE, UNKNOWN, NOT_APPLICABLE})


@dataclass(frozen=True)
class Said:
    """
    The values that the specification allows, and what it says beside them; None where it says nothing.

    `of_true` holds only where the answer is TRUE and one of several that are allowed: its first day, class, and whether it counts.
    """

    values: Values
    valid_from: frozenset[date] | None = None
    klass: str | None = None
    counted: bool | None = None
    reasons: tuple[str, ...] = ()
    """One of them is to be named, where there are any."""
    why: str = field(default="", compare=False)

    def allows_true(self) -> bool:
        """Whether TRUE is among the values."""
        return TRUE in self.values


def unknown(*reasons: str, why: str = "") -> Said:
    """UNKNOWN, for one of these reasons where the specification names one."""
    return Said(frozenset({UNKNOWN}), reasons=reasons, why=why)


def false(*since: date, why: str = "") -> Said:
    """FALSE, since one of these days where the specification says since when."""
    return Said(frozenset({FALSE}), frozenset(since) or None, why=why)


def true(*since: date, counted: bool, klass: str | None = None, why: str = "") -> Said:
    """TRUE since one of these days."""
    return Said(frozenset({TRUE}), frozenset(since) or None, klass, counted, why=why)


def not_true(why: str) -> Said:
    """Any value but TRUE: the specification does not say which."""
    return Said(UNDECIDED_BUT_NOT_TRUE, why=why)


def either(*said: Said, why: str) -> Said:
    """Any of these: the specification does not decide between them."""
    those_true = [each for each in said if each.allows_true()]
    one = those_true[0] if len(those_true) == 1 else None
    return Said(
        frozenset(value for each in said for value in each.values),
        klass=one.klass if one else None,
        counted=one.counted if one else None,
        why=why,
    )
