"""Items 12 and 13 (`domain.md` §2.5; rulings 13, 17)."""

from collections.abc import Iterable, Sequence
from datetime import date

from tests.unit.scorer.oracle.absence import fresh_within, in_hand
from tests.unit.scorer.oracle.calendar import fiscal_year, month_span, school_entry
from tests.unit.scorer.oracle.said import Said, either, false, not_true, true, unknown
from tests.unit.scorer.oracle.world import Record, World, days

SOURCE = "school_affairs"
MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
NOT_ASKED_FOR = 8
MAY = 5
MANY = 30
LEAST = 5
EXPECTED_DAYS = 200
SEVERE = 90
MOST_DAYS = 31


def often(world: World, on: date, what: str) -> Said:
    """Item 12 (`absent_days`) or 13 (`tardy_count`)."""
    if on < school_entry(world.birth):
        return not_true("not at school yet")
    year = fiscal_year(on)
    rows = _rows(world, year)
    over = {month: each for month, each in rows.items() if month_span(year, month)[1] <= on}
    missing = [month for month in MONTHS if month not in over and _is_asked_for(world, year, month, on)]
    total = _sum(over.values(), what)
    if missing and total < MANY:
        return unknown(why=f"months {missing} are missing")
    if not over:
        return not_true("no month is closed yet")
    if _is_true(over, what, on, year):
        # As if a row of May were there (below), it may have been so earlier.
        since = {_since(over, what, year), _since({MAY: [], **over}, what, year)}
        found = true(*since, counted=True, klass=_class(over) if what == "absent_days" else None)
    elif on < date(year, MAY, 31):
        return not_true("too early in the year")
    elif MAY not in over and _is_true({**over, MAY: []}, what, on, year):
        # Ruling 17 wants the row of May, and ruling 13 asks for none of a month in which the child did not live here.
        found = either(true(counted=True), false(), why="no row of May is asked for")
    else:
        found = false()
    return either(found, unknown(), why="a record in hand may be another revision") if in_hand(world, SOURCE, "child") else found


def _rows(world: World, year: int) -> dict[int, list[Record]]:
    """By month one row of each school, the later recorded; without those that have more days than a month."""
    held: dict[tuple[int, str | None], Record] = {}
    for record in sorted(world.of("attendance.month_reported"), key=lambda each: each.recorded):
        if record["fiscal_year"] == year:
            held[record["month"], record.school] = record
    rows: dict[int, list[Record]] = {}
    for (month, _), record in held.items():
        if max(record["school_days"], record["absent_days"] + (record["suspended_days"] or 0)) <= MOST_DAYS:
            rows.setdefault(month, []).append(record)
    return rows


def _is_asked_for(world: World, year: int, month: int, on: date) -> bool:
    start, last = month_span(year, month)
    if month == NOT_ASKED_FOR or last > on or not world.resident_throughout(start, last + days(1)):
        return False
    feed = world.feeds.get(SOURCE)
    closed = feed is not None and feed.complete_through >= last
    return closed or on > last + days(fresh_within(SOURCE))


def _sum(rows: Iterable[Sequence[Record]], what: str) -> int:
    return sum(int(record[what] or 0) for each in rows for record in each)


def _is_true(rows: dict[int, list[Record]], what: str, on: date, year: int) -> bool:
    total, school_days = _sum(rows.values(), what), _sum(rows.values(), "school_days")
    pro_rata = -(-MANY * school_days // EXPECTED_DAYS)
    return total >= MANY or (on >= date(year, MAY, 31) and MAY in rows and total >= max(LEAST, pro_rata))


def _since(rows: dict[int, list[Record]], what: str, year: int) -> date:
    """The end of the month from which on it has been so."""
    ends = [month_span(year, month)[1] for month in MONTHS if month in rows]
    since = ends[-1]
    for end in reversed(ends):
        known = {month: each for month, each in rows.items() if month_span(year, month)[1] <= end}
        if not _is_true(known, what, end, year):
            break
        since = end
    return since


def _class(rows: dict[int, list[Record]]) -> str | None:
    absent, present = _sum(rows.values(), "absent_days"), _sum(rows.values(), "school_days")
    attended = present - absent - _sum(rows.values(), "suspended_days")
    if absent < MANY:
        return None
    if absent < SEVERE:
        return "30–89"
    return "attended=0" if attended <= 0 else "attended≤10" if attended <= 10 else "≥90"
