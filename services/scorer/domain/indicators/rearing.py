"""
Item 19: somebody who has the child in care is paid the child-rearing allowance (ITEM-19, `domain.md` §2.5).

全部支給 and 一部支給 are TRUE, 全部支給停止 is FALSE; where the status is not said, nothing is known (§2.8-21). There is no threshold to
tune: the entitlement's own days and the list of the children in care decide, and the scope ends before the law does (31 March after the
18th birthday).
"""

from collections.abc import Iterator
from enum import StrEnum

from contracts.facts import AllowanceEntitlementChanged
from contracts.kinds import EventKind, Item, Source
from services.scorer.domain.answer import Answer, Question
from services.scorer.domain.entitlement import Entitlement, Reasons, Standing, Term, entitled
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay


class RearingReason(StrEnum):
    """What is known of the allowance for the child."""

    RECEIVING = "receiving"
    NOT_RECEIVING = "not_receiving"
    SUSPENDED = "suspended"
    STATUS_MISSING = "status_missing"
    NO_RECORD = "no_record"
    PROTECTED_SEPARATION = "protected_separation"


_REARING = Entitlement(
    Item.GUARDIAN_CHILD_REARING_ALLOWANCE,
    Source.CHILD_ALLOWANCES,
    Reasons(
        holds=RearingReason.RECEIVING,
        ended=RearingReason.NOT_RECEIVING,
        no_record=RearingReason.NO_RECORD,
        separation=RearingReason.PROTECTED_SEPARATION,
        suspended=RearingReason.SUSPENDED,
        unsaid=RearingReason.STATUS_MISSING,
    ),
)


def guardian_child_rearing_allowance(question: Question) -> Answer:
    """TRUE on a day of an entitlement that is paid, for a child that it lists."""
    told = question.facts.told_as(AllowanceEntitlementChanged, Reach.GUARDIAN)
    return entitled(question, _REARING, told, question.facts.parted_as(AllowanceEntitlementChanged), _terms)


def _terms(told: Told[AllowanceEntitlementChanged]) -> Iterator[Term]:
    fact = told.fact
    if fact.kind != "child_rearing":
        return
    term = Stay(fact.entitled_from, fact.entitled_to)
    match fact.payment_status:
        case None:
            yield Term(term, Standing.UNSAID)
        case "suspended_all":
            # A suspension is said of its own day. What was paid before is in an earlier revision, of which nothing is held.
            since = max(fact.entitled_from, told.said_on or fact.entitled_from)
            yield Term(Stay(term.start, min(since, term.end or since)), Standing.UNSAID)
            yield Term(Stay(since, term.end), Standing.SUSPENDED)
        case _:
            yield Term(term)


GUARDIAN_CHILD_REARING_ALLOWANCE = Indicator(
    Item.GUARDIAN_CHILD_REARING_ALLOWANCE,
    (Input(EventKind.ALLOWANCE_ENTITLEMENT_CHANGED, Reach.GUARDIAN, Source.CHILD_ALLOWANCES),),
    RearingReason,
    guardian_child_rearing_allowance,
)
