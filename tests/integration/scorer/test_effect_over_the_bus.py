"""Outcomes over the real bus: casework says what reviews came to, the scorer as it runs hears it, and evaluates (EVAL-02)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from contracts.ids import CaseId, ReviewId
from contracts.messages import ReviewClosed
from contracts.values import CaseOutcome, Need, ServiceName
from infra.local.stack import Stack
from infra.service import Service
from services.scorer.effect import report
from tests.integration.infra.assembled import assembled
from tests.integration.infra.servers import settings, until
from tests.integration.scorer.messages import AT, fresh_id, person, watermark
from tests.integration.scorer.test_effect import who
from tests.integration.scorer.test_outcomes import drawn

pytestmark = pytest.mark.servers
CHILDREN = 30


def rows(service: Service, statement: str, expected: int) -> Callable[[], Awaitable[bool]]:
    async def there() -> bool:
        return int(await service.pool.fetchval(statement)) == expected

    return there


async def test_what_casework_tells_of_reviews_is_evaluated_by_the_running_scorer(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    access = stack.access
    told = {
        "DATABASE_URL": access.database_url("scorer"),
        "IDENTITY_DATABASE_URL": access.database_url("identity"),
        "BROKER_URL": access.broker_url("scorer"),
    }
    scorer = assembled(ServiceName.SCORER, monkeypatch, **told)
    linker = Service(ServiceName.LINKER, settings(stack, ServiceName.LINKER))
    casework = Service(ServiceName.CASEWORK, settings(stack, ServiceName.CASEWORK))
    services = (scorer, linker, casework)
    for service in services:
        await service.start()
    today = scorer.clock.today()

    async with linker.work() as work:
        for number in range(CHILDREN):
            work.announce(person((today - timedelta(days=800)).isoformat(), who=who(number)), key=str(who(number)))
        for mark in watermark(today.isoformat()):
            work.announce(mark, key="")
    await until(rows(scorer, "select count(*) from review_signal where needed", CHILDREN), seconds=120)
    asked = await scorer.pool.fetch("select person_id, ruleset, told_at from review_signal order by person_id")

    def ended(number: int, version: int, need: Need | None) -> ReviewClosed:
        row = asked[number]
        return ReviewClosed(
            event_id=fresh_id(),
            occurred_at=AT,
            review_id=ReviewId(UUID(int=number + 1)),
            person_id=row["person_id"],
            case_id=CaseId(UUID(int=number + 1)),
            version=version,
            ruleset=row["ruleset"],
            as_of=today,
            asked_at=row["told_at"],
            closed_at=scorer.clock.now() if need else None,
            outcome={Need.SUPPORT: CaseOutcome.NEEDED, Need.NOTHING: CaseOutcome.NOT_NEEDED, None: None}[need],
            need=need,
            previously_unknown=True if need else None,
        )

    # The last one was opened again, and then ended otherwise.
    closed = [ended(number, 3, Need.SUPPORT if number < 12 else Need.NOTHING) for number in range(CHILDREN)]
    closed += [ended(CHILDREN - 1, 5, None), ended(CHILDREN - 1, 7, Need.SUPPORT)]
    async with casework.work() as work:
        for message in closed:
            work.announce(message, key=str(message.person_id))
        for number in range(20):
            draw = drawn(number, ruleset=asked[0]["ruleset"], asked_at=scorer.clock.now())
            work.announce(draw, key=str(draw.person_id))
    await until(rows(scorer, "select count(*) from review_outcome where version = 3 or version = 7", CHILDREN), seconds=120)
    await until(rows(scorer, "select count(*) from review_outcome where version = 7", 1), seconds=120)

    await until(rows(scorer, "select count(*) from sample_drawn", 20), seconds=120)

    async with scorer.pool.acquire() as db:
        found = await report(db, None, today, today, today, 0.2)
    for service in services:
        await service.stop()

    assert (found.total.reviews, found.total.assessed, found.total.needed, found.total.ppv) == (30, 30, 13, 0.433)
    assert found.quiet is not None
    assert (found.quiet.total.reviews, found.quiet.total.assessed) == (20, 0)
    assert [line.name for line in found.by_item if line.reviews] == ["checkup_4m_not_received", "checkup_18m_not_received"]
