"""Two processes admit at once: neither takes what the other took, and whoever must be alone is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import pytest_asyncio

from contracts.messages import FeedWatermark, RecordVoided
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import announced, unit_of_work
from services.ingest import numbering, store
from services.ingest.actions import admit
from services.ingest.domain.admission import Inlet
from services.ingest.domain.reading import read
from services.ingest.domain.watch import Place
from services.ingest.replies import answer_json
from services.ingest.store import Overtaken
from services.ingest.submissions import Submission
from tests.integration.ingest.conftest import HEALTH, SEALER, Ingest
from tests.unit.ingest.events import Event, body, checkup, event, watermark

PREGNANCY = Place(HEALTH, "pregnancy_id")


@pytest_asyncio.fixture(autouse=True)
async def months(ingest: Ingest) -> None:
    """Their parts of the ledger are there: whoever opens one is waited for, once a month."""
    for month in (3, 4):
        await ingest.pool.execute("select open_month($1)", date(2026, month, 1))


def submissions(*events: Event) -> list[Submission]:
    return [Submission(HEALTH, Inlet.HTTP, read(body(each)), each["id"]) for each in events]


@asynccontextmanager
async def while_another_admits(ingest: Ingest, *events: Event) -> AsyncIterator[None]:
    """Another process has judged `events` and written them, and commits when the block is over."""
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        await admit(work, submissions(*events), SEALER)
        yield


async def admitted(ingest: Ingest, *events: Event) -> list[dict[str, Any]]:
    """What a process is told that tries as the desk does."""
    while True:
        try:
            async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
                return [answer_json(answer) for told in await admit(work, submissions(*events), SEALER) for answer in told]
        except Overtaken:
            continue


async def waiting(ingest: Ingest) -> None:
    """Until a connection waits for another one's lock."""
    async with asyncio.timeout(10):
        while not await ingest.pool.fetchval("select exists (select from pg_locks where not granted)"):  # noqa: ASYNC110 -- of the server
            await asyncio.sleep(0.01)


async def meets(ingest: Ingest, first: list[Event], *second: Event) -> list[dict[str, Any]]:
    """What `second` comes to in a process that judges it while another one has `first` in hand."""
    async with while_another_admits(ingest, *first):
        coming = asyncio.create_task(admitted(ingest, *second))
        await waiting(ingest)
    return await coming


async def test_an_event_that_two_processes_have_in_hand_is_taken_once(ingest: Ingest) -> None:
    same = checkup()

    (answer,) = await meets(ingest, [same], same)

    assert (answer["outcome"], answer["first"]) == ("duplicate", "accepted")
    assert len(await ingest.records()) == 1
    assert await ingest.pool.fetchval("select repeats from event_log") == 1


async def test_a_refused_event_that_two_processes_have_in_hand_is_counted_twice_and_entered_once(ingest: Ingest) -> None:
    same = checkup({"checkup_type": "nonsense"})

    (answer,) = await meets(ingest, [same], same)

    assert answer["outcome"] == "refused"
    assert await ingest.figures() == {"refused": 1}
    assert await ingest.pool.fetchval("select repeats from event_log") == 1


async def test_two_contents_of_one_revision_in_two_processes_are_a_conflict(ingest: Ingest) -> None:
    one, other = checkup({"exam_date": "2026-03-20"}, revision=3), checkup({"exam_date": "2026-03-21"}, revision=3)

    (answer,) = await meets(ingest, [one], other)

    assert (answer["outcome"], answer["code"]) == ("refused", "revision_conflict")


@pytest.mark.parametrize(("revision", "outcome"), [(2, "superseded"), (4, "accepted")])
async def test_revisions_of_one_record_in_two_processes_end_with_the_highest(ingest: Ingest, revision: int, outcome: str) -> None:
    (answer,) = await meets(ingest, [checkup(revision=3)], checkup(revision=revision))

    assert answer["outcome"] == outcome
    assert await ingest.pool.fetchval("select revision from record") == max(3, revision)


@pytest.mark.parametrize("held", [False, True])
async def test_a_later_revision_is_said_behind_the_earlier_one(ingest: Ingest, *, held: bool) -> None:
    if held:
        await ingest.takes_events(checkup(revision=1))

    await meets(ingest, [checkup(revision=2)], checkup(revision=3))

    assert [record.revision for record in await ingest.records()] == ([1, 2, 3] if held else [2, 3])


async def test_a_record_taken_back_in_one_process_belongs_to_whom_the_other_took_it_for(ingest: Ingest) -> None:
    void = event(HEALTH, "infant_checkup.recorded", {}, op="void", revision=2)

    await meets(ingest, [checkup({"person_no": "0000000123"}, revision=1)], void)

    (taken_back,) = [record for record in await ingest.records() if isinstance(record, RecordVoided)]
    assert taken_back.person_no == "0000000123"


@pytest.mark.parametrize("begun", [False, True])
async def test_numbers_that_two_processes_count_at_once_are_all_counted(ingest: Ingest, *, begun: bool) -> None:
    before, first, second = (checkup(id=f"10000000000{number}", subject=f"K-{number}") for number in range(3))
    if begun:
        await ingest.takes_events(before)

    await meets(ingest, [first], second)

    async with ingest.pool.acquire() as db:
        found, _ = await numbering.evidence(db, [Place(HEALTH, "id")])
    assert found[Place(HEALTH, "id")].numbers == 2 + begun


async def test_events_of_other_records_do_not_wait(ingest: Ingest) -> None:
    async with while_another_admits(ingest, checkup(subject="K-1")):
        async with asyncio.timeout(10):
            (answer,) = await admitted(ingest, checkup(subject="K-2"))

    assert answer["outcome"] == "accepted"


async def test_a_watermark_is_said_behind_what_another_process_has_in_hand(ingest: Ingest) -> None:
    await meets(ingest, [checkup()], watermark("2026-03-31"))

    assert [type(message).__name__ for message in await announced(ingest.pool)] == ["RecordAccepted", "FeedWatermark"]


async def test_nothing_is_admitted_beside_a_watermark(ingest: Ingest) -> None:
    await meets(ingest, [watermark("2026-03-31")], checkup())

    assert isinstance((await announced(ingest.pool))[0], FeedWatermark)


@pytest.mark.parametrize(
    ("now", "alone"),
    [
        (datetime(2026, 3, 31, 14, 57, tzinfo=UTC), False),
        (datetime(2026, 3, 31, 14, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 31, 15, 1, tzinfo=UTC), True),
        (datetime(2026, 3, 31, 15, 3, tzinfo=UTC), False),
    ],
)
async def test_at_the_turn_of_a_month_of_japan_one_process_admits_at_a_time(ingest: Ingest, now: datetime, *, alone: bool) -> None:
    at = Ingest(ingest.pool, FixedClock(now))
    async with while_another_admits(at, checkup(subject="K-1")):
        coming = asyncio.create_task(admitted(at, checkup(subject="K-2")))
        if alone:
            await waiting(ingest)
        else:
            await coming
    await coming


async def test_whoever_finds_no_free_lane_waits_for_one(ingest: Ingest) -> None:
    async with ingest.pool.acquire() as db, db.transaction():
        await store.take_all_lanes(db)
        coming = [asyncio.create_task(admitted(ingest, checkup(subject=f"K-{number}"))) for number in range(3)]
        await waiting(ingest)
    await asyncio.gather(*coming)

    assert len(await ingest.records()) == 3
