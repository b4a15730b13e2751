"""A reason that staff call wrong or outdated, until its owner has said what is so and the corrected record has come (domain.md §4.7)."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from uuid import UUID

import pytest

from contracts.values import DisputeKind, IndicatorValue, Item, OwnerAnswer
from services.casework.domain.dispute import IN_DOUBT, Dispute, OwnersWord, Stands, open_on, told_of
from services.casework.domain.review import Word
from tests.unit.casework.test_shown import NOON, child, page_of, reason, sheet_of, word

ITEM = Item.CHECKUP_18M_NOT_RECEIVED
SAME, OTHER = (UUID(int=n) for n in (1, 2))


def at(version: int, value: IndicatorValue = IndicatorValue.TRUE, evidence: UUID = SAME) -> Word:
    return word(replace(reason(ITEM, value), evidence=(str(evidence),)), version=version)


def asked(*answers: OwnerAnswer, seen: int = 0) -> Dispute:
    given = tuple(OwnersWord(n, answer, "", date(2026, 4, 12)) for n, answer in enumerate(answers, 1))
    told = told_of(ITEM, at(1).reasons)
    return Dispute(
        UUID(int=9), "S-000009", ITEM, DisputeKind.WRONG, "受診していた", "", NOON, "博多区 健康課　架空 そら", 1, told, given, seen
    )


@pytest.mark.parametrize(
    ("answers", "same", "new"),
    [
        ((), Stands.ASKED, Stands.RECORD_IS_NEW),
        ((OwnerAnswer.LOOKING,), Stands.LOOKING, Stands.RECORD_IS_NEW),
        ((OwnerAnswer.CORRECTED,), Stands.KNOWN_WRONG, Stands.CORRECTED),
        ((OwnerAnswer.LOOKING, OwnerAnswer.RIGHT), Stands.RIGHT, Stands.RIGHT),
        ((OwnerAnswer.RIGHT, OwnerAnswer.CORRECTED), Stands.KNOWN_WRONG, Stands.CORRECTED),
    ],
)
def test_what_is_known_wrong_is_shown_so_until_a_corrected_record_comes(
    answers: tuple[OwnerAnswer, ...], same: Stands, new: Stands
) -> None:
    dispute = asked(*answers)

    assert [dispute.stands(each) for each in (at(1), at(2))] == [same, same]
    assert {dispute.stands(each) for each in (at(2, IndicatorValue.FALSE), at(2, evidence=OTHER), word(version=2))} == {new}


def test_the_last_answer_holds_in_whatever_order_they_came() -> None:
    words = asked(OwnerAnswer.LOOKING, OwnerAnswer.CORRECTED, OwnerAnswer.RIGHT).answers

    assert {replace(asked(), answers=order).stands(at(1)) for order in permutations(words)} == {Stands.RIGHT}


def test_an_answer_is_news_until_somebody_has_taken_note_of_that_very_one() -> None:
    twice = (OwnerAnswer.LOOKING, OwnerAnswer.RIGHT)

    assert [asked(*twice, seen=seen).news for seen in range(3)] == [2, 2, 0]
    assert asked().news == 0


def test_of_a_reason_that_was_asked_about_again_the_newest_dispute_counts() -> None:
    first = asked(OwnerAnswer.CORRECTED)
    again = replace(asked(OwnerAnswer.RIGHT), id=UUID(int=10), asked_at=NOON.replace(hour=5))

    assert first.stands(at(1)) in IN_DOUBT
    assert open_on((again, first), at(1)) == {}


def test_what_its_owner_has_not_answered_is_not_offered_again_also_where_its_record_has_changed_meanwhile() -> None:
    given: list[tuple[OwnerAnswer, ...]] = [(), (OwnerAnswer.LOOKING,), (OwnerAnswer.RIGHT,), (OwnerAnswer.LOOKING, OwnerAnswer.CORRECTED)]

    pages = [sheet_of(child(at(2, evidence=OTHER), disputes=(asked(*each),)), shows_sensitive=False) for each in given]

    assert [page.offer.ask is not None for page in pages] == [False, False, True, True]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ((), "▲ 「誤っている」：もとの課の回答を待っています（S-000009）"),
        ((OwnerAnswer.CORRECTED,), "▲ 「誤っている」：誤りと分かっています。訂正した記録は、まだ届いていません（S-000009）"),
        ((OwnerAnswer.RIGHT,), ""),
    ],
)
def test_a_reason_in_doubt_says_so_where_it_stands(answers: tuple[OwnerAnswer, ...], says: str) -> None:
    sheet = sheet_of(child(at(1), disputes=(asked(*answers),)), shows_sensitive=False)

    assert [line.doubt for line in sheet.items.reasons] == [says]
    assert says in page_of("child/page.html", sheet)


def test_a_dispute_about_a_sensitive_item_is_counted_and_not_named() -> None:
    welfare = replace(asked(OwnerAnswer.LOOKING), item=Item.HOUSEHOLD_PUBLIC_ASSISTANCE, why="保護は終わったと聞いた")
    seen = child(word(reason(Item.HOUSEHOLD_PUBLIC_ASSISTANCE)), disputes=(welfare,))

    shut, opened = (page_of("child/page.html", sheet_of(seen, shows_sensitive=each)) for each in (False, True))

    assert ("生活保護" in shut, "保護は終わった" in shut, "の項目</b>" in shut) == (False, False, True)
    assert ("生活保護" in opened, "保護は終わった" in opened) == (True, True)
