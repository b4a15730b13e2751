"""What reviews came to, as casework tells: kept once, whatever order it comes in."""

from datetime import UTC, date, datetime
from itertools import permutations
from uuid import UUID

import pytest

from contracts.ids import CaseId, ReviewId
from contracts.messages import ReviewClosed
from contracts.values import CaseOutcome, Need
from services.scorer.outcomes import outcomes
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
