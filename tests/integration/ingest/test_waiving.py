"""Rows of an extract that are refused every night, and that their owner has decided to leave as they are."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from contracts.messages import DecisionRecorded, FeedWatermark, RecordHeldBack
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.ingest.inlets.extract import waiving
from services.ingest.inlets.extract.taking import Came
from tests.integration.ingest.extracts import WELFARE, Night, member, night

pytestmark = pytest.mark.servers

KIND = "public_assistance.member_changed"
UNREADABLE = member(1, 保護開始年月日="R7.2.30")
MISSING = member(2, 保護開始年月日="")
ROWS = [member(0), UNREADABLE, MISSING, member(3)]
NUMBERS = {f"{number:015}" for number in (1, 2)}


@pytest_asyncio.fixture
async def extracts(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Night]:
    async with night(database, tmp_path, clock) as here:
        yield here


async def decided(extracts: Night, *rows: int, ended: bool = False) -> int:
    """What an operator decides for the owner."""
    async with unit_of_work(extracts.service.pool, ServiceName.INGEST, extracts.clock) as work:
        return await (waiving.end if ended else waiving.waive)(work, WELFARE, KIND, rows, "T-8")


async def next_night(extracts: Night, rows: list[str]) -> Came:
    """A day later the file comes again."""
    extracts.clock.at += timedelta(days=1)
    return await extracts.comes(rows, f"{extracts.clock.today():%Y%m%d}")


async def said(extracts: Night) -> list[tuple[str, object]]:
    """What is held and let go, and watermarks, in order."""
    told: list[tuple[str, object]] = []
    for each in await announced(extracts.service.pool):
        if isinstance(each, RecordHeldBack):
            told.append(("held" if each.held else "let go", each.person_no))
        elif isinstance(each, FeedWatermark):
            told.append(("complete", each.complete_through))
    return told


async def test_a_row_that_is_left_as_it_is_holds_up_nothing_and_is_held_for_its_person_before_the_watermark(extracts: Night) -> None:
    first = await extracts.comes(ROWS)
    assert (first.refused, first.watermark, await said(extracts)) == (2, None, [])

    assert await decided(extracts) == 2
    came = await next_night(extracts, ROWS)

    assert (came.refused, came.waived, came.same, came.watermark, came.faults) == (0, 2, 2, date(2026, 4, 2), ())
    told = await said(extracts)
    assert told[-1] == ("complete", date(2026, 4, 2))
    assert sorted(told[:-1]) == sorted(("held", number) for number in NUMBERS)
    await next_night(extracts, ROWS)
    assert (await said(extracts))[len(told) :] == [("complete", date(2026, 4, 3))], "held once"


async def test_it_is_not_sent_again_and_nothing_of_the_quarantine_counts_it(extracts: Night) -> None:
    await extracts.comes(ROWS)
    await decided(extracts)
    ledger = "select event_id, repeats, received_at from event_log where outcome = 'refused'"
    before = await extracts.fetch(ledger)

    await next_night(extracts, ROWS)

    assert before
    assert await extracts.fetch(ledger) == before
    assert await extracts.fetch("select code from extract_fault") == []


async def test_a_row_that_is_mended_is_taken_and_let_go(extracts: Night) -> None:
    await extracts.comes(ROWS)
    await decided(extracts)
    await next_night(extracts, ROWS)
    before = len(await said(extracts))

    came = await next_night(extracts, [member(0), member(1), MISSING, member(3)])

    assert (came.created, came.waived, came.watermark) == (1, 1, date(2026, 4, 3))
    assert (await said(extracts))[before:] == [("let go", None), ("complete", date(2026, 4, 3))]


async def test_a_row_that_is_gone_is_let_go(extracts: Night) -> None:
    await extracts.comes(ROWS)
    await decided(extracts)
    await next_night(extracts, ROWS)

    came = await next_night(extracts, [member(0), member(3)])

    assert (came.waived, came.refused, came.voided) == (0, 0, 0)
    assert [what for what, _ in await said(extracts)].count("let go") == 2
    assert await extracts.fetch("select record_id from extract_unmended") == []


async def test_a_row_that_says_something_else_is_refused_again(extracts: Night) -> None:
    await extracts.comes(ROWS)
    await decided(extracts)

    came = await next_night(extracts, [member(0), member(1, 保護開始年月日="R7.2.31"), MISSING, member(3)])

    assert (came.refused, came.waived, came.watermark) == (1, 1, None)


async def test_only_the_rows_that_were_named_are_left_and_the_end_of_it_is_said(extracts: Night) -> None:
    await extracts.comes(ROWS)

    assert await decided(extracts, 3) == 1
    one = await next_night(extracts, ROWS)
    assert await decided(extracts, ended=True) == 1
    none = await next_night(extracts, ROWS)

    assert [(came.refused, came.waived, came.watermark) for came in (one, none)] == [(1, 1, None), (2, 0, None)]
    assert [what for what, _ in await said(extracts)] == ["held", "let go"]
    decisions = [each for each in await announced(extracts.service.pool) if isinstance(each, DecisionRecorded)]
    assert [(each.action, each.count, each.reason_code) for each in decisions] == [
        ("ingest.extract_rows_waived", 1, "T-8"),
        ("ingest.extract_waiver_ended", 1, "T-8"),
    ]


async def test_a_row_whose_record_nobody_can_tell_cannot_be_left(extracts: Night) -> None:
    await extracts.comes([member(0), member(1, ケース番号="一二")])

    assert await decided(extracts) == 0
