"""Exactly one effect for each event, and one bad event never takes its parcel with it (architecture.md §3)."""

import asyncio
import errno
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from contracts.deeds.deed import Deed, Keeping, ThingKind
from contracts.ids import EventId, PersonId
from contracts.messages import DecisionRecorded, PersonChanged, RecordAccepted, Thing
from contracts.values import ServiceName, Sex, Source
from infra import parcels as parcels_module
from infra.clock import FixedClock
from infra.identifiers import Identifiers, caused
from infra.outcomes import Outcome, Park, RetryLater
from infra.parcels import GivenBack, Handler, OnHeld, Parcel, ParcelHandler, Patience
from infra.parking import SQL, ParkingBody, listed
from infra.parking.limit import Limits, ParkingLimit
from infra.runs import Run
from infra.telemetry import Telemetry
from infra.testing.fixtures import Database, announced
from infra.work import UnitOfWork

pytestmark = pytest.mark.servers
NOW = datetime(2026, 4, 1, tzinfo=UTC)


class Broken(Exception):
    """What a handler raises at an event that it cannot bear."""


def accepted(number: int) -> RecordAccepted:
    return RecordAccepted(
        event_id=EventId(UUID(int=number)),
        occurred_at=NOW,
        source=Source.RESIDENT_REGISTRY,
        event_type="resident.changed",
        record_id=f"R-{number}",
        revision=1,
        effective_on=NOW.date(),
        recorded_at=NOW,
        person_no=str(number),
        data={},
    )


async def says_one_person_each(work: UnitOfWork, events: Sequence[RecordAccepted]) -> Mapping[EventId, Outcome]:
    for event in events:
        if event.record_id == "R-13":
            raise Broken("the text of an error may hold personal data")
        work.announce(person(event), key=event.record_id)
    return {}


def person(event: RecordAccepted) -> PersonChanged:
    return PersonChanged(
        event_id=caused(event.event_id, "PersonChanged"),
        occurred_at=NOW,
        person_id=PersonId(event.event_id),
        version=1,
        birth_date=NOW.date(),
        sex=Sex.UNKNOWN,
        residence=(),
        household_id=None,
    )


class Hearing(ParcelHandler[RecordAccepted]):
    """Takes events as a message without names of runs brings them."""

    async def __call__(self, events: Sequence[RecordAccepted] | Parcel[RecordAccepted], given_back: GivenBack = lambda: False) -> None:
        await super().__call__(events if isinstance(events, Parcel) else parcel(events), given_back)


def parcel(events: Sequence[RecordAccepted], *runs: Run) -> Parcel[RecordAccepted]:
    return Parcel(events, runs or tuple(Run(event.event_id, 1) for event in events))


def parcels(
    pool: asyncpg.Pool,
    handler: Handler[RecordAccepted],
    *,
    partition: int = 0,
    partitions: int = 1,
    on_held: OnHeld[RecordAccepted] | None = None,
    limit: ParkingLimit | None = None,
) -> Hearing:
    telemetry = Telemetry("test")
    return Hearing(
        handler,
        hears=RecordAccepted,
        pool=lambda: pool,
        begin=lambda db: UnitOfWork(db, service=ServiceName.LINKER, clock=FixedClock(NOW), identifiers=Identifiers(b"k")),
        body=ParkingBody(bytes(32)),
        telemetry=telemetry,
        patience=Patience(telemetry),
        committed=lambda: None,
        name="linker",
        partition=partition,
        partitions=partitions,
        on_held=on_held,
        limit=limit,
    )


async def test_a_redelivered_parcel_has_one_effect(database: Database) -> None:
    pool = await database.pool("linker")
    handle = parcels(pool, says_one_person_each)
    events = [accepted(1), accepted(2), accepted(2)]

    await handle(events)
    await handle(events)

    assert [UUID(int=1), UUID(int=2)] == [message.person_id for message in await announced(pool) if isinstance(message, PersonChanged)]
    tally = {(row["kind"], row["key"]): row["n"] for row in await pool.fetch("select * from tally")}
    assert tally == {("heard", "RecordAccepted"): 2, ("said", "PersonChanged"): 2}


async def test_one_event_that_cannot_be_borne_is_parked_alone(database: Database) -> None:
    pool = await database.pool("linker")
    events = [accepted(number) for number in range(1, 51)]

    await parcels(pool, says_one_person_each)(events)

    parked = await listed(pool)  # type: ignore[arg-type]
    assert [(UUID(int=13), "Broken")] == [(each.event_id, each.reason) for each in parked]
    assert len(await announced(pool)) == 49


async def test_a_parked_body_cannot_be_read_in_the_table(database: Database) -> None:
    pool = await database.pool("linker")

    await parcels(pool, says_one_person_each)([accepted(13)])

    body = await pool.fetchval("select body from parked")
    assert b"R-13" not in body
    assert b'"R-13"' in ParkingBody(bytes(32)).open(UUID(int=13), body)


async def test_a_replayed_event_is_handled_and_leaves_the_parking(database: Database) -> None:
    pool = await database.pool("linker")
    await parcels(pool, says_one_person_each)([accepted(13)])

    async def mended(work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        for event in events:
            work.announce(person(event), key="k")

    await pool.execute("update parked set retry_at = now()")
    await parcels(pool, mended).retry_parked()

    assert await listed(pool) == []  # type: ignore[arg-type]
    assert [UUID(int=13)] == [message.person_id for message in await announced(pool) if isinstance(message, PersonChanged)]


async def test_a_parked_event_that_cannot_be_read_keeps_its_body_and_stops_no_other(database: Database) -> None:
    pool = await database.pool("linker")
    await parcels(pool, says_one_person_each)([accepted(13)])
    await pool.execute(
        "insert into parked (event_id, type, reason, body, retry_at) values ($1, 'RecordAccepted', 'x', 'not ours', 'epoch')",
        UUID(int=1),
    )

    async def mended(work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        for event in events:
            work.announce(person(event), key="k")

    await pool.execute("update parked set retry_at = now() where event_id = $1", UUID(int=13))
    await parcels(pool, mended).retry_parked()

    assert [(UUID(int=1), "unreadable", None)] == [(each.event_id, each.reason, each.retry_at) for each in await listed(pool)]  # type: ignore[arg-type]
    assert await pool.fetchval("select body from parked") == b"not ours"


async def test_a_right_that_is_missing_for_a_while_is_waited_for(database: Database) -> None:
    pool = await database.pool("linker")
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("revoke insert on linker.inbox from linker")
    handle = parcels(pool, says_one_person_each)

    handling = asyncio.create_task(handle([accepted(1)]))
    async with asyncio.timeout(20):
        while not handle._patience.waiting:  # noqa: ASYNC110 -- the condition is in another task
            await asyncio.sleep(0.01)
        await admin.execute("grant insert on linker.inbox to linker")
        await handling
    await admin.close()

    assert len(await announced(pool)) == 1
    assert await listed(pool) == []  # type: ignore[arg-type]


async def test_what_is_to_be_tried_later_waits_for_its_time(database: Database) -> None:
    pool = await database.pool("linker")

    async def not_yet(_work: UnitOfWork, events: Sequence[RecordAccepted]) -> Mapping[EventId, Outcome]:
        return {event.event_id: RetryLater(timedelta(hours=1), "no_person_yet") for event in events}

    handle = parcels(pool, not_yet)
    await handle([accepted(1)])
    await handle.retry_parked()

    [parked] = await listed(pool)  # type: ignore[arg-type]
    assert (parked.reason, parked.attempts) == ("no_person_yet", 1)
    assert parked.retry_at is not None


async def test_an_event_parked_by_its_handler_says_where_it_hurts(database: Database) -> None:
    pool = await database.pool("linker")

    async def unknown(_work: UnitOfWork, events: Sequence[RecordAccepted]) -> Mapping[EventId, Outcome]:
        return {events[0].event_id: Park("unknown_ward", "ward_code")}

    await parcels(pool, unknown)([accepted(1), accepted(2)])

    assert [(each.reason, each.path) for each in await listed(pool)] == [("unknown_ward", "ward_code")]  # type: ignore[arg-type]


async def test_a_lost_connection_is_waited_for_and_the_parcel_is_handled_once(database: Database) -> None:
    pool = await database.pool("linker")
    admin = await asyncpg.connect(database.admin_url)
    attempts = 0

    async def cut_off_at_first(work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            await admin.execute("select pg_terminate_backend($1)", work.db.get_server_pid())
        for event in events:
            work.announce(person(event), key="k")
            await work.db.fetchval("select 1")

    await parcels(pool, cut_off_at_first)([accepted(1)])
    await admin.close()

    assert attempts == 2
    assert len(await announced(pool)) == 1
    assert await listed(pool) == []  # type: ignore[arg-type]


class Held:
    """Hears what is held back, and says it in the same transaction."""

    def __init__(self) -> None:
        self.told: list[tuple[int, bool]] = []

    async def __call__(self, work: UnitOfWork, event: RecordAccepted, held: bool) -> None:
        self.told.append((event.event_id.int, held))
        work.announce(person(event), key="held")


async def mended(work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
    for event in events:
        work.announce(person(event), key="k")


async def test_an_event_is_told_to_be_held_once_and_to_be_held_no_more_when_it_is_handled_at_last(database: Database) -> None:
    pool, held = await database.pool("linker"), Held()
    await parcels(pool, says_one_person_each, on_held=held)([accepted(12), accepted(13)])
    await pool.execute(SQL.replay_parked, UUID(int=13))
    await parcels(pool, says_one_person_each, on_held=held).retry_parked()  # fails again: nothing new is told
    told_so_far = list(held.told)

    await pool.execute(SQL.replay_parked, UUID(int=13))
    await parcels(pool, mended, on_held=held).retry_parked()

    assert told_so_far == [(13, True)]
    assert held.told == [(13, True), (13, False)]
    assert len(await announced(pool)) == 4  # 12, held, handled, held no more


async def test_a_discarded_event_is_thrown_away_by_the_service_which_tells_that_it_holds_it_no_more(database: Database) -> None:
    pool, held = await database.pool("linker"), Held()
    await parcels(pool, says_one_person_each, on_held=held)([accepted(13)])

    assert await pool.fetchval(SQL.discard_parked, UUID(int=13)) == UUID(int=13)
    assert [each.discarded for each in await listed(pool)] == [True]  # type: ignore[arg-type]
    await parcels(pool, says_one_person_each, on_held=held).retry_parked()

    assert held.told == [(13, True), (13, False)]
    assert await listed(pool) == []  # type: ignore[arg-type]


async def test_a_discarded_event_that_cannot_be_read_is_thrown_away(database: Database) -> None:
    pool, held = await database.pool("linker"), Held()
    await pool.execute("insert into parked (event_id, type, reason, body) values ($1, 'RecordAccepted', 'x', 'not ours')", UUID(int=1))

    await pool.execute(SQL.discard_parked, UUID(int=1))
    await parcels(pool, mended, on_held=held).retry_parked()

    assert held.told == []
    assert await listed(pool) == []  # type: ignore[arg-type]


async def test_a_parked_event_is_tried_again_by_its_own_partition(database: Database) -> None:
    pool = await database.pool("linker")
    await parcels(pool, says_one_person_each, partition=1, partitions=2)([accepted(13)])
    await pool.execute(SQL.replay_parked, UUID(int=13))

    await parcels(pool, mended, partition=0, partitions=2).retry_parked()
    assert len(await listed(pool)) == 1  # type: ignore[arg-type]
    await parcels(pool, mended, partition=1, partitions=2).retry_parked()

    assert await listed(pool) == []  # type: ignore[arg-type]


class Wrong:
    """A handler with a mistake that one event meets."""

    def __init__(self, mistake: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        self._mistake = mistake

    async def __call__(self, work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        for event in events:
            if event.record_id == "R-13":
                await self._mistake(work)
            work.announce(person(event), key=event.record_id)


async def missing_file(_work: UnitOfWork) -> None:
    await asyncio.to_thread(Path("/nowhere/at/all").read_text)


@pytest.mark.parametrize(
    ("mistake", "reason"),
    [
        (lambda work: work.db.fetch("select $1::int", 1, 2), "InterfaceError"),
        (lambda work: work.db.fetch("select * from no_such_table"), "UndefinedTableError"),
        (lambda work: work.db.fetch("select * from audit.entry"), "InsufficientPrivilegeError"),
        (lambda work: work.db.fetch("select $1::int", "not a number"), "DataError"),
        (missing_file, "FileNotFoundError"),
    ],
)
async def test_a_mistake_parks_the_one_event_that_meets_it_and_is_not_waited_for(
    database: Database, mistake: Callable[[UnitOfWork], Awaitable[object]], reason: str
) -> None:
    pool = await database.pool("linker")

    async with asyncio.timeout(20):
        await parcels(pool, Wrong(mistake))([accepted(number) for number in range(10, 16)])

    assert [(UUID(int=13), reason)] == [(each.event_id, each.reason) for each in await listed(pool)]  # type: ignore[arg-type]
    assert len(await announced(pool)) == 5


async def test_what_one_event_says_and_the_database_does_not_take_is_that_events_fault(database: Database) -> None:
    pool = await database.pool("linker")

    async def says_with_a_bad_key(work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        for event in events:
            work.announce(person(event), key="k\x00" if event.record_id == "R-10" else "k")

    async with asyncio.timeout(20):
        await parcels(pool, says_with_a_bad_key)([accepted(number) for number in range(10, 16)])

    assert [UUID(int=10)] == [each.event_id for each in await listed(pool)]  # type: ignore[arg-type]
    assert len(await announced(pool)) == 5


async def test_a_log_that_fails_costs_no_event(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = await database.pool("linker")

    class FullDisk:
        def __getattr__(self, name: str) -> Callable[..., None]:
            def fail(*_: object, **__: object) -> None:
                raise OSError(errno.ENOSPC, name)

            return fail

    monkeypatch.setattr(parcels_module, "log", FullDisk())

    async with asyncio.timeout(20):
        await parcels(pool, says_one_person_each)([accepted(number) for number in range(10, 16)])

    assert [UUID(int=13)] == [each.event_id for each in await listed(pool)]  # type: ignore[arg-type]
    assert len(await announced(pool)) == 5


async def breaks(_work: UnitOfWork, _events: Sequence[RecordAccepted]) -> None:
    raise Broken


async def test_a_bad_deployment_parks_a_few_events_then_stops_with_the_rest_in_hand(database: Database) -> None:
    pool = await database.pool("linker")
    limit = ParkingLimit(Limits(least=4, share=0.5))
    handle = parcels(pool, breaks, limit=limit)
    await handle([accepted(number) for number in range(1, 5)])

    handling = asyncio.create_task(handle([accepted(number) for number in range(5, 9)]))
    async with asyncio.timeout(20):
        while not limit.reached:  # noqa: ASYNC110 -- the condition is in another task
            await asyncio.sleep(0.01)

    assert len(await listed(pool)) == 4  # type: ignore[arg-type]
    assert not handling.done()
    limit.resume()
    async with asyncio.timeout(20):
        await handling
    assert len(await listed(pool)) == 8  # type: ignore[arg-type]


async def test_whoever_lets_a_stopped_service_go_on_gets_past_the_parcel_that_stopped_it(database: Database) -> None:
    pool = await database.pool("linker")
    limit = ParkingLimit(Limits(least=4, share=0.5))
    handle = parcels(pool, breaks, limit=limit)

    for first in (1, 11):  # each parcel alone is over the limit, and each wants a word of its own
        handling = asyncio.create_task(handle([accepted(number) for number in range(first, first + 6)]))
        async with asyncio.timeout(20):
            while not limit.reached:  # noqa: ASYNC110 -- the condition is in another task
                await asyncio.sleep(0.01)
            assert len(await listed(pool)) == first // 11 * 6  # type: ignore[arg-type]
            limit.resume()
            await handling

    assert len(await listed(pool)) == 12  # type: ignore[arg-type]


async def test_a_person_lets_a_stopped_service_go_on(database: Database) -> None:
    pool = await database.pool("linker")
    stopped_at = await pool.fetchval(SQL.database_time)
    before = await pool.fetchval(SQL.is_parking_resumed, stopped_at)

    await pool.execute(SQL.resume_parking)

    assert before is False
    assert await pool.fetchval(SQL.is_parking_resumed, stopped_at) is True
    assert await pool.fetchval(SQL.is_parking_resumed, await pool.fetchval(SQL.database_time)) is False


async def test_whoever_waited_for_a_message_that_was_given_back_lets_go_of_it(database: Database) -> None:
    pool = await database.pool("linker")
    given_back = False
    handle = parcels(pool, says_one_person_each)
    admin = await asyncpg.connect(database.admin_url)

    await admin.execute("revoke insert on linker.inbox from linker")
    handling = asyncio.create_task(handle([accepted(1)], lambda: given_back))
    async with asyncio.timeout(20):
        while not handle._patience.stuck:  # noqa: ASYNC110 -- the condition is in another task
            await asyncio.sleep(0.01)
        given_back = True
        await handling
    await admin.execute("grant insert on linker.inbox to linker")
    await admin.close()

    assert await announced(pool) == []
    await handle([accepted(1)])
    assert len(await announced(pool)) == 1


async def test_two_processes_never_handle_one_partition_side_by_side(database: Database) -> None:
    pool = await database.pool("linker")
    at_work = most = 0

    async def slow(work: UnitOfWork, _events: Sequence[RecordAccepted]) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await work.db.execute("select pg_sleep(0.05)")
        at_work -= 1

    await asyncio.gather(*(parcels(pool, slow)([accepted(number)]) for number in range(1, 5)))
    one_by_one, most = most, 0
    await asyncio.gather(*(parcels(pool, slow, partition=number, partitions=4)([accepted(10 + number)]) for number in range(4)))

    assert one_by_one == 1
    assert most > 1


TESTED = Deed("linker.tested", Keeping.DECISION, of=(ThingKind.SOURCE_EVENT,), screen="試験", done="試した", attempted="試そうとした")


def decides(work: UnitOfWork, event: RecordAccepted) -> None:
    thing = Thing(kind="source_event", id=event.record_id)
    work.keep(TESTED, actor=work.service_actor(), thing=thing, cause=event.event_id)


async def numbers(pool: asyncpg.Pool) -> list[tuple[UUID, int, int]]:
    return [(said.event_id, said.lane, said.sequence) for said in await announced(pool) if isinstance(said, DecisionRecorded)]


async def test_a_parcel_that_comes_again_after_the_inbox_forgot_it_takes_no_number_twice(database: Database) -> None:
    pool = await database.pool("linker")

    async def decide(work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        for event in events:
            decides(work, event)
            decides(work, event)  # noted twice in one unit of work: one entry, one number

    await parcels(pool, decide)([accepted(1), accepted(2)])
    first = await numbers(pool)
    await pool.execute("delete from inbox")
    await parcels(pool, decide)([accepted(1), accepted(2), accepted(3)])

    given = await numbers(pool)
    assert given[:2] == first
    assert len(given) == len({entry for entry, _, _ in given}) == 3
    lanes = {row["lane"]: row["last"] for row in await pool.fetch("select lane, last from audit_lane")}
    assert sum(lanes.values()) == 3
    for lane, last in lanes.items():
        assert sorted(number for _, at, number in given if at == lane) == list(range(1, last + 1))


async def test_what_people_do_is_numbered_each_time(database: Database) -> None:
    pool = await database.pool("linker")

    async def look(work: UnitOfWork, _events: Sequence[RecordAccepted]) -> None:
        for _ in range(2):
            work.keep(TESTED, actor=work.service_actor(), thing=Thing(kind=ThingKind.SOURCE_EVENT, id=None))

    await parcels(pool, look)([accepted(1)])

    assert len(await numbers(pool)) == 2
    assert await pool.fetchval("select count(*) from numbered_entry") == 0


class Gate:
    """Holds the first lot up, so that others come to wait; notes what it was given together."""

    def __init__(self) -> None:
        self.lots: list[list[int]] = []
        self.open = asyncio.Event()
        self.reached = asyncio.Event()

    async def __call__(self, work: UnitOfWork, events: Sequence[RecordAccepted]) -> None:
        numbers = [event.event_id.int for event in events]
        if not self.lots:
            self.lots.append(numbers)
            self.reached.set()
            await self.open.wait()
        else:
            if 13 in numbers:
                raise Broken
            self.lots.append(numbers)
        for event in events:
            work.announce(person(event), key="k")


async def behind_the_first(handle: Hearing, gate: Gate, waiting: Sequence[Callable[[], Awaitable[None]]]) -> list[asyncio.Task[None]]:
    """Begin one parcel, and let others come while it is in hand."""
    tasks = [asyncio.ensure_future(handle([accepted(1)]))]
    async with asyncio.timeout(20):
        await gate.reached.wait()
    tasks += [asyncio.ensure_future(each()) for each in waiting]
    while len(handle._waiting) < len(tasks):  # noqa: ASYNC110 -- the condition is in other tasks
        await asyncio.sleep(0)
    return tasks


async def test_parcels_that_wait_are_handled_together_in_the_order_of_their_delivery(database: Database) -> None:
    pool, gate = await database.pool("linker"), Gate()
    handle = parcels(pool, gate)
    waiting = [[accepted(2 * number), accepted(2 * number + 1)] for number in range(1, 5)]

    tasks = await behind_the_first(handle, gate, [lambda events=events: handle(events) for events in waiting])  # type: ignore[misc]
    gate.open.set()
    async with asyncio.timeout(20):
        await asyncio.gather(*tasks)

    assert gate.lots == [[1], [2, 3, 4, 5, 6, 7, 8, 9]]
    assert len(await announced(pool)) == 9


async def test_no_more_are_handled_together_than_the_bound_allows(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels_module, "TOGETHER_EVENTS", 3)
    pool, gate = await database.pool("linker"), Gate()
    handle = parcels(pool, gate)
    waiting = [[accepted(2 * number), accepted(2 * number + 1)] for number in range(1, 3)] + [[accepted(number) for number in range(6, 12)]]

    tasks = await behind_the_first(handle, gate, [lambda events=events: handle(events) for events in waiting])  # type: ignore[misc]
    gate.open.set()
    async with asyncio.timeout(20):
        await asyncio.gather(*tasks)

    assert gate.lots == [[1], [2, 3], [4, 5], [6, 7, 8, 9, 10, 11]]


async def test_no_more_are_handled_together_than_fit_the_bound_of_bytes(database: Database) -> None:
    pool, gate = await database.pool("linker"), Gate()
    handle = parcels(pool, gate)
    heavy = [
        Parcel(events, parcel(events).runs, parcels_module.TOGETHER_BYTES // 2) for events in ([accepted(2)], [accepted(3)], [accepted(4)])
    ]

    tasks = await behind_the_first(handle, gate, [lambda each=each: handle(each) for each in heavy])  # type: ignore[misc]
    gate.open.set()
    async with asyncio.timeout(20):
        await asyncio.gather(*tasks)

    assert gate.lots == [[1], [2, 3], [4]]


async def test_one_bad_event_among_parcels_handled_together_is_parked_alone(database: Database) -> None:
    pool, gate = await database.pool("linker"), Gate()
    handle = parcels(pool, gate)
    waiting = [[accepted(number)] for number in range(10, 20)]

    tasks = await behind_the_first(handle, gate, [lambda events=events: handle(events) for events in waiting])  # type: ignore[misc]
    gate.open.set()
    async with asyncio.timeout(20):
        await asyncio.gather(*tasks)

    assert [UUID(int=13)] == [each.event_id for each in await listed(pool)]  # type: ignore[arg-type]
    assert [number for lot in gate.lots for number in lot] == [1, 10, 11, 12, 14, 15, 16, 17, 18, 19]
    assert len(await announced(pool)) == 10


async def test_what_was_given_back_while_it_waited_is_left_to_whoever_gets_it_next(database: Database) -> None:
    pool, gate = await database.pool("linker"), Gate()
    handle = parcels(pool, gate)

    tasks = await behind_the_first(handle, gate, [lambda: handle([accepted(2)], lambda: True), lambda: handle([accepted(3)])])
    gate.open.set()
    async with asyncio.timeout(20):
        await asyncio.gather(*tasks)

    assert gate.lots == [[1], [3]]


async def test_whoever_handles_for_others_and_is_cut_off_leaves_them_nothing_undone(database: Database) -> None:
    pool, gate = await database.pool("linker"), Gate()
    handle = parcels(pool, gate)

    first, *others = await behind_the_first(handle, gate, [lambda: handle([accepted(2)]), lambda: handle([accepted(3)])])
    first.cancel()
    async with asyncio.timeout(20):
        await asyncio.gather(*others)

    assert first.cancelled()
    assert gate.lots == [[1], [2, 3]]
    assert sorted(said.person_id.int for said in await announced(pool) if isinstance(said, PersonChanged)) == [2, 3]


async def test_a_run_that_comes_again_among_others_is_dropped(database: Database) -> None:
    pool = await database.pool("linker")
    handle = parcels(pool, mended)
    names = [Run(UUID(int=100 + number), 2) for number in range(3)]
    pairs = [[accepted(2 * number), accepted(2 * number + 1)] for number in range(1, 4)]

    await handle(parcel(pairs[0] + pairs[1], names[0], names[1]))
    await handle(parcel(pairs[1] + pairs[2], names[1], names[2]))

    assert [said.person_id.int for said in await announced(pool) if isinstance(said, PersonChanged)] == [2, 3, 4, 5, 6, 7]
    assert await pool.fetchval("select count(*) from inbox") == 3
