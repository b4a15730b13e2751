"""Whose answers each parameter concerns, and whom another setting of one can list or no longer list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.values import Item
from services.scorer.domain.ages import add_months
from services.scorer.domain.parameters import FUKUOKA_WINDOWS, Parameters
from services.scorer.domain.rulesets.rule import Setting


@dataclass(frozen=True, slots=True)
class Tuning:
    """Whose answers a parameter concerns."""

    items: frozenset[Item]
    by_record: bool = False
    """Only answers that rest on a record, or wait for one in hand, can change, and of these only what counts matters to a list."""
    figure: "Figure | None" = None
    """What alone the parameter is held against, where an answer has it: a number of the answer itself."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number among an answer's figures. From the parameter on the answer is TRUE, below it is not; nothing else of the answer decides."""

    name: str
    parameter: str
    counted_months: str
    """The parameter that says up to which age, in months, the item counts."""


@dataclass(frozen=True, slots=True)
class Between:
    """Whose answers another threshold can make count, or count no longer: whose figure lies from `least` up to, but without, `most`."""

    items: frozenset[Item]
    figure: str
    least: int
    most: int
    born_from: date
    """Of whoever was born before this day the items count no longer."""


_CHECKUPS = frozenset(window.item for window in FUKUOKA_WINDOWS)
_ENROLMENT = frozenset({Item.NOT_ENROLLED, Item.NO_MUNICIPAL_CONTACT})
TUNINGS: Mapping[str, Tuning] = {
    "epds_high_from": Tuning(
        frozenset({Item.EPDS_HIGH}), by_record=True, figure=Figure("highest", "epds_high_from", "epds_counted_months")
    ),
    "late_from_weeks": Tuning(
        frozenset({Item.LATE_PREGNANCY_NOTIFICATION}), by_record=True, figure=Figure("weeks", "late_from_weeks", "pregnancy_counted_months")
    ),
    "windows": Tuning(_CHECKUPS),
    "checkup_grace_days": Tuning(_CHECKUPS),
    "checkup_early_days": Tuning(_CHECKUPS),
    "epds_counted_months": Tuning(frozenset({Item.EPDS_HIGH})),
    "absence": Tuning(frozenset({Item.SCHOOL_ABSENCE_HIGH})),
    "tardiness": Tuning(frozenset({Item.SCHOOL_TARDINESS_HIGH})),
    "rohrer_low_below": Tuning(frozenset({Item.SCHOOL_LOW_WEIGHT})),
    "not_enrolled_from_class_age": Tuning(_ENROLMENT),
    "not_enrolled_resident_days": Tuning(_ENROLMENT),
    "contact_months": Tuning(frozenset({Item.NO_MUNICIPAL_CONTACT})),
    "survey_concern_from": Tuning(frozenset({Item.LIFESTYLE_SURVEY_CONCERN})),
    "learning_low_to": Tuning(frozenset({Item.LEARNING_ACHIEVEMENT_LOW})),
    "learning_fall_from": Tuning(frozenset({Item.LEARNING_ACHIEVEMENT_LOW})),
    "lunch_dues_from": Tuning(frozenset({Item.LUNCH_FEE_ARREARS})),
    "lunch_overdue_days": Tuning(frozenset({Item.LUNCH_FEE_ARREARS})),
    "moves_from": Tuning(frozenset({Item.FREQUENT_MOVES})),
    "moves_months": Tuning(frozenset({Item.FREQUENT_MOVES})),
    "care_level_from": Tuning(frozenset({Item.CARE_RECIPIENT_IN_HOUSEHOLD})),
    "care_able_adults_most": Tuning(frozenset({Item.CARE_RECIPIENT_IN_HOUSEHOLD})),
    "care_adult_years": Tuning(frozenset({Item.CARE_RECIPIENT_IN_HOUSEHOLD})),
    "claims_grace_days": Tuning(frozenset({Item.NO_PRENATAL_CHECKUPS})),
}
_ANY = Tuning(frozenset(Item))


def concerned(settings: Collection[str]) -> Tuning:
    """Whose answers a change of these parameters concerns. Of one that is not described above, everybody's."""
    tunings = [TUNINGS.get(name, _ANY) for name in settings]
    figure = tunings[0].figure if len(tunings) == 1 else None
    return Tuning(frozenset[Item]().union(*(each.items for each in tunings)), all(each.by_record for each in tunings), figure)


def between(tuning: Tuning, now: Parameters, then: Parameters, today: date) -> Between | None:
    """
    Where stored figures tell whom a threshold can concern: between `now` and `then`. None where they do not.

    This is of who counts, as a list has it: of somebody on one side of both, since when an answer is so can still be another day.
    """
    figure = tuning.figure
    if figure is None:
        return None
    least, most = sorted((getattr(now, figure.parameter), getattr(then, figure.parameter)))
    months = max(getattr(now, figure.counted_months), getattr(then, figure.counted_months))
    # A month's end is clamped: three days more than that are asked of nobody who counts.
    return Between(tuning.items, figure.name, least, most, add_months(today, -months) - timedelta(days=3))


def differing(one: Mapping[str, Setting], other: Mapping[str, Setting]) -> frozenset[str]:
    """The parameters that two rulesets set differently."""
    return frozenset(name for name in {*one, *other} if one.get(name) != other.get(name))
