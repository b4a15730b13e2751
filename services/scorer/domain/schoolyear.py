"""A school year month by month: which months are told, which are missing, which may not be used (`domain.md` §2.5, §2.8-13 and 17)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from contracts.facts import AttendanceMonthReported
from contracts.feeds import silent_from
from contracts.ids import EventId, SchoolId
from contracts.kinds import Source
from contracts.quick import quick
from services.scorer.domain.ages import DAY, add_months, fy
from services.scorer.domain.answer import Question
from services.scorer.domain.facts import Told
from services.scorer.domain.parameters import Parameters
from services.scorer.domain.residence import Stay

SOURCE = Source.SCHOOL_AFFAIRS

Figure = Callable[[AttendanceMonthReported], int | None]
"""What of a row is counted; None where the row does not say it: then it is as if there were no row."""

_AUGUST, _MAY = 8, 5
_NEVER = datetime.min.replace(tzinfo=UTC)


@quick(frozen=True, slots=True)
class Month:
    """A month of a school year. `last` is its last day: from it on its row counts."""

    number: int
    first: date
    last: date


@quick(frozen=True, slots=True)
class Sums:
    """What all schools of a child told of one month, or of several."""

    count: int = 0
    school_days: int = 0
    absent_days: int = 0
    suspended_days: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.count + other.count,
            self.school_days + other.school_days,
            self.absent_days + other.absent_days,
            self.suspended_days + other.suspended_days,
        )

    @property
    def attended_days(self) -> int:
        """Days on which the pupil was there: neither absent nor suspended nor bereaved."""
        return max(0, self.school_days - self.absent_days - self.suspended_days)


NOTHING = Sums()


@quick(frozen=True, slots=True)
class YearSoFar:
    """
    The months of a school year up to a day, in their order.

    `months` are those that count, with what was told of them; a month that is not asked for, and not told, counts nothing. `missing` are
    closed and untold; `quarantined` say what cannot be. `open_months` may still be told, those to come included.
    """

    year: int
    months: tuple[tuple[Month, Sums], ...]
    missing: tuple[Month, ...]
    quarantined: tuple[Month, ...]
    open_months: tuple[Month, ...]
    evidence: tuple[EventId, ...]
    wake: tuple[date, ...]
    """Days on which a month begins to count, or closes, by time alone."""

    @property
    def has_may(self) -> bool:
        """Whether nothing of April and May is outstanding: what is proportional needs the row of May (§2.8-17)."""
        return any(month.number == _MAY for month, _ in self.months)

    @property
    def told_through(self) -> Month | None:
        """The last month that something was told of."""
        return next((month for month, sums in reversed(self.months) if sums.school_days), None)


@lru_cache(maxsize=256)
def months_of(year: int) -> tuple[Month, ...]:
    """The twelve months of a school year."""
    firsts = [add_months(date(year, 4, 1), position) for position in range(13)]
    return tuple(Month(first.month, first, after - DAY) for first, after in pairwise(firsts))


def first_year_asked(as_of: date, parameters: Parameters) -> int:
    """The first school year of which the answers of a day count anything: the one before is shown until the share is judged."""
    year = fy(as_of)
    return year - 1 if as_of <= date(year, *parameters.share_from) else year


def year_so_far(question: Question, year: int, figure: Figure) -> YearSoFar:
    """What is known of `year` on the day of the question."""
    told = _by_month(question, year, figure)
    as_of, longest = question.as_of, question.parameters.month_longest_days
    counting: list[tuple[Month, Sums]] = []
    missing, quarantined, still_open, evidence, wake = [], [], [], [], []
    for month, standing, closing in _standings(question, year):
        rows = told.get(month.number)
        if rows and as_of < month.last:
            wake.append(month.last)
        elif rows:
            evidence += [row.event_id for row in rows]
            sums = _sum(rows, figure)
            if max(sums.school_days, sums.absent_days) > longest:
                quarantined.append(month)
            else:
                counting.append((month, sums))
        elif standing is _Standing.NOT_ASKED:
            if month.last <= as_of:
                counting.append((month, NOTHING))
        elif standing is _Standing.CLOSED:
            missing.append(month)
        else:
            still_open.append(month)
            wake += closing
    return YearSoFar(year, tuple(counting), tuple(missing), tuple(quarantined), tuple(still_open), tuple(evidence), tuple(wake))


class _Standing(Enum):
    """Whether a month's row is expected."""

    NOT_ASKED = auto()
    OPEN = auto()
    CLOSED = auto()


_Standings: TypeAlias = tuple[tuple[Month, _Standing, tuple[date, ...]], ...]
"""Each month of a year, how it stands, and on which days one that is open closes."""


def _standings(question: Question, year: int) -> _Standings:
    """The same of all children who lived here through the whole year, which are nearly all: found once for them."""
    months, delivered, fresh = months_of(year), question.watermarks.get(SOURCE), question.parameters.fresh_within_days[SOURCE]
    lived = all(any(_lasts(stay, month) for stay in question.child.stays) for month in (months[0], months[-1]))
    if lived and len(question.child.stays) == 1:
        return _standings_of(year, question.as_of, delivered, fresh)
    return tuple(
        each if any(_lasts(stay, each[0]) for stay in question.child.stays) else (each[0], _Standing.NOT_ASKED, ())
        for each in _standings_of(year, question.as_of, delivered, fresh)
    )


@lru_cache(maxsize=256)
def _standings_of(year: int, as_of: date, delivered: date | None, fresh: int) -> _Standings:
    return tuple((month, _standing(month, as_of, delivered, fresh), _closing(month, delivered, fresh)) for month in months_of(year))


def _by_month(question: Question, year: int, figure: Figure) -> dict[int, list[Told[AttendanceMonthReported]]]:
    found: defaultdict[int, list[Told[AttendanceMonthReported]]] = defaultdict(list)
    for row in _last_of_each_school(row for row in question.facts.told_as(AttendanceMonthReported) if row.fact.fiscal_year == year):
        if figure(row.fact) is not None:
            found[row.fact.month].append(row)
    return found


def _last_of_each_school(rows: Iterable[Told[AttendanceMonthReported]]) -> Iterator[Told[AttendanceMonthReported]]:
    """
    Of two rows for one month and school the later recorded, of one instant the one of the later number (`domain.md` §2.8-17).

    Of which school a row is, is not known of those of an older release: each of them counts.
    """
    last: dict[tuple[int, SchoolId], Told[AttendanceMonthReported]] = {}
    for row in rows:
        if row.school_id is None:
            yield row
            continue
        place = (row.fact.month, row.school_id)
        held = last.get(place)
        if held is None or (held.recorded_at or _NEVER) <= (row.recorded_at or _NEVER):
            last[place] = row
    yield from last.values()


def _sum(rows: Sequence[Told[AttendanceMonthReported]], figure: Figure) -> Sums:
    facts = [row.fact for row in rows]
    if len(facts) == 1:
        fact = facts[0]
        return Sums(figure(fact) or 0, fact.school_days, fact.absent_days, fact.suspended_days or 0)
    return Sums(
        sum(figure(fact) or 0 for fact in facts),
        sum(fact.school_days for fact in facts),
        sum(fact.absent_days for fact in facts),
        sum(fact.suspended_days or 0 for fact in facts),
    )


def _lasts(stay: Stay, month: Month) -> bool:
    """Whether the child lived here all the month: otherwise no row is expected."""
    return (stay.start is None or stay.start <= month.first) and (stay.end is None or month.last < stay.end)


def _standing(month: Month, as_of: date, delivered: date | None, fresh: int) -> _Standing:
    """Closed once its row would be there: the feed is complete to its last day, or has been silent for too long since. None of August."""
    if month.number == _AUGUST:
        return _Standing.NOT_ASKED
    if as_of >= month.last and ((delivered is not None and month.last <= delivered) or as_of >= silent_from(month.last, fresh)):
        return _Standing.CLOSED
    return _Standing.OPEN


def _closing(month: Month, delivered: date | None, fresh: int) -> tuple[date, ...]:
    by_time = silent_from(month.last, fresh)
    return (month.last, by_time) if delivered is not None and month.last <= delivered else (by_time,)
