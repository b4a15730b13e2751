"""What reviews came to, as casework tells: kept once, whatever order it comes in."""

from datetime import UTC, date, datetime
from itertools import permutations
from uuid import UUID

import pytest

from contracts.ids import CaseId, EventId, ReviewId
from contracts.messages import ReviewClosed, SampleDrawn, SampleJudged
from contracts.values import CaseOutcome, Need
from services.scorer.effect import report
from services.scorer.outcomes import outcomes, samples
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import AT, CHILD, fresh_id

pytestmark = pytest.mark.servers


def closed(number: int, version: int, outcome: CaseOutcome | None, need: Need | None = None) -> ReviewClosed:
    return ReviewClosed(
        event_id=fresh_id(),
        occurred_at=AT,
        review_id=ReviewId(UUID(int=number)),
        person_id=CHILD,
        case_id=CaseId(UUID(int=number)),
        version=version,
        ruleset="SP-2",
        as_of=date(2026, 4, 1),
        asked_at=AT,
        closed_at=datetime(2026, 5, version, tzinfo=UTC) if outcome else None,
        outcome=outcome,
        need=need,
        previously_unknown=True if outcome else None,
    )


async def test_the_last_that_people_said_of_a_review_holds_in_any_order_and_however_often_it_comes(scorer: Scorer) -> None:
    said = [closed(1, 5, CaseOutcome.NOT_NEEDED, Need.NOTHING), closed(1, 7, None), closed(1, 9, CaseOutcome.NEEDED, Need.SUPPORT)]
    other = closed(2, 4, CaseOutcome.NOT_REACHED)
    for order in permutations([*said, other]):
        await scorer.pool.execute("delete from review_outcome")
        await scorer.hears(*order[:2])
        await scorer.hears(*order[1:])
        held = await scorer.asked(outcomes)

        assert [(each.review_id.int, each.outcome, each.need) for each in held] == [
            (2, CaseOutcome.NOT_REACHED, None),
            (1, CaseOutcome.NEEDED, Need.SUPPORT),
        ]


async def test_a_review_that_was_opened_again_came_to_nothing_yet(scorer: Scorer) -> None:
    await scorer.hears(closed(1, 7, None), closed(1, 5, CaseOutcome.NOT_NEEDED, Need.NOTHING))
    await scorer.hears(closed(1, 5, CaseOutcome.NOT_NEEDED, Need.NOTHING))

    assert await scorer.asked(outcomes) == []


def drawn(number: int, left_at: datetime | None = None, share: float = 0.5, ruleset: str = "SP-3", asked_at: datetime = AT) -> SampleDrawn:
    return SampleDrawn(
        event_id=fresh_id(),
        occurred_at=AT,
        signal_id=EventId(UUID(int=number)),
        person_id=CHILD,
        ruleset=ruleset,
        as_of=date(2026, 4, 1),
        asked_at=asked_at,
        share=share,
        left_at=left_at,
    )


def judged(number: int, needed: bool, share: float = 0.5) -> SampleJudged:
    told = drawn(number, share=share).model_dump(exclude={"event_id", "type", "left_at"})
    return SampleJudged(event_id=fresh_id(), **told, judged_at=datetime(2026, 5, 10, tzinfo=UTC), needed=needed)


async def test_which_quiet_requests_were_drawn_judged_or_left_is_the_same_in_any_order_and_however_often_it_comes(scorer: Scorer) -> None:
    """EVAL-02: of two that were drawn one was judged; a third left before anybody did; of a fourth the judgement alone came."""
    left = drawn(3, datetime(2026, 5, 1, tzinfo=UTC))
    said = [drawn(1), judged(1, needed=True), drawn(2), drawn(3), left, judged(4, needed=False)]
    for order in (said, said[::-1], said[3:] + said[:3]):
        await scorer.pool.execute("delete from sample_drawn")
        await scorer.pool.execute("delete from sample_judgement")
        await scorer.hears(*order[:4])
        await scorer.hears(*order[2:])
        held = await scorer.asked(samples, "SP-3", date(2026, 4, 1), date(2026, 6, 1))

        assert sorted(str(each.needed) for each in held) == ["False", "None", "True"]
    # On a day before the judgement it waited; the third had not left yet; of the fourth nothing was known but its judgement.
    before = await scorer.asked(samples, "SP-3", date(2026, 4, 1), date(2026, 4, 30))
    assert [each.needed for each in before] == [None, None, None]
    assert await scorer.asked(samples, "SP-2", date(2026, 4, 1), date(2026, 6, 1)) == []


async def test_the_share_of_the_sample_is_of_all_that_were_drawn(scorer: Scorer) -> None:
    await scorer.hears(*(drawn(number) for number in range(1, 41)), *(judged(number, needed=number % 2 == 0) for number in range(1, 31)))
    day = scorer.clock.today()

    found = (await scorer.asked(report, "SP-3", date(2026, 4, 1), date(2026, 6, 1), max(day, date(2026, 6, 1)), 0.2)).quiet

    assert found is not None
    assert (found.total.reviews, found.total.assessed, found.total.needed) == (40, 30, 15)
    assert (found.missed, found.missed_likely, found.missed_at_most) == (30, 40, 50)
