"""
How long ward staff wait for a page: many of them at work at the same time, over an archive of years of cases.

A small city is played through the real services, its wards work, and what they did is copied until there are as many cases as were
wished (`archive.py`). Then staff who are logged in open their list, read, open a child, read, and so on, over HTTP, from a process on the
same machine. It is done twice: with the database's walls (row-level security), and with the same statements without them.
"""

import asyncio
import contextlib
import json
import math
import os
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import cycle, islice
from random import Random
from typing import Any

import asyncpg
import httpx
from rich.console import Console

from contracts.values import Role, Section, ServiceName, Ward
from infra.city import quiet
from infra.city.benchmarks import archive
from infra.city.benchmarks.archive import Archive
from infra.city.benchmarks.inlets import inlets_of
from infra.city.benchmarks.rivals import server_pids
from infra.city.books import Books
from infra.city.cpu import cpu_seconds, used
from infra.city.events import City, build
from infra.city.office import courses
from infra.city.office.doors import Insider
from infra.city.office.working import WardAtWork
from infra.city.publisher import Publisher
from infra.clock import JST, run_on
from infra.identity.demonstration import Credential, prepare_credentials, register_demonstration_staff
from infra.identity.keys import Keys
from infra.identity.registration import Person, register_staff
from infra.local.root import CannotDo
from infra.local.stack import Stack, running
from infra.printing import table

SEED = 7
LIST, CHILD = "list", "child"
AIMS_MS: Mapping[str, float] = {LIST: 200.0, CHILD: 150.0}
"""The 95th percentile of each page."""

AIM_BYTES = 60_000
"""Of one page."""

WITH, WITHOUT = "with walls", "without"
OPEN_SHARE = 0.04
"""Of so many copies what is open stays open: some 11,000 reviews beside 300,000 cases, 1,200 to 1,800 in a ward."""

COURSES_APART = 5
"""Each ward begins so many courses after the one before it: it has some nine children, and all wards together play every course."""

_SECTIONS = (Section.CHILDCARE_SUPPORT, Section.HEALTH, Section.COMMUNITY_HEALTH_WELFARE)
_CHILD = re.compile(r'href="(/children/[0-9a-f-]{36})"')
_P95 = 0.95


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What is to be measured: so many `users` over an archive of about so many `cases`, for so many `seconds` with walls and without.

    Everybody reads each page for `think` seconds on average (0: not at all, so that it is seen what is the most that can be served).
    `children` is the size of the small city that is copied.
    """

    cases: int = 300_000
    users: int = 50
    seconds: float = 60.0
    think: float = 5.0
    children: int = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that somebody opened: how long it took until its last byte was there."""

    page: str
    ms: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """What was served in one part of the run, and the CPU seconds that it cost."""

    way: str
    seconds: float
    visits: Sequence[Visit]
    cpu: Mapping[str, float]

    def of(self, page: str) -> Mapping[str, float]:
        """The figures of one page: milliseconds, and the bytes of the largest."""
        waited = sorted(visit.ms for visit in self.visits if visit.page == page)
        if not waited:
            return {"n": 0}
        return {
            "n": len(waited),
            "ms_p50": _share(waited, 0.5),
            "ms_p95": _share(waited, _P95),
            "ms_most": waited[-1],
            "bytes_most": max(visit.bytes for visit in self.visits if visit.page == page),
        }

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        per_second = len(self.visits) / self.seconds
        cpu_ms = {name: 1000 * seconds / max(1, len(self.visits)) for name, seconds in self.cpu.items()}
        return {"way": self.way, "pages_per_second": per_second, "cpu_ms_per_page": cpu_ms, LIST: self.of(LIST), CHILD: self.of(CHILD)}


@dataclass(frozen=True, slots=True)
class Found:
    """All that was measured. `load` is the machine's before it began."""

    wish: Wish
    load: float
    held: Archive
    parts: Sequence[Part]

    def as_json(self) -> str:
        """Return it for a program."""
        told = [part.as_json() for part in self.parts]
        aims = {"ms_p95": AIMS_MS, "bytes": AIM_BYTES}
        return json.dumps(
            {"wish": asdict(self.wish), "load_before": self.load, "held": asdict(self.held), "aims": aims, "parts": told}, indent=1
        )

    def show(self, console: Console) -> None:
        """Print it."""
        shown = table("page", "", "opened", "ms p50", "ms p95", "aim", "most", "largest page, bytes")
        for part in self.parts:
            for page, aim in AIMS_MS.items():
                told = part.of(page)
                if told["n"]:
                    times = (f"{told['ms_p50']:.0f}", f"{told['ms_p95']:.0f}", f"{aim:.0f}", f"{told['ms_most']:.0f}")
                    shown.add_row(page, part.way, f"{told['n']:,}", *times, f"{told['bytes_most']:,}")
        console.print(shown)
        held = self.held
        reviews = f"{held.reviews:,} reviews ({held.open_reviews:,} open)"
        console.print(f"{held.cases:,} cases ({held.open_cases:,} open), {reviews}, {held.people:,} people", highlight=False)
        console.print(f"{self.wish.users} staff, {self.wish.think:g} s with each page", highlight=False)
        for part in self.parts:
            cpu = ", ".join(f"{name} {ms:.1f}" for name, ms in part.as_json()["cpu_ms_per_page"].items())
            console.print(f"{part.way}: {len(part.visits) / part.seconds:.1f} pages/s; ms of CPU a page: {cpu}", highlight=False)
        console.print(f"load of the machine before: {self.load:.1f} on {os.cpu_count()} processors", highlight=False)


def bench(wish: Wish, console: Console) -> Found:
    """Measure on a fresh stack that is removed afterwards. Raises CannotDo."""
    load = os.getloadavg()[0]
    days_before = (courses.FIRST, courses.SECOND, courses.EVE)
    # With its scenes every ward has somebody to look at; drawn by lot, two wards had, and all cases were copies of one.
    city = build(SEED, datetime.now(JST).date(), wish.children, days_before=days_before, scenes=True)
    console.print("Starting a fresh stack …")
    with Stack.temporary(identifier_key=bytes(32)) as stack:
        run_on(stack.root / "clock.json", city.nights[0].day)
        with running(stack):
            return asyncio.run(_measured(stack, city, wish, load, console))


async def _measured(stack: Stack, city: City, wish: Wish, load: float, console: Console) -> Found:
    console.print(f"A small city of {city.children:,} children, and its wards at work …")
    await _work_once(stack, city)
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        console.print(f"Copying until there are {wish.cases:,} cases …")
        held = await archive.grow(operator, wish.cases, OPEN_SHARE)
        wards = [row["ward"] for row in await operator.fetch(archive.SQL.wards)]
        team = await _register(stack, city.today, wish.users, wards)
        async with _logged_in(stack, team) as users:
            parts = [await _served(stack, users, wish, WITH, console)]
            for walled in await operator.fetch(archive.SQL.walled):
                await operator.execute(f"alter table {walled['name']} disable row level security")
            parts.append(await _served(stack, users, wish, WITHOUT, console))
    except ValueError as error:
        raise CannotDo(f"{error}: {wish.children:,} children are too few") from error
    finally:
        await operator.close()
    return Found(wish, load, held, parts)


async def _register(stack: Stack, today: date, users: int, wards: Sequence[str]) -> list[Credential]:
    """Register those who will look: clerks of the three sections of the wards that have somebody to look at, in turn."""
    until = date(today.year + 1, today.month, 1)
    posts = islice(cycle((Ward(ward), section) for section in _SECTIONS for ward in wards), users)
    people = [
        Person(f"{ward}.measured{number}", f"見本 その{number}", section, ward, frozenset({Role.WARD_CLERK}), until)
        for number, (ward, section) in enumerate(posts)
    ]
    credentials_of = prepare_credentials(stack.root / "secrets/measured.json", people)
    identity = await asyncpg.connect(stack.access.database_url("identity"))
    try:
        for person in people:
            kept = credentials_of[person.login]
            keys = Keys.of(stack.access.secrets.parking_key)
            await register_staff(identity, keys, person, password=kept.password, totp_secret=kept.totp_secret)
    finally:
        await identity.close()
    return list(credentials_of.values())


async def _work_once(stack: Stack, city: City) -> None:
    identity = await asyncpg.connect(stack.access.database_url("identity"))
    try:
        keys = Keys.of(stack.access.secrets.parking_key)
        staff = await register_demonstration_staff(identity, keys, stack.root / "secrets/staff.json", today=city.today)
    finally:
        await identity.close()
    url = stack.access.service_url(ServiceName.CASEWORK)
    async with contextlib.AsyncExitStack() as wards, Books(stack.root) as books:
        working = [
            await wards.enter_async_context(WardAtWork(ward, city.today, url, staff, _courses_from(COURSES_APART * number)))
            for number, ward in enumerate(Ward)
        ]
        for night in city.nights:
            run_on(stack.access.clock_file, night.day)
            await Publisher(inlets_of(stack.access)).play(night.events)
            await quiet.until_quiet(books)
            for ward in working:
                await ward.work((city.today - night.day).days)
        await quiet.until_quiet(books)


def _courses_from(first: int) -> Sequence[courses.Course]:
    return (*courses.COURSES[first:], *courses.COURSES[:first])


@contextlib.asynccontextmanager
async def _logged_in(stack: Stack, team: Sequence[Credential]) -> AsyncIterator[list[Insider]]:
    async with contextlib.AsyncExitStack() as doors:
        users = []
        for who in team:
            url = stack.access.service_url(ServiceName.CASEWORK)
            http = await doors.enter_async_context(httpx.AsyncClient(base_url=url, timeout=60))
            users.append(Insider(http, who))
            await users[-1].page("/reviews")
        yield users


async def _served(stack: Stack, users: Sequence[Insider], wish: Wish, way: str, console: Console) -> Part:
    console.print(f"{len(users)} staff at work for {wish.seconds:g} s, {way} …")
    pids = server_pids(stack) | {str(name): part.pid for name, part in stack.services.items() if part.pid is not None}
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    began = time.perf_counter()
    random = Random(f"{SEED} {way}")
    working = (_works(user, Random(random.random()), wish, began + wish.seconds) for user in users)
    visits = [visit for of_one in await asyncio.gather(*working) for visit in of_one]
    seconds = time.perf_counter() - began
    return Part(way, seconds, visits, used(before, {name: cpu_seconds(pid) for name, pid in pids.items()}))


async def _works(user: Insider, random: Random, wish: Wish, until: float) -> list[Visit]:
    visits: list[Visit] = []

    async def read(page: str, address: str) -> str:
        began = time.perf_counter()
        answer = await user.page(address)
        visits.append(Visit(page, 1000 * (time.perf_counter() - began), len(answer.content)))
        if answer.status_code != httpx.codes.OK:
            raise CannotDo(f"a {page} was answered with {answer.status_code}")
        await asyncio.sleep(random.expovariate(1 / wish.think) if wish.think else 0)
        return answer.text

    # They do not all come in at the same moment.
    await asyncio.sleep(random.uniform(0, wish.think))
    while time.perf_counter() < until:
        children = sorted(set(_CHILD.findall(await read(LIST, "/reviews"))))
        if children and time.perf_counter() < until:
            await read(CHILD, random.choice(children))
    return visits


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
