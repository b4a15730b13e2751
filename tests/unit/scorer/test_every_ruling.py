"""
Which test holds which words of the rulings of `domain.md` §2.8: the table, and that each of its tests is there.

Beside these, the oracle (`test_oracle.py`) answers every item a second time by all of them.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from contracts.feeds import FRESH_WITHIN_DAYS
from contracts.values import Source

ROOT = Path(__file__).resolve().parents[3]
U, S, L, C = "tests/unit/scorer/", "tests/integration/scorer/", "tests/integration/linker/", "tests/integration/casework/"
K = "tests/unit/linker/"

RULINGS: dict[int, dict[str, tuple[str, ...]]] = {
    1: {
        "what rests on absence holds until the feed is no longer fresh; a present record stays and says so": (
            f"{S}test_rulings.py::test_what_is_concluded_from_absence_holds_seven_days_and_what_a_record_says_stays",
            f"{U}test_evaluation_laws.py::test_absence_is_concluded_only_of_a_feed_that_delivered_and_is_fresh_and_marked_so",
        ),
        "a feed without a watermark concludes nothing": (
            f"{S}test_rulings.py::test_a_source_that_took_back_all_it_said_is_as_one_that_never_spoke",
        ),
    },
    2: {
        "no value that held records refute, in any order, with any number of partitions": (
            f"{S}test_held_records.py::test_what_held_records_refute_is_never_believed_in_any_order",
            f"{S}test_rulings.py::test_absence_is_not_concluded_while_facts_of_the_child_are_on_their_way",
            f"{S}test_rulings.py::test_absence_is_not_concluded_while_facts_of_the_mother_are_on_their_way",
        ),
        "what is parked or held back blocks its source for whom it may concern, or for all": (
            f"{S}test_rulings.py::test_a_record_in_hand_of_nobody_concerns_everybody_until_every_partition_let_it_go",
            f"{S}test_rulings.py::test_a_fact_that_the_scorer_put_aside_blocks_its_person_and_source",
            f"{U}test_evaluation_laws.py::test_nothing_is_concluded_from_absence_while_a_record_is_in_hand",
        ),
    },
    3: {
        "a woman who came after the birth is never the mother; two candidates are none": (
            f"{K}test_kinship.py::test_a_woman_who_came_after_the_birth_is_never_taken_for_the_mother",
            f"{K}test_kinship.py::test_two_possible_mothers_are_none",
        ),
        "a pregnancy that other children use up is not this child's": (
            f"{K}test_kinship.py::test_a_pregnancy_is_used_up_by_as_many_children_as_it_carried",
        ),
        "named children without a mother are linked, and she stays open": (
            f"{K}test_kinship.py::test_a_pregnancy_that_names_children_and_no_mother_links_them",
            f"{S}test_rulings.py::test_a_delivery_without_a_mother_answers_15_and_leaves_16_open",
        ),
    },
    4: {
        "16 without a notification needs the certain mother, here all the time; exams after the birth do not count": (
            f"{S}test_rulings.py::test_no_exam_without_a_notification_needs_the_certain_mother",
        ),
        "a voided notification counts as none": (f"{S}test_rulings.py::test_a_mothers_pregnancy_that_belongs_to_no_child_may_be_this_one",),
        "until 120 days after the birth it is unknown": (f"{U}test_pregnancy.py::test_no_exam_is_concluded_120_days_after_the_birth",),
    },
    5: {
        "17 by certain kinship within a year": (
            f"{S}test_rulings.py::test_epds_reaches_the_child_by_its_certain_mother_and_no_older_sibling",
            f"{U}test_half_open.py::test_a_postpartum_exam_of_the_certain_mother_is_of_this_birth_before_the_first_birthday_and_before_her_next",
        ),
        "15 of a reissue alone is unknown": (f"{U}test_pregnancy.py::test_a_handbook_first_issued_at_12_weeks_or_later_is_late",),
    },
    6: {
        "as known then stays as it was": (
            f"{S}test_recalling.py::test_a_day_as_known_on_another_is_told_the_same_whatever_comes_later",
            f"{S}test_lists.py::test_a_list_of_a_past_day_is_the_same_after_late_corrected_and_voided_records",
        ),
        "as known now is computed anew, also spells that were over; no residence, no answer": (
            f"{S}test_rulings.py::test_a_spell_that_was_over_before_it_became_known_holds_on_its_days",
            f"{U}test_evaluation_laws.py::test_no_day_without_residence_has_an_answer",
        ),
    },
    7: {
        "known_at moves only with the answer": (f"{S}test_rulings.py::test_known_at_moves_with_the_answer_and_not_with_what_adds_to_it",),
    },
    8: {
        "an opponent's case says nothing of a protected child until the owner's new row": (
            f"{S}test_rulings.py::test_a_case_that_an_opponent_shares_says_nothing_of_a_protected_child_until_the_owner_says_a_new_row",
        ),
        "the opponent's household never lists a protected person": (
            f"{L}test_stories.py::test_an_opponents_household_lists_nobody_whom_a_measure_protects_also_where_the_register_still_does",
        ),
        "where the opponent lives in the ward the coordinator names holders": (
            f"{C}test_holders.py::test_by_no_address_does_anybody_read_where_the_child_is_but_coordinator_and_holder",
        ),
    },
    9: {
        "the later recorded statement wins, a cancellation too": (
            f"{K}test_residence.py::test_a_cancellation_beats_the_move_that_was_announced_before_it",
        ),
        "statements that touch are joined": (f"{K}test_residence.py::test_cancelling_a_move_out_restores_continuity",),
    },
    10: {
        "a newcomer's 3c is unknown from the window's start, 15 to 17 are history": (
            f"{S}test_stories.py::test_a_newcomer_is_never_listed_by_absence_s22",
        ),
        "protection goes before the hand-over": (
            "tests/unit/casework/test_policy.py::test_staff_of_the_opponents_ward_lose_access_even_as_named_holders",
        ),
    },
    11: {
        "a number that changes or is given twice is a clerk's case": (
            f"{K}test_revisions.py::test_a_number_that_changes_is_a_clerks_case",
            f"{L}test_stories.py::test_a_number_that_is_issued_again_to_somebody_else_is_a_clerks_case",
        ),
    },
    12: {"7, 45 and 400 days": (f"{U}test_every_ruling.py::test_each_feed_is_fresh_for_as_many_days_as_ruling_12_says",)},
    13: {
        "a month counts from its end; those of a move, and August, are not asked for": (
            f"{U}test_attendance.py::test_a_row_counts_from_the_end_of_its_month",
            f"{U}test_attendance.py::test_august_and_months_of_a_move_are_not_asked_for",
        ),
        "a missing month leaves the year open unless 30 are reached; without a pupil link nothing is said": (
            f"{U}test_attendance.py::test_a_closed_month_without_a_row_leaves_the_year_open_unless_thirty_days_are_reached",
            f"{U}test_attendance.py::test_a_month_closes_45_days_after_its_end_also_without_a_word_of_its_source",
            f"{U}test_attendance.py::test_without_a_link_to_a_pupil_nothing_is_said",
        ),
        "suspension and bereavement are not attended": (
            f"{U}test_attendance.py::test_the_ministrys_bands_leave_suspension_and_bereavement_out",
        ),
    },
    14: {
        "of two that contradict the one that looks at the child, with both as evidence and a task": (
            f"{U}test_weights.py::test_the_newest_measurement_counts_and_of_one_day_the_lower_one_with_both_as_evidence",
            f"{U}test_disability.py::test_of_two_that_contradict_the_one_counts_that_looks_at_the_child_with_both_as_evidence",
            f"{S}test_rulings.py::test_a_weight_that_cannot_be_is_a_task_of_its_owner_until_it_is_said_anew_and_so_are_two_that_contradict",
        ),
        "outside the table there is no reference, and never FALSE": (
            f"{U}test_weights.py::test_without_a_sex_or_outside_its_ages_there_is_no_reference_and_never_false",
        ),
    },
    15: {
        "nothing is concluded before a feed began": (
            f"{S}test_rulings.py::test_nothing_is_concluded_before_the_day_from_which_on_a_source_says_that_it_is_complete",
            f"{U}test_checkups.py::test_absence_before_the_feed_began_proves_nothing",
        ),
    },
    16: {
        "half-open everywhere; support ends on the day it is closed": (
            f"{U}test_half_open.py::test_assistance_holds_on_its_first_day_and_not_on_the_day_that_ends_it",
            f"{U}test_consultation.py::test_support_holds_from_its_first_day_to_the_day_before_it_is_closed",
        ),
        "later is a change, the same or earlier a correction": (
            f"{K}test_revisions.py::test_a_revision_that_begins_later_is_a_change_and_one_that_does_not_is_a_correction",
        ),
        "a departure known in advance counts from its day": (
            f"{U}test_checkups.py::test_nothing_applies_while_the_child_lives_elsewhere_and_all_returns_with_it",
        ),
    },
    17: {
        "when a month is closed; the row of May; 31 days; the later recorded row": (
            f"{U}test_attendance.py::test_the_rule_of_31_may_needs_the_row_of_may",
            f"{U}test_attendance.py::test_more_than_31_days_in_a_month_over_all_schools_are_not_used",
            f"{U}test_attendance.py::test_of_two_rows_for_one_month_and_school_the_later_recorded_counts_s2_8_17",
        ),
        "threshold and pro-rata are two parameters": (
            f"{U}test_attendance.py::test_another_number_of_school_days_a_year_moves_the_proportion",
        ),
    },
    18: {
        "what is a contact, and that a mere entitlement is none": (
            f"{U}test_connection.py::test_support_a_place_assistance_and_a_certificate_are_contacts",
            f"{U}test_connection.py::test_a_procedure_is_a_contact_and_that_an_entitlement_goes_on_is_none",
        ),
    },
    19: {
        "moved in together, or ended two days away: not certain; on the birthday: linked": (
            f"{K}test_kinship.py::test_who_moved_in_together_after_the_birth_is_not_certain",
            f"{K}test_kinship.py::test_a_pregnancy_that_ended_two_days_from_the_birth_is_another_childs",
            f"{K}test_kinship.py::test_without_an_expected_day_the_day_of_the_live_birth_links",
        ),
    },
    20: {
        "9a ends with the first school exam; 9b after 18 months and with the same quarantine": (
            f"{U}test_weights.py::test_9a_ends_with_the_first_school_exam_and_does_not_count_after_june_of_the_first_year",
            f"{U}test_weights.py::test_9b_holds_until_the_next_exam_and_for_18_months_at_most",
            f"{U}test_weights.py::test_9b_quarantines_what_cannot_be",
        ),
        "a handbook without an end holds two years": (
            f"{U}test_disability.py::test_a_handbook_without_an_end_holds_two_years_and_then_nobody_knows",
        ),
    },
    21: {
        "an opponent as recipient, a status that is missing, a special allowance suspended, a loan that names nobody": (
            f"{U}test_rearing.py::test_without_a_payment_status_nothing_is_known",
            f"{U}test_city_items.py::test_an_opponents_allowance_or_loan_is_nothing_that_is_told_of_a_protected_child",
            f"{U}test_city_items.py::test_a_special_child_allowance_stands_also_while_it_is_suspended",
        ),
        "whoever is certified at any level is not able": (
            f"{U}test_household_items.py::test_two_other_able_adults_are_enough_and_who_is_certified_at_any_level_is_not_able",
        ),
    },
    22: {
        "a stale consultation feed suppresses nothing, and says so": (
            f"{U}test_rulesets.py::test_a_consultation_feed_that_is_silent_suppresses_nothing_22",
            f"{U}test_consultation.py::test_open_support_that_a_silent_feed_told_is_not_known_any_more",
        ),
        "an open review stays open when support begins": (
            f"{U}test_rulesets.py::test_support_keeps_a_review_from_being_opened_and_an_open_one_is_told_of_it_once",
        ),
        "after the cool-down only a changed fact opens": (
            "tests/unit/casework/test_review.py::test_after_the_cool_down_news_of_facts_opens_too_and_passing_time_alone_does_not",
        ),
        "CARE asks for nothing; each item has a dated switch": (
            f"{U}test_household_items.py::test_moves_care_and_papers_are_context_and_ask_for_no_review",
            f"{U}test_ruleset_documents.py::test_an_item_counts_between_its_days_alone",
        ),
        "what casework observes reaches the items, and what a review came to the evaluation (S13)": (
            f"{S}test_households.py::test_what_staff_saw_ends_that_nothing_was_heard_once_and_in_any_order_s13",
            f"{S}test_outcomes.py::test_the_last_that_people_said_of_a_review_holds_in_any_order_and_however_often_it_comes",
        ),
    },
}
"""By ruling, and by what it says, the tests that hold it."""


def test_every_ruling_is_held_by_tests_that_are_there() -> None:
    named = {test for said in RULINGS.values() for tests in said.values() for test in tests}

    assert list(RULINGS) == list(range(1, 23))
    assert {test for test in named if test.partition("::")[2] not in functions_of(test.partition("::")[0])} == set()


def test_a_test_that_is_not_there_would_be_missed() -> None:
    assert "test_of_nothing" not in functions_of(f"{U}test_every_ruling.py")


@pytest.mark.parametrize("source", Source)
def test_each_feed_is_fresh_for_as_many_days_as_ruling_12_says(source: Source) -> None:
    others = {Source.SCHOOL_AFFAIRS: 45, Source.SCHOOL_LUNCH_FEE: 45, Source.LIFESTYLE_LEARNING_SURVEY: 400}

    assert FRESH_WITHIN_DAYS[source] == others.get(source, 7)


@cache
def functions_of(file: str) -> frozenset[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))) if isinstance(node, functions))
