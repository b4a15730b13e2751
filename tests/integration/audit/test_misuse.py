"""Misuse by those who may look is found by itself, on real tables: each rule's scenarios, the three real cases (audit.md §5, target 11)."""

from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.ids import StaffId
from contracts.messages import AccessRecorded, Actor, Thing
from contracts.values import Section, ServiceName, Ward
from infra.clock import FixedClock
from infra.identity.staff import Registered
from infra.local.postgres import PostgresServer
from infra.service import Service
from infra.testing.fixtures import START, Database, fresh_database, unit_of_work
from services.audit import findings, misusing
from services.audit.benchmark.trying import Result, Wish, Written, found_in, write
from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.rule import Rule
from services.audit.domain.misuse.rules import BY_CODE
from services.audit.domain.misuse.thresholds import Thresholds
from services.audit.findings import Asked
from services.audit.misusing import Watch
from services.audit.rostering import DutyListUnreadable, Roster
from services.audit.settings import AuditSettings
from tests.integration.audit.conftest import audit_settings
from tests.integration.audit.log import hear
from tests.unit.audit.builders import CLERK, access

__all__ = ["audit_settings"]

pytestmark = pytest.mark.servers
THRESHOLDS = Thresholds()


@pytest_asyncio.fixture(scope="module")
async def months(postgres: PostgresServer, template: str) -> AsyncIterator[tuple[Database, Written, Result]]:
    """A quarter of a small office with misuse planted among it, and what the rules found there."""
    async with fresh_database(postgres, template) as fresh:
        pool = await fresh.pool("audit")
        async with pool.acquire() as db, db.transaction():
            written = await write(db, Wish(officers=14, days=100, scenarios=2), THRESHOLDS)
        async with unit_of_work(pool, ServiceName.AUDIT, FixedClock(written.until)) as work:
            result = await found_in(work, written, THRESHOLDS)
        yield fresh, written, result


async def test_every_rule_finds_what_was_planted_the_real_cases_included(months: tuple[Database, Written, Result]) -> None:
    _, _, result = months

    assert list(result.missed) == []
    assert {each.found for code, each in result.rules.items() if code not in {"curiosity", "attention_spike", "protected_seen"}} == {2}
    assert (result.rules["curiosity"].found, result.rules["attention_spike"].found, result.rules["protected_seen"].found) == (2 + 17, 3, 3)


async def test_what_nobody_planted_raises_few_findings_a_day(months: tuple[Database, Written, Result]) -> None:
    _, _, result = months

    assert result.load <= 5, result.rules


async def test_the_service_catches_up_after_downtime_finds_what_comes_late_and_never_the_same_twice(
    database: Database, audit_settings: AuditSettings
) -> None:
    pool, clock = await database.pool("audit"), FixedClock(START)
    service = Service(ServiceName.AUDIT, audit_settings)
    service.clock, service._pool = clock, pool
    watch = Watch(service, Thresholds(off=frozenset({"odd_hours"})))

    async def heard(*messages: AccessRecorded) -> list[str]:
        await hear(pool, clock, messages)
        await watch.look()
        await watch.look()
        async with pool.acquire() as db:
            return [line.finding.kind for line in await findings.listed(db, Asked())]

    def urgent(number: int, at: datetime) -> AccessRecorded:
        thing = Thing(kind="child", id=f"child {number}", ward=Ward.NISHI)
        return access(number, occurred_at=at, relation="none", reason_code="emergency", thing=thing, origin=None)

    assert await heard() == []
    assert await heard(urgent(1, START)) == ["break_glass"]
    clock.at = START + timedelta(days=70)  # nobody looked for ten weeks
    assert await heard(urgent(2, START + timedelta(days=3)), urgent(3, START + timedelta(days=69))) == ["break_glass"] * 3
    # Late, of before everything.
    assert await heard(urgent(4, START - timedelta(days=2))) == ["break_glass"] * 4
    # A look is judged when it is too late for a relation, although nothing else comes.
    assert await heard(access(5, occurred_at=clock.at, relation="none")) == ["break_glass"] * 4
    clock.at += timedelta(hours=25)
    assert await heard() == ["break_glass"] * 4 + ["no_relation"]
    # Whoever sets progress back finds nothing twice.
    await pool.execute("delete from misuse_progress")
    assert await heard() == ["break_glass"] * 4 + ["no_relation"]


async def test_who_is_on_duty_is_not_told_of_and_one_officers_night_is_one_finding(
    database: Database, audit_settings: AuditSettings, tmp_path: Path
) -> None:
    """audit.md §5, after-hours. A list that cannot be read holds the rule back: what a wrong one would find could not be unsaid."""
    pool, clock, listed = await database.pool("audit"), FixedClock(START), tmp_path / "duty.csv"
    service = Service(ServiceName.AUDIT, audit_settings)
    service.clock, service._pool = clock, pool

    async def registered(_logins: Collection[str]) -> list[Registered]:
        return [Registered(CLERK, "hakata.clerk", "", Section.HEALTH, Ward.HAKATA)]

    roster = Roster(listed, registered)
    watch = Watch(service, Thresholds(off=frozenset(BY_CODE) - {"odd_hours"}), roster.on_duty)
    other = Actor(id=StaffId(UUID(int=5)), role="ward_clerk", ward=Ward.HAKATA)
    # The first of April in Japan: at ten in the evening, and at one and at eight the next day.
    hours = [datetime(2026, 4, 1, 13, tzinfo=UTC), datetime(2026, 4, 1, 16, tzinfo=UTC), datetime(2026, 4, 1, 23, tzinfo=UTC)]
    looks = [(at, actor) for at in hours for actor in (None, other)]
    await hear(
        pool,
        clock,
        [access(n, occurred_at=at, **({} if actor is None else {"actor": actor})) for n, (at, actor) in enumerate(looks, start=1)],
    )
    clock.at = START + timedelta(days=2)

    with pytest.raises(DutyListUnreadable):
        await watch.look()
    # Whoever runs the service sees it: a rule is not held back unseen.
    readable = [roster.is_readable]
    listed.write_text("hakata.clerk,2026-04-01\nnobody.here,2026-04-01\n", encoding="utf-8")
    await watch.look()

    async with pool.acquire() as db:
        [found] = [line.finding for line in await findings.listed(db, Asked())]
    assert [*readable, roster.is_readable] == [False, True]
    assert (found.kind, found.actor, dict(found.figures)) == ("odd_hours", other.id, {"children": 1, "looks": 2})


async def test_a_rule_that_fails_keeps_none_from_looking_and_one_that_takes_long_rests(
    database: Database, audit_settings: AuditSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, seconds = await database.pool("audit"), count(step=40.0)
    service = Service(ServiceName.AUDIT, audit_settings)
    service.clock, service._pool = FixedClock(START), pool
    looked: list[str] = []

    def judging(code: str, *, fails: bool = False) -> Rule:
        def judge(*_: object) -> list[Hit]:
            looked.append(code)
            if fails:
                raise TimeoutError
            return []

        return replace(BY_CODE[code], judge=judge)

    monkeypatch.setattr(misusing, "RULES", (judging("out_of_ward", fails=True), judging("odd_hours")))
    quick, slow = Watch(service, THRESHOLDS, now=lambda: 0.0), Watch(service, THRESHOLDS, now=lambda: next(seconds))

    for watch in (quick, slow, slow):
        with suppress(TimeoutError):
            await watch.look()
            looked.append("and nobody was told")

    # To look at the first month takes two steps, and whoever failed begins anew.
    assert looked == ["out_of_ward", "odd_hours", "odd_hours", "out_of_ward", "and nobody was told"]
