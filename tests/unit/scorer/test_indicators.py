"""Every item of the catalogue has its indicator, and every reason that it can give has words."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from contracts.catalogue import ITEMS
from contracts.kinds import EventKind, Item, Source
from services.scorer.domain.answer import Common
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.indicators import (
    ALL,
    CARE,
    GUARDIANS,
    HOUSEMATES,
    OF_BIRTH,
    OWN,
    READ,
    SOURCE_OF,
    IndicatorsIncomplete,
    arranged,
)
from services.scorer.domain.indicators.epds import EPDS_HIGH
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.rulesets import RULESETS


def reasons_of(indicator: Indicator[Any]) -> set[str]:
    kinds: tuple[type[StrEnum], ...] = (indicator.reasons, Common)
    return {reason.value for kind in kinds for reason in kind}


def test_all_is_exactly_the_catalogues_items_in_their_order() -> None:
    assert tuple(indicator.item for indicator in ALL) == tuple(Item)


@pytest.mark.parametrize("indicator", ALL, ids=lambda indicator: indicator.item)
def test_every_reason_that_an_indicator_can_give_has_a_sentence(indicator: Indicator[Any]) -> None:
    wordless = reasons_of(indicator) - ITEMS[indicator.item].reasons.keys()

    assert wordless == set(), f"contracts/catalogue/items: {indicator.item} has no sentence for {wordless}"


def test_every_sentence_of_the_catalogue_is_for_a_reason_that_an_indicator_can_give() -> None:
    given = {(indicator.item, reason) for indicator in ALL for reason in reasons_of(indicator)}
    # What any item may say stands with all of them; an item's own, and its family's, only where one of them says it.
    said_by_any = set.intersection(*(set(entry.reasons) for entry in ITEMS.values()))

    unsaid = {(item, code) for item, entry in ITEMS.items() for code in entry.reasons if code not in said_by_any} - given
    assert unsaid == set()
    assert said_by_any <= {reason for _, reason in given}


@pytest.mark.parametrize("item", [item for item in Item if not ITEMS[item].context or ITEMS[item].notice])
def test_every_item_counts_in_a_ruleset(item: Item) -> None:
    """But for what is context alone: no ruleset may count it (`test_ruleset_documents.py`)."""
    named = any(item in ruleset.group_of or item in ruleset.suppressors for ruleset in RULESETS.values())

    assert named, f"no ruleset of services/scorer/domain/rulesets counts {item}"


def test_what_is_stored_and_waited_for_follows_from_what_is_read() -> None:
    own = {EventKind.INFANT_CHECKUP_RECORDED, EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED}
    of_birth = {EventKind.PREGNANCY_NOTIFIED, EventKind.PRENATAL_EXAM_RECORDED, EventKind.POSTPARTUM_CHECKUP_RECORDED}
    assert own <= OWN
    assert of_birth == OF_BIRTH
    assert of_birth == READ - OWN - CARE - GUARDIANS - HOUSEMATES
    assert {EventKind.ALLOWANCE_ENTITLEMENT_CHANGED, EventKind.LOAN_CHANGED} == CARE
    # A guardian's own subsidy, or handbook, reaches the children, and lists none.
    assert {EventKind.MEDICAL_SUBSIDY_CHANGED, EventKind.DISABILITY_CERTIFICATE_CHANGED} == GUARDIANS - CARE
    assert {EventKind.LONG_TERM_CARE_CERTIFICATION_CHANGED, EventKind.DISABILITY_CERTIFICATE_CHANGED} == HOUSEMATES
    assert SOURCE_OF[Item.HOUSEHOLD_PUBLIC_ASSISTANCE] is Source.PUBLIC_ASSISTANCE
    assert EventKind.RESIDENT_CHANGED not in READ


def test_an_item_without_an_indicator_is_named() -> None:
    with pytest.raises(IndicatorsIncomplete, match="answers epds_high, which contracts/catalogue/items names"):
        arranged(iter(each for each in ALL if each is not EPDS_HIGH))


def test_two_indicators_of_one_item_are_named() -> None:
    with pytest.raises(IndicatorsIncomplete, match="two indicators answer epds_high"):
        arranged(iter((*ALL, replace(EPDS_HIGH))))


def test_an_indicator_that_reads_another_feed_than_its_item_names_is_found() -> None:
    strayed = replace(EPDS_HIGH, reads=(Input(EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, Reach.CHILD),))

    with pytest.raises(IndicatorsIncomplete, match="epds_high reads what public_assistance say"):
        arranged(iter([each for each in ALL if each is not EPDS_HIGH] + [strayed]))


def test_a_reach_for_which_there_is_no_form_is_found() -> None:
    strayed = replace(EPDS_HIGH, reads=(Input(EventKind.INFANT_CHECKUP_RECORDED, Reach.DELIVERY),))

    with pytest.raises(IndicatorsIncomplete, match=r"epds_high reads infant_checkup.recorded by a reach for which"):
        arranged(iter([each for each in ALL if each is not EPDS_HIGH] + [strayed]))
