"""Time passes: days come singly or many at once, 1 April for a whole city, and a day costs what is due on it (`domain.md` §2.2)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest
from asyncpg import Connection

from contracts.ids import PersonId
from contracts.messages import Message, ReviewNeeded
from contracts.values import Item, ServiceName, Source
from infra.local.postgres import PostgresServer
from infra.testing.fixtures import fresh_database, unit_of_work
from services.scorer import inspection
from services.scorer.domain.spreading import TURN_DAYS
from services.scorer.evaluating import evaluate_due
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import checkup, in_hand, person, watermark
from tests.integration.scorer.test_lists import printed
from tests.integration.scorer.test_order import everything

pytestmark = pytest.mark.servers

_CONN = Item.NO_MUNICIPAL_CONTACT.value
TURN = date(2026, 4, 1)
CONTACT = (
    Source.CHILDCARE,
    Source.PUBLIC_ASSISTANCE,
    Source.MATERNAL_CHILD_HEALTH,
    Source.CHILD_ALLOWANCES,
    Source.SPECIAL_CHILD_ALLOWANCE,
    Source.DISABILITY,
    Source.CHILD_CONSULTATION,
)


def who(number: int) -> PersonId:
    return PersonId(UUID(int=0x2000 + number))


def at_home(*numbers: int) -> list[Message]:
    """Children who come into the class of three-year-olds on 1 April 2026, enrolled nowhere; nothing was heard of them for a year."""
    told: list[Message] = []
    for number in numbers:
        told.append(person(f"2022-10-{1 + number % 20:02}", who=who(number)))
        told += [checkup(kind, day, f"{kind}-{number}", who=who(number)) for kind, day in (("4m", "2023-02-20"), ("18m", "2024-05-01"))]
    return told


async def day_after_day(scorer: Scorer, first: date, last: date) -> None:
    """Every feed delivers every day."""
    for number in range((last - first).days + 1):
        day = str(first + timedelta(number))
        await scorer.day_comes(day)
        await scorer.hears(watermark(day, *CONTACT))
        await scorer.day_comes(day)


async def asked_about(scorer: Scorer) -> list[tuple[PersonId, date]]:
    return [(each.person_id, each.as_of) for each in await scorer.told() if isinstance(each, ReviewNeeded)]


async def test_of_those_for_whom_the_new_school_year_alone_is_the_reason_the_wards_hear_day_by_day(scorer: Scorer) -> None:
    """A whole class comes of age on one 1 April: the list of the day has all of them, the wards some each day, and each once."""
    children = [who(number) for number in range(42)]
    await scorer.day_comes("2026-03-31")
    await scorer.hears(at_home(*range(42)))
    await day_after_day(scorer, date(2026, 3, 31), TURN)
    listed = await printed(scorer, str(TURN))

    await day_after_day(scorer, TURN + timedelta(1), TURN + timedelta(TURN_DAYS + 2))

    assert [str(child) in listed for child in children] == [True] * 42
    told = await asked_about(scorer)
    assert sorted(child for child, _ in told) == children
    assert Counter(day for _, day in told) == {TURN + timedelta(number): 3 for number in range(TURN_DAYS)}
    # Since when it is known does not wait.
    known = await scorer.pool.fetchval(
        "select count(*) from evaluation where item = $1 and value = 'TRUE' and known_at::date = $2", _CONN, TURN
    )
    assert known == 42


async def test_what_else_is_a_reason_is_told_at_once_and_what_ended_while_it_waited_is_never_told(scorer: Scorer) -> None:
    late = max((who(number) for number in range(14)), key=lambda each: each.int % TURN_DAYS)
    await scorer.day_comes("2026-03-31")
    await scorer.hears(at_home(late.int - 0x2000), at_home(20), person("2024-02-10"), checkup("4m", "2024-06-20"))
    await day_after_day(scorer, date(2026, 3, 31), date(2026, 4, 2))
    before = await asked_about(scorer)

    # One of them comes to its checkup before the ward would have been asked.
    await scorer.hears(checkup("3y", "2026-04-02", "K-3y", who=late))
    await day_after_day(scorer, date(2026, 4, 3), date(2026, 4, 20))

    told = [child for child, _ in await asked_about(scorer)]
    assert late not in told
    assert late not in [child for child, _ in before]
    assert told.count(who(20)) == 1
    assert (await scorer.value(Item.CHECKUP_18M_NOT_RECEIVED))[0] == "TRUE"


async def test_who_has_another_reason_or_was_told_of_since_does_not_wait_and_nobody_begins_to_wait_anew(scorer: Scorer) -> None:
    """A record in hand leaves open for a day whether anybody was heard of: nobody's review comes the later for it, but by that day."""
    second, last, light = who(13), who(11), who(25)
    assert [each.int % TURN_DAYS for each in (second, last, light)] == [1, 13, 13]
    await scorer.day_comes("2026-03-31")
    await scorer.hears(at_home(11, 13), at_home(25), checkup("18m", "2024-05-01", "18m-25", who=light, revision=2, weight_kg=7.0))
    await day_after_day(scorer, date(2026, 3, 31), date(2026, 4, 3))

    await day_after_day(scorer, date(2026, 4, 4), date(2026, 4, 4))
    await scorer.hears(in_hand(1, None, source=Source.CHILDCARE))
    await scorer.day_comes("2026-04-04")
    held = await scorer.value(Item.NO_MUNICIPAL_CONTACT, last)
    await scorer.day_comes("2026-04-05")
    await scorer.hears(in_hand(0, None, version=2, source=Source.CHILDCARE))
    await scorer.day_comes("2026-04-05")
    await day_after_day(scorer, date(2026, 4, 5), date(2026, 4, 19))

    assert held == ("UNKNOWN", "record_in_hand")
    told = defaultdict[PersonId, list[str]](list)
    for child, day in await asked_about(scorer):
        told[child].append(str(day))
    assert told == {light: ["2026-04-01", "2026-04-05"], second: ["2026-04-02", "2026-04-05"], last: ["2026-04-14"]}


async def test_after_days_on_which_nothing_ran_all_is_as_if_it_had(scorer: Scorer, postgres: PostgresServer, template: str) -> None:
    """Over 1 April and a month of days, with late, corrected and voided records waiting in the queue meanwhile."""
    told = [*at_home(*range(6)), *everything()]
    async with fresh_database(postgres, template) as another:
        running = Scorer(await another.pool(ServiceName.SCORER), scorer.clock)
        await every_day(running, told)
        expected = await stands(running)
        opened = {child for child, _ in await asked_about(running)}

    await scorer.day_comes("2026-03-20")
    await scorer.hears(told[: len(told) // 2])
    await scorer.day_comes("2026-04-20")
    await scorer.hears(told[len(told) // 2 :], [mark for day in range(1, 20) for mark in watermark(f"2026-04-{day:02}", *CONTACT)])
    at_once = [
        child for child, day in await asked_about(scorer) if day == date(2026, 4, 20) and child in {who(number) for number in range(6)}
    ]
    await every_day_from(scorer, date(2026, 4, 20))

    assert await stands(scorer) == expected
    assert {who(number) for number in range(6)} <= opened
    assert len(at_once) <= 1, "the new school year is no storm either when it is heard of late"


async def every_day(scorer: Scorer, told: Sequence[Message]) -> None:
    await scorer.day_comes("2026-03-20")
    await scorer.hears(list(told[: len(told) // 2]))
    await day_after_day(scorer, date(2026, 3, 20), date(2026, 4, 19))
    await scorer.hears(list(told[len(told) // 2 :]))
    await every_day_from(scorer, date(2026, 4, 20))


async def every_day_from(scorer: Scorer, day: date) -> None:
    await day_after_day(scorer, day, day + timedelta(TURN_DAYS + 1))


async def stands(scorer: Scorer) -> tuple[str, list[tuple[object, ...]]]:
    """What is answered, and of whom the ward was told that people should look, by which groups."""
    signals = await scorer.pool.fetch("select person_id, needed, groups from review_signal order by person_id")
    return str(await scorer.asked(inspection.content_hash)), [tuple(row) for row in signals]


async def test_a_day_costs_what_is_due_on_it_and_not_what_the_city_has(scorer: Scorer) -> None:
    """Three children come of age: as many statements, and rows read and written, among ten others as among three hundred."""
    await scorer.day_comes("2026-04-10")
    costs: list[tuple[int, int, int, int]] = []
    for first, others in ((0, 10), (1000, 300)):
        told: list[Message] = [person("2024-02-10" if first == 0 else "2024-02-11", who=who(first + number)) for number in range(3)]
        told += [person("2018-07-10", who=who(first + 10 + number)) for number in range(others)]
        await scorer.hears(told)
        await scorer.hears(watermark("2026-04-10", *CONTACT))
        await scorer.day_comes("2026-04-10")
        await scorer.pool.execute("vacuum analyze")
        scorer.clock.at += timedelta(days=1 + len(costs))
        costs.append(await cost_of_the_day(scorer))

    (statements, read, written, children), (more, read_then, written_then, as_many) = costs
    assert (children, as_many) == (3, 3)
    assert more == statements
    assert read_then <= read + 10
    assert written_then == written


async def cost_of_the_day(scorer: Scorer) -> tuple[int, int, int, int]:
    """Statements, rows read and rows written, and how many children were evaluated."""
    asked: list[str] = []

    def note(query: asyncpg.connection.LoggedQuery) -> None:
        asked.append(query.query)

    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        before = await rows_touched(work.db)
        work.db.add_query_logger(note)
        children = await evaluate_due(work, 200)
        work.db.remove_query_logger(note)
        read, written = (now - then for now, then in zip(await rows_touched(work.db), before, strict=True))
    return len(asked), read, written, children


async def rows_touched(db: Connection) -> tuple[int, int]:
    """Rows that this connection has read and written, and that the server has not yet counted for all."""
    read = "coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
    row = await db.fetchrow(f"select sum({read})::int, sum(n_tup_ins + n_tup_upd + n_tup_del)::int from pg_stat_xact_user_tables")
    assert row is not None
    return row[0], row[1]
