"""Items 10, 11, 18, 19 (`domain.md` §2.5; rulings 1, 8, 14, 15, 20, 21)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from contracts.values import IndicatorValue
from tests.unit.scorer.oracle.absence import is_since_the_child_came, why_not
from tests.unit.scorer.oracle.calendar import add_months
from tests.unit.scorer.oracle.said import Said, either, false, true, unknown
from tests.unit.scorer.oracle.world import Record, Span, World, within

CHILD_SUPPORT = ("day_support_certificate", "residential_support_certificate")
HANDBOOK_MONTHS = 24


def _none(world: World, source: str, on: date, *, since: date) -> Said:
    """No record says it: FALSE, where that can be concluded."""
    reasons = why_not(world, source, since=since, needed=date.min, on=on)
    if not reasons and not is_since_the_child_came(world, source, on):
        return Said(frozenset({IndicatorValue.FALSE, IndicatorValue.UNKNOWN}), why="nothing was told since the child came")
    return unknown(*reasons) if reasons else false()


def _any_of(found: Sequence[Said], none: Said, *, counted: bool) -> Said:
    """TRUE by any record; else what is unknown by one; else FALSE. A record that ended or that says no is one, and absence is another."""
    those_true = [each for each in found if each.allows_true()]
    if those_true:
        since = frozenset(day for each in those_true for day in each.valid_from or ())
        return Said(frozenset({IndicatorValue.TRUE}), since or None, counted=counted)
    unknown_ones = [each for each in found if IndicatorValue.UNKNOWN in each.values]
    if unknown_ones:
        return unknown_ones[0]
    if not found:
        return none
    since = frozenset(day for each in found for day in each.valid_from or ())
    ended = Said(frozenset({IndicatorValue.FALSE}), since or None)
    # That nothing began since is absence; that it ended a record says. Ruling 1 can be read either way once the feed is silent.
    return ended if none.values == ended.values else either(ended, none, why="a record ended, and what came then is not known")


def handbook(world: World, on: date) -> Said:
    """Item 10."""
    held = [
        each
        for each in world.of("disability.certificate_changed")
        if each["kind"] == "mental_health_handbook" and _is_ever(each["valid_from"], each["valid_to"])
    ]
    found = [_handbook(record, on) for record in held if record["valid_from"] <= on]
    told = _any_of(found, _none(world, "disability", on, since=on), counted=True)
    if told.allows_true():
        # Of handbooks that follow upon each other the first one's day may be named.
        return Said(told.values, frozenset(each["valid_from"] for each in held if each["valid_from"] <= on), counted=True)
    kinds = {each.values for each in found}
    if len(kinds) > 1:
        return either(told, false(), why="one that says no beside one of which nothing is known")
    return _not_while_one_said_more(told, held, on)


def _not_while_one_said_more(told: Said, held: Sequence[Record], on: date) -> Said:
    """It was not FALSE on days on which a handbook that ended since said yes, or nothing."""
    if told.values != {IndicatorValue.FALSE} or told.valid_from is None or any(each["status"] != "issued" for each in held):
        return told
    more = [each for each in held if each["developmental_disorder_flag"] is not False and each["valid_from"] <= on]
    # Of handbooks that say no and follow upon each other the first one's day may be named.
    says_no = [(each["valid_from"], _end_of(each)) for each in held if each["developmental_disorder_flag"] is False]
    first = min((start for start, end in says_no if within(on, (start, end))), default=on)
    while earlier := [start for start, end in says_no if start < first <= end]:
        first = min(earlier)
    told = replace(told, valid_from=told.valid_from | {first})
    last = max(map(_end_of, more), default=date.min)
    return replace(told, valid_from=frozenset(day for day in told.valid_from or () if day >= last))


def _end_of(record: Record) -> date:
    """The first day without it. One without an end holds two years."""
    end: date = record["valid_to"] or add_months(record["valid_from"], HANDBOOK_MONTHS)
    return end


def _handbook(record: Record, on: date) -> Said:
    start, end = record["valid_from"], record["valid_to"]
    if record["status"] in ("returned", "expired") and record.said_on <= on:
        return false(*(day for day in (start, record.said_on, end) if day is not None))
    if end is not None and on >= end:
        return false(end)
    flag = record["developmental_disorder_flag"]
    if end is None and on >= add_months(start, HANDBOOK_MONTHS):
        over = unknown(why="a handbook without an end holds two years")
        # Renewed or not, it would say no.
        return either(over, false(), why="two years over, and no developmental disorder") if flag is False else over
    answer = true(start, counted=True) if flag else false(start) if flag is False else unknown(why="the flag is not delivered")
    if record["status"] != "issued":
        # Only the newest revision is held: what it was before is not said.
        return either(answer, false(), why="returned later")
    return answer


def support_certificate(world: World, on: date) -> Said:
    """Item 11: a history."""
    found = [each for each in world.of("disability.certificate_changed") if each["kind"] in CHILD_SUPPORT]
    sure = [each for each in found if max(_issues(each)) <= on]
    maybe = [each for each in found if min(_issues(each)) <= on]
    none = _none(world, "disability", on, since=world.birth)
    if not maybe:
        recent = _none(world, "disability", on, since=on)
        return none if none == recent else either(none, recent, why="whether one was issued before the feed began")
    first = true(*(day for each in maybe for day in _issues(each) if day <= on), counted=True)
    return first if sure else either(first, none, why="decided, and not valid yet")


def _issues(record: Record) -> tuple[date, ...]:
    return tuple(day for day in (record["decided_on"], record["valid_from"]) if day is not None)


def public_assistance(world: World, on: date) -> Said:
    """Item 18."""
    rows = [each for each in world.of("public_assistance.member_changed") if _starts(each) <= on]
    kept_back = [each for each in rows if is_opponents(world, each, on) and _entitles(each, on)]
    counting = [each for each in rows if each not in kept_back]
    if any(_entitles(each, on) for each in counting):
        return Said(frozenset({IndicatorValue.TRUE}), _first_days(counting, on), counted=True)
    none = _none(world, "public_assistance", on, since=on)
    if kept_back:
        return _kept_back(world, counting, none, on)
    if not counting:
        return none
    ended = Said(frozenset({IndicatorValue.FALSE}), _last_days(counting, on))
    # That nothing began since is absence; that it ended a record says. Ruling 1 can be read either way once the feed is silent.
    return ended if none.values == ended.values else either(ended, none, why="a record ended, and what came then is not known")


def _starts(row: Record) -> date:
    days: list[date] = [day for day in (row["member_from"], row["started_on"]) if day is not None]
    return max(days)


def _entitles(row: Record, on: date) -> bool:
    over = any(day is not None and day <= on for day in (row["member_to"], row["abolished_on"]))
    suspended = row["suspended_from"] is not None and within(on, (row["suspended_from"], row["suspended_to"]))
    return _starts(row) <= on and not over and not suspended


def _first_days(rows: Sequence[Record], on: date) -> frozenset[date]:
    """Since when it may be said to hold: a row's own day, or, of rows that follow upon each other, the first one's."""
    named = [(_starts(row), row["started_on"], row["suspended_to"]) for row in rows if _entitles(row, on) or len(rows) > 1]
    return frozenset(day for days in named for day in days if day is not None and day <= on)


def _last_days(rows: Sequence[Record], on: date) -> frozenset[date] | None:
    """Since when it may be said to be over. Of a row that never entitled, the specification says nothing."""
    ever = all(any(_entitles(row, day) for day in (_starts(row), row["suspended_to"]) if day is not None) for row in rows)
    if not ever and not any(row["suspended_from"] is not None and _suspended(row, on) for row in rows):
        return None
    named = [(row["member_to"], row["abolished_on"], row["suspended_from"], _starts(row)) for row in rows]
    return frozenset(day for days in named for day in days if day is not None and day <= on)


def _suspended(row: Record, on: date) -> bool:
    over = any(day is not None and day <= on for day in (row["member_to"], row["abolished_on"]))
    return not over and within(on, (row["suspended_from"], row["suspended_to"]))


def is_opponents(world: World, record: Record, on: date) -> bool:
    """Ruling 8: a row in a case of which an opponent is a member, while a measure holds, and nothing newer was said."""
    for measure in world.measures:
        if not within(on, measure.span) or record.said_on >= measure.span[0]:
            continue
        for opponent, span in world.opponents_cases.get(record.case or "", ()):
            if opponent in measure.opponents and within(on, span):
                return True
    return False


def child_rearing_allowance(world: World, on: date) -> Said:
    """Item 19. While a measure holds, an opponent's row says nothing; a row of somebody else that is said since ends that (8, 21)."""
    rows = [each for each in world.of("allowance.entitlement_changed") if each["kind"] == "child_rearing" and _is_ever(*term(each))]
    said = _rearing(world, on, [piece for row in rows for piece in outside(world, row)])
    held = [each for each in rows if each.is_opponents and each["payment_status"] != "suspended_all" and within(on, term(each))]
    starts = [measure.span[0] for measure in world.measures if within(on, measure.span)]
    if said.values == {IndicatorValue.TRUE} or not held or not starts:
        return said
    kept_back = unknown("protected_separation")
    # Whether it must be a row of this allowance, is not said.
    others = [each for each in world.of("allowance.entitlement_changed") if not each.is_opponents and each["kind"] != "special_child"]
    is_new = any(start <= each.said_on for start in starts for each in others)
    return either(kept_back, said, why="the owner said another row since") if is_new else kept_back


def outside(world: World, row: Record) -> Iterator[Record]:
    """What a row says: all of it, and of an opponent's the days before and after a measure."""
    spans = [term(row)]
    for measure in world.measures if row.is_opponents else ():
        spans = [part for span in spans for part in without(span, measure.span)]
    for start, end in spans:
        if _is_ever(start, end):
            yield replace(row, said={**row.said, "entitled_from": start, "entitled_to": end})


def without(span: Span, other: Span) -> Iterator[Span]:
    """What of a span lies outside of another."""
    start, end = span
    yield start, other[0] if end is None else min(end, other[0])
    if other[1] is not None:
        yield max(start, other[1]), end


def _rearing(world: World, on: date, rows: Sequence[Record]) -> Said:
    begun = [each for each in rows if each["entitled_from"] <= on and (each.in_care is None or within(on, each.in_care))]
    current = [each for each in begun if within(on, term(each))]
    paid = [each for each in begun if _is_paid(each)]
    if any(each in paid for each in current):
        return true(*_first_days_of_pay(paid, world.birth, on), counted=True)
    if any(each["payment_status"] is None for each in current):
        return unknown(why="payment status missing")
    none = _none(world, "child_allowances", on, since=on)
    if not begun:
        return none
    no, since = frozenset({IndicatorValue.FALSE}), _days_of_no(begun, world.birth, on)
    if any(each.said_on > on for each in current):
        # Said later, a suspension may be a change or a correction (ruling 16), and only the newest revision is held.
        return Said(no | {IndicatorValue.UNKNOWN}, since, why="suspended, as was said later")
    # That nothing began since is absence; that one ended a record says. Ruling 1 can be read either way once the feed is silent.
    return Said(no, since) if current else Said(no | none.values, since, why="a record ended, and what came then may not be known")


def _kept_back(world: World, others: Sequence[Record], none: Said, on: date) -> Said:
    """Ruling 8: a new row of the owner ends it. Whether one of another case does, is not said."""
    held = unknown("protected_separation")
    starts = [measure.span[0] for measure in world.measures if within(on, measure.span)]
    is_new = any(start <= each.said_on <= on for start in starts for each in others)
    return either(held, none, false(), why="the owner said another row since") if is_new else held


def term(row: Record) -> Span:
    """From when to when somebody is entitled."""
    return row["entitled_from"], row["entitled_to"]


def _is_ever(start: date, end: date | None) -> bool:
    """Half-open (ruling 16): what ends on its first day or before never was."""
    return end is None or start < end


def _is_paid(row: Record) -> bool:
    return row["payment_status"] in ("full", "partial")


def _first_days_of_pay(paid: Sequence[Record], birth: date, on: date) -> frozenset[date]:
    """A row's own day, or, of rows that follow upon each other without a gap, the first one's; none before the child was born."""
    own = {start for start, end in map(term, paid) if within(on, (start, end))}
    first = min(own)
    for start, end in sorted(map(term, paid), key=lambda term: term[0], reverse=True):
        if start < first and (end is None or end >= first):
            first = start
    return frozenset(max(start, birth) for start in own | {first})


def _days_of_no(begun: Sequence[Record], birth: date, on: date) -> frozenset[date]:
    """
    Since when it may be said to be FALSE: a row's end, or the day of a suspension.

    Never before the last day on which one was paid, or on which it was not known whether it was: it was not FALSE then.
    """
    ends = {each["entitled_to"] for each in begun if each["entitled_to"] is not None and each["entitled_to"] <= on}
    suspended = {
        max(day, birth) for each in begun if each["payment_status"] == "suspended_all" for day in (each["entitled_from"], each.said_on)
    }
    last = max((each["entitled_to"] for each in begun if each["payment_status"] != "suspended_all"), default=date.min)
    return frozenset(day for day in ends | suspended if last <= day <= on)
