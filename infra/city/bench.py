"""
The benchmark of the pipeline: how many source events per second go the whole way, and how many the runtime alone would carry.

A pair is two runs on the same servers. The real one plays a city at full speed into a fresh database and ends when everything is at
rest: broker in, review and audit out. The limit plays the same events through the same runtime, with handlers that only pass on as
many messages per hop as the real services said (`limit.py`), in a second database and virtual host, the real services stopped.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from rich.console import Console

from contracts.values import ServiceName, Source
from infra.city import latency, limit, quiet
from infra.city.books import Books, Tally
from infra.city.cpu import cpu_seconds, own_cpu_seconds, used
from infra.city.events import City, build, distinct
from infra.city.latency import Latency
from infra.city.publisher import Inlets, Publisher
from infra.city.sources.pen import Event
from infra.clock import clock_of
from infra.local.access import Access
from infra.local.service_process import REPOSITORY
from infra.local.stack import Stack, running
from infra.printing import table

EVENTS_PER_CHILD = 10.3
SMALLEST = 40
"""Children of the smallest city."""

TIMED_EVENTS = 100
"""Events that are timed one by one after the flood: enough for a 99th percentile."""

SEED = 7
LIMIT = "limit"
"""Name of the second database and virtual host."""

AUDIT_TYPES = ("AccessRecorded", "DecisionRecorded")
READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Run:
    """One run: source events, seconds from the first publication until rest, CPU seconds by process, messages said by type."""

    events: int
    seconds: float
    cpu: Mapping[str, float]
    messages: int

    @property
    def per_second(self) -> float:
        """Source events per second."""
        return self.events / self.seconds

    @property
    def cpu_per_thousand(self) -> dict[str, float]:
        """CPU seconds per 1,000 source events, by process."""
        return {name: round(seconds * 1000 / self.events, 4) for name, seconds in self.cpu.items()}


@dataclass(frozen=True, slots=True)
class Pair:
    """A real run, the limit on the same servers, and the latency of single events on the idle real system."""

    real: Run
    limit: Run
    latency: Latency

    @property
    def ratio(self) -> float:
        """How much of the limit the real pipeline reaches."""
        return self.real.per_second / self.limit.per_second


def pipeline(events: int, pairs: int, console: Console) -> list[Pair]:
    """Measure `pairs` pairs, each on a fresh stack that is removed afterwards."""
    return [_pair(events, console) for _ in range(pairs)]


def city_of(events: int, today: date, timed: int = TIMED_EVENTS) -> City:
    """A city whose night has about `events` events; nothing is cut off, because half a family is none."""
    guess = max(SMALLEST, round(events / EVENTS_PER_CHILD))
    sample = build(SEED, today, guess, expected=min(timed, guess // 8))
    children = max(SMALLEST, round(guess * events / len(sample.events)))
    return build(SEED, today, children, expected=min(timed, children // 8))


def inlets_of(access: Access, vhost: str = "/") -> Inlets:
    """The inlets of a stack."""
    return Inlets(
        amqp_urls={source: access.broker_url(source, vhost) for source in Source},
        http_url=access.service_url(ServiceName.INGEST),
        passwords={source: access.source_password(source) for source in Source},
    )


def show(pairs: Sequence[Pair], console: Console) -> None:
    """Print the pairs and their median."""
    shown = table("", "events/s", "limit events/s", "ratio", "latency p50 / p99 ms", "CPU s per 1,000 (real / limit)")
    for number, pair in enumerate(pairs, start=1):
        waited = f"{pair.latency.p50} / {pair.latency.p99} (n={pair.latency.n})"
        cpu = f"{sum(pair.real.cpu_per_thousand.values()):.3f} / {sum(pair.limit.cpu_per_thousand.values()):.3f}"
        shown.add_row(str(number), f"{pair.real.per_second:,.0f}", f"{pair.limit.per_second:,.0f}", f"{pair.ratio:.2f}", waited, cpu)
    console.print(shown)
    middle = _median(pairs)
    console.print(f"median: {middle['events_per_second']:,.0f} events/s, ratio {middle['ratio']:.2f}")
    _show_cpu(pairs[-1], console)


def as_json(pairs: Sequence[Pair]) -> str:
    """Everything that was measured, for machines."""
    return json.dumps({"median": _median(pairs), "pairs": [_pair_json(pair) for pair in pairs]}, indent=1)


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "ratio": round(pair.ratio, 3),
        "latency_ms": asdict(pair.latency),
        **{
            name: {
                "events": run.events,
                "seconds": round(run.seconds, 3),
                "events_per_second": round(run.per_second, 1),
                "messages_per_event": round(run.messages / run.events, 2),
                "cpu_seconds_per_1000_events": run.cpu_per_thousand,
            }
            for name, run in (("real", pair.real), ("limit", pair.limit))
        },
    }


def _median(pairs: Sequence[Pair]) -> dict[str, float]:
    return {
        "events_per_second": round(median(pair.real.per_second for pair in pairs), 1),
        "limit_events_per_second": round(median(pair.limit.per_second for pair in pairs), 1),
        "ratio": round(median(pair.ratio for pair in pairs), 3),
    }


def _show_cpu(pair: Pair, console: Console) -> None:
    shown = table("CPU seconds per 1,000 source events", "real", "limit")
    for name in pair.real.cpu:
        shown.add_row(name, f"{pair.real.cpu_per_thousand[name]:.3f}", f"{pair.limit.cpu_per_thousand.get(name, 0):.3f}")
    console.print(shown)


def _pair(events: int, console: Console) -> Pair:
    console.print("Starting a fresh stack …")
    key = hashlib.sha256(f"bench {SEED}".encode()).digest()
    with Stack.temporary(identifier_key=key) as described, running(described) as stack:
        city = city_of(events, clock_of(stack.access.clock_file).today())
        console.print(f"Playing {len(city.events):,} events through the real services …")
        real, waited, plan = asyncio.run(_real(stack, city))
        for service in stack.services.values():
            service.stop()
        console.print(f"{real.per_second:,.0f} events/s. The same through services that do nothing …")
        return Pair(real, _limit(stack, city, plan), waited)


async def _real(stack: Stack, city: City) -> tuple[Run, Latency, dict[str, limit.Plan]]:
    pids = _servers(stack) | {str(name): part.pid for name, part in stack.services.items()}
    async with Books(stack.root) as books:
        before = {service: await books.tally(service, "said") for service in ServiceName}
        different = distinct(city.events).total()
        run = await _flood(books, city.events, inlets_of(stack.access), pids, quiet.usual_questions(books, different))
        plan = await _plan(books, before, different)
        waited = await latency.measure(books, Publisher(inlets_of(stack.access)), city.afternoon)
        return run, waited, plan


def _servers(stack: Stack) -> dict[str, int | None]:
    return {"postgres": stack.postgres.pid, "rabbitmq": stack.broker.pid}


async def _flood(
    books: Books, events: Sequence[Event], inlets: Inlets, pids: Mapping[str, int | None], questions: Sequence[quiet.Question]
) -> Run:
    before = _cpu(pids)
    said_before = await _said(books)
    started = time.perf_counter()

    await Publisher(inlets).play(events)
    await quiet.until_quiet(books, questions=questions)

    seconds = time.perf_counter() - started
    return Run(len(events), seconds, used(before, _cpu(pids)), await _said(books) - said_before)


def _cpu(pids: Mapping[str, int | None]) -> dict[str, float]:
    of_parts = {name: cpu_seconds(pid) for name, pid in pids.items() if pid is not None}
    return {"sources (this process)": own_cpu_seconds(), **of_parts}


async def _said(books: Books) -> int:
    return sum([sum((await books.tally(service, "said")).values()) for service in ServiceName])


async def _plan(books: Books, before: Mapping[ServiceName, Tally], events: int) -> dict[str, limit.Plan]:
    """What each service heard and said in the real run, for the limit to repeat."""
    plans = {}
    for service in ServiceName:
        tally = await books.tally(service, "said")
        said = {kind: n - before[service].get(kind, 0) for kind, n in tally.items()}
        heard = events if service is ServiceName.INGEST else sum((await books.tally(service, "heard")).values())
        audited = sum(said.pop(kind, 0) for kind in AUDIT_TYPES)
        plans[str(service)] = limit.Plan(heard, {kind: n for kind, n in said.items() if n and kind in limit.SAMPLES}, audited)
    return plans


def _limit(stack: Stack, city: City, plan: Mapping[str, limit.Plan]) -> Run:
    stack.create_database(LIMIT)
    stack.create_vhost(LIMIT)
    plan_file = stack.root / "limit.json"
    plan_file.write_text(json.dumps({name: asdict(each) for name, each in plan.items()}), encoding="utf-8")
    with _limit_services(stack, plan_file) as processes:
        pids = _servers(stack) | {name: process.pid for name, process in processes.items()}
        return asyncio.run(_limit_run(stack, city, pids))


async def _limit_run(stack: Stack, city: City, pids: Mapping[str, int | None]) -> Run:
    different = distinct(city.events).total()
    async with Books(stack.root, LIMIT) as books:

        async def arrived() -> str | None:
            heard = (await books.tally(ServiceName.INGEST, "heard")).get("source", 0)
            return f"{heard} of {different} events" if heard < different else None

        return await _flood(books, city.events, inlets_of(stack.access, LIMIT), pids, [arrived])


@contextlib.contextmanager
def _limit_services(stack: Stack, plan_file: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    processes = {str(service): _start_limit(stack, service, plan_file) for service in ServiceName}
    try:
        for service in ServiceName:
            _wait_until_ready(stack.access.service_url(service), processes[service])
        yield processes
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait(30)


def _start_limit(stack: Stack, service: ServiceName, plan_file: Path) -> subprocess.Popen[bytes]:
    access = stack.access
    environment = {
        **os.environ,
        "TSUNAGU_DATABASE_URL": access.database_url(service, LIMIT),
        "TSUNAGU_BROKER_URL": access.broker_url(service, LIMIT),
        "TSUNAGU_IDENTIFIER_KEY": access.secrets.identifier_key,
        "TSUNAGU_PARKING_KEY": access.secrets.parking_key,
        "TSUNAGU_HTTP_PORT": str(access.service_port(service)),
        limit.PLAN: str(plan_file),
    }
    log = (stack.root / f"log/limit-{service}.log").open("wb")
    argv = [sys.executable, "-m", "infra.city.limit", service]
    with log:
        return subprocess.Popen(argv, env=environment, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError(f"the limit's service at {url} did not become ready")
        time.sleep(0.1)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=2).is_success
    except httpx.TransportError:
        return False
