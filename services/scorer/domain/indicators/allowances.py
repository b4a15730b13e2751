"""
City items: somebody who has the child in care is entitled to the special child-rearing, or to the child allowance (`domain.md` §2.6).

Both are context. The special one stands also while it is suspended (§2.8-21). Of the other, no record says nothing: who works for a public
body is paid by the employer.
"""

from collections.abc import Iterator
from enum import StrEnum

from contracts.facts import AllowanceEntitlementChanged, SpecialAllowanceEntitlementChanged
from contracts.kinds import EventKind, Item, Source
from services.scorer.domain.answer import Answer, Question
from services.scorer.domain.entitlement import Entitlement, Reasons, Term, entitled
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay


class SpecialReason(StrEnum):
    """What is known of the special child-rearing allowance."""

    ENTITLED = "entitled"
    NOT_ENTITLED = "not_entitled"
    NO_RECORD = "no_record"
    PROTECTED_SEPARATION = "protected_separation"


class ChildAllowanceReason(StrEnum):
    """What is known of the child allowance."""

    ENTITLED = "entitled"
    MAY_BE_PAID_ELSEWHERE = "may_be_paid_elsewhere"
    PROTECTED_SEPARATION = "protected_separation"


_SPECIAL = Entitlement(
    Item.SPECIAL_CHILD_ALLOWANCE,
    Source.SPECIAL_CHILD_ALLOWANCE,
    Reasons(SpecialReason.ENTITLED, SpecialReason.NOT_ENTITLED, SpecialReason.NO_RECORD, SpecialReason.PROTECTED_SEPARATION),
)
_CHILD = Entitlement(
    Item.CHILD_ALLOWANCE,
    Source.CHILD_ALLOWANCES,
    Reasons(
        holds=ChildAllowanceReason.ENTITLED,
        ended=ChildAllowanceReason.MAY_BE_PAID_ELSEWHERE,
        no_record=ChildAllowanceReason.MAY_BE_PAID_ELSEWHERE,
        separation=ChildAllowanceReason.PROTECTED_SEPARATION,
        absent=ChildAllowanceReason.MAY_BE_PAID_ELSEWHERE,
    ),
)


def special_child_allowance(question: Question) -> Answer:
    """TRUE on a day of an entitlement that lists the child, paid or not."""
    told = question.facts.told_as(SpecialAllowanceEntitlementChanged, Reach.GUARDIAN)
    parted = question.facts.parted_as(SpecialAllowanceEntitlementChanged)
    return entitled(question, _SPECIAL, told, parted, lambda each: [Term(Stay(each.fact.entitled_from, each.fact.entitled_to))])


def child_allowance(question: Question) -> Answer:
    """TRUE on a day of an entitlement that lists the child, else never FALSE."""
    told = question.facts.told_as(AllowanceEntitlementChanged, Reach.GUARDIAN)
    return entitled(question, _CHILD, told, question.facts.parted_as(AllowanceEntitlementChanged), _of_child_allowance)


def _of_child_allowance(told: Told[AllowanceEntitlementChanged]) -> Iterator[Term]:
    if told.fact.kind == "child":
        yield Term(Stay(told.fact.entitled_from, told.fact.entitled_to))


SPECIAL_CHILD_ALLOWANCE = Indicator(
    Item.SPECIAL_CHILD_ALLOWANCE,
    (Input(EventKind.ALLOWANCE_ENTITLEMENT_CHANGED, Reach.GUARDIAN, Source.SPECIAL_CHILD_ALLOWANCE),),
    SpecialReason,
    special_child_allowance,
)
CHILD_ALLOWANCE = Indicator(
    Item.CHILD_ALLOWANCE,
    (Input(EventKind.ALLOWANCE_ENTITLEMENT_CHANGED, Reach.GUARDIAN, Source.CHILD_ALLOWANCES),),
    ChildAllowanceReason,
    child_allowance,
)
