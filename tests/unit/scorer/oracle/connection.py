"""City items `not_enrolled` and `no_municipal_contact` (`domain.md` §2.6; rulings 1, 8, 18, 21)."""

from collections.abc import Iterator, Sequence
from datetime import date

from tests.unit.scorer.oracle.absence import why_not
from tests.unit.scorer.oracle.calendar import add_months, attains, fiscal_year
from tests.unit.scorer.oracle.said import FALSE, NOT_APPLICABLE, TRUE, UNKNOWN, Said, false, not_true, true, unknown
from tests.unit.scorer.oracle.supports import HANDBOOK_MONTHS, is_opponents, term, without
from tests.unit.scorer.oracle.world import Record, Span, World, days, within

RESIDENT_DAYS = 90
MONTHS = 12
FEEDS = (
    "childcare",
    "public_assistance",
    "maternal_child_health",
    "child_allowances",
    "special_child_allowance",
    "disability",
    "child_consultation",
)


def not_enrolled(world: World, on: date) -> Said:
    """Of class age 3 to 5, here for 90 days, and no row of a use."""
    if not 3 <= _class_age(world.birth, fiscal_year(on)) <= 5:
        return Said(frozenset({NOT_APPLICABLE}))
    uses = [*(_holds(each) for each in world.of("childcare.use_changed")), *_seen_elsewhere(world)]
    if any(within(on, span) for span in uses):
        return false()
    came = _came(world, on)
    if on < came + days(RESIDENT_DAYS):
        return not_true("not here for 90 days")
    ends = [end for start, end in uses if end is not None and start < end <= on]
    band = next(year for year in range(world.birth.year, world.birth.year + 9) if _class_age(world.birth, year) == 3)
    begun = [world.begun[name] for name in ("childcare",) if name in world.begun]
    since = max([date(band, 4, 1), came + days(RESIDENT_DAYS), *ends, *begun])
    reasons = why_not(world, "childcare", since=on, needed=since, on=on)
    return unknown(*reasons) if reasons else true(since, counted=True)


def _seen_elsewhere(world: World) -> Iterator[Span]:
    """Ruling 22: staff found the child enrolled elsewhere: for the year (S13), or until it was found otherwise."""
    for place, (what, day) in enumerate(world.seen):
        if what == "enrolled_elsewhere":
            otherwise = [later for said, later in world.seen[place + 1 :] if said == "enrolled_nowhere"]
            yield day, min([date(fiscal_year(day) + 1, 4, 1), *otherwise])


def no_municipal_contact(world: World, on: date) -> Said:
    """Enrolled nowhere, and no contact in 12 months."""
    enrolment = not_enrolled(world, on)
    if enrolment.values == {NOT_APPLICABLE}:
        return enrolment
    contacts = [span for span in (*_contacts(world, on), *_of_allowances(world)) if span[1] is None or span[0] < span[1]]
    is_in_touch = any(start <= on and (end is None or on < add_months(end - days(1), MONTHS)) for start, end in contacts)
    if is_in_touch or enrolment.values == {FALSE}:
        return false()
    if _may_be_opponents(world, on):
        return unknown("protected_separation")
    settled = add_months(_came(world, on), MONTHS)
    if TRUE not in enrolment.values or on < settled:
        return unknown(why=enrolment.why or "not resident through the whole window")
    return _unheard(world, on, max([settled, *(enrolment.valid_from or ())]), contacts)


def _unheard(world: World, on: date, since: date, contacts: Sequence[Span]) -> Said:
    complete = {name: add_months(world.begun[name], MONTHS) for name in FEEDS if name in world.begun}
    over = [add_months(end - days(1), MONTHS) for _, end in contacts if end is not None and end <= on]
    since = max([since, *complete.values(), *over])
    reasons = {reason for name in FEEDS for reason in why_not(world, name, since=on, needed=since, on=on, whom=("child", "mother"))}
    if any(on < day for day in complete.values()):
        reasons.add("before_feed")
    own = {reason for name in FEEDS for reason in why_not(world, name, since=on, needed=since, on=on)}
    if reasons and not own and not any(on < day for day in complete.values()):
        return Said(frozenset({TRUE, UNKNOWN}), why="a record of its mother is held: of some feeds it may be a list that names the child")
    return unknown(*reasons) if reasons else true(since, counted=True)


def _contacts(world: World, on: date) -> Iterator[Span]:
    """From the first to the day after the last day of each."""
    for each in world.of("infant_checkup.recorded"):
        if each["result_status"] != "not_attended":
            yield each["exam_date"], each["exam_date"] + days(1)
    for each in world.of("childcare.use_changed"):
        yield _holds(each)
    yield from ((day, day + days(1)) for _, day in world.seen)
    for each in world.of("consultation.status_changed"):
        yield each["opened_on"], each["closed_on"] or (each.said_on if each["status"] == "closed" else None)
    for each in world.of("disability.certificate_changed"):
        yield each["valid_from"], _end_of_paper(each)
    for each in world.of("public_assistance.member_changed"):
        if not is_opponents(world, each, on):
            yield from _entitled(each)


def _of_allowances(world: World) -> Iterator[Span]:
    for each in world.of("allowance.entitlement_changed"):
        for day in _procedures(each):
            if not each.is_opponents or not any(within(day, measure.span) for measure in world.measures):
                yield day, day + days(1)


def _procedures(row: Record) -> Iterator[date]:
    yield from (day for day in (row["entitled_from"], row.said_on) if within(day, term(row)))


def _may_be_opponents(world: World, on: date) -> bool:
    rows = [each for each in world.of("public_assistance.member_changed") if is_opponents(world, each, on)]
    spells = [span for row in rows for span in _entitled(row) if span[1] is None or span[0] < span[1]]
    shared = any(start <= on and (end is None or on < add_months(end - days(1), MONTHS)) for start, end in spells)
    lists = [each for each in world.of("allowance.entitlement_changed") if each.is_opponents]
    days_of = [day for each in lists for day in _procedures(each) if any(within(day, measure.span) for measure in world.measures)]
    return shared or any(day <= on < add_months(day, MONTHS) for day in days_of)


def _entitled(row: Record) -> Iterator[Span]:
    start = max(day for day in (row["member_from"], row["started_on"]) if day is not None)
    end = min((day for day in (row["member_to"], row["abolished_on"]) if day is not None), default=None)
    if row["suspended_from"] is None:
        yield start, end
        return
    for first, last in without((start, end), (row["suspended_from"], row["suspended_to"])):
        yield max(first, start), last


def _end_of_paper(paper: Record) -> date | None:
    over = [paper["valid_to"], paper.said_on if paper["status"] != "issued" else None]
    if paper["valid_to"] is None and paper["kind"] == "mental_health_handbook":
        over.append(add_months(paper["valid_from"], HANDBOOK_MONTHS))
    return min((day for day in over if day is not None), default=None)


def _holds(use: Record) -> Span:
    return use["valid_from"], use["valid_to"] or (use.said_on if use["status"] != "active" else None)


def _class_age(birth: date, year: int) -> int:
    """Completed years on 31 March before the school year."""
    return max(age for age in range(-2, 30) if age < 0 or attains(birth, age) <= date(year, 3, 31))


def _came(world: World, on: date) -> date:
    """Since when the child has lived here without a gap."""
    came = on
    while earlier := [start for start, end in world.stays if start < came and (end is None or end >= came)]:
        came = min(earlier)
    return came
