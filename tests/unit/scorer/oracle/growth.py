"""Items 9a and 9b (`domain.md` §2.5, §3.2; rulings 14, 20)."""

from collections.abc import Sequence
from datetime import date

from tests.unit.scorer.oracle.absence import in_hand
from tests.unit.scorer.oracle.calendar import add_months, completed_months, school_entry
from tests.unit.scorer.oracle.said import FALSE, NOT_APPLICABLE, TRUE, UNKNOWN, Said, either, not_true, unknown
from tests.unit.scorer.oracle.weights import CLASSES, JP2010, UNTIL_MONTHS
from tests.unit.scorer.oracle.world import Record, World, days

LEAST_KG, MOST_KG, MOST_SCHOOL_KG = 1.0, 60.0, 150.0
LOST = 0.8
TERM_WEEKS = 37
CORRECTED_UNTIL_MONTHS = 24
ROHRER = ((100.0, "<100"), (115.0, "100–<115"), (145.0, "115–<145"), (160.0, "145–<160"))
ROHRER_LAST = "≥160"
MONTHS_OF_9B = 18
ENDS_OF_9A = (6, 30)


def infant_weight(world: World, on: date) -> Said:
    """Item 9a."""
    measured = _in_order(
        each
        for each in world.of("infant_checkup.recorded")
        if each["checkup_type"] in ("18m", "3y") and each["result_status"] != "not_attended" and each["weight_kg"] is not None
    )
    measured = [each for each in measured if each["exam_date"] <= on]
    if not measured:
        return not_true("nothing measured")
    if any(each["exam_date"] <= on for each in world.of("school_health.exam_recorded")):
        return Said(frozenset({FALSE, NOT_APPLICABLE, UNKNOWN}), why="the school measures now")
    last = measured[-1]["exam_date"]
    told = [_infant(world, each) for each in measured if each["exam_date"] == last]
    if any(in_hand(world, each, "child") for each in ("maternal_child_health", "school_affairs")):
        told.append(unknown())
    counted = on <= date(school_entry(world.birth).year, *ENDS_OF_9A)
    return _worst(told, counted=counted)


def _infant(world: World, record: Record) -> Said:
    born = world.birth
    weeks = record["gestational_weeks"]
    months = completed_months(born, record["exam_date"])
    if months < CORRECTED_UNTIL_MONTHS and weeks is not None and weeks < TERM_WEEKS:
        # Counted from the day on which the child would have been born at term.
        months = completed_months(born + days((40 - weeks) * 7), record["exam_date"])
    weight = record["weight_kg"]
    impossible = weight <= LEAST_KG or weight > MOST_KG
    rows = [row for start, row in JP2010.get(world.sex, ()) if start <= months]
    if not rows or months >= UNTIL_MONTHS:
        return unknown("no_reference", "measurement_quarantined")
    row = rows[-1]
    if impossible or weight < 0.6 * row[0] or weight > 1.7 * row[-1]:
        return unknown("measurement_quarantined")
    which = sum(weight >= percentile for percentile in row)
    found = Said(frozenset({TRUE if which == 0 else FALSE}), frozenset({record["exam_date"]}), CLASSES[which])
    earlier = [
        each["weight_kg"]
        for each in world.of("infant_checkup.recorded")
        if each["weight_kg"] is not None and each["result_status"] != "not_attended" and each["exam_date"] < record["exam_date"]
    ]
    return _if_not_lost(found, weight, earlier)


def school_weight(world: World, on: date) -> Said:
    """Item 9b."""
    if on < school_entry(world.birth):
        return not_true("not at school yet")
    measured = [each for each in _in_order(world.of("school_health.exam_recorded")) if each["exam_date"] <= on]
    if not measured:
        # Each school year has its exam by 30 June: before the first one nothing can be missing.
        first_due = date(school_entry(world.birth).year, *ENDS_OF_9A)
        return unknown(why="nothing measured") if on > first_due else not_true("no exam is due yet")
    last = measured[-1]["exam_date"]
    if on >= add_months(last, MONTHS_OF_9B):
        return unknown(why="measured too long ago")
    told = [_rohrer(each, measured) for each in measured if each["exam_date"] == last]
    return _worst([*told, unknown()] if in_hand(world, "school_affairs", "child") else told, counted=True)


def _rohrer(record: Record, measured: Sequence[Record]) -> Said:
    height, weight = record["height_cm"], record["weight_kg"]
    if height <= 0 or weight <= LEAST_KG or weight > MOST_SCHOOL_KG:
        return unknown("measurement_quarantined")
    index = weight / height**3 * 1e7
    klass = next((name for most, name in ROHRER if index < most), ROHRER_LAST)
    found = Said(frozenset({TRUE if index < ROHRER[0][0] else FALSE}), frozenset({record["exam_date"]}), klass)
    earlier = [each["weight_kg"] for each in measured if each["exam_date"] < record["exam_date"]]
    found = _if_not_lost(found, weight, earlier)
    # "As in 9a" may mean its 60 kilograms too, which many at school weigh.
    return either(found, unknown(), why="more than 60 kg") if weight > MOST_KG else found


def _if_not_lost(found: Said, weight: float, earlier: Sequence[float]) -> Said:
    """A fifth less than before is no measurement. Which one is "before", and whether it may be one put aside itself, is not said."""
    lost = [weight < LOST * before for before in earlier]
    return either(found, unknown(), why="less than an earlier one") if any(lost) else found


def _worst(told: Sequence[Said], *, counted: bool) -> Said:
    """Of several on one day the one that errs towards looking: TRUE, else the lowest class. Beside one put aside, either."""
    sure = [each for each in told if each.values in (frozenset({TRUE}), frozenset({FALSE}))]
    rest = [each for each in told if each not in sure]
    best = min(sure, key=lambda each: (not each.allows_true(), _rank(each.klass)), default=None)
    if best is None:
        return rest[0] if len(rest) == 1 else either(*rest, why="several on one day")
    best = Said(best.values, best.valid_from, best.klass, counted)
    if not rest or best.allows_true():
        return best if not rest else either(best, *rest, why="one of them put aside")
    return either(best, *rest, why="one of them put aside")


def _rank(klass: str | None) -> int:
    order = (*CLASSES, *(name for _, name in ROHRER), ROHRER_LAST)
    return order.index(klass) if klass in order else len(order)


def _in_order(records: object) -> list[Record]:
    return sorted(records, key=lambda each: each["exam_date"])  # type: ignore[call-overload, no-any-return]
