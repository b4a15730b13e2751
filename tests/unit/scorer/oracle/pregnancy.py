"""Items 15 to 17 (`domain.md` §2.5; rulings 2 to 5, 10, 15)."""

from collections.abc import Sequence
from datetime import date

from tests.unit.scorer.oracle.absence import in_hand, why_not
from tests.unit.scorer.oracle.calendar import add_months, completed_weeks
from tests.unit.scorer.oracle.said import Said, either, false, true, unknown
from tests.unit.scorer.oracle.world import Record, Span, Whom, World, covered, days

SOURCE = "maternal_child_health"
FAMILY: tuple[Whom, ...] = ("mother", "child")
LATE_WEEKS = 12
CLAIMS = days(120)
TO_TWENTY_WEEKS = days(140)
WHOLE_PREGNANCY = days(280)
EPDS_HIGH = 9


def late_notification(world: World, on: date) -> Said:
    """Item 15."""
    if world.pregnancy is None:
        return unknown(why="no pregnancy linked")
    counted = on < add_months(world.birth, 36)
    notices = [each for each in world.pregnancy.records if each.kind == "pregnancy.notified"]
    first = [each for each in notices if each["issue_kind"] in (None, "new")]
    elsewhere = [each for each in notices if each["issue_kind"] == "moved_in"]
    # Where the new issue's weeks are not known, what another city was told may be asked, or not.
    told = first + elsewhere if any(_is_late(each, world.birth) is None for each in first) else first or elsewhere
    if not told:
        return unknown(why="no notification, or a reissue alone")
    answers = {_is_late(each, world.birth) for each in told}
    found = {
        True: true(world.birth, counted=counted),
        False: false(),
        None: unknown(why="weeks not known"),
    }
    ways = [found[answer] for answer in answers]
    if in_hand(world, SOURCE, *FAMILY):
        # A record of the family that waits may refute this one, or have nothing to do with it.
        ways.append(unknown())
    return ways[0] if len(ways) == 1 else either(*ways, why="notifications that differ, or a record in hand")


def _is_late(notice: Record, birth: date) -> bool | None:
    issued = notice["handbook_issued_on"] or notice["notified_on"]
    if notice["issue_kind"] == "moved_in":
        weeks = notice["first_notification_weeks"]
        return None if weeks is None else weeks >= LATE_WEEKS
    if issued is not None and issued >= birth:
        return True
    weeks = notice["gestational_weeks"]
    if weeks is None and notice["edd"] is not None and issued is not None:
        weeks = completed_weeks(notice["edd"], issued)
    return None if weeks is None else weeks >= LATE_WEEKS


def no_exams(world: World, on: date) -> Said:
    """Item 16."""
    found = world.pregnancy or world.mother
    if found is None:
        return unknown(why="neither a pregnancy nor a certain mother")
    exams = [each for each in found.records if each.kind == "prenatal_exam.recorded" and each["exam_date"] <= world.birth]
    due_dates = {each["edd"] for each in found.records if each.kind == "pregnancy.notified" and each["edd"] is not None}
    if world.pregnancy is None:
        exams = [each for each in exams if each["exam_date"] > world.birth - WHOLE_PREGNANCY]
    if exams:
        return false(why="an exam is recorded")
    if on < world.birth + CLAIMS:
        return unknown(why="claims may still come")
    if world.pregnancy is None and world.mother is not None and world.mother.is_open:
        return unknown(why="a pregnancy of hers may be this one")
    is_notified = any(each.kind == "pregnancy.notified" for each in found.records)
    stays = world.pregnancy.mother_stays if world.pregnancy is not None else world.mother.stays if world.mother is not None else ()
    starts = {edd - TO_TWENTY_WEEKS for edd in due_dates} if is_notified and due_dates else {world.birth - TO_TWENTY_WEEKS}
    answers = [_none_recorded(world, start, stays, on, is_notified=is_notified) for start in starts]
    return answers[0] if len(answers) == 1 else either(*answers, why="several due dates")


def _none_recorded(world: World, start: date, mother_stays: Sequence[Span], on: date, *, is_notified: bool) -> Said:
    """None on record: whether that can be believed, the mother to have been resident from `start`."""
    due = world.birth + CLAIMS
    reasons = why_not(world, SOURCE, since=start, needed=due, on=on, whom=FAMILY)
    if not covered(tuple(mother_stays), start, world.birth):
        return unknown(why="the mother was not resident")
    if reasons:
        return unknown(*reasons)
    found = true(due, counted=on < add_months(world.birth, 36), why="no exam" if is_notified else "neither notification nor exam")
    if why_not(world, SOURCE, since=world.birth - WHOLE_PREGNANCY, needed=due, on=on, whom=FAMILY):
        return either(found, unknown(), why="the feed began while the child was expected")
    return found


def epds_high(world: World, on: date) -> Said:
    """Item 17."""
    records: Sequence[Record] = ()
    if world.pregnancy is not None:
        records = world.pregnancy.records
    elif world.mother is not None:
        end = add_months(world.birth, 12)
        records = [each for each in world.mother.records if each["exam_date"] and world.birth <= each["exam_date"] <= end]
    totals = [
        (each["exam_date"], each["epds_total"])
        for each in records
        if each.kind == "postpartum_checkup.recorded" and each["epds_total"] is not None and each["exam_date"] <= on
    ]
    if not totals:
        return unknown(why="no total")
    high = [day for day, total in totals if total >= EPDS_HIGH]
    if high:
        return true(min(high), counted=on < add_months(world.birth, 12))
    low = false(why="all totals are low")
    return either(low, unknown(), why="a record in hand may be high") if in_hand(world, SOURCE, *FAMILY) else low
