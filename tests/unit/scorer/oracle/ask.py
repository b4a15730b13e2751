"""Every item of a child on a day, and what the ruleset makes of it."""

from collections.abc import Callable, Collection, Mapping
from datetime import date

from contracts.values import Item
from tests.unit.scorer.oracle import checkups, connection, growth, household, local, pregnancy, school, supports
from tests.unit.scorer.oracle.calendar import scope_end
from tests.unit.scorer.oracle.said import NOT_APPLICABLE, Said
from tests.unit.scorer.oracle.world import World

Rule = Callable[[World, date], Said]

RULES: Mapping[str, Rule] = {
    "checkup_4m_not_received": lambda world, on: checkups.not_received(world, "4m", on),
    "checkup_18m_not_received": lambda world, on: checkups.not_received(world, "18m", on),
    "checkup_3y_not_received": lambda world, on: checkups.not_received(world, "3y", on),
    "infant_low_weight": growth.infant_weight,
    "school_low_weight": growth.school_weight,
    "developmental_disorder_with_handbook": supports.handbook,
    "disability_certificate_history": supports.support_certificate,
    "school_absence_high": lambda world, on: school.often(world, on, "absent_days"),
    "school_tardiness_high": lambda world, on: school.often(world, on, "tardy_count"),
    "late_pregnancy_notification": pregnancy.late_notification,
    "no_prenatal_checkups": pregnancy.no_exams,
    "epds_high": pregnancy.epds_high,
    "household_public_assistance": supports.public_assistance,
    "guardian_child_rearing_allowance": supports.child_rearing_allowance,
    "not_enrolled": connection.not_enrolled,
    "no_municipal_contact": connection.no_municipal_contact,
    "lunch_fee_arrears": local.lunch_fee_arrears,
    "school_aid": local.school_aid,
    "lifestyle_survey_concern": local.lifestyle_survey_concern,
    "learning_achievement_low": local.learning_achievement_low,
    "medical_subsidy": local.medical_subsidy,
    "medical_subsidy_disability": local.medical_subsidy_disability,
    "special_child_allowance": local.special_child_allowance,
    "single_parent_loan": local.single_parent_loan,
    "child_allowance": local.child_allowance,
    "frequent_moves": household.frequent_moves,
    "care_recipient_in_household": household.care_recipient_in_household,
    "disability": household.disability,
}

GROUPS: Mapping[str, tuple[str, ...]] = {
    "PERI": ("late_pregnancy_notification", "no_prenatal_checkups", "epds_high"),
    "CHK": ("checkup_4m_not_received", "checkup_18m_not_received", "checkup_3y_not_received"),
    "GROW": ("infant_low_weight", "school_low_weight"),
    "DIS": ("developmental_disorder_with_handbook", "disability_certificate_history"),
    "SCH": ("school_absence_high", "school_tardiness_high"),
    "CONN": ("no_municipal_contact",),
    "ECON": (
        "household_public_assistance",
        "guardian_child_rearing_allowance",
        "school_aid",
        "lunch_fee_arrears",
        "medical_subsidy",
        "single_parent_loan",
    ),
}
NO_SIGN_BY_ITSELF = {"ECON", "DIS"}


def say(world: World, item: Item, on: date) -> Said:
    """What the specification says of an item."""
    if not world.exists or on < world.birth or on > scope_end(world.birth) or not world.resident(on):
        return Said(frozenset({NOT_APPLICABLE}))
    return RULES[item.value](world, on)


def asks_for_review(counted: Collection[Item]) -> bool:
    """SP-1 of those that are TRUE and counted, of a child in scope that nobody supports (`domain.md` §2.7)."""
    codes = {item.value for item in counted}
    groups = {name for name, items in GROUPS.items() if codes & set(items)}
    several = len(groups) > 1 and bool(groups - NO_SIGN_BY_ITSELF)
    return several or len(codes & set(GROUPS["CHK"])) > 1 or "no_prenatal_checkups" in codes or "no_municipal_contact" in codes
