"""`tsunagu linker rematch`: after a new model, normaliser or gate everything is as if it had always been the one in use."""

import re
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import pytest
import typer

from contracts.messages import DecisionRecorded
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker import connecting, inspection, matched, store
from services.linker.domain import roster
from services.linker.domain.judgements import Word
from services.linker.domain.matches import Matched
from services.linker.domain.matching import gate
from services.linker.domain.records import RecordKey
from services.linker.handlers import on_parcel
from services.linker.judging import judge_pupil
from services.linker.rematching import running
from services.linker.rematching.commands import rematch
from services.linker.rematching.running import compare_anew
from tests.integration.linker.records import Event, child, drawing, forget_everything, hear, pupil
from tests.integration.linker.test_any_order import what_hearers_hold
from tests.integration.linker.test_commands import Terminal, terminal  # noqa: F401 -- a fixture
from tests.integration.linker.test_rosters import classes, kept

pytestmark = pytest.mark.servers


class Past:
    """The release before: no school is compared, names stand in the register but not under any key, and a list may name a child twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._decide = roster.decide

    def decide(self, row: roster.Row, people: Any) -> Matched:
        """As the model before did."""
        without = {
            who: roster.Comparable(each.profiles, frozenset(each.schools if self._rng.random() < 0.5 else ()))
            for who, each in people.items()
        }
        return replace(self._decide(row, without), model="city-0")


async def say_of_a_pupil(pool: asyncpg.Pool, clock: FixedClock, row: Event) -> None:
    """People say that a pupil is somebody whom no machine would take for it."""
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        key = RecordKey(row.source, row.event_type, row.record_id)
        assert await judge_pupil(work, (await store.records_named(work.db, [key], ()))[key], Word.SAME, "R-Z", "T-1") is None


def told(seed: int) -> list[Event]:
    return [*classes(drawing(seed), 30), child("Z", "2019-01-01", "HZ", name="遠藤 某", kana="エンドウ ボウ")]


async def test_after_comparing_anew_everything_is_as_if_the_version_in_use_had_always_been_it(
    terminal: Terminal,  # noqa: F811
    database: Database,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, events = await database.pool(ServiceName.LINKER), told(1)
    asked = pupil("Y", name="某 某", kana="ボウ ボウ", birth_date="2019-05-05")
    with monkeypatch.context() as before:
        before.setattr(roster, "decide", Past(drawing(3)).decide)
        before.setattr(matched, "VERSION", "normal-0")
        before.setattr(connecting, "named_twice", lambda *_: {})
        await hear(pool, clock, *events, asked)
        await say_of_a_pupil(pool, clock, asked)
    async with pool.acquire() as db:
        # Who stood in the register before rows were compared with it.
        await db.execute("delete from comparable where person_id in (select person_id from comparable order by person_id limit 5)")
        await db.execute("delete from comparable_key where person_id not in (select person_id from comparable)")
        old, said = await kept(db), len(await announced(pool))

    first = await terminal.says("rematch", "--dry-run")
    async with pool.acquire() as db:
        assert await kept(db) == old
    assert len(await announced(pool)) == said

    monkeypatch.setattr(running, "CHILDREN_AT_ONCE", 4)
    monkeypatch.setattr(running, "PUPILS_AT_ONCE", 3)
    # Ended from outside after some pages, it goes on where it was.
    steps = compare_anew(lambda: unit_of_work(pool, ServiceName.LINKER, clock))
    for _ in range(12):
        await anext(steps)
    await steps.aclose()
    await terminal.says("rematch", "--reason", "T-2")

    assert [(each.action, each.reason_code) for each in await announced(pool) if isinstance(each, DecisionRecorded)] == [
        ("linker.compared_anew", "T-2")
    ]
    actual = await facts(pool)
    rows = await pool.fetch(
        "select distinct model, normaliser, gate, supersedes is null as first from roster_row join match_decision using (decision_id)"
    )
    assert {(row["model"], row["normaliser"], row["gate"]) for row in rows} == {("city-1", "normal-4", gate.VERSION)}
    assert not all(row["first"] for row in rows)
    # Something was foretold, and by now nothing is left to do.
    assert any(int(count) > 0 for count in re.findall(r"pupil_registry: (\d+) linked -> people, (\d+) people -> linked", first)[0])
    assert (await terminal.says("rematch", "--dry-run")).splitlines()[-1] == "0 records would go elsewhere"

    with monkeypatch.context() as after:
        after.setattr(gate, "VERSION", "gate-next")
        after.setattr(running, "GATE", "gate-next")
        await terminal.says("rematch", "--reason", "T-3")
        gates = await pool.fetch("select distinct gate from roster_row join match_decision using (decision_id)")
        assert [row["gate"] for row in gates] == ["gate-next"]

    await forget_everything(database)
    await hear(pool, clock, *events, asked)
    await say_of_a_pupil(pool, clock, asked)
    expected = await facts(pool)
    assert old != expected[1]
    assert actual[1] == expected[1]
    assert actual[2] == expected[2]
    assert actual[3] == expected[3]
    assert actual[0] == expected[0]


async def facts(pool: asyncpg.Pool) -> tuple[str, list[Any], dict[Any, Any], dict[str, Any]]:
    """What is linked, compared and told, but for what people did."""
    said = [each for each in await announced(pool) if not isinstance(each, DecisionRecorded)]
    async with pool.acquire() as db:
        assert await inspection.unaccounted(db) == 0
        held = {thing: body | {"occurred_at": None} for thing, body in what_hearers_hold(said).items()}
        return await inspection.content_hash(db), await kept(db), held, await inspection.figures(db)


def test_nothing_is_compared_anew_without_a_reason(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="--dry-run"):
        rematch(tmp_path)


async def test_a_page_of_many_pupils_costs_as_many_statements_as_one_of_few(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, counts = await database.pool(ServiceName.LINKER), []
    for size in (1, 1, 20):
        await forget_everything(database)
        with monkeypatch.context() as before:
            before.setattr(roster, "decide", Past(drawing(3)).decide)
            events = [
                each
                for n in range(size)
                for each in (child(f"C{n}", f"2019-06-{n + 1:02}", f"H{n}"), pupil(f"P{n}", birth_date=f"2019-06-{n + 1:02}", name="某 某"))
            ]
            async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
                assert not await on_parcel(work, events)
        counts.append(await statements(pool, clock))
    assert counts[1] == counts[2]


async def statements(pool: asyncpg.Pool, clock: FixedClock) -> int:
    asked: list[str] = []
    async with unit_of_work(pool, ServiceName.LINKER, clock) as work:
        with work.db.query_logger(lambda record: asked.append(record.query)):
            steps = [step async for step in compare_anew(lambda: nullcontext(work))]
    assert sum(step.pupils for step in steps) > 0
    return len(asked)
