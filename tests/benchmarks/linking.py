"""
How fast rows of schools' lists that name no number are linked by events, from the parcel to the committed decision.

    python tests/benchmarks/linking.py [--people N] [--rows N] [--json]

A city that is difficult to link is drawn (`infra/city/linkage`, seed 7). Its children, and their schools, go through the linker itself into
a PostgreSQL of their own, durable; adults are left out, since no row is compared with them. Then come rows of lists, one of ten with
something wrong: in parcels of 200, of 20, of 5 and of one, each from the start of the handler to the commit, one process, no broker. The
limit of each part are the same statements with the same arguments in a copy of the database as it was, in the same run: what is left is
Python. Beside the CPU of this process stands that of PostgreSQL's: one waits for the other, so that the two add up, and how often it was
asked.
"""

import argparse
import csv
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any, NamedTuple

import asyncpg
import structlog
from rich.console import Console

from contracts.messages import RecordAccepted
from contracts.values import ServiceName, Source
from infra.city.linkage.writing import Wish, write
from infra.clock import FixedClock
from infra.identifiers import Identifiers
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all, wall_off
from infra.postgres import open_pool
from infra.service import carry_out
from infra.work import UnitOfWork
from services.linker.handlers import on_parcel
from tests.benchmarks.door import say
from tests.benchmarks.side_by_side import PASSWORD, own_server
from tests.integration.linker.records import REGISTER, accepted

NOW = datetime(2026, 4, 10, tzinfo=UTC)
FIRST_BORN, FIRST_PUPIL, LAST_PUPIL = "2000-01-01", "2011-04-02", "2020-04-01"
PUPILS_A_SCHOOL = 450
LOADED_AT_ONCE = 800
PARCELS = ((200, 0.8), (20, 0.12), (5, 0.05), (1, 0.03))
"""How many rows a parcel has, and which share of the rows comes so."""
WRONG = 0.1
Statement = tuple[str, tuple[Any, ...]]


def children(people: int) -> list[dict[str, str]]:
    """The children of a city that is drawn for it."""
    with tempfile.TemporaryDirectory(prefix="tsunagu-linking-") as folder:
        write(Wish(people, 7), Path(folder), Console(stderr=True, quiet=True))
        with (Path(folder) / "register.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["birth_date"] >= FIRST_BORN and len(row["birth_date"]) == len(FIRST_BORN)]


def _is_pupil(child: dict[str, str]) -> bool:
    return FIRST_PUPIL <= child["birth_date"] <= LAST_PUPIL


def _grade(child: dict[str, str]) -> int:
    year, month, day = map(int, child["birth_date"].split("-"))
    return 2026 - (year - ((month, day) < (4, 2))) - 6


def _said(child: dict[str, str]) -> dict[str, Any]:
    names = {"name": f"{child['family']} {child['given']}", "kana": f"{child['family_kana']} {child['given_kana']}"}
    return {**names, "birth_date": child["birth_date"], "sex": {"男": "male", "女": "female"}.get(child["sex"], "unknown")}


def register(known: Sequence[dict[str, str]], schools: int) -> Iterator[RecordAccepted]:
    """What the register says of the children, and which schools they are at."""
    for each in known:
        number, home = each["person_no"], each["household_no"] or f"H-{each['person_no']}"
        data = {"person_no": number, **_said(each), "household_no": home, "relationship_to_head": "child"}
        data |= {"resident_from": each["birth_date"], "ward_code": "hakata"}
        yield accepted(REGISTER, "resident.changed", f"R-{number}", data, on=each["birth_date"])
        if _is_pupil(each):
            at = {"person_no": number, "school_code": f"S{hash_of(home) % schools}", "grade": _grade(each)}
            yield accepted(REGISTER, "school_register.changed", f"G-{number}", at, on="2026-04-01")


def batched(events: Sequence[RecordAccepted], size: int) -> Iterator[Sequence[RecordAccepted]]:
    """So many at a time."""
    return (events[first : first + size] for first in range(0, len(events), size))


def hash_of(text: str) -> int:
    """A number for a text, the same in every run."""
    return sum((place + 1) * ord(sign) for place, sign in enumerate(text))


def rows(known: Sequence[dict[str, str]], schools: int, most: int | None) -> list[RecordAccepted]:
    """The rows of the schools' lists, in no order."""
    rng, told = Random(7), []  # noqa: S311 -- the same rows in every run
    for number, each in enumerate(filter(_is_pupil, known)):
        home = each["household_no"] or f"H-{each['person_no']}"
        said = _said(each)
        if rng.random() < WRONG:
            wrong = rng.choice(("name", "kana", "birth_date", "grade"))
            said |= {wrong: None} if wrong != "birth_date" else {"birth_date": said["birth_date"][:8] + f"{rng.randint(1, 28):02}"}
        data = {
            "school_code": f"S{hash_of(home) % schools}",
            "fiscal_year": 2026,
            "pupil_key": f"P-{number}",
            "grade": _grade(each),
            **said,
        }
        told.append(accepted(Source.PUPIL_REGISTRY, "pupil.registered", f"L-{number}", data, on="2026-04-01"))
    rng.shuffle(told)
    return told[:most]


class Took(NamedTuple):
    """What a parcel took: seconds until it was committed, and of CPU, here and in PostgreSQL."""

    seconds: float
    cpu: float
    postgres: float


async def _link(pool: asyncpg.Pool, parcel: Sequence[RecordAccepted], kept: list[Statement] | None = None) -> Took:
    """Link a parcel as the runtime does. What PostgreSQL does when the connection is given back is not in its part."""
    cpu, began = time.process_time(), time.perf_counter()
    async with pool.acquire() as db:
        # The process of this parcel: a connection is renewed now and then.
        server = db.get_server_pid()
        busy = _busy(server)
        async with db.transaction():
            work = UnitOfWork(db, service=ServiceName.LINKER, clock=FixedClock(NOW), identifiers=Identifiers(b"benchmark"))
            if kept is None:
                assert not await on_parcel(work, parcel)
                await work.flush()
            else:
                with work.db.query_logger(lambda told: kept.append((told.query, tuple(told.args or ())))):
                    assert not await on_parcel(work, parcel)
                    await work.flush()
        busy = _busy(server) - busy
    return Took(time.perf_counter() - began, time.process_time() - cpu, busy)


def _busy(pid: int) -> float:
    """Seconds of CPU of a process so far, by the kernel's own count: a parcel of one is less than a tick of the clock."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


async def _again(pool: asyncpg.Pool, statements: Sequence[Statement]) -> float:
    began = time.perf_counter()
    async with pool.acquire() as db, db.transaction():
        for query, arguments in statements:
            await db.fetch(query, *arguments)
    return time.perf_counter() - began


def _figures(size: int, took: Sequence[Took], statements: int, limit: Sequence[float]) -> dict[str, Any]:
    cuts = quantiles([each.seconds * 1000 for each in took], n=100) if len(took) > 1 else [took[0].seconds * 1000] * 99
    count = size * len(took)
    per_second, most = count / sum(each.seconds for each in took), count / sum(limit)
    return {
        "parcel": size,
        "records": count,
        "records_per_second": per_second,
        "cpu_us_per_record": sum(each.cpu for each in took) * 1e6 / count,
        "postgres_us_per_record": sum(each.postgres for each in took) * 1e6 / count,
        "statements_per_parcel": statements / len(took),
        "ms_p50": cuts[49],
        "ms_p99": cuts[98],
        "limit_per_second": most,
        "of_limit": per_second / most,
    }


async def _copy(own: PostgresServer, name: str) -> asyncpg.Pool:
    admin = await asyncpg.connect(own.url())
    await admin.execute(f"create database {name} template benchmark")
    await wall_off(admin, name)
    await admin.close()
    return await _pool(own, name)


async def _pool(own: PostgresServer, name: str) -> asyncpg.Pool:
    return await open_pool(f"postgresql://linker:{PASSWORD}@127.0.0.1:{own.port}/{name}", name="benchmark", most=1)


async def _measured(own: PostgresServer, people: int, most: int | None) -> dict[str, Any]:
    known = children(people)
    schools = max(1, sum(map(_is_pupil, known)) // PUPILS_A_SCHOOL)
    admin = await asyncpg.connect(own.url())
    await admin.execute("create database benchmark template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
    await admin.close()
    await migrate_all(own.url("benchmark"), dict.fromkeys(LOGINS, PASSWORD))
    pool, began = await _pool(own, "benchmark"), time.monotonic()
    events = list(register(known, schools))
    for parcel in batched(events, LOADED_AT_ONCE):
        await _link(pool, parcel)
    loaded = time.monotonic() - began
    await pool.close()
    owner = await asyncpg.connect(own.url("benchmark"))
    await owner.execute("vacuum (analyze)")
    await owner.execute("checkpoint")
    await owner.close()

    told, first, parts = rows(known, schools, most), 0, []
    here, beside = await _copy(own, "measured"), await _copy(own, "limited")
    for size, share in PARCELS:
        lot = told[first : first + max(size, int(len(told) * share) // size * size)]
        first += len(lot)
        took: list[Took] = []
        limit: list[float] = []
        statements = 0
        for parcel in (each for each in batched(lot, size) if len(each) == size):
            kept: list[Statement] = []
            took.append(await _link(here, parcel, kept))
            statements += len(kept)
            limit.append(await _again(beside, kept))
        parts.append(_figures(size, took, statements, limit))
    states = await here.fetch("select state, count(*) as records from record where event_type = 'pupil.registered' group by state")
    await here.close()
    await beside.close()
    return {
        "people": people,
        "children": len(known),
        "pupils": sum(map(_is_pupil, known)),
        "schools": schools,
        "events_loaded": len(events),
        "seconds_to_load": loaded,
        "parts": parts,
        "states": {row["state"]: row["records"] for row in states},
    }


def measure(people: int, most: int | None) -> dict[str, Any]:
    """Everything that is measured."""
    load = os.getloadavg()[0]
    with own_server() as own:
        found = carry_out(_measured(own, people, most))
    return {"load_before": load, "load_after": os.getloadavg()[0], "processors": os.cpu_count(), **found}


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200_000, help="Of the city whose children stand in the register.")
    parser.add_argument("--rows", type=int, default=None, help="At most so many rows of lists.")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    told = measure(arguments.people, arguments.rows)
    if arguments.json:
        say(json.dumps(told))
        return
    say(f"{told['processors']} cores, load {told['load_before']:.1f} before and {told['load_after']:.1f} after")
    loaded = told["events_loaded"] / told["seconds_to_load"]
    say(f"{told['people']:,} people: {told['children']:,} children in the register ({loaded:,.0f} events/s), {told['pupils']:,} pupils")
    for each in told["parts"]:
        cpu = f"{each['cpu_us_per_record']:5.0f} and {each['postgres_us_per_record']:5.0f} µs of CPU a record (Python, PostgreSQL)"
        speed = f"{each['records_per_second']:8,.0f} records/s {cpu}; {each['statements_per_parcel']:.1f} statements a parcel"
        times = f"a parcel p50 {each['ms_p50']:.2f} ms, p99 {each['ms_p99']:.2f}"
        limit = f"limit {each['limit_per_second']:,.0f}/s ({each['of_limit']:.2f})"
        say(f"parcels of {each['parcel']:3}: {each['records']:6,} rows {speed}; {times}; {limit}")
    say(", ".join(f"{count:,} {state}" for state, count in sorted(told["states"].items())))


if __name__ == "__main__":
    main()
