"""City items of the household: moves, somebody who needs care, and papers of a disability (`domain.md` §2.6, §2.8-2, 8, 20 and 21)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from contracts.facts import DisabilityCertificateChanged, LongTermCareCertificationChanged
from contracts.ids import PersonId
from contracts.kinds import EventKind
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.answer import Answer
from services.scorer.domain.facts import Child, ChildFacts, Housemate, InHand, Told
from services.scorer.domain.reach import Reach
from services.scorer.domain.residence import Stay
from services.scorer.domain.rulesets import SP_3, judge
from tests.unit.scorer.builders import COMPLETE, answer, child, day, event, facts, record, told

TRUE, FALSE, UNKNOWN, OUTSIDE = IndicatorValue.TRUE, IndicatorValue.FALSE, IndicatorValue.UNKNOWN, IndicatorValue.NOT_APPLICABLE
PUPIL = child("2015-07-07")
"""At school from 2022-04-01."""
CHILD, MOTHER, GRANDMOTHER, BROTHER = (PersonId(UUID(int=number)) for number in range(1, 5))
ALWAYS = (Stay(date(1990, 1, 1), None),)


# --- frequent_moves -----------------------------------------------------------------------------------------------------


def moved(*days: str, who: Child = PUPIL) -> Child:
    return replace(who, moves=tuple(map(date.fromisoformat, days)))


def moves_of(who: Child, as_of: str, **delivered: str) -> Answer:
    watermarks = COMPLETE | {Source(name): date.fromisoformat(each) for name, each in delivered.items()}
    return answer(Item.FREQUENT_MOVES, who, facts(), as_of, watermarks)


def test_three_moves_within_24_months_are_many_from_the_third_on_until_the_first_is_24_months_ago() -> None:
    who = moved("2024-05-10", "2025-03-01", "2026-01-15")

    assert [moves_of(who, each).value for each in ("2026-01-14", "2026-01-15", "2026-05-09", "2026-05-10")] == [FALSE, TRUE, TRUE, FALSE]
    given = moves_of(who, "2026-02-01")
    assert (given.valid_from, given.valid_to, given.due) == (date(2026, 1, 15), date(2026, 5, 10), date(2026, 5, 10))
    assert given.detail == {"moves": 3, "months": 24, "last_move": "2026-01-15"}


def test_a_move_of_the_last_of_february_is_clamped_and_a_known_move_ahead_counts_from_its_day() -> None:
    leap = moved("2024-02-29", "2025-01-01", "2025-02-01")
    assert [moves_of(leap, each).value for each in ("2026-02-27", "2026-02-28")] == [TRUE, FALSE]

    ahead = moved("2025-01-01", "2025-02-01", "2026-06-01")
    assert (moves_of(ahead, "2026-05-31").value, moves_of(ahead, "2026-05-31").due) == (FALSE, date(2026, 6, 1))
    assert moves_of(ahead, "2026-06-01").value is TRUE


def test_few_moves_are_few_only_of_a_child_who_was_here_all_the_time() -> None:
    came = child("2015-07-07", ("2025-06-01", None))

    newcomer = moves_of(moved("2025-06-01", who=came), "2026-06-01")
    assert (newcomer.value, newcomer.reason_code, newcomer.due) == (UNKNOWN, "residence_incomplete", date(2027, 6, 1))
    assert moves_of(moved("2025-06-01", who=came), "2027-06-01").value is FALSE
    # What is known is enough where it is many: a newcomer who moved on twice.
    assert moves_of(moved("2025-06-01", "2025-09-01", "2026-01-01", who=came), "2026-06-01").value is TRUE
    # Nobody knows since when.
    assert moves_of(moved(who=child("2015-07-07", (None, None))), "2026-06-01").reason_code == "residence_incomplete"
    # A newborn child was here all its life.
    assert moves_of(moved(who=child("2026-05-01")), "2026-06-01").value is FALSE


def test_of_a_register_that_told_no_moves_or_is_silent_few_are_not_concluded() -> None:
    assert moves_of(PUPIL, "2026-06-01").reason_code == "moves_not_told"
    assert moves_of(moved(), "2026-06-08", resident_registry="2026-06-01").value is FALSE
    assert moves_of(moved(), "2026-06-09", resident_registry="2026-06-01").reason_code == "feed_stale"
    many = moved("2025-01-01", "2025-02-01", "2025-03-01")
    assert moves_of(many, "2026-06-09", resident_registry="2026-06-01").value is TRUE


# --- care_recipient_in_household ----------------------------------------------------------------------------------------


def mate(who: PersonId, birth: str | None, *during: Stay, **more: Any) -> Housemate:
    return Housemate(who, day(birth), during or ALWAYS, is_child=who == CHILD, **more)


OWN = mate(CHILD, "2015-07-07")
ALONE = (OWN, mate(MOTHER, "1985-01-01"), mate(GRANDMOTHER, "1950-01-01"))


def needs(who: PersonId, level: str = "care_2", since: str = "2024-04-01", to: str | None = None, number: int = 70) -> Told[Any]:
    fact = LongTermCareCertificationChanged(class_=level, valid_from=date.fromisoformat(since), valid_to=day(to), status="active")  # type: ignore[arg-type]
    return Told(fact, event(number), day(since), during=ALWAYS, whose=who)


def severe(who: PersonId, is_severe: bool | None = True, since: str = "2024-04-01") -> Told[Any]:
    fact = DisabilityCertificateChanged(
        kind="physical_disability_handbook", valid_from=date.fromisoformat(since), severe=is_severe, status="issued"
    )
    return Told(fact, event(80), day(since), during=ALWAYS, whose=who)


def home(mates: Sequence[Housemate], *needed: Told[Any], hand: InHand | None = None) -> ChildFacts:
    kinds = {type(each.fact) for each in needed}
    way = {(Reach.HOUSEHOLD, kind): tuple(each for each in needed if type(each.fact) is kind) for kind in kinds}
    return replace(facts(), told=way, housemates=tuple(mates), in_hand=hand or InHand())


def care(known: ChildFacts, as_of: str = "2026-06-01", **delivered: str) -> Answer:
    watermarks = COMPLETE | {Source(name): date.fromisoformat(each) for name, each in delivered.items()}
    return answer(Item.CARE_RECIPIENT_IN_HOUSEHOLD, PUPIL, known, as_of, watermarks)


def test_a_grandmother_who_needs_care_and_one_able_adult_are_context_from_the_certification_to_its_end() -> None:
    known = home(ALONE, needs(GRANDMOTHER, to="2026-04-01"))

    assert [care(known, each).value for each in ("2024-03-31", "2024-04-01", "2026-03-31", "2026-04-01")] == [FALSE, TRUE, TRUE, FALSE]
    given = care(known, "2025-01-01")
    assert (given.valid_from, given.valid_to, given.evidence) == (date(2024, 4, 1), date(2026, 4, 1), (event(70),))
    assert given.detail["able_adults"] == 1
    assert care(known, "2026-04-01").valid_from == date(2026, 4, 1)


def test_only_a_pupil_is_asked_about_from_the_first_day_of_school() -> None:
    known = home(ALONE, needs(GRANDMOTHER, since="2020-04-01"))

    assert [care(known, each).value for each in ("2022-03-31", "2022-04-01", "2031-03-31", "2031-04-01")] == [OUTSIDE, TRUE, TRUE, OUTSIDE]
    assert care(known).valid_from == date(2022, 4, 1)


@pytest.mark.parametrize(("level", "value"), [("support_2", FALSE), ("care_1", FALSE), ("care_2", TRUE), ("care_5", TRUE)])
def test_somebody_has_to_care_from_level_2_on(level: str, value: IndicatorValue) -> None:
    assert care(home(ALONE, needs(GRANDMOTHER, level))).value is value


def test_two_other_able_adults_are_enough_and_who_is_certified_at_any_level_is_not_able() -> None:
    uncle, young = mate(BROTHER, "1980-01-01"), mate(BROTHER, "2008-07-02")
    two = (*ALONE, uncle)

    assert (care(home(two, needs(GRANDMOTHER))).value, care(home(two, needs(GRANDMOTHER))).reason_code) == (FALSE, "adults_enough")
    # §2.8-21: certified at any level, or severely disabled, is not able.
    assert care(home(two, needs(GRANDMOTHER), needs(BROTHER, "support_1", number=71))).value is TRUE
    assert care(home(two, needs(GRANDMOTHER), severe(BROTHER))).value is TRUE
    # Of full age on the eve of the 18th birthday.
    grown = home((*ALONE, young), needs(GRANDMOTHER))
    assert [care(grown, each).value for each in ("2026-06-30", "2026-07-01")] == [TRUE, FALSE]
    # Of whom the register does not know the day of birth is an adult.
    assert care(home((*ALONE, mate(BROTHER, None)), needs(GRANDMOTHER))).value is FALSE


def test_a_severely_disabled_brother_counts_and_the_child_itself_does_not() -> None:
    brother = (OWN, mate(MOTHER, "1985-01-01"), mate(BROTHER, "2018-01-01"))

    assert care(home(brother, severe(BROTHER))).value is TRUE
    assert care(home(brother, severe(BROTHER, is_severe=False))).value is FALSE
    assert care(home(brother, severe(BROTHER, is_severe=None))).value is FALSE
    assert care(home(brother, severe(CHILD))).value is FALSE


def test_who_lives_there_counts_on_the_days_on_which_it_was_so() -> None:
    came = (OWN, mate(MOTHER, "1985-01-01"), mate(GRANDMOTHER, "1950-01-01", Stay(date(2025, 6, 1), date(2026, 2, 1))))
    known = home(came, needs(GRANDMOTHER))

    assert [care(known, each).value for each in ("2025-05-31", "2025-06-01", "2026-01-31", "2026-02-01")] == [FALSE, TRUE, TRUE, FALSE]
    assert care(known, "2025-05-31").due == date(2025, 6, 1)


def test_without_its_household_or_before_a_member_is_described_it_is_not_known() -> None:
    assert care(home(())).reason_code == "household_unknown"
    gone = (mate(CHILD, "2015-07-07", Stay(date(2020, 1, 1), date(2026, 1, 1))), *ALONE[1:])
    assert care(home(gone, needs(GRANDMOTHER))).reason_code == "household_unknown"
    stranger = (*ALONE, mate(BROTHER, None, described=False))
    assert care(home(stranger, needs(GRANDMOTHER))).reason_code == "household_unknown"
    assert care(home(stranger)).value is FALSE


def test_nobody_is_certified_only_by_fresh_feeds_and_with_nothing_in_hand_of_the_household() -> None:
    held = InHand(household=frozenset({Source.LONG_TERM_CARE}))

    assert care(home(ALONE, hand=held)).reason_code == "record_in_hand"
    assert care(home(ALONE, needs(GRANDMOTHER), hand=held)).value is TRUE
    for feed in ("long_term_care", "disability"):
        assert care(home(ALONE), "2026-06-08", **{feed: "2026-06-01"}).value is FALSE
        assert care(home(ALONE), "2026-06-09", **{feed: "2026-06-01"}).reason_code == "feed_stale"
    # What a record says stays, and says since when nothing came (§2.8-1).
    stale = care(home(ALONE, needs(GRANDMOTHER)), "2026-06-09", long_term_care="2026-06-01")
    assert (stale.value, stale.stale_since) == (TRUE, date(2026, 6, 2))


# --- disability ---------------------------------------------------------------------------------------------------------


def paper(**more: Any) -> dict[str, Any]:
    return {"kind": "physical_disability_handbook", "valid_from": "2024-04-01", "status": "issued"} | more


def own_paper(**more: Any) -> ChildFacts:
    return told(record(EventKind.DISABILITY_CERTIFICATE_CHANGED, 1, "2024-04-01", **paper(**more)))


def disabled(known: ChildFacts, as_of: str, **delivered: str) -> Answer:
    watermarks = COMPLETE | {Source(name): date.fromisoformat(each) for name, each in delivered.items()}
    return answer(Item.DISABILITY, PUPIL, known, as_of, watermarks)


def carers_paper(*, parted: bool = False) -> ChildFacts:
    fact = DisabilityCertificateChanged.read(paper())
    rows: tuple[Told[Any], ...] = (Told(fact, event(60), day("2024-04-01"), during=(Stay(date(2025, 1, 1), None),)),)
    way = {(Reach.GUARDIAN, DisabilityCertificateChanged): rows}
    return replace(facts(), parted=way) if parted else replace(facts(), told=way)


def test_a_paper_of_the_child_or_of_whoever_has_it_in_care_is_valid_on_its_days() -> None:
    own = own_paper(valid_to="2026-04-01")

    assert [disabled(own, each).value for each in ("2024-03-31", "2024-04-01", "2026-03-31", "2026-04-01")] == [FALSE, TRUE, TRUE, FALSE]
    assert [disabled(carers_paper(), each).value for each in ("2024-12-31", "2025-01-01")] == [FALSE, TRUE]
    assert disabled(own_paper(), "2030-01-01", disability="2026-06-01").stale_since == date(2026, 6, 2)
    apart = disabled(carers_paper(parted=True), "2025-06-01")
    assert (apart.value, apart.reason_code, apart.evidence) == (UNKNOWN, "protected_separation", ())


def test_a_mental_health_handbook_without_an_end_holds_two_years_and_then_it_is_not_known() -> None:
    known = own_paper(kind="mental_health_handbook")

    assert [disabled(known, each).value for each in ("2026-03-31", "2026-04-01")] == [TRUE, UNKNOWN]
    assert disabled(known, "2026-04-01").reason_code == "validity_unknown"


def test_nobody_has_a_paper_only_by_a_fresh_feed() -> None:
    assert disabled(facts(), "2026-06-08", disability="2026-06-01").value is FALSE
    assert disabled(facts(), "2026-06-09", disability="2026-06-01").reason_code == "feed_stale"


# --- all three are context ----------------------------------------------------------------------------------------------


def test_moves_care_and_papers_are_context_and_ask_for_no_review() -> None:
    items = (Item.FREQUENT_MOVES, Item.CARE_RECIPIENT_IN_HOUSEHOLD, Item.DISABILITY)
    those = [Answer(item, TRUE, "care_needed", counted=True) for item in items]  # type: ignore[arg-type]

    assert not judge(SP_3, those, in_scope=True).needed
    assert SP_3.group_of.keys().isdisjoint(items)
