"""City items `frequent_moves`, `care_recipient_in_household` and `disability` (`domain.md` §2.6; rulings 1, 2, 8, 15, 20, 21)."""

from collections.abc import Iterator, Sequence
from datetime import date

from tests.unit.scorer.oracle.absence import in_hand, why_not
from tests.unit.scorer.oracle.calendar import add_months, attains, school_entry, scope_end
from tests.unit.scorer.oracle.said import FALSE, NOT_APPLICABLE, UNKNOWN, Said, false, true, unknown
from tests.unit.scorer.oracle.supports import HANDBOOK_MONTHS, without
from tests.unit.scorer.oracle.world import Mate, Record, Span, Whom, World, days, within

MOVES, MOVES_MONTHS = 3, 24
CARE_LEVELS = ("care_2", "care_3", "care_4", "care_5")
ABLE_ADULTS, ADULT_AGE = 1, 18


def frequent_moves(world: World, on: date) -> Said:
    """Three address changes in 24 months."""
    if world.moves is None:
        return unknown("moves_not_told")
    if _moves(world.moves, on) >= MOVES:
        since = on
        while _moves(world.moves, since - days(1)) >= MOVES:
            since -= days(1)
        return true(since, counted=True)
    came = _came(world, on)
    settled = world.birth if came <= world.birth else add_months(came, MOVES_MONTHS)
    reasons = set(why_not(world, "resident_registry", since=on, needed=settled, on=on))
    begun = world.begun.get("resident_registry")
    if begun is not None and begun > world.birth and on < add_months(begun, MOVES_MONTHS):
        reasons.add("before_feed")
    if on < settled:
        reasons.add("residence_incomplete")
    return unknown(*reasons) if reasons else false()


def _moves(moves: Sequence[date], on: date) -> int:
    return sum(day <= on < add_months(day, MOVES_MONTHS) for day in moves)


def _came(world: World, on: date) -> date:
    """Since when the child has lived here without a gap."""
    came = on
    while earlier := [start for start, end in world.stays if start < came and (end is None or end >= came)]:
        came = min(earlier)
    return came


def care_recipient_in_household(world: World, on: date) -> Said:
    """Of school age; somebody of the household with 要介護2 or more or severely disabled, and at most one other able adult."""
    if not school_entry(world.birth) <= on <= scope_end(world.birth):
        return Said(frozenset({NOT_APPLICABLE}))
    if not world.mates or not any(within(on, span) for span in world.mates[0].spans):
        return unknown("household_unknown")
    if _is_needed(world, on, strangers_are_able=True):
        since = on
        while since > school_entry(world.birth) and _is_needed(world, since - days(1), strangers_are_able=True):
            since -= days(1)
        return true(since, counted=True)
    if _is_needed(world, on, strangers_are_able=False):
        return unknown("household_unknown")
    whom: tuple[Whom, ...] = ("child", "household")
    reasons = [
        reason
        for source in ("long_term_care", "disability")
        for reason in why_not(world, source, since=on, needed=max(world.birth, _came(world, on)), on=on, whom=whom)
    ]
    return unknown(*reasons) if reasons else false()


def _is_needed(world: World, on: date, *, strangers_are_able: bool) -> bool:
    there = [mate for mate in world.mates if any(within(on, span) for span in _together(world, mate))]
    if not there or there[0].number != 0:
        return False
    heavy = able = 0
    for mate in there[1:]:
        needs = [record for record in world.needs if record.whose == mate.number and within(on, _days(record))]
        certified = [each for each in needs if each.kind == "long_term_care.certification_changed"]
        severe = [each for each in needs if each.kind == "disability.certificate_changed" and each["severe"]]
        heavy += bool(severe) or any(each["class"] in CARE_LEVELS for each in certified)
        if not certified and not severe:
            able += _is_adult(mate, on, strangers_are_able=strangers_are_able)
    return heavy > 0 and able <= ABLE_ADULTS


def _is_adult(mate: Mate, on: date, *, strangers_are_able: bool) -> bool:
    if not mate.is_described:
        return strangers_are_able
    return mate.birth is None or attains(mate.birth, ADULT_AGE) <= on


def _together(world: World, mate: Mate) -> Iterator[Span]:
    """The days on which both lived there; none of an opponent's while a measure holds."""
    for own in world.mates[0].spans:
        for theirs in mate.spans:
            ends = [end for end in (own[1], theirs[1]) if end is not None]
            spans = [(max(own[0], theirs[0]), min(ends, default=None))]
            for measure in world.measures if mate.is_opponent else ():
                spans = [part for span in spans for part in without(span, measure.span)]
            yield from spans


def _days(record: Record) -> Span:
    """When a certification or a paper holds."""
    end, over = record["valid_to"], record["status"] in ("ended", "returned", "expired")
    if record.kind == "long_term_care.certification_changed":
        return record["valid_from"], end or (record.said_on if over else None)
    ends = [end, record.said_on if over else None]
    if end is None and record["kind"] == "mental_health_handbook":
        ends.append(add_months(record["valid_from"], HANDBOOK_MONTHS))
    return record["valid_from"], min((day for day in ends if day is not None), default=None)


def disability(world: World, on: date) -> Said:
    """A handbook or certificate is valid: the child's own, or of whoever has it in care."""
    papers = world.of("disability.certificate_changed")
    own = [_days(each) for each in papers]
    theirs = [span for each in world.carers for span in _in_care(world, each)]
    held = [span for span in (*own, *theirs) if span[1] is None or max(span[0], world.birth) < span[1]]
    if any(within(on, span) for span in held):
        return true(_first(held, on, world.birth), counted=True)
    apart = [
        each for each in world.carers if each.is_opponents and (within(on, _days(each)) or _is_overdue(each, on)) and _is_in_care(each, on)
    ]
    measures = [measure.span for measure in world.measures if within(on, measure.span)]
    if apart and measures:
        others = [*papers, *(each for each in world.carers if not each.is_opponents)]
        is_new = any(start <= each.said_on for start, _ in measures for each in others)
        return Said(frozenset({FALSE, UNKNOWN}), why="the owner said another row since") if is_new else unknown("protected_separation")
    reasons = why_not(world, "disability", since=on, needed=_came(world, on), on=on, whom=("child", "mother"))
    overdue = any(_is_overdue(each, on) for each in papers) or any(
        _is_overdue(each, on) and _is_in_care(each, on) and not (each.is_opponents and measures) for each in world.carers
    )
    # Of one whose two years were over it is not known whether it held; that the care ended says that it does not now.
    left = any(
        _is_overdue(each, on) and each.in_care is not None and (end := each.in_care[1]) is not None and end <= on for each in world.carers
    )
    ended = left or any(span[1] is not None and span[1] <= on for span in held)
    if overdue:
        return unknown(why="a handbook without an end holds two years")
    if not reasons:
        return false()
    if set(reasons) == {"record_in_hand"} and not in_hand(world, "disability", "child"):
        return Said(frozenset({FALSE, UNKNOWN}), why="one of the mother is held, who may have the child in care")
    # That nothing began since is absence; that one ended a record says. Ruling 1 can be read either way once the feed is silent.
    return Said(frozenset({FALSE, UNKNOWN})) if ended else unknown(*reasons)


def _in_care(world: World, paper: Record) -> Iterator[Span]:
    (start, end), (first, last) = _days(paper), paper.in_care or (date.min, None)
    ends = [day for day in (end, last) if day is not None]
    spans = [(max(start, first), min(ends, default=None))]
    for measure in world.measures if paper.is_opponents else ():
        spans = [part for span in spans for part in without(span, measure.span)]
    yield from spans


def _is_in_care(paper: Record, on: date) -> bool:
    return paper.in_care is not None and within(on, paper.in_care)


def _is_overdue(paper: Record, on: date) -> bool:
    is_open = paper["kind"] == "mental_health_handbook" and paper["valid_to"] is None and paper["status"] == "issued"
    return is_open and add_months(paper["valid_from"], HANDBOOK_MONTHS) <= on


def _first(spans: Sequence[Span], on: date, birth: date) -> date:
    first = min(start for start, end in spans if within(on, (start, end)))
    while earlier := [start for start, end in spans if start < first and (end is None or end >= first)]:
        first = min(earlier)
    return max(first, birth)
