"""Items 3a to 3c (`domain.md` §2.5)."""

from datetime import date

from tests.unit.scorer.oracle.absence import why_not
from tests.unit.scorer.oracle.calendar import add_months, school_entry
from tests.unit.scorer.oracle.said import Said, either, false, not_true, true, unknown
from tests.unit.scorer.oracle.world import World, days

SOURCE = "maternal_child_health"
WINDOWS = {"4m": (4, 6), "18m": (18, 24), "3y": (36, 48)}
GRACE = days(60)
EARLY = days(31)


def not_received(world: World, checkup: str, on: date) -> Said:
    """Whether a checkup was not received."""
    first, last = WINDOWS[checkup]
    start, end = add_months(world.birth, first), add_months(world.birth, last)
    due = end + GRACE
    exams = [
        record["exam_date"]
        for record in world.of("infant_checkup.recorded")
        if record["checkup_type"] == checkup and record["result_status"] != "not_attended" and start - EARLY <= record["exam_date"] <= on
    ]
    if exams:
        return false(*exams, why="a record of the type")
    if on < due:
        return _not_due(world, start, end, on)
    if not world.resident_throughout(start, end):
        return unknown(why="not resident for the whole window")
    reasons = why_not(world, SOURCE, since=start, needed=due, on=on)
    if reasons:
        return unknown(*reasons)
    found = true(due, counted=on < school_entry(world.birth), why="nothing received")
    if why_not(world, SOURCE, since=start - EARLY, needed=due, on=on):
        return either(found, unknown(), why="the feed began in the 31 days before the window")
    return found


def _not_due(world: World, start: date, end: date, on: date) -> Said:
    """Before window and grace are over: a child who was not here from the window's start stays UNKNOWN (ruling 10)."""
    if on > start and not world.resident_throughout(start, min(end, on)):
        return unknown(why="not resident since the window began")
    return not_true("the window and its grace are not over")
