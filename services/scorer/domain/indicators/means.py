"""
City items: a loan to a single parent, a medical subsidy, and school aid (`domain.md` §2.6, §2.8-21).

All but the subsidy for a disability are signs of little means (ECON), and never ask for a review by themselves.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from contracts.facts import LoanChanged, MedicalSubsidyChanged, SchoolAidDecided
from contracts.kinds import EventKind, Item, Source
from services.scorer.domain.answer import Answer, Question
from services.scorer.domain.entitlement import Entitlement, Reasons, Term, Terms, entitled
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay
from services.scorer.domain.validity import validity


class LoanReason(StrEnum):
    """What is known of a loan."""

    ACTIVE = "active"
    ENDED = "ended"
    NO_RECORD = "no_record"
    PROTECTED_SEPARATION = "protected_separation"


class SubsidyReason(StrEnum):
    """What is known of a medical subsidy."""

    ACTIVE = "active"
    ENDED = "ended"
    NO_RECORD = "no_record"
    PROTECTED_SEPARATION = "protected_separation"


class AidReason(StrEnum):
    """What is known of school aid."""

    APPROVED = "approved"
    ENDED = "ended"
    NO_RECORD = "no_record"
    PROTECTED_SEPARATION = "protected_separation"


_LOAN = Entitlement(
    Item.SINGLE_PARENT_LOAN,
    Source.SINGLE_PARENT_LOAN,
    Reasons(LoanReason.ACTIVE, LoanReason.ENDED, LoanReason.NO_RECORD, LoanReason.PROTECTED_SEPARATION),
)
_SUBSIDY = Reasons(SubsidyReason.ACTIVE, SubsidyReason.ENDED, SubsidyReason.NO_RECORD, SubsidyReason.PROTECTED_SEPARATION)
_AID = Entitlement(
    Item.SCHOOL_AID,
    Source.SCHOOL_AID,
    Reasons(AidReason.APPROVED, AidReason.ENDED, AidReason.NO_RECORD, AidReason.PROTECTED_SEPARATION),
    Reach.CHILD,
)


def single_parent_loan(question: Question) -> Answer:
    """TRUE while a loan runs whose list names the child."""
    told = question.facts.told_as(LoanChanged, Reach.GUARDIAN)
    return entitled(question, _LOAN, told, question.facts.parted_as(LoanChanged), lambda each: [Term(validity(each.fact, each.said_on))])


def medical_subsidy(question: Question) -> Answer:
    """TRUE while a single parent's subsidy is valid: the child's own, or of whoever has it in care."""
    return _subsidised(question, Item.MEDICAL_SUBSIDY, _of_kind("single_parent"))


def medical_subsidy_disability(question: Question) -> Answer:
    """TRUE while one for a disability is."""
    return _subsidised(question, Item.MEDICAL_SUBSIDY_DISABILITY, _of_kind("disability"))


def _subsidised(question: Question, item: Item, terms: Terms[MedicalSubsidyChanged]) -> Answer:
    facts = question.facts
    told = (*facts.told_as(MedicalSubsidyChanged), *facts.told_as(MedicalSubsidyChanged, Reach.GUARDIAN))
    return entitled(question, Entitlement(item, Source.MEDICAL_SUBSIDY, _SUBSIDY), told, facts.parted_as(MedicalSubsidyChanged), terms)


def _of_kind(kind: str) -> Terms[MedicalSubsidyChanged]:
    def terms(told: Told[MedicalSubsidyChanged]) -> Iterator[Term]:
        if told.fact.kind == kind:
            yield Term(validity(told.fact, told.said_on))

    return terms


def school_aid(question: Question) -> Answer:
    """TRUE while aid is approved for the school year: it is applied for every year."""
    return entitled(question, _AID, question.facts.told_as(SchoolAidDecided), (), _of_aid)


def _of_aid(told: Told[SchoolAidDecided]) -> Iterator[Term]:
    fact = told.fact
    if fact.decision == "rejected":
        return
    over = [date(fact.fiscal_year + 1, 4, 1), fact.valid_to, told.said_on if fact.decision == "cancelled" else None]
    yield Term(Stay(fact.valid_from, min(day for day in over if day is not None)))


SINGLE_PARENT_LOAN = Indicator(Item.SINGLE_PARENT_LOAN, (Input(EventKind.LOAN_CHANGED, Reach.GUARDIAN),), LoanReason, single_parent_loan)
_SUBSIDIES = (Input(EventKind.MEDICAL_SUBSIDY_CHANGED, Reach.CHILD), Input(EventKind.MEDICAL_SUBSIDY_CHANGED, Reach.GUARDIAN))
MEDICAL_SUBSIDY = Indicator(Item.MEDICAL_SUBSIDY, _SUBSIDIES, SubsidyReason, medical_subsidy)
MEDICAL_SUBSIDY_DISABILITY = Indicator(Item.MEDICAL_SUBSIDY_DISABILITY, _SUBSIDIES, SubsidyReason, medical_subsidy_disability)
SCHOOL_AID = Indicator(Item.SCHOOL_AID, (Input(EventKind.SCHOOL_AID_DECIDED, Reach.CHILD),), AidReason, school_aid)
