"""What the owner of a refused event is told: what to mend, and under which id and revision the city takes it."""

import pytest

from services.ingest.domain.ledger import Identity, Outcome, remembered_refusal
from services.ingest.domain.refusals import MESSAGES, Refusal, refuse, refuse_for
from services.ingest.domain.resending import Remedy, UnderId, UnderRevision, advice

KNOWN = Identity("E-1", "infant_checkup.recorded", "K-1", 3)


def denied() -> Refusal:
    refusal = remembered_refusal("my_number", "exam_place_kind", "MY-NUMBER")
    assert refusal is not None
    return refusal


def test_what_is_mended_comes_again_under_the_same_id_and_revision() -> None:
    found = advice(Outcome.REFUSED, refuse("exam_date", "missing"), KNOWN, 2)

    assert (found.remedy, found.under_id, found.under_revision) == (Remedy.MEND, UnderId.SAME, UnderRevision.SAME)
    assert "同じid・同じ改訂番号" in found.words.ja


def test_an_id_that_was_used_for_something_else_needs_a_new_one_and_where_the_revision_is_taken_a_higher_one() -> None:
    reused = advice(Outcome.REFUSED, refuse("id", "id_reused"), KNOWN, None)
    both = advice(Outcome.REFUSED, refuse_for([("id", "id_reused"), ("revision", "revision_conflict")]), KNOWN, 3)

    assert (reused.under_id, reused.under_revision) == (UnderId.NEW, UnderRevision.SAME)
    assert (both.under_id, both.under_revision) == (UnderId.NEW, UnderRevision.HIGHER)


@pytest.mark.parametrize("refusal", [refuse("revision", "revision_conflict"), refuse("exam_date", "missing")], ids=lambda each: each.code)
def test_a_revision_that_another_event_took_needs_a_higher_one(refusal: Refusal) -> None:
    found = advice(Outcome.REFUSED, refusal, KNOWN, 3)

    assert (found.under_id, found.under_revision) == (UnderId.SAME, UnderRevision.HIGHER)


def test_nothing_has_to_be_sent_of_what_a_newer_revision_replaced() -> None:
    found = advice(Outcome.REFUSED, refuse("exam_date", "missing"), KNOWN, 4)

    assert (found.remedy, found.under_id, found.under_revision) == (Remedy.NOTHING, None, None)


def test_what_may_not_be_collected_is_to_be_left_out() -> None:
    assert advice(Outcome.REFUSED, denied(), KNOWN, None).remedy is Remedy.REMOVE


@pytest.mark.parametrize("code", ["no_purpose", "purpose_overdue", "removable_media_only"])
def test_where_only_the_register_is_in_the_way_the_event_comes_again_unchanged(code: str) -> None:
    found = advice(Outcome.REFUSED, refuse("source", code), KNOWN, None)

    assert (found.remedy, found.under_id, found.under_revision) == (Remedy.REGISTER, UnderId.SAME, UnderRevision.SAME)


def test_of_an_event_without_a_readable_id_a_proper_one_is_asked_for() -> None:
    nobody = Identity(None, None, None, None)

    assert advice(Outcome.REFUSED, refuse("body", "not_json"), nobody, None).under_id is UnderId.NEW


def test_what_is_parked_asks_nothing_of_its_source() -> None:
    found = advice(Outcome.PARKED, refuse("", "parked"), KNOWN, None)

    assert (found.remedy, found.under_id) == (Remedy.WAIT, None)


@pytest.mark.parametrize("code", MESSAGES)
def test_there_is_an_advice_for_everything_that_can_be_wrong(code: str) -> None:
    found = advice(Outcome.REFUSED, refuse("x", code), KNOWN, None)

    assert found.words.ja
    assert found.words.en
