"""Other items of the city's own (`domain.md` §2.6; rulings 1, 2, 8, 12, 21): entitlements, dues and surveys."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction

from tests.unit.scorer.oracle.absence import fresh_within, in_hand, is_since_the_child_came, why_not
from tests.unit.scorer.oracle.calendar import school_entry
from tests.unit.scorer.oracle.said import FALSE, NOT_APPLICABLE, TRUE, UNKNOWN, Said, false, unknown
from tests.unit.scorer.oracle.supports import outside
from tests.unit.scorer.oracle.world import Record, Span, World, days, within

SURVEYS = "lifestyle_learning_survey"
CONCERNS, LOW, FALL = 3, 35, 10
DUES, OVERDUE = 2, days(60)


def special_child_allowance(world: World, on: date) -> Said:
    """Also while it is suspended (21)."""
    rows = [each for each in world.of("allowance.entitlement_changed") if each["kind"] == "special_child"]
    return _entitled(world, on, "special_child_allowance", [(each["entitled_from"], each["entitled_to"]) for each in rows])


def child_allowance(world: World, on: date) -> Said:
    """Absence is UNKNOWN: who works for a public body has it from the employer. An opponent's says nothing (21)."""
    rows = [each for each in world.of("allowance.entitlement_changed") if each["kind"] == "child"]
    spans = [(piece["entitled_from"], piece["entitled_to"]) for row in rows for piece in outside(world, row)]
    found = _entitled(world, on, "child_allowances", spans)
    return found if found.values == {TRUE} else unknown()


def single_parent_loan(world: World, on: date) -> Said:
    """A loan runs."""
    return _entitled(world, on, "single_parent_loan", map(_validity, world.of("loan.changed")))


def medical_subsidy(world: World, on: date) -> Said:
    """A single parent's."""
    return _subsidised(world, on, "single_parent")


def medical_subsidy_disability(world: World, on: date) -> Said:
    """One for a disability."""
    return _subsidised(world, on, "disability")


def school_aid(world: World, on: date) -> Said:
    """Approved for the school year, and not cancelled."""
    spans = []
    for each in world.of("school_aid.decided"):
        ends = [date(each["fiscal_year"] + 1, 4, 1), each["valid_to"], each.said_on if each["decision"] == "cancelled" else None]
        if each["decision"] != "rejected":
            spans.append((each["valid_from"], min(day for day in ends if day is not None)))
    return _entitled(world, on, "school_aid", spans)


def _subsidised(world: World, on: date, kind: str) -> Said:
    rows = [each for each in world.of("medical_subsidy.changed") if each["kind"] == kind]
    return _entitled(world, on, "medical_subsidy", map(_validity, rows))


def _validity(row: Record) -> Span:
    return row["valid_from"], row["valid_to"] or (row.said_on if row["status"] == "ended" else None)


def _entitled(world: World, on: date, source: str, spans: Iterable[Span]) -> Said:
    """TRUE by a row, also where its feed is silent; FALSE by absence, while it is fresh."""
    ever = [span for span in spans if span[1] is None or span[0] < span[1]]
    if any(within(on, span) for span in ever):
        return Said(frozenset({TRUE}), frozenset({_first(ever, on, world.birth)}), counted=True)
    reasons = why_not(world, source, since=on, needed=date.min, on=on)
    ended = any(end is not None and end <= on for _, end in ever)
    if not reasons and not is_since_the_child_came(world, source, on):
        return Said(frozenset({FALSE, UNKNOWN}), why="nothing was told since the child came")
    if not reasons or (ended and in_hand(world, source, "child")):
        return unknown("record_in_hand") if reasons else false()
    # That nothing began since is absence; that one ended a record says. Ruling 1 can be read either way once the feed is silent.
    return Said(frozenset({FALSE, UNKNOWN})) if ended else unknown(*reasons)


def _first(spans: Sequence[Span], on: date, birth: date) -> date:
    """The first day of all that follow upon each other without a gap."""
    first = min(start for start, end in spans if within(on, (start, end)))
    while earlier := [start for start, end in spans if start < first and (end is None or end >= first)]:
        first = min(earlier)
    return max(first, birth)


def lunch_fee_arrears(world: World, on: date) -> Said:
    """Dues of two months unpaid 60 days after they were due."""
    unpaid = {(each["fiscal_year"], each["month"]) for each in world.of("lunch_fee.arrears_changed") if within(on, _overdue(each))}
    if in_hand(world, "school_lunch_fee", "child") and not in_hand(world, "school_lunch_fee", "anybody"):
        return unknown("record_in_hand")
    if len(unpaid) >= DUES:
        return Said(frozenset({TRUE, UNKNOWN} if in_hand(world, "school_lunch_fee", "child", "anybody") else {TRUE}), counted=True)
    reasons = why_not(world, "school_lunch_fee", since=on, needed=date.min, on=on)
    # How far the feed must have come after dues were paid, or since the child came, is not said.
    is_open = world.of("lunch_fee.arrears_changed") or not is_since_the_child_came(world, "school_lunch_fee", on)
    return unknown(*reasons) if reasons else Said(frozenset({FALSE, UNKNOWN} if is_open else {FALSE}))


def _overdue(due: Record) -> Span:
    settled = None if due["status"] == "unpaid" else due["settled_on"] or due.said_on
    start = due["due_on"] + OVERDUE
    return start, settled if settled is None else max(start, settled)


def lifestyle_survey_concern(world: World, on: date) -> Said:
    """So many answers of concern in the child's last round."""

    def judge(last: Sequence[Record], _: Sequence[Record]) -> bool | None:
        counts = [each["concern_count"] for each in last if each["concern_count"] is not None]
        return max(counts) >= CONCERNS if counts else None

    return _survey(world, on, "lifestyle", judge)


def learning_achievement_low(world: World, on: date) -> Said:
    """A low standard score in the child's last round, or one that fell by ten since last year's."""

    def judge(last: Sequence[Record], before: Sequence[Record]) -> bool | None:
        scores = [_exact(each) for each in last if each["standard_score"] is not None]
        if not scores:
            return None
        year = last[0]["fiscal_year"] - 1
        then = [each for each in before if each["fiscal_year"] == year and each["standard_score"] is not None]
        return min(scores) <= LOW or any(_exact(each) - min(scores) >= FALL for each in then)

    return _survey(world, on, "learning", judge)


def _exact(result: Record) -> Fraction:
    return Fraction(str(result["standard_score"]))


def _survey(world: World, on: date, survey: str, judge: Callable[[Sequence[Record], Sequence[Record]], bool | None]) -> Said:
    held = [each for each in world.of("survey.result_recorded") if each["survey"] == survey and each["surveyed_on"] <= on]
    if not held:
        return unknown() if on >= school_entry(world.birth) else Said(frozenset({NOT_APPLICABLE}))
    day = max(each["surveyed_on"] for each in held)
    found = judge([each for each in held if each["surveyed_on"] == day], [each for each in held if each["surveyed_on"] < day])
    if found is None or (SURVEYS, "child") in world.in_hand or (not found and in_hand(world, SURVEYS)):
        return unknown()
    feed = world.feeds.get(SURVEYS)
    is_fresh = feed is not None and on <= feed.complete_through + days(fresh_within(SURVEYS))
    if found:
        # Of a record that may be anybody's, ruling 2 says only what is concluded from absence.
        return Said(frozenset({TRUE, UNKNOWN} if in_hand(world, SURVEYS) else {TRUE}), frozenset({day}), counted=True)
    return Said(frozenset({FALSE}), frozenset({day})) if is_fresh else unknown("feed_stale")
