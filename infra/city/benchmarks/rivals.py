"""
The runs beside the real one: the limit (the same runtime, handlers that do nothing) and the yardstick (no runtime at all).

Both play the same events on the same PostgreSQL and RabbitMQ, in a database and a virtual host of their own, while nothing else runs.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

import asyncpg
import httpx

from contracts.topology import SOURCE_EXCHANGE
from contracts.values import ServiceName
from infra.city import limit, quiet
from infra.city.benchmarks.inlets import inlets_of
from infra.city.benchmarks.meters import Pids, measured
from infra.city.benchmarks.run import Run
from infra.city.books import Books
from infra.city.events import City, distinct
from infra.city.publisher import Publisher
from infra.local.definitions import definitions
from infra.local.root import CannotDo
from infra.local.service_process import REPOSITORY
from infra.local.stack import Stack

LIMIT, YARDSTICK = "limit", "yardstick"
"""Names of their databases and virtual hosts."""

SCRIPT = REPOSITORY / "tests/benchmarks/yardstick.py"
HOPS = ("ingest", "linker", "scorer", "casework")
READY_SECONDS = 60.0
PATIENCE_SECONDS = 3600.0
LOOKS_PER_COST = 20
"""Counting what has arrived takes a twentieth of the time at most."""

_ARRIVED = "select count(*) from casework.record"


class NothingToCompareWith(CannotDo):
    """The yardstick is a file of the repository's tests, and they are not here."""


def server_pids(stack: Stack) -> dict[str, int]:
    """The process of each server."""
    found = {"postgres": stack.postgres.pid, "rabbitmq": stack.broker.pid}
    return {name: pid for name, pid in found.items() if pid is not None}


def play_limit(stack: Stack, city: City, plan: Mapping[str, limit.Plan]) -> Run:
    """Play the city through services that only pass on as many messages as the real ones did."""
    stack.create_database(LIMIT)
    stack.create_vhost(LIMIT)
    plan_file = stack.root / "limit.json"
    plan_file.write_text(json.dumps({name: asdict(each) for name, each in plan.items()}), encoding="utf-8")
    access = stack.access

    def start(service: ServiceName) -> subprocess.Popen[bytes]:
        environment = {
            "TSUNAGU_DATABASE_URL": access.database_url(service, LIMIT),
            "TSUNAGU_BROKER_URL": access.broker_url(service, LIMIT),
            "TSUNAGU_IDENTIFIER_KEY": access.secrets.identifier_key,
            "TSUNAGU_PARKING_KEY": access.secrets.parking_key,
            "TSUNAGU_HTTP_PORT": str(access.service_port(service)),
            limit.PLAN: str(plan_file),
        }
        return _start(stack, ["-m", "infra.city.limit", service], environment, f"limit-{service}")

    with _ended({str(service): start(service) for service in ServiceName}) as processes:
        for service in ServiceName:
            _wait_for(processes[service], lambda url=access.service_url(service): _is_ready(url), f"the limit's {service}")  # type: ignore[misc]
        return asyncio.run(_limit_run(stack, city, _pids(stack, processes)))


async def _limit_run(stack: Stack, city: City, pids: Pids) -> Run:
    different = distinct(city.events).total()
    async with Books(stack.root, LIMIT) as books, Books(stack.root, LIMIT) as aside:

        async def arrived() -> str | None:
            heard = (await books.tally(ServiceName.INGEST, "heard")).get("source", 0)
            return f"{heard} of {different} events" if heard < different else None

        async def play() -> None:
            await Publisher(inlets_of(stack.access, LIMIT)).play(city.events)
            await quiet.until_quiet(books, seconds=PATIENCE_SECONDS, questions=[arrived])

        return await measured(len(city.events), play, pids=pids, server=aside.of(ServiceName.INGEST))


def play_yardstick(stack: Stack, city: City) -> Run:
    """Play the city through the yardstick. Raises NothingToCompareWith."""
    if not SCRIPT.exists():
        raise NothingToCompareWith(f"{SCRIPT} is not there; run this from a clone of the repository, or with --only real")
    access = stack.access
    asyncio.run(_create_database(access.admin_url("postgres")))
    stack.create_vhost(YARDSTICK, _bare(definitions(access.secrets.broker, vhost=YARDSTICK)))
    environment = {"DATABASE_URL": access.admin_url(YARDSTICK), "BROKER_URL": access.broker_url(vhost=YARDSTICK)}

    with _ended({"prepare": _start(stack, [str(SCRIPT), "prepare"], environment, "yardstick-prepare")}) as preparing:
        if preparing["prepare"].wait(READY_SECONDS):
            raise RuntimeError("the yardstick cannot be prepared")
    with _ended({hop: _start(stack, [str(SCRIPT), hop], environment, f"yardstick-{hop}") for hop in HOPS}) as processes:
        for hop in HOPS:
            log = stack.root / f"log/yardstick-{hop}.log"
            _wait_for(processes[hop], lambda log=log: "ready" in log.read_text(encoding="utf-8"), f"the yardstick's {hop}")  # type: ignore[misc]
        return asyncio.run(_yardstick_run(stack, city, processes))


async def _yardstick_run(stack: Stack, city: City, processes: Mapping[str, subprocess.Popen[bytes]]) -> Run:
    different = distinct(city.events).total()
    db = await asyncpg.connect(stack.access.admin_url(YARDSTICK))

    async def play() -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        await Publisher(inlets_of(stack.access, YARDSTICK)).play(city.events)
        began = time.monotonic()
        while (arrived := await db.fetchval(_ARRIVED)) < different:
            if time.monotonic() > deadline or any(process.poll() is not None for process in processes.values()):
                raise quiet.NotAtRest(f"{arrived} of {different} events passed the yardstick")
            await asyncio.sleep(max(quiet.LOOK_SECONDS, LOOKS_PER_COST * (time.monotonic() - began)))
            began = time.monotonic()

    try:
        return await measured(len(city.events), play, pids=_pids(stack, processes), server=db)
    finally:
        await db.close()


async def _create_database(admin_url: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f"create database {YARDSTICK} template template0")
    finally:
        await admin.close()


def _bare(content: dict[str, object]) -> dict[str, object]:
    """Of the real definitions only what a source needs to publish; the yardstick makes its queues itself."""
    exchanges = content["exchanges"]
    assert isinstance(exchanges, list)  # noqa: S101 (ours)
    return {**content, "policies": [], "queues": [], "bindings": [], "exchanges": [e for e in exchanges if e["name"] == SOURCE_EXCHANGE]}


def _pids(stack: Stack, processes: Mapping[str, subprocess.Popen[bytes]]) -> dict[str, int]:
    return server_pids(stack) | {name: process.pid for name, process in processes.items()}


def _start(stack: Stack, argv: Sequence[str], environment: Mapping[str, str], name: str) -> subprocess.Popen[bytes]:
    log = (stack.root / f"log/{name}.log").open("wb")
    with log:
        return subprocess.Popen(
            [sys.executable, *argv],
            env={**os.environ, **environment},
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


@contextlib.contextmanager
def _ended(processes: dict[str, subprocess.Popen[bytes]]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Processes for the length of a block."""
    try:
        yield processes
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait(30)


def _wait_for(process: subprocess.Popen[bytes], ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not become ready")
        time.sleep(0.1)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=2).is_success
    except httpx.TransportError:
        return False
